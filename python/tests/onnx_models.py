"""Small ONNX models, written byte by byte as protobuf: these tests need no package for it."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np


def varint(number: int) -> bytes:
    text = bytearray()
    while number > 127:
        text.append(number & 127 | 128)
        number >>= 7
    return bytes(text + bytes([number]))


def message(number: int, content: bytes | str) -> bytes:
    content = content.encode() if isinstance(content, str) else content
    return varint(number << 3 | 2) + varint(len(content)) + content


def integer(number: int, value: int) -> bytes:
    return varint(number << 3) + varint(value)


def tensor(name: str, values: np.ndarray) -> bytes:
    """A GraphProto.initializer: float32."""
    dims = b"".join(integer(1, extent) for extent in values.shape)
    raw = struct.pack(f"<{values.size}f", *values.ravel())
    return message(5, dims + integer(2, 1) + message(8, name) + message(9, raw))


def ints(name: str, values: list[int]) -> bytes:
    content = message(1, name) + b"".join(integer(8, value) for value in values) + integer(20, 7)
    return message(5, content)


def whole(name: str, value: int) -> bytes:
    return message(5, message(1, name) + integer(3, value) + integer(20, 2))


def node(op: str, name: str, inputs: list[str], output: str, *attributes: bytes) -> bytes:
    """A GraphProto.node."""
    content = b"".join(message(1, one) for one in inputs) + message(2, output)
    return message(1, content + message(3, name) + message(4, op) + b"".join(attributes))


def value_info(number: int, name: str, dims: list[int]) -> bytes:
    shape = b"".join(message(1, integer(1, extent)) for extent in dims)
    kind = message(1, integer(1, 1) + message(2, shape))
    return message(number, message(1, name) + message(2, kind))


def model(graph: bytes, metadata: dict[str, str] | None = None) -> bytes:
    """A ModelProto of operator set 13."""
    entries = b"".join(
        message(14, message(1, key) + message(2, value)) for key, value in (metadata or {}).items()
    )
    return integer(1, 8) + message(7, graph) + message(8, integer(2, 13)) + entries


class SmallModel:
    """conv 3 x 3, ReLU, conv 1 x 1, ReLU, mean over the map, linear: weights to look at."""

    def __init__(self, channels: int = 2, size: int = 6, classes: int = 3, seed: int = 1) -> None:
        draw = np.random.default_rng(seed)
        self.shape = (channels, size, size)
        self.first = draw.normal(0, 0.3, (8, channels, 3, 3)).astype(np.float32)
        self.second = draw.normal(0, 0.3, (12, 8, 1, 1)).astype(np.float32)
        self.linear = draw.normal(0, 0.3, (classes, 12)).astype(np.float32)
        self.bias = draw.normal(0, 0.1, (classes,)).astype(np.float32)

    def write(self, path: Path, metadata: dict[str, str] | None = None, gate: str = "Relu") -> Path:
        graph = (
            node("Conv", "conv1", ["image", "first.weight"], "a", ints("pads", [1, 1, 1, 1]))
            + node("Relu", "relu1", ["a"], "b")
            + node("Conv", "conv2", ["b", "second.weight"], "c")
            + node(gate, "relu2", ["c"], "d")
            + node("GlobalAveragePool", "mean", ["d"], "e")
            + node("Flatten", "flatten", ["e"], "f")
            + node("Gemm", "linear", ["f", "linear.weight", "bias"], "logits", whole("transB", 1))
            + message(2, "small")
            + tensor("first.weight", self.first)
            + tensor("second.weight", self.second)
            + tensor("linear.weight", self.linear)
            + tensor("bias", self.bias)
            + value_info(11, "image", [1, *self.shape])
            + value_info(12, "logits", [1, len(self.bias)])
        )
        path.write_bytes(model(graph, metadata))
        return path

    def logits(self, images: np.ndarray, mean: float, std: float) -> np.ndarray:
        """By definition, in doubles."""
        result = []
        for image in images:
            maps = (image / 255.0 - mean) / std
            padded = np.pad(maps, ((0, 0), (1, 1), (1, 1)))
            height, width = self.shape[1:]
            hidden = np.zeros((len(self.first), height, width))
            for y in range(height):
                for x in range(width):
                    window = padded[:, y : y + 3, x : x + 3]
                    hidden[:, y, x] = np.tensordot(self.first.astype(float), window, 3)
            hidden = np.maximum(hidden, 0)
            hidden = np.tensordot(self.second[:, :, 0, 0].astype(float), hidden, 1)
            pooled = np.maximum(hidden, 0).mean(axis=(1, 2))
            result.append(self.linear.astype(float) @ pooled + self.bias)
        return np.array(result)


def random_images(shape: tuple[int, ...], count: int, seed: int = 2) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (count, *shape), dtype=np.uint8)
