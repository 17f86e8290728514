"""rules.toml: which command is run, which is only parsed, and with which flags behind it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

KEYS = {"run": {"command", "append", "replace", "remove", "slow", "needs"}, "parse": {"command", "reason"}}


@dataclass
class Rule:
    """One entry. `used`: how many commands it named."""

    kind: str  # "run" or "parse"
    command: str
    append: str = ""
    replace: dict[str, str] = field(default_factory=dict)
    remove: list[str] = field(default_factory=list)
    slow: bool = False
    needs: str = ""
    reason: str = ""
    used: int = 0

    def changed(self, words: list[str]) -> list[str]:
        """The words to run: flags of `remove` left out with their values, words of `replace` replaced,
        `append` behind."""
        kept: list[str] = []
        leaving = False
        for word in words:
            if word.startswith("--"):
                leaving = word in self.remove
            if not leaving:
                kept.append(self.replace.get(word, word))
        return kept + self.append.split()


class Rules:
    def __init__(self, file: Path) -> None:
        table = tomllib.loads(file.read_text())
        self.programs: list[str] = table.pop("programs")
        self.rules: list[Rule] = []
        for kind in ("parse", "run"):
            for entry in table.pop(kind):
                unknown = set(entry) - KEYS[kind]
                if unknown:
                    raise ValueError(f"{file.name}: {kind}: unknown key {', '.join(sorted(unknown))}")
                if kind == "parse" and not entry.get("reason"):
                    raise ValueError(f"{file.name}: {entry['command']}: must give a reason")
                self.rules.append(Rule(kind, **entry))
        if table:
            raise ValueError(f"{file.name}: unknown table {', '.join(table)}")

    def of(self, command: str) -> Rule | None:
        """The first rule that names the command; counts that it did."""
        for rule in self.rules:
            if re.fullmatch(rule.command, command):
                rule.used += 1
                return rule
        return None

    def unused(self) -> list[str]:
        return [rule.command for rule in self.rules if rule.used == 0]
