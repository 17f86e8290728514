"""Tables for notebooks."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence


def cell(value: object) -> str:
    """A value as a table shows it: fractions with four digits, absent ones as a dash."""
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.4g}"
    return str(value)


def table(header: Sequence[str], lines: Iterable[Sequence[object]], caption: str = "") -> str:
    """An HTML table; the first column to the left, the others to the right. Texts are escaped."""

    def row(tag: str, values: Sequence[object]) -> str:
        cells = []
        for i, value in enumerate(values):
            align = "left" if i == 0 else "right"
            cells.append(f'<{tag} style="text-align:{align}">{html.escape(cell(value))}</{tag}>')
        return "<tr>" + "".join(cells) + "</tr>"

    head = f"<caption>{html.escape(caption)}</caption>" if caption else ""
    body = "".join(row("td", line) for line in lines)
    return f"<table>{head}<thead>{row('th', header)}</thead><tbody>{body}</tbody></table>"
