"""The code blocks of Markdown files: indented by four columns, or between fences."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Block:
    """`lines` without their indentation; the first is line `line` (from 1) of `file`."""

    file: str
    line: int
    language: str  # of a fence, else empty
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def blocks_of(text: str, file: str) -> list[Block]:
    """All code blocks of one Markdown text, in order. An indented block starts after an empty line, four
    columns right of the text around it, which in a list's item is indented itself."""
    lines = text.split("\n")
    found: list[Block] = []
    index = 0
    margin = 0  # columns of the text around: more than 0 in a list's item
    while index < len(lines):
        line = lines[index]
        fence = re.match(r"^( *)(```+|~~~+)\s*(\{?[\w-]*\}?)", line)
        if fence and len(fence[1]) <= margin:
            end = index + 1
            while end < len(lines) and not lines[end].startswith(fence[1] + fence[2]):
                end += 1
            inner = tuple(text[len(fence[1]) :] for text in lines[index + 1 : end])
            found.append(Block(file, index + 2, fence[3], inner))
            index = end + 1
            continue
        after_empty = index == 0 or not lines[index - 1].strip()
        indent = " " * (margin + 4)
        if line.startswith(indent) and after_empty:
            end = index
            while end < len(lines) and (lines[end].startswith(indent) or not lines[end].strip()):
                end += 1
            while not lines[end - 1].strip():
                end -= 1
            found.append(Block(file, index + 1, "", tuple(text[len(indent) :] for text in lines[index:end])))
            index = end
            continue
        item = re.match(r"^ *(-|\*|\d+\.) +", line)
        if item:
            margin = len(item[0])
        elif line.strip() and not line.startswith(" "):
            margin = 0
        index += 1
    return found


def documents(source: Path) -> list[str]:
    """The Markdown files whose commands and links are checked, relative to `source`."""
    names = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "colcomb/rtl/README.md"]
    names.append("python/README.md")
    for folder in ("docs", "examples"):
        names += sorted(str(path.relative_to(source)) for path in (source / folder).rglob("*.md"))
    return [name for name in names if name != "docs/site/index.md"]  # the site's own table of contents


def prose_of(text: str) -> list[tuple[int, str]]:
    """The lines outside of code blocks, with their numbers from 1."""
    taken = set()
    for block in blocks_of(text, ""):
        taken.update(range(block.line - 1, block.line + len(block.lines) + 1))
        if not block.language and not text.split("\n")[block.line - 2].lstrip().startswith(("```", "~~~")):
            taken.discard(block.line - 1)
            taken.discard(block.line + len(block.lines))
    return [(n, line) for n, line in enumerate(text.split("\n"), 1) if n not in taken]
