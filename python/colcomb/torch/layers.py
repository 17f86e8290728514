"""The layers of a model whose columns are combined."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any, Optional

import numpy as np
import torch
from torch import nn

from .. import combining
from ..errors import UserError
from ..results import Groups, groups_of

@contextlib.contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """The model in evaluation mode; afterwards each module is in the mode it was in."""
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        yield
    finally:
        for module, training in modes:
            module.training = training


def find_layers(
    model: nn.Module, example_input: Optional[torch.Tensor]
) -> list[tuple[str, nn.Module, int]]:
    """Conv2d and Linear modules: name, module, and output pixels of one image.

    With an example input in the order in which the model calls them, without those that it does not
    call; else in the order of named_modules(), with 1 pixel each.
    """
    names: dict[nn.Module, str] = {
        module: name
        for name, module in model.named_modules()
        if isinstance(module, (nn.Conv2d, nn.Linear))
    }
    if example_input is None:
        return [(name, module, 1) for module, name in names.items()]
    found: dict[nn.Module, int] = {}

    def note(module: nn.Module, _inputs: Any, output: torch.Tensor) -> None:
        found.setdefault(module, output[0, 0].numel() if output.dim() == 4 else 1)

    handles = [module.register_forward_hook(note) for module in names]
    try:
        with evaluating(model), torch.no_grad():
            model(example_input)
    finally:
        for handle in handles:
            handle.remove()
    return [(names[module], module, pixels) for module, pixels in found.items()]


class CombinedLayer:
    """One Conv2d or Linear: its mask and groups, and the values of pruned weights."""

    def __init__(self, name: str, module: nn.Module, alpha: int, pixels: int, index: int) -> None:
        if not isinstance(module.weight, nn.Parameter):
            raise UserError.of_argument(
                f"{name}.weight", type(module.weight).__name__,
                "must be a parameter: remove its parametrization or its torch.nn.utils.prune first",
            )
        self.name, self.module, self.alpha = name, module, alpha
        self.pixels, self.index = pixels, index
        self.conv_groups: int = getattr(module, "groups", 1)
        self.target: Optional[int] = None  # most groups, where an array decides
        self.mask: Optional[torch.Tensor] = None  # of the weight's shape, bool
        self.stored: Optional[torch.Tensor] = None  # what pruned weights were
        self.groups: Optional[Groups] = None
        self._gradient_hook: Any = None
        if module.weight.requires_grad:
            self._gradient_hook = module.weight.register_hook(self._mask_gradient)

    @property
    def columns(self) -> int:
        """M, columns of the whole filter matrix."""
        return self.weight[0].numel() * self.conv_groups

    @property
    def weight(self) -> nn.Parameter:
        """The module's weights."""
        weight = self.module.weight
        assert isinstance(weight, nn.Parameter)
        return weight

    def _mask_on(self, device: torch.device) -> torch.Tensor:
        assert self.mask is not None
        if self.mask.device != device:
            self.mask = self.mask.to(device)
        return self.mask

    def _mask_gradient(self, gradient: torch.Tensor) -> Optional[torch.Tensor]:
        if self.mask is None:
            return None
        return gradient.masked_fill(~self._mask_on(gradient.device), 0)

    def apply(self, module: Optional[nn.Module] = None) -> None:
        """Set pruned weights to 0, whatever an optimizer made of them.

        By `data`: a module may be called twice before one backward pass, and its pruned weights are
        0 by then, so autograd need not mind.
        """
        if self.mask is None:
            return
        weight = self.weight if module is None else module.weight
        assert isinstance(weight, torch.Tensor)
        weight.data.masked_fill_(~self._mask_on(weight.device), 0)

    def values(self) -> torch.Tensor:
        """All weights, the pruned ones as they were."""
        weight = self.weight.detach()
        if self.mask is None or self.stored is None:
            return weight
        return torch.where(self._mask_on(weight.device), weight, self.stored.to(weight.device))

    def matrix(self) -> np.ndarray:
        """N x M of values(), with zeros between the groups of a grouped convolution."""
        return self._full(self.values())

    def full_mask(self) -> np.ndarray:
        """N x M of 0 and 1."""
        if self.mask is None:
            return self._full(torch.ones_like(self.weight)).astype(np.uint8)
        return self._full(self.mask.float()).astype(np.uint8)

    def _full(self, weight: torch.Tensor) -> np.ndarray:
        rows = weight.detach().cpu().float().numpy().reshape(len(weight), -1)
        return combining.expanded(rows, self.conv_groups)

    def _blocks(self, mask: np.ndarray) -> np.ndarray:
        """What an N x M mask says of the weights that a grouped convolution has."""
        rows, columns = len(mask), mask.shape[1] // self.conv_groups
        block = rows // self.conv_groups
        return np.concatenate(
            [
                mask[g * block : (g + 1) * block, g * columns : (g + 1) * columns]
                for g in range(self.conv_groups)
            ]
        )

    def combine(self, progress: float, gamma: float, rate: float, options: dict[str, Any]) -> None:
        """Group the columns anew and prune: `rate` of the weights, or into target groups."""
        values = self.values()
        matrix = values.detach().cpu().float().numpy().reshape(len(values), -1)
        settings = dict(options, seed=options["seed"] + self.index, start=self.groups)
        if self.target is not None:  # as combining for an array: gamma is never reached
            away = (self.columns - self.target) * (1 - progress)
            settings["groups_target"] = self.target + int(np.ceil(away - 1e-9))
            gamma, rate = float(self.alpha), 0.0
            if settings["groups_target"] >= self.columns:
                return
        grouping = combining.group(
            matrix,
            self.alpha,
            gamma,
            prune=rate,
            mask=matrix != 0,
            conv_groups=self.conv_groups,
            name=self.name,
            **settings,
        )
        kept = self._blocks(grouping.mask).reshape(values.shape)
        self.mask = torch.from_numpy(np.ascontiguousarray(kept)).to(values.device)
        self.stored = values.clone()
        self.groups = grouping.groups
        with torch.no_grad():
            self.weight.copy_(values)
        self.apply()

    def state(self) -> dict[str, Any]:
        """What a later run needs to go on."""
        return {"mask": self.mask, "stored": self.stored, "groups": self.groups}

    def load_state(self, state: dict[str, Any]) -> None:
        """Go on from state()."""
        shape = self.weight.shape
        if state["mask"] is not None and state["mask"].shape != shape:
            raise UserError.of_argument(
                self.name, tuple(state["mask"].shape), f"must have the weights' shape {tuple(shape)}"
            )
        self.mask, self.stored = state["mask"], state["stored"]
        self.groups = None if state["groups"] is None else groups_of(state["groups"])
        self.apply()

    def remove(self) -> None:
        """Leave gradients alone from now on."""
        if self._gradient_hook is not None:
            self._gradient_hook.remove()
