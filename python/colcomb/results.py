"""What the functions give: plain dataclasses. ``print`` shows tables, notebooks show HTML."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Optional

import numpy as np
import numpy.typing as npt

from . import _html

Groups = tuple[tuple[int, ...], ...]


def _known(kind: type, values: Mapping[str, Any]) -> dict[str, Any]:
    names = {one.name for one in fields(kind)}
    return {name: value for name, value in values.items() if name in names}


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


@dataclass(frozen=True, eq=False)
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

    def _repr_html_(self) -> str:
        return _html.table(["layer", "matrix", *_LAYER_COLUMNS], [_layer_line(self.report)])


@dataclass(frozen=True, eq=False)
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

    def _repr_html_(self) -> str:
        rows, groups = self.shape
        line = [f"{rows} x {self.columns}", f"{rows} x {groups}", self.utilization]
        return _html.table(["matrix", "packed", "cells with a weight"], [line])


@dataclass(frozen=True, eq=False)
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


@dataclass(frozen=True, eq=False)
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


@dataclass(frozen=True, eq=False)
class PackedLayer(_Layer):
    """One layer of a packed network in integers. Arrays are read-only views."""

    matrix: Packed  # int8
    padding: npt.NDArray[np.uint8]  # value of pixels outside the input map, per channel
    fraction_bits: int  # weights are in units of 2^-fraction_bits
    weight_code: str  # "int8" or "pow2"

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
class Suggestion:
    """A change, and what the network would cost with it."""

    kind: str  # "groups", "width", "alpha" or "array"
    change: str
    tiles: int
    interval: int  # clocks from batch to batch
    frames_per_second: float


@dataclass(frozen=True)
class Suggestions:
    """What would be free or cheap on an array."""

    array: str
    now: Suggestion  # as the network is
    fitted: Suggestion  # with the most groups that cost no more
    suggestions: list[Suggestion]
    text: str = field(repr=False)

    @classmethod
    def of(cls, report: tuple[str, str]) -> Suggestions:
        """From the library's JSON and table."""
        values = json.loads(report[0])
        return cls(
            values["array"],
            Suggestion("now", "as it is", **values["now"]),
            Suggestion("groups", "every layer with the most groups that are free", **values["fitted"]),
            [Suggestion(one["kind"], one["change"], **one["cost"]) for one in values["suggestions"]],
            report[1],
        )

    def __str__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        lines = [
            [one.change, one.tiles, one.interval, one.frames_per_second]
            for one in [self.now, self.fitted, *self.suggestions]
        ]
        header = ["change", "tiles", "clocks per batch", "frames per second"]
        return _html.table(header, lines, f"Array {self.array}")


@dataclass(frozen=True)
class SimulatedPart:
    """A layer, a tile or the whole of a simulated run, over all of its images."""

    name: str
    rows: int
    groups: int
    cells: int  # cells times tiles that it was given
    nonzeros: int  # of those, cells that hold a weight
    cell_utilization: float  # nonzeros / cells
    time_utilization: float  # part of the clocks in which words enter
    cycles: dict[str, int]  # "total", and what holds the clocks
    activity: dict[str, int]  # what moved and what worked: bytes, multiply-accumulates
    advice: str = ""  # one sentence: what bounds it and what would help
    tile: Optional[int] = None  # number in the schedule
    fixed: bool = False

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> SimulatedPart:
        """From the library's JSON."""
        return cls(**_known(cls, values))


@dataclass(frozen=True, eq=False)
class Simulation:
    """A run of the machine."""

    engine: str  # "fast" or "exact"
    images: int
    latency: int  # clocks to the first batch's last logit
    latency_seconds: float
    interval: int  # clocks from batch to batch when the machine is kept busy
    frames_per_second: float
    layers: list[SimulatedPart]
    tiles: list[SimulatedPart]  # of one batch's schedule
    total: SimulatedPart
    logits: npt.NDArray[np.int32]  # images x classes; no rows from the fast run of a program
    equal_images: Optional[int]  # exact engine: images whose outputs are the integer network's
    array: dict[str, Any]  # the array's description
    comparison: list[dict[str, Any]]  # with baselines=True: the same network in other settings
    cost: Optional[Cost]  # with a technology
    text: str = field(repr=False)

    @classmethod
    def of(cls, run: tuple[Any, ...]) -> Simulation:
        """From what the extension module gives."""
        (text_json, text), logits, equal_images, cost = run
        values = json.loads(text_json)
        same = ("engine", "images", "latency", "latency_seconds", "interval", "frames_per_second")
        return cls(
            **{name: values[name] for name in same},
            layers=[SimulatedPart.of(one) for one in values["layers"]],
            tiles=[SimulatedPart.of(one) for one in values["tiles"]],
            total=SimulatedPart.of(values["total"]),
            logits=logits,
            equal_images=equal_images,
            array=values["config"],
            comparison=values.get("comparison", []),
            cost=None if cost is None else Cost.of(cost),
            text=text,
        )

    def __str__(self) -> str:
        return self.text if self.cost is None else f"{self.text}\n{self.cost}"

    def _repr_html_(self) -> str:
        lines = [
            [
                part.name,
                f"{part.rows} x {part.groups}",
                part.cycles["total"],
                part.cell_utilization,
                part.time_utilization,
                part.advice,
            ]
            for part in [*self.layers, self.total]
        ]
        header = ["layer", "packed", "clocks", "cells used", "clocks used", "what bounds it"]
        caption = (
            f"Array {self.array['name']}: one image every {self.interval} clocks, "
            f"{self.frames_per_second:.1f} frames/s"
        )
        return _html.table(header, lines, caption)


