"""The Python reference: Sphinx reads the package's docstrings."""

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


def write_page(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(PAGE)
