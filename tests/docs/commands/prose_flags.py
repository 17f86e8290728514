"""Flags that the docs name in code spans: each is one of the program's own description, of the command
that the span names where it names one; or declared below as another program's."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

# Whose flags these are. One that no document names any more is an error.
OF_OTHERS = {
    "--sshlogin": "GNU parallel",
    "--gtest_filter": "GoogleTest's programs",
    "--help": "every command",
    "--version": "colcomb itself",
    "--logdir": "tensorboard",
}
SCRIPTS = ("bench", "docs/results", "examples", "web", "tests/page")  # their own flags, by their text


def _flags(command: dict) -> set[str]:
    return {name for option in command["options"] for name in option["names"]}


def described(colcomb: str) -> dict[str, set[str]]:
    """Flags by command, as in "simulate" or "explore front", the training program's too."""
    found: dict[str, set[str]] = {}
    folder = Path(colcomb).parent
    for program in (colcomb, str(folder / "colcomb-training")):
        if not Path(program).exists():
            continue
        text = subprocess.run([program, "--description"], capture_output=True, text=True, check=True)
        for command in json.loads(text.stdout)["commands"]:
            found.setdefault(command["name"], set()).update(_flags(command))
            for inner in command["commands"]:
                found[f"{command['name']} {inner['name']}"] = _flags(inner)
                found[command["name"]] |= _flags(inner)
    return found


def spans(lines: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Code spans, those that go on in the next line too, with the number of their first line."""
    text = "\n".join(line for _, line in lines)
    starts = [number for number, _ in lines]
    found = []
    for match in re.finditer(r"(?<!`)`([^`]+)`(?!`)", text):
        found.append((starts[text.count("\n", 0, match.start())], " ".join(match[1].split())))
    return found


def flag_faults(prose: dict[str, list[tuple[int, str]]], colcomb: str, source: Path) -> list[str]:
    """What is wrong, one line each."""
    commands = described(colcomb)
    everywhere = set().union(*commands.values())
    of_scripts = set()
    for folder in SCRIPTS:
        for path in (source / folder).rglob("*"):
            if path.suffix in (".cpp", ".py", ".sh", ".mjs"):
                of_scripts.update(re.findall(r'--[a-z][a-z0-9-]*', path.read_text()))
    faults = []
    named = set()
    for file, lines in prose.items():
        if file == "CHANGELOG.md":
            continue
        for number, span in spans(lines):
            words = span.removeprefix("colcomb ").split()
            flags = re.findall(r"(?<![\w-])--[a-z][a-z0-9_-]*", span)
            known = everywhere
            for name in (" ".join(words[:2]), words[0] if words else ""):
                if name in commands:
                    known = commands[name]
                    break
            for flag in flags:
                named.add(flag)
                if flag in known or flag in OF_OTHERS or (known is everywhere and flag in of_scripts):
                    continue
                of = "no command's" if known is everywhere else f"no flag of `{name}`"
                faults.append(f"{file}:{number}: `{span}`: {flag} is {of}")
    faults += [f"prose_flags.py: {flag}: no document names it" for flag in OF_OTHERS if flag not in named]
    return faults
