"""What machines give: plain dataclasses. ``print`` shows tables, notebooks HTML."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Optional

import numpy as np
import numpy.typing as npt

from . import _html


def _known(kind: type, values: Mapping[str, Any]) -> dict[str, Any]:
    names = {one.name for one in fields(kind)}
    return {name: value for name, value in values.items() if name in names}


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


@dataclass(frozen=True, eq=False, repr=False)
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

    def __repr__(self) -> str:
        return f"<colcomb.Simulation: {self.images} images, {self.interval} clocks between batches>"

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
