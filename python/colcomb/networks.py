"""Networks: float ones that are combined, packed ones that run in integers."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from typing import Any, Optional, Union

import numpy as np
import numpy.typing as npt

from . import _core, _html
from .errors import UserError
from .results import (
    AllocationReport,
    CombiningReport,
    FloatLayer,
    ImportedLayer,
    ImportedNode,
    Packed,
    PackedLayer,
    QuantizationCheck,
    groups_of,
)

PathLike = Union[str, "os.PathLike[str]"]
Progress = Callable[[int, int], Any]

_CHUNK = 64  # images between two calls of a progress function


class Network:
    """A float network with its masks and groups: what a checkpoint holds.

    Attributes:
        nodes: of an imported network: what became of each node of the model; else empty.
        limits: of an imported network: where each hidden layer's outputs end; else empty.
        logit_divisor: of an imported network: what its logits were divided by, so that the
            classifier's weights fit 8 bits; else 1.
        allocation: of a network combined for an array: its groups, with reasons; else None.
    """

    def __init__(self, handle: _core.Checkpoint) -> None:
        self._handle = handle
        self._report: Optional[CombiningReport] = None
        self.nodes: list[ImportedNode] = []
        self.limits: list[ImportedLayer] = []
        self.logit_divisor = 1.0
        self.allocation: Optional[AllocationReport] = None

    @classmethod
    def load(cls, path: PathLike) -> Network:
        """Read a checkpoint.

        Raises:
            UserError: naming file, field, value and rule.
        """
        return cls(_core.Checkpoint.load(path))

    def save(self, path: PathLike) -> None:
        """Write a checkpoint, which every command reads; an older file stays until it is whole.

        Raises:
            UserError: if the file cannot be written or a weight is not finite.
        """
        self._handle.save(path)

    @property
    def layers(self) -> list[FloatLayer]:
        """Its filter matrices in order, the classifier last. Arrays are views, no copies."""
        layers = []
        for values in self._handle.layers():
            groups = values.pop("groups")
            layers.append(FloatLayer(**values, groups=None if groups is None else groups_of(groups)))
        return layers

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """Channels, height and width of the raw images it reads."""
        return self._handle.input_shape

    @property
    def classes(self) -> int:
        """Number of classes."""
        return self._handle.classes

    @property
    def report(self) -> CombiningReport:
        """What combining did to each layer, for an array of 32 x 32 or the one packed for."""
        if self._report is None:
            self._report = CombiningReport.of(self._handle.report("32x32"))
        return self._report

    def run(
        self, images: npt.NDArray[np.uint8], progress: Optional[Progress] = None
    ) -> npt.NDArray[np.float32]:
        """Float logits of raw images.

        Args:
            images: uint8, count x C x H x W, before any normalization.
            progress: called with the images done and their number.

        Returns:
            count x classes.

        Raises:
            UserError: for images of another type or shape.
        """
        return self._handle.run(np.asarray(images), progress)

    def __repr__(self) -> str:
        shape = " x ".join(str(extent) for extent in self.input_shape)
        return f"<colcomb.Network: {len(self.layers)} layers, {shape} to {self.classes} classes>"

    def __str__(self) -> str:
        return str(self.report)

    def _repr_html_(self) -> str:
        return self.report._repr_html_()


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


def _float(network: Union[Network, PathLike]) -> Network:
    return network if isinstance(network, Network) else Network.load(network)


def packed_of(network: Union[PackedNetwork, PathLike]) -> PackedNetwork:
    """The packed network itself, or that of a file."""
    return network if isinstance(network, PackedNetwork) else PackedNetwork.load(network)


def pack_network(
    network: Union[Network, PathLike],
    *,
    alpha: Optional[int] = None,
    gamma: float = 1.75,
    policy: str = "search",
    prune: float = 0.0,
    prune_rate: Optional[float] = None,
    prune_rate_alpha1: float = 0.0,
    fill_empty_cells: bool = False,
    seed: int = 1,
    objective: str = "magnitude",
    groups_target: int = 0,
    tiles_target: int = 0,
    array: str = "32x32",
    fit: bool = False,
    budget: Optional[str] = None,
    technology: str = "sg13g2",
    threads: int = 0,
) -> Network:
    """Combine the columns of each layer: see :func:`colcomb.pack`."""
    given = _float(network)
    handle, report, gaps, allocation = _core.pack_network(
        given._handle,
        origin=f"packed from {given._handle.origin or 'a network'}",
        alpha=alpha,
        gamma=gamma,
        policy=policy,
        prune=prune,
        prune_rate=prune_rate,
        prune_rate_alpha1=prune_rate_alpha1,
        fill_empty_cells=fill_empty_cells,
        seed=seed,
        objective=objective,
        groups_target=groups_target,
        tiles_target=tiles_target,
        array=array,
        fit=fit,
        budget=budget,
        technology=technology,
        threads=threads,
    )
    packed = Network(handle)
    packed._report = CombiningReport.of(report, gaps)
    if allocation is not None:
        packed.allocation = AllocationReport(json.loads(allocation[0]), allocation[1])
    packed.nodes, packed.limits = given.nodes, given.limits
    packed.logit_divisor = given.logit_divisor
    return packed


def _size(input_size: Union[int, Sequence[int], None]) -> tuple[int, int]:
    if input_size is None:
        return 0, 0
    if isinstance(input_size, int):
        return input_size, input_size
    height, width = input_size
    return int(height), int(width)


def _numbers(values: Union[float, Sequence[float], None]) -> list[float]:
    if values is None:
        return []
    return [float(value) for value in np.atleast_1d(np.asarray(values, dtype=float))]


def inspect_onnx(
    path: PathLike, *, input_size: Union[int, Sequence[int], None] = None
) -> list[ImportedNode]:
    """What would become of each node of an ONNX model (``colcomb import --dry-run``).

    Args:
        path: of the model.
        input_size: height and width, or both as one, where the model leaves them open.

    Raises:
        UserError: if the file is no ONNX model of one image input and one output.
    """
    height, width = _size(input_size)
    return [ImportedNode(*node) for node in _core.inspect_onnx(path, height, width)]


def import_onnx(
    path: PathLike,
    *,
    mean: Union[float, Sequence[float], None] = None,
    std: Union[float, Sequence[float], None] = None,
    images: Optional[npt.NDArray[np.uint8]] = None,
    dataset: str = "",
    dataset_root: PathLike = "datasets/",
    calibration_folder: PathLike = "",
    calibration_images: int = 256,
    calibration: str = "percentile",
    saturated_fraction: float = 1e-4,
    activation_limit: Optional[float] = None,
    alpha: int = 8,
    input_size: Union[int, Sequence[int], None] = None,
) -> Network:
    """Read a float ONNX model (``colcomb import``; docs/reference/onnx-import.md).

    Columns that ``colcomb.torch`` combined stay combined. Give images, a data set, a folder of
    pictures or an activation limit: what is to say where each layer's outputs end.

    Args:
        path: of the model: one image input, one output.
        mean, std: of pixel / 255, by which the model's input was normalized; one number or one for
            each channel. None: the data set's usual ones.
        images: raw training images to measure on, uint8, count x C x H x W.
        dataset: data set of the model's images, e.g. "fashion-mnist", and
        dataset_root: the folder it is in.
        calibration_folder: folder of pictures to measure on instead.
        calibration_images: how many of the data set's or the folder's.
        calibration: "percentile", "min-max" or "mse": how a limit follows from the outputs.
        saturated_fraction: with percentile: part of a layer's outputs that may lie beyond, 0 to 1.
        activation_limit: where all layers' outputs end, in the model's numbers, without images.
        alpha: most columns in a group of each layer behind the first, 1 to 64.
        input_size: height and width, or both as one, where the model leaves them open.

    Raises:
        UserError: naming the first node that is not supported, with what to do about it; for a
            normalization or images that are missing or do not fit.
    """
    height, width = _size(input_size)
    handle, nodes, limits, divisor = _core.import_onnx(
        path,
        mean=_numbers(mean),
        std=_numbers(std),
        height=height,
        width=width,
        alpha=alpha,
        activation_limit=activation_limit,
        calibration=calibration,
        saturated_fraction=saturated_fraction,
        images=None if images is None else np.asarray(images),
        dataset=dataset,
        dataset_root=dataset_root,
        folder=calibration_folder,
        calibration_images=calibration_images,
    )
    network = Network(handle)
    network.nodes = [ImportedNode(*node) for node in nodes]
    names = [layer.name for layer in network.layers]
    network.limits = [ImportedLayer(name, *limit) for name, limit in zip(names, limits)]
    network.logit_divisor = divisor
    return network


def quantize(
    network: Union[Network, PathLike],
    *,
    images: Optional[npt.NDArray[np.uint8]] = None,
    labels: Optional[Sequence[int]] = None,
    dataset: str = "",
    dataset_root: PathLike = "datasets/",
    calibration_folder: PathLike = "",
    calibration_images: int = _core.calibration_images,
    weights: str = "int8",
    pooling_fraction_bits: Optional[int] = None,
    permute_rows: bool = False,
    check_images: int = 0,
    threads: int = 0,
) -> PackedNetwork:
    """Turn a network into integers: fold batch norm, round, pack (``colcomb quantize``).

    Args:
        network: a :class:`Network`, or a checkpoint's file.
        images: raw training images, uint8, count x C x H x W, on which the pooling is calibrated
            and the check is made; in place of the data set's.
        labels: their classes: the packed network then carries the first 16 as samples.
        dataset: where the images are else; empty: the data set the network was trained on, and
        dataset_root: the folder it is in.
        calibration_folder: a folder of pictures instead.
        calibration_images: how many of the data set's or the folder's.
        weights: "int8", or "pow2": powers of two.
        pooling_fraction_bits: of the global average pooling, 0 to 8; None: calibrated. Given, no
            images are needed.
        permute_rows: reorder filters so that groups read neighbouring channels (paper, 3.5).
        check_images: compare float, fake-quantized and integer network on so many images, all of
            `images` where these are given: see PackedNetwork.check. 0: no check.
        threads: of runs of the packed network; 0: all processors available.

    Raises:
        UserError: if images are missing or do not fit, or a weight does not fit its code.
    """
    given = _float(network)
    handle, check, routing = _core.quantize(
        given._handle,
        origin=f"quantized from {given._handle.origin or 'a network'}",
        weights=weights,
        pooling_fraction_bits=pooling_fraction_bits,
        images=None if images is None else np.asarray(images),
        labels=None if labels is None else [int(label) for label in labels],
        dataset=dataset,
        dataset_root=dataset_root,
        folder=calibration_folder,
        calibration_images=calibration_images,
        permute_rows=permute_rows,
        check_images=check_images,
        threads=threads,
    )
    packed = PackedNetwork(handle)
    packed.routing = routing
    if check is not None:
        packed.check = QuantizationCheck(json.loads(check[0]), check[1])
    return packed
