"""The program ``colcomb``, for what needs training: LibTorch is not loaded into Python."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from typing import Any, Optional

from .errors import UserError


def find(program: Optional[str] = None) -> str:
    """The program's path: as given, $COLCOMB_COMMAND, or `colcomb` in PATH.

    Raises:
        UserError: if there is none.
    """
    wanted = program or os.environ.get("COLCOMB_COMMAND") or "colcomb"
    found = shutil.which(wanted)
    if found is None:
        rule = "must be the program colcomb, which trains: build or install it, or name it"
        raise UserError.of_argument("program", wanted, rule)
    return found


def flags_of(options: dict[str, Any]) -> list[str]:
    """Keyword arguments as flags: batch_size=64 is --batch-size 64, a list several words."""
    words: list[str] = []
    for name, value in options.items():
        if value is None or value is False:
            continue
        words.append("--" + name.replace("_", "-"))
        if value is True:
            continue
        several = isinstance(value, (list, tuple))
        words.extend(str(word) for word in (value if several else [value]))
    return words


def run(
    arguments: Sequence[str],
    *,
    program: Optional[str] = None,
    log: Optional[Callable[[str], Any]] = None,
) -> str:
    """Run the program and give what it printed; `log` gets each line as it comes.

    Raises:
        UserError: with the last line it printed, if it fails.
    """
    lines: list[str] = []
    command = [find(program), *arguments]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line)
            if log is not None:
                log(line.rstrip("\n"))
    if process.returncode != 0:
        said = [line.strip() for line in lines if line.strip() and "Run with --help" not in line]
        name = " ".join(["colcomb", *arguments[:2]])
        raise UserError(
            said[-1] if said else "it said nothing", where=name, usage=process.returncode == 2
        )
    return "".join(lines)
