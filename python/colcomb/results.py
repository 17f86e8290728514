"""What combining and networks give: plain dataclasses. ``print`` shows tables, notebooks HTML."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Optional

import numpy as np
import numpy.typing as npt

from . import _html

Groups = tuple[tuple[int, ...], ...]


def groups_of(groups: Sequence[Sequence[int]]) -> Groups:
    """Groups as tuples of column indices."""
    return tuple(tuple(int(column) for column in group) for group in groups)


@dataclass(frozen=True)
class LayerReport:
    """What combining did to one filter matrix of N rows and M columns."""

    name: str
    rows: int  # N filters
    columns: int  # M columns before combining
    alpha: int  # most columns in a group
    nonzeros_before: int  # weights before pruning
    nonzeros: int  # weights after combining
    nonempty_rows: int
    groups: int  # G columns after combining
    utilization: float  # utilization efficiency: nonzeros / (nonempty_rows * groups)
    retained_magnitude: float  # sum of surviving |w| / sum of |w| before
    retained_magnitude_bound: Optional[float]  # no grouping into as many groups retains more
    tiles_before: int  # loads of the array without combining
    tiles: int  # and with it
    pixels: int  # output pixels of one image
    macs_before: int  # dense multiply-accumulates of one image
    macs: int  # N * G * pixels
    gap_to_bound: Optional[float] = None  # to the bound on what a grouping can keep, 0 to 1


_LAYER_COLUMNS = (
    "alpha",
    "nonzeros_before",
    "nonzeros",
    "groups",
    "utilization",
    "retained_magnitude",
    "tiles_before",
    "tiles",
)


def _layer_line(layer: LayerReport) -> list[object]:
    shape = f"{layer.rows} x {layer.columns}"
    return [layer.name, shape, *(getattr(layer, name) for name in _LAYER_COLUMNS)]


@dataclass(frozen=True)
class CombiningReport:
    """What combining did to each layer of a network, and in total."""

    array_rows: int
    array_columns: int
    layers: list[LayerReport]
    total: LayerReport
    text: str = field(repr=False)

    @classmethod
    def of(
        cls, report: tuple[str, str], gaps: Optional[Sequence[Optional[float]]] = None
    ) -> CombiningReport:
        """From the library's JSON and table."""
        values = json.loads(report[0])
        layers = [
            LayerReport(**one, gap_to_bound=gaps[i] if gaps else None)
            for i, one in enumerate(values["layers"])
        ]
        size = values["array"]
        return cls(size["rows"], size["columns"], layers, LayerReport(**values["total"]), report[1])

    def __str__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        lines = [_layer_line(layer) for layer in [*self.layers, self.total]]
        caption = f"Column combining, array of {self.array_rows} x {self.array_columns}"
        return _html.table(["layer", "matrix", *_LAYER_COLUMNS], lines, caption)


@dataclass(frozen=True)
class AllocationReport:
    """How many groups each layer was given on an array, and why."""

    values: dict[str, Any]  # as `colcomb pack --json` prints them under "allocation"
    text: str = field(repr=False)

    def __str__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        header = ["name", "rows", "columns", "least", "groups", "tiles"]
        lines = [[layer[name] for name in header] for layer in self.values["layers"]]
        return _html.table(header, lines, f"Groups on array {self.values['array']}")


@dataclass(frozen=True, eq=False, repr=False)
class Grouping:
    """Which columns of an N x M matrix share a column, and which weights survive."""

    groups: Groups  # column indices of each of the G groups; all-zero columns are in none
    mask: npt.NDArray[np.bool_]  # N x M, true where a weight survives
    retained_magnitude: float  # sum of surviving |w| / sum of |w|
    gap_to_bound: Optional[float]  # of what no grouping can exceed, 0 to 1; with bound=True
    report: LayerReport

    def __len__(self) -> int:
        return len(self.groups)

    def __str__(self) -> str:
        report = self.report
        return (
            f"{report.rows} x {report.columns} into {report.groups} groups: {report.nonzeros} of "
            f"{report.nonzeros_before} weights, utilization {100 * report.utilization:.1f}%, "
            f"retained magnitude {self.retained_magnitude:.3f}"
        )

    def __repr__(self) -> str:
        return f"<colcomb.Grouping: {self}>"

    def _repr_html_(self) -> str:
        return _html.table(["layer", "matrix", *_LAYER_COLUMNS], [_layer_line(self.report)])


