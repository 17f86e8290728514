"""Types of arguments that several functions take."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, Union

PathLike = Union[str, "os.PathLike[str]"]
Progress = Callable[[int, int], Any]  # what is done, of how many
