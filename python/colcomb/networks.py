"""Float networks, and combining them."""

from __future__ import annotations

import json
from typing import Optional, Union

import numpy as np
import numpy.typing as npt

from . import _core
from ._types import PathLike, Progress
from .results import (
    AllocationReport,
    CombiningReport,
    FloatLayer,
    ImportedLayer,
    ImportedNode,
    groups_of,
)


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


def float_of(network: Union[Network, PathLike]) -> Network:
    """The network itself, or that of a checkpoint."""
    return network if isinstance(network, Network) else Network.load(network)


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
    given = float_of(network)
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
        array=str(array),
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