@dataclass(frozen=True, eq=False, repr=False)
class Packed:
    """A packed filter matrix: one column per group, one weight per cell."""

    values: npt.NDArray[Any]  # N x G, float32 or int8; 0 where a cell is empty
    selects: npt.NDArray[np.uint8]  # N x G; which of the group's columns a cell's weight is of
    groups: Groups  # column indices of each group
    columns: int  # M of the unpacked matrix

    @property
    def shape(self) -> tuple[int, int]:
        """N rows and G groups."""
        return self.values.shape[0], self.values.shape[1]

    @property
    def utilization(self) -> float:
        """Part of the cells that hold a weight, 0 to 1; 0 without cells."""
        return float(np.count_nonzero(self.values)) / self.values.size if self.values.size else 0.0

    def __str__(self) -> str:
        rows, groups = self.shape
        return (
            f"packed matrix {rows} x {groups} ({self.values.dtype}) of {rows} x {self.columns}, "
            f"{100 * self.utilization:.1f}% of the cells hold a weight"
        )

    def __repr__(self) -> str:
        return f"<colcomb.Packed: {self}>"

    def _repr_html_(self) -> str:
        rows, groups = self.shape
        line = [f"{rows} x {self.columns}", f"{rows} x {groups}", self.utilization]
        return _html.table(["matrix", "packed", "cells with a weight"], [line])


@dataclass(frozen=True, eq=False, repr=False)
class _Layer:
    name: str
    kind: str  # "convolution", "shift" or "classifier"
    columns: npt.NDArray[np.int32]  # M x 3: channel, dy, dx of each column
    alpha: int  # most columns in a group
    stride: int
    conv_groups: int  # of a grouped convolution; 1: every filter reads every channel
    fixed: bool  # weights that are part of the architecture
    in_shape: tuple[int, int, int]  # channels, height, width
    out_shape: tuple[int, int, int]
    bias: npt.NDArray[Any]  # N

    def __repr__(self) -> str:
        return f"<colcomb.{type(self).__name__} {self}>"


@dataclass(frozen=True, eq=False, repr=False)
class FloatLayer(_Layer):
    """One filter matrix of a float network. Arrays are read-only views."""

    weights: npt.NDArray[np.float32]  # N x M, pruned ones included
    mask: Optional[npt.NDArray[np.uint8]]  # N x M of 0 and 1; None: nothing is pruned
    groups: Optional[Groups]  # None before the first combining

    @property
    def effective(self) -> npt.NDArray[np.float32]:
        """N x M weights that the network computes with: pruned ones are 0."""
        return self.weights if self.mask is None else self.weights * self.mask

    def __str__(self) -> str:
        rows, columns = self.weights.shape
        groups = "" if self.groups is None else f", {len(self.groups)} groups"
        return f"{self.name}: {self.kind} {rows} x {columns}{groups}"


@dataclass(frozen=True, eq=False, repr=False)
class PackedLayer(_Layer):
    """One layer of a packed network in integers. Arrays are read-only views."""

    matrix: Packed  # int8
    padding: npt.NDArray[np.uint8]  # value of pixels outside the input map, per channel
    fraction_bits: int  # weights are in units of 2^-fraction_bits
    weight_code: str  # "int8" or "pow2"
    # of each row: its weights are in units of 2^-(fraction_bits + row_exponents[row]); empty: all 0
    row_exponents: npt.NDArray[np.uint8]

    def __str__(self) -> str:
        return f"{self.name}: {self.kind}, {self.matrix}"


@dataclass(frozen=True)
class ImportedNode:
    """What becomes of one node of an ONNX model."""

    name: str
    op: str
    status: str  # "ok", "unsupported", or "unchecked" behind an unsupported one
    text: str  # what it becomes, or the rule it breaks
    advice: str  # what to do; may be empty

    def __str__(self) -> str:
        return f"{self.status:<12}{self.op:<20} {self.name:<28} {self.text}"


@dataclass(frozen=True)
class ImportedLayer:
    """Where a hidden layer's outputs end."""

    name: str
    limit: float  # in the model's numbers; what becomes 6
    saturated: float  # part of the measured outputs beyond it, 0 to 1
    weights: str  # what the model calls its weights; empty for a layer that the import made


@dataclass(frozen=True)
class QuantizationCheck:
    """What quantization changed, on some training images."""

    values: dict[str, Any]  # as `colcomb quantize --check --json` prints them
    text: str = field(repr=False)

    @property
    def agreement(self) -> float:
        """Part of the images whose class is the float network's, 0 to 1."""
        return self.values["agreeing"] / self.values["images"]

    def __str__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        header = ["name", "largest_difference_steps", "snr_db", "saturated"]
        lines = [[stage[name] for name in header] for stage in self.values["stages"]]
        return _html.table(header, lines, f"Integers against floats: {self.agreement:.1%} agree")


@dataclass(frozen=True)
class Point:
    """One point of an exploration."""

    index: int  # in the specification
    id: str
    settings: dict[str, str]
    results: dict[str, Any]  # by name; empty where it failed
    error: str  # why; else empty
