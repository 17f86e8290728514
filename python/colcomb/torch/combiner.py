"""The helper that a training loop calls."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Optional, Union

import numpy as np
import torch
from torch import nn

from .. import _core, conversion, networks
from .._types import PathLike
from ..errors import UserError
from ..results import CombiningReport, Groups, Packed
from .export import write_model
from .layers import CombinedLayer, find_layers
from .schedule import Schedule


def combine(
    model: nn.Module,
    alpha: Union[int, Mapping[str, int]] = 8,
    gamma: float = 0.5,
    array: Optional[str] = None,
    example_input: Optional[torch.Tensor] = None,
    *,
    groups: Optional[Mapping[str, int]] = None,
    total_steps: int = 0,
    until: float = 0.5,
    steps: int = 10,
    prune_rate: float = 0.8,
    prune_rate_alpha1: float = 0.0,
    gamma_ramp: bool = True,
    fill_empty_cells: bool = True,
    policy: str = "search",
    objective: str = "magnitude",
    seed: int = 1,
    skip: Optional[Callable[[str, nn.Module], bool]] = None,
    progress: Optional[Callable[[int, int], Any]] = None,
) -> Combiner:
    """Combine the columns of a model's Conv2d and Linear layers while it is trained.

    The first layer has alpha 1 and the last one, the classifier, is left alone, as everywhere in
    colcomb; alpha by name changes that. Call the result's step() after each optimizer step (or after
    each epoch), total_steps times in all.

    Args:
        model: any module; its weights are changed in place.
        alpha: most columns in a group, 1 to 64; or by the names of modules, those alone.
        gamma: most conflicts per row of a group, on average.
        array: "ROWSxCOLUMNS" or an array's TOML file: each layer gets as many groups as cost this
            array nothing more than the fewest that alpha allows, in place of gamma and prune_rate;
            needs example_input, and a model that colcomb can import.
        example_input: a batch as the model takes it: says which layers it calls, in which order.
        groups: most groups by the names of modules, in place of gamma and prune_rate, by which the
            others go.
        total_steps: how often step() will be called; 0: combine at once, here.
        until: part of these calls over which the pruning steps are spread.
        steps: pruning steps.
        prune_rate: part of a layer's weights that is pruned by magnitude in the end, times
            1 - 1 / alpha.
        prune_rate_alpha1: the same of layers of alpha 1.
        gamma_ramp: let gamma grow from step to step.
        fill_empty_cells: bring the largest pruned weight back into a cell left empty.
        policy: how columns are grouped: "search", "pairwise" or "dense-first".
        objective: what the search retains most of: "magnitude" or "square".
        seed: equal seeds give equal groups.
        skip: called with name and module; true leaves a layer alone.
        progress: called with the pruning steps made and their number.

    Raises:
        UserError: for arguments out of range, or a model without layers to combine.
    """
    schedule = Schedule(total_steps, steps, until, gamma_ramp)
    rates = {"prune_rate": prune_rate, "prune_rate_alpha1": prune_rate_alpha1}
    for name, rate in rates.items():
        if not 0 <= rate <= 1:
            raise UserError.of_argument(name, rate, "must be 0 to 1")
    options = {
        "fill_empty_cells": fill_empty_cells and array is None and groups is None,
        "policy": policy,
        "objective": objective,
        "seed": seed,
    }
    combiner = Combiner(model, alpha, gamma, example_input, schedule, rates, options, skip, progress)
    if array is not None and groups is not None:
        rule = "has no use where an array decides how many there are"
        raise UserError.of_argument("groups", "given", rule)
    if groups is not None:
        combiner._limit(groups)
    if array is not None:
        combiner._fit(array)
    if total_steps == 0:
        combiner._combine(steps)
    return combiner


class Combiner:
    """Masks and groups of a model that is trained; made by :func:`combine`."""

    def __init__(
        self,
        model: nn.Module,
        alpha: Union[int, Mapping[str, int]],
        gamma: float,
        example_input: Optional[torch.Tensor],
        schedule: Schedule,
        rates: dict[str, float],
        options: dict[str, Any],
        skip: Optional[Callable[[str, nn.Module], bool]],
        progress: Optional[Callable[[int, int], Any]],
    ) -> None:
        self.model, self.schedule = model, schedule
        self._gamma, self._rates, self._options, self._progress = gamma, rates, options, progress
        self._example, self._array, self._exporting = example_input, "32x32", False
        self._calls = self._done = 0
        found = [
            (name, module, pixels)
            for name, module, pixels in find_layers(model, example_input)
            if skip is None or not skip(name, module)
        ]
        self._alpha_by_name = isinstance(alpha, Mapping)
        alphas = _alphas([name for name, _, _ in found], alpha)
        if not alphas:
            rule = "must have Conv2d or Linear layers before its classifier"
            raise UserError.of_argument("model", type(model).__name__, rule)
        self.layers = [
            CombinedLayer(name, module, alphas[name], pixels, index)
            for index, (name, module, pixels) in enumerate(found)
            if name in alphas
        ]
        self._hooks = [
            layer.module.register_forward_pre_hook(self._pre_forward(layer))
            for layer in self.layers
        ]

    def _pre_forward(self, layer: CombinedLayer) -> Callable[[nn.Module, Any], None]:
        def mask(module: nn.Module, _inputs: Any) -> None:
            if not self._exporting:
                layer.apply(module)

        return mask

    def step(self) -> bool:
        """To be called after each optimizer step, or after each epoch: sets pruned weights to 0
        again and, when the schedule says so, prunes and combines.

        Whatever moves weights between two calls (momentum, weight decay, an optimizer of any kind),
        the model computes with pruned weights at 0: each forward pass masks them first, and their
        gradients are 0.

        Returns:
            Whether masks have changed.
        """
        self._calls += 1
        for layer in self.layers:
            layer.apply()
        if self.schedule.total_steps == 0:
            return False
        due = self.schedule.due(self._calls, self._done)
        if due == self._done:
            return False
        self._combine(due)
        return True

    def _combine(self, number: int) -> None:
        step = self.schedule.step(number)
        gamma = self._gamma * step.gamma_share

        def one(layer: CombinedLayer) -> None:
            layer.combine(step.progress, gamma, self._rate(layer, step.progress), self._options)

        # Layers are independent, and the library gives Python's lock away.
        with ThreadPoolExecutor(min(len(self.layers), _processors())) as pool:
            list(pool.map(one, self.layers))  # raises what a layer raised
        self._done = number
        if self._progress is not None:
            self._progress(number, self.schedule.steps)

    def _rate(self, layer: CombinedLayer, progress: float) -> float:
        if layer.alpha <= layer.conv_groups:
            return self._rates["prune_rate_alpha1"] * progress
        return self._rates["prune_rate"] * progress * (1 - layer.conv_groups / layer.alpha)

    @property
    def finished(self) -> bool:
        """Whether the last pruning step is made: what follows trains what is kept."""
        return self._done >= self.schedule.steps

    @property
    def groups(self) -> dict[str, Groups]:
        """The groups of each combined layer's columns, by the module's name."""
        return {layer.name: layer.groups for layer in self.layers if layer.groups is not None}

    def packed(self) -> dict[str, Packed]:
        """The packed filter matrix of each combined layer, float32, by the module's name."""
        from .. import pack

        result = {}
        for layer in self.layers:
            if layer.groups is not None:
                result[layer.name] = pack(layer.matrix() * layer.full_mask(), layer.groups)
        return result

    def report(self) -> CombiningReport:
        """Nonzeros, groups, utilization efficiency and retained magnitude of each layer, in total.

        Retained magnitude is of all weights, the pruned ones as they were when they were pruned.
        """
        lines = []
        for layer in self.layers:
            layer.apply()
            groups = layer.groups
            if groups is None:
                groups = tuple((column,) for column in range(layer.columns))
            lines.append(
                (
                    layer.name,
                    np.ascontiguousarray(layer.matrix()),
                    np.ascontiguousarray(layer.full_mask()),
                    [list(group) for group in groups],
                    layer.alpha,
                    layer.pixels,
                    layer.conv_groups,
                )
            )
        rows, columns, _ = _core.array_size(self._array)
        return CombiningReport.of(_core.report_layers(lines, rows, columns))

    def export(
        self,
        path: PathLike,
        example_input: Optional[torch.Tensor] = None,
        *,
        opset: int = 13,
        **options: Any,
    ) -> None:
        """Write the model as ONNX, in evaluation mode, with its groups: what colcomb.import_onnx and
        `colcomb import` read exactly.

        Args:
            path: of the file.
            example_input: a batch as the model takes it; None: that of combine().
            opset: operator set version, 6 to 23.
            options: more arguments of torch.onnx.export.

        Raises:
            UserError: without an example input.
        """
        example = self._example if example_input is None else example_input
        if example is None:
            rule = "must be given, here or to combine(): a batch as the model takes it"
            raise UserError.of_argument("example_input", "None", rule)
        weights = {id(weight): name for name, weight in self.model.named_parameters()}
        groups = {
            weights[id(layer.weight)]: layer.groups
            for layer in self.layers
            if layer.groups is not None
        }
        for layer in self.layers:
            layer.apply()
        self._exporting = True
        try:
            write_model(self.model, example, path, groups, opset, options)
        finally:
            self._exporting = False

    def _limit(self, groups: Mapping[str, int]) -> None:
        """Give layers numbers of groups."""
        layers = {layer.name: layer for layer in self.layers}
        for name, most in groups.items():
            if name not in layers:
                raise UserError.of_argument("groups", name, f"must be one of {', '.join(layers)}")
            layers[name].target = most

    def _fit(self, array: str) -> None:
        """Ask the library how many groups each layer gets on an array."""
        largest = max(layer.alpha for layer in self.layers)
        with tempfile.TemporaryDirectory() as folder:
            file = os.path.join(folder, "model.onnx")
            self.export(file)
            network = conversion.import_onnx(file, mean=0.0, std=1.0, activation_limit=6.0)
        names = [limit.weights for limit in network.limits]
        fitted = networks.pack_network(network, alpha=largest, array=array, fit=True)
        assert fitted.allocation is not None
        given = {
            name: layer["groups"] for name, layer in zip(names, fitted.allocation.values["layers"])
        }
        weights = {id(weight): name for name, weight in self.model.named_parameters()}
        for layer in self.layers:
            if not self._alpha_by_name:
                layer.alpha = largest  # of the array's cells, the first layer's too
            least = -(-layer.columns // layer.alpha)
            # One that the allocation knows nothing of, the classifier, stays dense.
            layer.target = max(least, given.get(weights[id(layer.weight)], layer.columns))
        self._array = str(array)

    def state_dict(self) -> dict[str, Any]:
        """Masks, groups, pruned values and the schedule's state, to be saved beside the model's."""
        return {
            "calls": self._calls,
            "done": self._done,
            "layers": {layer.name: layer.state() for layer in self.layers},
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from state_dict(), with a model whose weights are loaded already.

        Raises:
            UserError: if it is of another model's layers.
        """
        names = [layer.name for layer in self.layers]
        if sorted(state["layers"]) != sorted(names):
            found = ", ".join(sorted(state["layers"]))
            raise UserError.of_argument("state", found, f"must be of the layers {', '.join(names)}")
        self._calls, self._done = state["calls"], state["done"]
        for layer in self.layers:
            layer.load_state(state["layers"][layer.name])

    def close(self) -> None:
        """Mask weights a last time and take all hooks off the model."""
        for layer in self.layers:
            layer.apply()
            layer.remove()
        for hook in self._hooks:
            hook.remove()
        self._hooks = []

    def __str__(self) -> str:
        return str(self.report())

    def _repr_html_(self) -> str:
        return self.report()._repr_html_()


def _processors() -> int:
    """Processors that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def _alphas(names: list[str], alpha: Union[int, Mapping[str, int]]) -> dict[str, int]:
    """The alpha of each layer that is combined."""
    if isinstance(alpha, Mapping):
        for name in alpha:
            if name not in names:
                rule = f"must be one of {', '.join(names)}"
                raise UserError.of_argument("alpha", name, rule)
        chosen = dict(alpha)
    else:
        chosen = {name: 1 if i == 0 else alpha for i, name in enumerate(names[:-1])}
    for name, value in chosen.items():
        if not isinstance(value, (int, np.integer)) or not 1 <= value <= 64:
            raise UserError.of_argument("alpha", value, f"must be 1 to 64, of {name}")
    return chosen
