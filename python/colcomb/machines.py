"""Systolic arrays: what a packed network does on one, and what that costs."""

from __future__ import annotations

import json
from typing import Optional, Union

import numpy as np
import numpy.typing as npt

from . import _core, _html
from ._types import PathLike, Progress
from .errors import UserError
from .machine_results import Cost, Simulation, Suggestions
from .networks import Network
from .packed_network import PackedNetwork, packed_of


class Program:
    """A tile program: all that an array needs to run one packed network."""

    def __init__(self, handle: _core.TileProgram) -> None:
        self._handle = handle

    @classmethod
    def load(cls, path: PathLike) -> Program:
        """Read a tile program.

        Raises:
            UserError: naming file, field, value and rule.
        """
        return cls(_core.TileProgram.load(path))

    def save(self, path: PathLike) -> None:
        """Write it, atomically.

        Raises:
            UserError: if the file cannot be written.
        """
        self._handle.save(path)

    @property
    def array(self) -> str:
        """The array's name."""
        return self._handle.array

    @property
    def sizes(self) -> dict[str, int]:
        """Numbers of layers, tiles, descriptors and transfers; bytes of weights and memory."""
        return json.loads(self._handle.summary()[0])

    def listing(self) -> str:
        """Memory, layers and tiles, for people."""
        return self._handle.listing()

    def __repr__(self) -> str:
        return f"<colcomb.Program for array {self.array}>"

    def __str__(self) -> str:
        return self._handle.summary()[1]

    def _repr_html_(self) -> str:
        return _html.table(["part", "size"], self.sizes.items(), f"Program for {self.array}")


def compile(
    network: Union[PackedNetwork, PathLike], array: str = "32x32", out: Optional[PathLike] = None
) -> Program:
    """The program that an array executes (``colcomb compile``; docs/reference/tile-program.md).

    Args:
        network: a :class:`PackedNetwork`, or its file.
        array: "ROWSxCOLUMNS" for MX cells, or an array's TOML file.
        out: file to write it to, too.

    Raises:
        UserError: if the network does not fit the array, or that is cross-layer.
    """
    program = Program(_core.compile(packed_of(network)._handle, str(array)))
    if out is not None:
        program.save(out)
    return program


def _some_images(network: PackedNetwork, batch: int) -> npt.NDArray[np.uint8]:
    """The samples that the network carries, in whole batches; without any one black batch."""
    samples = network.samples[0]
    whole = len(samples) // batch * batch
    return samples[:whole] if whole else np.zeros((batch, *network.input_shape), np.uint8)


def simulate(
    network: Union[PackedNetwork, Program, PathLike],
    array: Optional[str] = None,
    images: Optional[npt.NDArray[np.uint8]] = None,
    *,
    engine: str = "fast",
    baselines: bool = False,
    technology: str = "",
    ideal: bool = False,
    timeline: Optional[PathLike] = None,
    reference: Union[PackedNetwork, PathLike, None] = None,
    threads: int = 0,
    progress: Optional[Progress] = None,
) -> Simulation:
    """Run a network on a systolic array, clock by clock (``colcomb simulate``).

    Args:
        network: a :class:`PackedNetwork` or a :class:`Program`, or the file of one.
        array: "ROWSxCOLUMNS" for MX cells, or an array's TOML file; None: "32x32". A program has
            its own.
        images: raw images, uint8, count x C x H x W, a multiple of the array's batch. None: the
            samples that the network carries, or a black batch, for the clocks alone.
        engine: "fast" (closed form), "exact" (every cell at every clock) or "both" (exact, and
            checked against fast).
        baselines: compare with the network without combining, dense, on bit-parallel cells, and
            cross-layer pipelined.
        technology: also say what the run costs in it.
        ideal: memory banks with as many ports as could be used.
        timeline: write what happened when to this file, trace-event JSON.
        reference: of a program: the packed network it was compiled from, to compare outputs with.
        threads: of the fast engine; 0: all available.
        progress: called with the images that have their logits and their number.

    Raises:
        UserError: if the network does not fit the array, options do not fit together, the engines
            disagree, or the machine's outputs are not the integer network's.
    """
    options = {
        "engine": engine,
        "threads": threads,
        "baselines": baselines,
        "technology": technology,
        "timeline": timeline,
        "progress": progress,
    }
    if not isinstance(network, (PackedNetwork, Program)):
        is_program = _core.kind_of_file(network) == "tile program"
        network = Program.load(network) if is_program else PackedNetwork.load(network)
    if isinstance(network, PackedNetwork):
        if reference is not None:
            rule = "goes with a program; a packed network needs none"
            raise UserError.of_argument("reference", "given", rule)
        name = "32x32" if array is None else str(array)
        if images is None:
            images = _some_images(network, _core.batch_of(network._handle, name))
        run = _core.simulate(network._handle, name, np.asarray(images), ideal=ideal, **options)
        return Simulation.of(run)
    if array is not None:
        rule = "goes with a packed network; a program is compiled for its array"
        raise UserError.of_argument("array", array, rule)
    if ideal:
        raise UserError.of_argument("ideal", ideal, "takes a packed network, not a program")
    handle = network._handle
    known = None if reference is None else packed_of(reference)
    if images is None and known is not None:
        images = _some_images(known, handle.batch)
    elif images is None:
        images = np.zeros((handle.batch, *handle.input_shape), np.uint8)
    known_handle = None if known is None else known._handle
    run = _core.simulate_program(handle, known_handle, np.asarray(images), **options)
    return Simulation.of(run)


def cost(
    network: Union[PackedNetwork, PathLike],
    array: str = "32x32",
    *,
    technology: str = "sg13g2",
    images: Optional[int] = None,
    gated: bool = False,
    scale_nm: Optional[float] = None,
    scale_volt: float = 1.0,
    compare: bool = False,
) -> Cost:
    """Energy, area and rates on an array, with ranges and sources (``colcomb cost``).

    Args:
        network: a :class:`PackedNetwork`, or its file.
        array: "ROWSxCOLUMNS" for MX cells, or an array's TOML file.
        technology: a built-in name or a technology file (docs/reference/cost.md).
        images: of the run that is counted, whole batches: what happens once is shared among them.
        gated: cells with a clock gate at weight and select, where the technology has them.
        scale_nm: also scale the sums to this node, nm.
        scale_volt: and to this supply voltage.
        compare: also cost the network in other settings: values["comparison"].

    Raises:
        UserError: for the technology, and where the network does not fit the array.
    """
    report = _core.cost(
        packed_of(network)._handle,
        str(array),
        technology=str(technology),
        images=images,
        gated=gated,
        scale_nm=scale_nm,
        scale_volt=scale_volt,
        compare=compare,
    )
    return Cost.of(report)


def suggest(network: Union[Network, PackedNetwork, PathLike], array: str = "32x32") -> Suggestions:
    """What would be free or cheap on an array: groups, widths, alphas, shapes (``colcomb suggest``).

    Args:
        network: a :class:`Network` or a :class:`PackedNetwork`, or the file of one.
        array: "ROWSxCOLUMNS" for MX cells, or an array's TOML file.

    Raises:
        UserError: if the network does not fit the array, or that is cross-layer.
    """
    if not isinstance(network, (Network, PackedNetwork)):
        is_packed = _core.kind_of_file(network) == "packed network"
        network = PackedNetwork.load(network) if is_packed else Network.load(network)
    if isinstance(network, PackedNetwork):
        return Suggestions.of(_core.suggest_packed(network._handle, str(array)))
    return Suggestions.of(_core.suggest_float(network._handle, str(array)))
