"""The Python reference: Sphinx reads the package's docstrings."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

PAGE = """# Python API

From the package's docstrings. [Python](../docs/reference/python.md) is the overview,
[colcomb in Python](../docs/user/python.md) the tutorial.

```{eval-rst}
.. automodule:: colcomb
   :members:
   :imported-members:

colcomb.torch
-------------

.. automodule:: colcomb.torch
   :members:
   :imported-members:
```
"""


def stage_package(built: Path, folder: Path) -> None:
    """Copies the package; comments behind dataclasses' fields become what Sphinx takes as their
    documentation (`#:`)."""
    field = re.compile(r"^(    \w+: [^#\n]*)  # (?!type:|noqa)(.*)$", re.MULTILINE)
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(built, folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in (folder / "colcomb").rglob("*.py"):
        file.write_text(field.sub(lambda m: f"{m[1]}  #: {m[2].replace('|', chr(92) + '|')}", file.read_text()))


def write_page(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(PAGE)
