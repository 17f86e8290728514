"""The commands of a code block: a line is one where its first word is a program the rules know."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field

from blocks import Block


@dataclass(frozen=True)
class Command:
    """One simple command. `words`: without `...`, which stand for flags of the reader's; `environment`:
    assignments before the program; `text`: the words with blanks between them, by which rules name
    the command."""

    file: str
    line: int
    words: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict, hash=False)

    @property
    def text(self) -> str:
        return " ".join(self.words)

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}"


def logical_lines(block: Block) -> list[tuple[int, str]]:
    """Lines joined where one ends in a backslash, with the first one's number."""
    joined: list[tuple[int, str]] = []
    pending = ""
    first = 0
    for number, line in enumerate(block.lines, block.line):
        if not pending:
            first = number
        pending = f"{pending} {line.strip()}".strip() if pending else line.rstrip()
        if pending.endswith("\\"):
            pending = pending[:-1].rstrip()
            continue
        if pending.strip():
            joined.append((first, pending))
        pending = ""
    return joined


def commands_of(block: Block, programs: list[str]) -> tuple[list[Command], list[tuple[int, str]]]:
    """The commands, and the lines that look like one (a word, then a flag) of a program that is not in
    `programs`, patterns of first words."""
    commands: list[Command] = []
    strangers: list[tuple[int, str]] = []
    known = re.compile("|".join(f"(?:{one})" for one in programs))
    for number, line in logical_lines(block):
        for piece in re.sub(r"\s+#.*$", "", line).strip().split(" && "):
            try:
                parts = shlex.split(piece)
            except ValueError:
                continue  # a quote that does not close: no shell line
            environment = {}
            while parts and re.match(r"^[A-Z_]+=", parts[0]):
                name, value = parts.pop(0).split("=", 1)
                environment[name] = value
            if not parts:
                continue
            if known.fullmatch(parts[0]):
                words = tuple(word for word in parts if word not in ("...", "…"))
                commands.append(Command(block.file, number, words, environment))
            elif re.match(r"^[\w./-]+$", parts[0]) and any(
                re.match(r"^--?[a-z][\w-]*(=.*)?$", word) for word in parts[1:]
            ):
                strangers.append((number, piece))
    return commands, strangers
