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
    """All code blocks of one Markdown text, in order. An indented block starts after an empty line and
    not inside of a list, whose paragraphs are indented too."""
    lines = text.split("\n")
    found: list[Block] = []
    index = 0
    in_list = False
    while index < len(lines):
        line = lines[index]
        fence = re.match(r"^(```+|~~~+)\s*(\{?[\w-]*\}?)", line)
        if fence:
            end = index + 1
            while end < len(lines) and not lines[end].startswith(fence[1]):
                end += 1
            found.append(Block(file, index + 2, fence[2], tuple(lines[index + 1 : end])))
            index = end + 1
            continue
        after_empty = index == 0 or not lines[index - 1].strip()
        if line.startswith("    ") and after_empty and not in_list:
            end = index
            while end < len(lines) and (lines[end].startswith("    ") or not lines[end].strip()):
                end += 1
            while not lines[end - 1].strip():
                end -= 1
            found.append(Block(file, index + 1, "", tuple(text[4:] for text in lines[index:end])))
            index = end
            continue
        if re.match(r"^(-|\*|\d+\.) ", line):
            in_list = True
        elif line.strip() and not line.startswith(" "):
            in_list = False
        index += 1
    return found


def documents(source: Path) -> list[str]:
    """The Markdown files whose commands and links are checked, relative to `source`."""
    names = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "colcomb/rtl/README.md"]
    names.append("python/README.md")
    for folder in ("docs", "examples"):
        names += sorted(str(path.relative_to(source)) for path in (source / folder).rglob("*.md"))
    return names


def prose_of(text: str) -> list[tuple[int, str]]:
    """The lines outside of code blocks, with their numbers from 1."""
    taken = set()
    for block in blocks_of(text, ""):
        taken.update(range(block.line - 1, block.line + len(block.lines) + 1))
        if not block.language and not text.split("\n")[block.line - 2].startswith(("```", "~~~")):
            taken.discard(block.line - 1)
            taken.discard(block.line + len(block.lines))
    return [(n, line) for n, line in enumerate(text.split("\n"), 1) if n not in taken]
