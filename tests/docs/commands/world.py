"""The small world in which the docs' commands run: data sets of some hundred images, a run's folder
made by `colcomb run` on one of them, and its files under the names that the docs use."""

from __future__ import annotations

import gzip
import random
import shutil
import struct
import subprocess
import zlib
from pathlib import Path

from onnx_models import SmallModel

TINY_NETWORK = "--filters 8 16 --layers 1 2 --strides 1 2 --groups 4 8 --reshape-stride 2".split()


def _picture(draw: random.Random, label: int, side: int, channels: int) -> bytes:
    """Noise, brighter in the quadrants that the label's bits name."""
    pixels = bytearray(draw.randbytes(channels * side * side))
    for index, value in enumerate(pixels):
        y, x = index % (side * side) // side, index % side
        bright = label >> (2 * (2 * y // side) + 2 * x // side) & 1
        pixels[index] = value * 100 // 256 + (120 if bright else 20)
    return bytes(pixels)


def write_cifar(folder: Path, per_batch: int) -> None:
    """CIFAR-10's binary layout."""
    folder.mkdir(parents=True)
    draw = random.Random(17)
    for name in [f"data_batch_{n}" for n in range(1, 6)] + ["test_batch"]:
        records = (bytes([i % 10]) + _picture(draw, i % 10, 32, 3) for i in range(per_batch))
        (folder / f"{name}.bin").write_bytes(b"".join(records))
    (folder / "batches.meta.txt").write_text("".join(f"class{n}\n" for n in range(10)))


def write_fashion(folder: Path, train: int, test: int) -> None:
    """Fashion-MNIST's files."""
    folder.mkdir(parents=True)
    draw = random.Random(18)
    for stem, count in (("train", train), ("t10k", test)):
        pixels = b"".join(_picture(draw, i % 10, 28, 1) for i in range(count))
        images = struct.pack(">IIII", 0x803, count, 28, 28) + pixels
        labels = struct.pack(">II", 0x801, count) + bytes(i % 10 for i in range(count))
        (folder / f"{stem}-images-idx3-ubyte.gz").write_bytes(gzip.compress(images, 1))
        (folder / f"{stem}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(labels, 1))


def write_npy(file: Path, rows: int, columns: int) -> None:
    """A float32 matrix of normal numbers."""
    draw = random.Random(rows)
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {columns}), }}"
    header += " " * (64 - (len(header) + 11) % 64) + "\n"
    values = [draw.gauss(0, 1) for _ in range(rows * columns)]
    file.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode()
                     + struct.pack(f"<{len(values)}f", *values))


def write_pictures(folder: Path, count: int) -> None:
    """PNG files of noise."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    folder.mkdir(parents=True)
    draw = random.Random(19)
    for number in range(count):
        rows = b"".join(b"\0" + draw.randbytes(32 * 3) for _ in range(32))
        (folder / f"{number}.png").write_bytes(
            b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 32, 32, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def make_world(folder: Path, colcomb: str, sweep: str) -> None:
    """Fills `folder`, which must not exist. `sweep`: the specification that sweep.toml shall hold.
    Raises: RuntimeError where a command fails, with what it printed."""
    folder.mkdir(parents=True)

    def run(*words: str) -> None:
        done = subprocess.run([colcomb, *words], cwd=folder, capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"colcomb {' '.join(words)}\n{done.stdout}{done.stderr}")

    write_cifar(folder / "data" / "cifar10", 40)
    (folder / "D").symlink_to("data")
    write_fashion(folder / "fashion", 200, 50)
    training = [*TINY_NETWORK, "--batch-size", "20", "--epochs", "2", "--threads", "1"]
    run("run", "--out", "my-run", "--dataset", "cifar10", "--dataset-root", "data", *training)
    run("train", "--dataset", "fashion-mnist", "--dataset-root", "fashion", *training,
        "--save-path", "fashion.ckpt")
    shutil.copytree(folder / "my-run", folder / "other-run")
    for name in ("out", "first"):
        shutil.copytree(folder / "my-run", folder / name)
    (folder / "OUT").mkdir()
    for name in ("net.packed", "a.packed", "b.packed", "OUT/resnet20.packed"):
        shutil.copy(folder / "my-run" / "network.packed", folder / name)
    for name in ("net.ckpt", "best.ckpt", "combined.ckpt"):
        shutil.copy(folder / "my-run" / "network.ckpt", folder / name)
    SmallModel(3, 32, 10).write(folder / "model.onnx")
    (folder / "sweep.toml").write_text(sweep)
    write_npy(folder / "layer.npy", 48, 64)
    (folder / "folder-of-npy").mkdir()
    write_npy(folder / "folder-of-npy" / "first.npy", 16, 24)
    write_npy(folder / "folder-of-npy" / "second.npy", 24, 16)
    write_pictures(folder / "pictures", 8)
