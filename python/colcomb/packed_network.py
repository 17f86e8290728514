"""Packed networks, which run in integers."""

from __future__ import annotations

from typing import Optional, Union

import numpy as np
import numpy.typing as npt

from . import _core, _html
from ._types import PathLike, Progress
from .errors import UserError
from .results import Packed, PackedLayer, QuantizationCheck, groups_of

_CHUNK = 64  # images between two calls of a progress function


class PackedNetwork:
    """A network in integers, packed: what the CPU and the simulated arrays run.

    Attributes:
        check: of a network quantized with check_images: what quantization changed; else None.
        routing: of one quantized with permute_rows: per layer its name, its groups that read
            neighbouring channels, all of its groups, and whether a switchbox is left.
    """

    def __init__(self, handle: _core.PackedNetwork) -> None:
        self._handle = handle
        self.check: Optional[QuantizationCheck] = None
        self.routing: list[tuple[str, int, int, bool]] = []

    @classmethod
    def load(cls, path: PathLike, *, threads: int = 0, kernel: str = "") -> PackedNetwork:
        """Read a packed network.

        Args:
            path: of the file.
            threads: of runs; 0: all processors available.
            kernel: instruction set of runs, for measurements; empty: the fastest.

        Raises:
            UserError: naming file, field, value and rule.
        """
        return cls(_core.PackedNetwork.load(path, threads, kernel))

    def save(self, path: PathLike) -> None:
        """Write it, atomically.

        Raises:
            UserError: if the file cannot be written.
        """
        self._handle.save(path)

    def export_onnx(self, path: PathLike, form: str = "integer") -> None:
        """Write it as an ONNX model (``colcomb export``; docs/reference/onnx.md).

        Args:
            path: of the file.
            form: "integer" (logits equal run()'s bit for bit), "qdq" or "float".

        Raises:
            UserError: if the form cannot hold the network or the file cannot be written.
        """
        _core.export_onnx(self._handle, path, form)

    def run(
        self,
        images: npt.NDArray[np.uint8],
        out: Optional[npt.NDArray[np.int32]] = None,
        progress: Optional[Progress] = None,
    ) -> npt.NDArray[np.int32]:
        """Logits of raw images, in units of logit_scale; equal on every processor.

        Images and logits are read and written where they lie, without a copy, if the images lie row
        by row. Other Python threads go on meanwhile; calls on one network take turns.

        Args:
            images: uint8, count x C x H x W, before any normalization; or one C x H x W.
            out: int32, count x classes (classes for one image), to write to and return.
            progress: called with the images done and their number, after every 64.

        Returns:
            int32, count x classes; classes for one image.

        Raises:
            UserError: for images or out of another type or shape.
        """
        if progress is None or images.ndim != 4:
            return self._handle.run(images, out)
        logits = np.empty((len(images), self.classes), np.int32) if out is None else out
        if len(logits) != len(images):
            rule = f"must be of the {len(images)} images"
            raise UserError.of_argument("out", f"{len(logits)} rows", rule)
        for first in range(0, len(images), _CHUNK):
            last = min(first + _CHUNK, len(images))
            self._handle.run(images[first:last], logits[first:last])
            progress(last, len(images))
        return logits

    @property
    def layers(self) -> list[PackedLayer]:
        """Its layers in order, the classifier last. Arrays are views, no copies."""
        layers = []
        for values in self._handle.layers():
            matrix = Packed(
                values.pop("values"),
                values.pop("selects"),
                groups_of(values.pop("groups")),
                len(values["columns"]),
            )
            layers.append(PackedLayer(**values, matrix=matrix))
        return layers

    @property
    def samples(self) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int32]]:
        """Images that the network carries, count x C x H x W, and their labels; may be none."""
        return self._handle.samples()

    @property
    def name(self) -> str:
        """How it was made, one line; may be empty."""
        return self._handle.origin

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """Channels, height and width of the raw images it reads."""
        return self._handle.input_shape

    @property
    def classes(self) -> int:
        """Number of classes."""
        return self._handle.classes

    @property
    def class_names(self) -> list[str]:
        """Names of the classes; empty where they are not known."""
        return self._handle.class_names

    @property
    def logit_scale(self) -> float:
        """A logit's value per unit."""
        return self._handle.logit_scale

    @property
    def pooling_fraction_bits(self) -> int:
        """Fraction bits of the global average pooling, 0 to 8; 0 without it."""
        return self._handle.pooling_fraction_bits

    @property
    def kernel(self) -> str:
        """The instruction set that runs use."""
        return self._handle.kernel

    def __repr__(self) -> str:
        shape = " x ".join(str(extent) for extent in self.input_shape)
        count = len(self._handle.layers())
        return f"<colcomb.PackedNetwork: {count} layers, {shape} to {self.classes} classes>"

    def __str__(self) -> str:
        return "\n".join(str(layer) for layer in self.layers)

    def _repr_html_(self) -> str:
        lines = [
            [
                layer.name,
                layer.kind,
                f"{layer.matrix.shape[0]} x {layer.matrix.columns}",
                layer.matrix.shape[1],
                layer.matrix.utilization,
                layer.weight_code,
            ]
            for layer in self.layers
        ]
        header = ["layer", "kind", "matrix", "groups", "cells with a weight", "weights"]
        return _html.table(header, lines, repr(self)[1:-1])


def packed_of(network: Union[PackedNetwork, PathLike]) -> PackedNetwork:
    """The packed network itself, or that of a file."""
    return network if isinstance(network, PackedNetwork) else PackedNetwork.load(network)
