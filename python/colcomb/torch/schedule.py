"""When a model is pruned and combined, and how far."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ..errors import UserError


@dataclass(frozen=True)
class Step:
    """One pruning step of a schedule."""

    progress: float  # part of the pruning rate, 0 to 1
    gamma_share: float  # part of gamma, 0 to 1


@dataclass(frozen=True)
class Schedule:
    """The cubic schedule of `colcomb train`: `steps` pruning steps, evenly spread over the first part
    of the calls, ever smaller; gamma grows evenly, so that early groups lose little.

    Without total_steps all of it happens at once.
    """

    total_steps: int = 0  # calls of Combiner.step() that training will make; 0: combine at once
    steps: int = 10  # pruning steps
    until: float = 0.5  # part of the calls over which they are spread, 0 to 1
    gamma_ramp: bool = True  # False: the full gamma from the first step on

    def __post_init__(self) -> None:
        if self.total_steps < 0:
            raise UserError.of_argument("total_steps", self.total_steps, "must be 0 or more")
        if self.steps < 1:
            raise UserError.of_argument("steps", self.steps, "must be 1 or more")
        if not 0 < self.until <= 1:
            raise UserError.of_argument("until", self.until, "must be above 0, at most 1")

    def step(self, number: int) -> Step:
        """Pruning step `number`, 1 to steps; without total_steps the last one."""
        share = number / self.steps if self.total_steps else 1.0
        progress = 1.0 - (1.0 - share) ** 3
        return Step(progress, share if self.gamma_ramp else 1.0)

    def time(self, number: int) -> int:
        """The call of Combiner.step() at which pruning step `number` is made."""
        return max(1, math.floor(self.until * self.total_steps * (number / self.steps) + 0.5))

    def due(self, calls: int, done: int) -> int:
        """How many pruning steps must have been made after so many calls, of which `done` are."""
        while done < self.steps and calls >= self.time(done + 1):
            done += 1
        return done
