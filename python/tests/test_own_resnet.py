"""The commands of docs/user/own-resnet.md, at small size: a ResNet-18 trained in PyTorch alone is
imported, combined, quantized and simulated."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

SOURCE = Path(os.environ["COLCOMB_SOURCE_DIR"])
COMMAND = os.environ["COLCOMB_COMMAND"]

# What the page's run has large, and what it has here.
SMALL = {"--images": "100", "--epochs": "1", "--sample-ratio": "1", "--batch-size": "20"}


def commands():
    lines = (SOURCE / "docs" / "user" / "own-resnet.md").read_text().splitlines()
    return [shlex.split(line) for line in lines if re.match(r"    (colcomb|python3) ", line)]


def write_cifar(folder):
    """Classes that differ in the brightness of quadrants, in CIFAR-10's binary layout."""
    folder.mkdir(parents=True)
    random = np.random.default_rng(1)
    for name in [f"data_batch_{i}" for i in range(1, 6)] + ["test_batch"]:
        records = np.zeros((20, 3073), np.uint8)
        for i, record in enumerate(records):
            bright = np.array([[i >> 0 & 1, i >> 1 & 1], [i >> 2 & 1, i >> 3 & 1]]) if i < 10 else 0
            pixels = np.kron(np.broadcast_to(bright, (2, 2)), np.ones((16, 16))) * 100
            record[0] = i % 10
            record[1:] = (pixels + random.integers(0, 100, (3, 32, 32))).reshape(-1)
        records.tofile(folder / f"{name}.bin")
    (folder / "batches.meta.txt").write_text("".join(f"class{i}\n" for i in range(10)))


def small(words):
    words = list(words)
    for i, word in enumerate(words):
        if word in SMALL:
            words[i + 1] = SMALL[word]
    if words[0] == "colcomb":
        more = ["--calibration-images", "20"] if words[1] in ("import", "quantize") else []
        if words[1] == "train":
            more = ["--threads", "1"]
        return [COMMAND, *words[1:], *more]
    script = SOURCE / "examples" / "python" / words[1]
    return [sys.executable, script, *words[2:], "--width", "0.0625", "--batch", "20"]


def can_train():
    return subprocess.run([COMMAND, "train", "--help"], capture_output=True).returncode == 0


@pytest.mark.skipif(not can_train(), reason="this colcomb is built without training")
def test_the_pages_commands(tmp_path):
    write_cifar(tmp_path / "data" / "cifar-10-batches-bin")
    outputs = []
    for words in commands():
        done = subprocess.run(small(words), cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, f"{words}\n{done.stdout}{done.stderr}"
        outputs.append(done.stdout)
    trained, imported, combined, quantized, evaluated, simulated = outputs
    assert "written: resnet18.onnx" in trained and "checkpoint combined.ckpt" in combined
    assert 0 <= json.loads((tmp_path / "resnet18.json").read_text())["test_accuracy"] <= 1
    assert "0 not supported" in imported
    assert "as one filter matrix, 32 x 304" in imported  # 16 channels by 9, 16 by 1 and so on
    assert "logits identical for 20 of 20 images" in evaluated
    assert "18 layers" in quantized and "clocks" in simulated