@dataclass(frozen=True)
class CostFigure:
    """A figure of a cost, a range with what it rests on."""

    low: Optional[float]  # None: not known, which is not 0
    high: Optional[float]
    absent: str = ""  # why it is not known
    entries: tuple[str, ...] = ()  # of the technology file
    sources: tuple[str, ...] = ()  # their ids
    assumptions: tuple[str, ...] = ()  # their ids
    without: tuple[str, ...] = ()  # of a sum: its parts that are not known

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> CostFigure:
        """From the library's JSON."""
        known = _known(cls, values)
        return cls(**{n: tuple(v) if isinstance(v, list) else v for n, v in known.items()})

    def __str__(self) -> str:
        if self.low is None or self.high is None:
            return "-"
        if self.low == self.high:
            return f"{self.low:.4g}"
        return f"{self.low:.4g}-{self.high:.4g}"


@dataclass(frozen=True)
class LayerEnergy:
    """Energy of one layer, or of the network, for one image, in pJ."""

    name: str
    on_chip: CostFigure
    dram: CostFigure
    parts: dict[str, CostFigure]

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> LayerEnergy:
        """From the library's JSON."""
        return cls(
            values["name"],
            CostFigure.of(values["on_chip_pj_per_image"]),
            CostFigure.of(values["dram_pj_per_image"]),
            {one["part"]: CostFigure.of(one) for one in values["parts_pj_per_image"]},
        )


@dataclass(frozen=True)
class Cost:
    """What a run of the machine costs in one technology."""

    technology: str
    array: str
    cells: str
    images: int
    clock_mhz: float
    frames_per_second: float
    latency_seconds: float
    energy: LayerEnergy  # of the network, pJ for one image
    layers: list[LayerEnergy]
    area_um2: CostFigure
    luts: CostFigure
    block_rams: CostFigure
    frames_per_joule_on_chip: CostFigure
    frames_per_joule_with_dram: CostFigure
    frames_per_second_per_mm2: CostFigure
    sources: dict[str, str]  # by id
    assumptions: dict[str, str]  # by id
    values: dict[str, Any] = field(repr=False)  # all, as `colcomb cost --json` prints them
    text: str = field(repr=False)

    @classmethod
    def of(cls, report: tuple[str, str]) -> Cost:
        """From the library's JSON and table."""
        values = json.loads(report[0])
        same = (
            "technology",
            "array",
            "cells",
            "images",
            "clock_mhz",
            "frames_per_second",
            "latency_seconds",
        )
        figures = (
            "frames_per_joule_on_chip",
            "frames_per_joule_with_dram",
            "frames_per_second_per_mm2",
        )
        known: dict[str, Any] = {name: values[name] for name in same}
        known.update({name: CostFigure.of(values[name]) for name in figures})
        return cls(
            **known,
            energy=LayerEnergy.of(values["network"]),
            layers=[LayerEnergy.of(one) for one in values["layers"]],
            area_um2=CostFigure.of(values["area_sum_um2"]),
            luts=CostFigure.of(values["luts_sum"]),
            block_rams=CostFigure.of(values["block_rams_sum"]),
            sources={one["id"]: one["text"] for one in values["sources"]},
            assumptions={one["id"]: one["text"] for one in values["assumptions"]},
            values=values,
            text=report[1],
        )

    def __str__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        lines = [[one.name, one.on_chip, one.dram] for one in [*self.layers, self.energy]]
        caption = f"Energy of one image in {self.technology}, pJ"
        return _html.table(["layer", "on chip", "DRAM"], lines, caption)


@dataclass(frozen=True)
class Point:
    """One point of an exploration."""

    index: int  # in the specification
    id: str
    settings: dict[str, str]
    results: dict[str, Any]  # by name; empty where it failed
    error: str  # why; else empty
