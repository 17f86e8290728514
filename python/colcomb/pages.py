"""Pages of runs, explorations and experiments."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Optional, Union

from . import _core
from ._types import PathLike
from .errors import UserError


class Page:
    """What a folder of results shows: a document that becomes HTML, text and figures."""

    def __init__(self, handle: _core.Document, path: Optional[Path]) -> None:
        self._handle = handle
        self.path = path  # of the HTML file, where one was written

    @property
    def document(self) -> dict[str, Any]:
        """The page's document (docs/reference/page.md)."""
        return json.loads(self._handle.json())

    def html(self) -> str:
        """One self-contained HTML page, without network.

        Raises:
            UserError: if this build has no page (COLCOMB_WITH_PAGE).
        """
        return self._handle.html()

    def write_figures(self, folder: PathLike) -> None:
        """Write each figure into a folder: SVG, of matrices PNG too.

        Raises:
            UserError: naming the file that cannot be written.
        """
        self._handle.write_figures(folder)

    def __repr__(self) -> str:
        return f"<colcomb.Page {self.path or ''}>"

    def __str__(self) -> str:
        return self._handle.text()

    def _repr_html_(self) -> str:
        page = base64.b64encode(self.html().encode()).decode()
        return (
            f'<iframe src="data:text/html;base64,{page}" width="100%" height="800" '
            'style="border:0"></iframe>'
        )


def report(
    folders: Union[PathLike, Sequence[PathLike], None] = None,
    *,
    lesson: bool = False,
    out: Optional[PathLike] = None,
    figures: Optional[PathLike] = None,
) -> Page:
    """A page of a run, an exploration or an experiment, or of several runs (``colcomb report``).

    A notebook shows the page itself; ``print`` its tables and sentences.

    Args:
        folders: of one, or of several runs to compare.
        lesson: instead: the array clock by clock on the documentation's worked example.
        out: HTML file to write.
        figures: folder to write each figure to.

    Raises:
        UserError: naming a file that is missing or broken.
    """
    if lesson:
        if folders is not None:
            raise UserError.of_argument("lesson", lesson, "shows the worked example, of no folder")
        handle = _core.Document.lesson()
    else:
        if folders is None:
            raise UserError.of_argument("folders", "none", "must be of a run or an experiment")
        if isinstance(folders, str) or hasattr(folders, "__fspath__"):
            folders = [folders]
        handle = _core.Document.of_folders([os.fspath(folder) for folder in folders])
    page = Page(handle, None if out is None else Path(out))
    if page.path is not None:
        page.path.write_text(page.html(), encoding="utf-8")
    if figures is not None:
        page.write_figures(figures)
    return page
