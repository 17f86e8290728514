"""Design questions: every combination of settings, and the paper's experiments."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Optional

from . import _core, _html, _program
from ._types import PathLike, Progress
from .results import Point


@dataclass(frozen=True)
class Exploration:
    """What an exploration's folder holds so far."""

    folder: Path
    total: int  # points of the specification
    mine: int  # of these, points of this shard
    before: int  # of these, computed before
    failed: int  # of those computed now
    points: list[Point] = field(repr=False)  # all that are known, whoever computed them

    def front(self, minimize: Sequence[str] = (), maximize: Sequence[str] = ()) -> list[Point]:
        """The Pareto front: points than which no other is better in everything asked for.

        Args:
            minimize: names of results of which less is better,
            maximize: and more.

        Raises:
            UserError: listing the results there are, for another name.
        """
        wanted = _core.front(self.folder, list(minimize), list(maximize))
        by_index = {point.index: point for point in self.points}
        return [by_index[index] for index in wanted]

    def __str__(self) -> str:
        return (
            f"{self.folder}: {len(self.points)} of {self.total} points known, "
            f"{self.mine - self.before} computed now, {self.failed} of these failed"
        )

    def _repr_html_(self) -> str:
        settings = sorted({name for point in self.points for name in point.settings})
        results = sorted({name for point in self.points for name in point.results})
        lines = [
            [
                point.index,
                *(point.settings.get(name) for name in settings),
                *(point.results.get(name) for name in results),
            ]
            for point in self.points
        ]
        return _html.table(["point", *settings, *results], lines, str(self))


def explore(
    spec: PathLike,
    out: PathLike = "",
    *,
    runs: PathLike = "",
    shard: str = "1/1",
    threads: int = 0,
    again: bool = False,
    progress: Optional[Progress] = None,
    program: Optional[str] = None,
) -> Exploration:
    """Compute every combination of settings that a file lists (``colcomb explore``).

    A call that was cut short goes on where it stopped. Points that train start the program colcomb.

    Args:
        spec: the specification, a TOML file (docs/reference/exploration.md).
        out: folder of the results; empty: the specification's name.
        runs: folder of trained networks, which several explorations may share; empty: in `out`.
        shard: "I/N": the I-th of N parts, for N workers on one folder.
        threads: of the processor; 0: all available.
        again: compute points again that failed before.
        progress: called with the points done and their number; works with
            ``tqdm(total=...).update`` by differences.
        program: the program colcomb, for points that train; None: $COLCOMB_COMMAND or in PATH.

    Raises:
        UserError: for the specification, a folder of another exploration, files that all points need.
    """

    def train(arguments: list[str], folder: os.PathLike) -> None:
        if (Path(folder) / "report.json").exists():
            return
        text = _program.run(arguments, program=program)
        (Path(folder) / "log.txt").write_text(text)

    folder, total, mine, before, failed = _core.explore(
        spec,
        out=out,
        runs=runs,
        shard=shard,
        threads=threads,
        again=again,
        trainer=train,
        progress=progress,
    )
    points = [
        Point(index, name, settings, json.loads(results) or {}, error)
        for index, name, settings, results, error in _core.read_points(folder)
    ]
    return Exploration(Path(folder), total, mine, before, failed, points)


def experiment(
    name: str,
    out: PathLike,
    *,
    program: Optional[str] = None,
    log: Optional[Callable[[str], Any]] = None,
    **options: Any,
) -> Any:
    """One of the paper's experiments, or several training runs (``colcomb experiment``).

    It trains, so it starts the program colcomb in a process of its own; one that was cut short goes
    on from its folder.

    Args:
        name: e.g. "alpha-sweep", "frontier", "limited-data" or "all".
        out: folder of results.
        program: the program; None: $COLCOMB_COMMAND or `colcomb` in PATH.
        log: called with each line that it prints.
        options: its flags, e.g. epochs=5, networks=["lenet5-shift:0.25"].

    Returns:
        The results as the program's JSON has them; of one that prints tables only, its text.

    Raises:
        UserError: if there is no program, or with the last line it printed if it fails.
    """
    arguments = ["experiment", name, "--out", os.fspath(out), *_program.flags_of(options)]
    text = _program.run(arguments, program=program, log=log)
    results = Path(out) / f"{name}.json"
    for file in (results, Path(out) / "results.json"):
        if file.exists():
            return json.loads(file.read_text())
    return text
