"""From an ONNX model to a network, from a network to integers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Optional, Union

import numpy as np
import numpy.typing as npt

from . import _core
from ._types import PathLike, Progress
from .networks import Network, float_of
from .packed_network import PackedNetwork
from .results import ImportedLayer, ImportedNode, QuantizationCheck


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
    progress: Optional[Progress] = None,
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
        progress: called with the images measured and their number.

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
        progress=progress,
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
    weight_scales: str = "layer",
    pooling_fraction_bits: Optional[int] = None,
    permute_rows: bool = False,
    check_images: int = 0,
    threads: int = 0,
    progress: Optional[Progress] = None,
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
        weight_scales: "layer": one scale for all weights of a layer; "channel": one for each row
            (output channel), the layer's times a power of two.
        pooling_fraction_bits: of the global average pooling, 0 to 8; None: calibrated. Given, no
            images are needed.
        permute_rows: reorder filters so that groups read neighbouring channels (paper, 3.5).
        check_images: compare float, fake-quantized and integer network on so many images, all of
            `images` where these are given: see PackedNetwork.check. 0: no check.
        threads: of runs of the packed network; 0: all processors available.
        progress: called with the images done and their number, those of the calibration and then
            those of the check; works with ``tqdm(total=...).update`` by differences.

    Raises:
        UserError: if images are missing or do not fit, or a weight does not fit its code.
    """
    given = float_of(network)
    handle, check, routing = _core.quantize(
        given._handle,
        origin=f"quantized from {given._handle.origin or 'a network'}",
        weights=weights,
        weight_scales=weight_scales,
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
        progress=progress,
    )
    packed = PackedNetwork(handle)
    packed.routing = routing
    if check is not None:
        packed.check = QuantizationCheck(json.loads(check[0]), check[1])
    return packed
