"""Every command of the docs, run in a small world or parsed, as rules.toml says; every flag that the
prose names. Prints what is wrong, one line each, and gives exit status 1 if anything is; 77, which
ctest counts as skipped, without NumPy.

    check_commands.py --source FOLDER --colcomb PROGRAM --work FOLDER [--all]
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

if importlib.util.find_spec("numpy") is None:
    print("skipped: this Python has no NumPy (Debian: python3-numpy)")
    sys.exit(77)
sys.path.insert(0, str(Path(__file__).parents[3] / "python" / "tests"))  # onnx_models

import programs
from blocks import Block, blocks_of, documents, prose_of
from prose_flags import flag_faults
from python_code import PythonBlocks, is_python
from rules import Rules
from shell_lines import Command, commands_of
from world import make_world

OUTPUT_FLAGS = ("--out", "--onnx", "--save-path", "--groups-out", "--vcd", "--address-trace")


@dataclass
class Checker:
    """`work`: where commands run, a fresh copy of the world for each document; `ran`: texts of commands that were run, and what was wrong, so that each runs once."""

    source: Path
    colcomb: str
    work: Path
    everything: bool
    faults: list[str] = field(default_factory=list)
    ran: dict[str, str] = field(default_factory=dict)
    parsed: int = 0
    skipped: list[str] = field(default_factory=list)
    slowest: list[tuple[float, str]] = field(default_factory=list)

    def run(self, command: Command, words: list[str]) -> str:
        environment = dict(os.environ, PATH=f"{Path(self.colcomb).parent}:{os.environ['PATH']}")
        begin = time.monotonic()
        done = subprocess.run(words, cwd=self.work, env=environment, capture_output=True, text=True)
        self.slowest.append((time.monotonic() - begin, command.text))
        if done.returncode != 0:
            said = (done.stdout + done.stderr).strip().split("\n")
            return f"exit status {done.returncode}: " + " | ".join(said[-3:])
        for word, value in zip(words, words[1:]):
            if word in OUTPUT_FLAGS and not (self.work / value).exists():
                return f"{value} was not written"
        return ""

    def check(self, command: Command, rules: Rules) -> None:
        words = list(command.words)
        rule = rules.of(command.text)
        if rule is None and words[0] != "colcomb":
            self.faults.append(f"{command.place}: {command.text}: no rule of rules.toml names it")
            return
        absent = rule is not None and rule.needs != "" and shutil.which(rule.needs) is None
        if absent:
            self.skipped.append(f"{command.text} (no {rule.needs})")
        if rule is not None and (rule.kind == "parse" or absent or (rule.slow and not self.everything)):
            self.parsed += 1
            # As it stands, but for place holders: what would be appended might hide a fault.
            line = [rule.replace.get(word, word) for word in words]
            said = programs.parse(line, self.source, self.colcomb)
        elif command.text in self.ran:
            said = self.ran[command.text]
        else:
            said = self.run(command, rule.changed(words) if rule else words)
            self.ran[command.text] = said
        if said:
            self.faults.append(f"{command.place}: {command.text}: {said}")


def sweep_of(blocks: list[Block]) -> str:
    """The specification that docs/reference/exploration.md shows."""
    texts = [block.text for block in blocks if block.lines[0] == "schema = 1"]
    if len(texts) != 1:
        raise RuntimeError("docs/reference/exploration.md shows no specification, or several")
    return texts[0]


def absolute(path: str) -> Path:
    return Path(path).resolve()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--source", type=absolute, required=True, help="the repository")
    parser.add_argument("--colcomb", required=True, help="the command, from an absolute path")
    parser.add_argument("--work", type=absolute, required=True, help="folder that is made anew")
    parser.add_argument("--all", action="store_true", help="also run what takes long")
    given = parser.parse_args()
    rules = Rules(Path(__file__).with_name("rules.toml"))
    shutil.rmtree(given.work, ignore_errors=True)
    texts = {name: (given.source / name).read_text() for name in documents(given.source)}
    blocks = {name: blocks_of(text, name) for name, text in texts.items()}
    world = given.work / "world"
    make_world(world, given.colcomb, sweep_of(blocks["docs/reference/exploration.md"]))
    for name in ("configs", "examples", "docs"):
        (world / name).symlink_to(given.source / name)

    checker = Checker(given.source, given.colcomb, world, given.all)
    snippets = PythonBlocks(world)
    for name in blocks:
        checker.work = given.work / name.replace("/", "-")
        shutil.copytree(world, checker.work, symlinks=True)
        snippets.begin_document(name)
        for block in blocks[name]:
            commands, strangers = commands_of(block, rules.programs)
            for number, line in strangers:
                checker.faults.append(f"{name}:{number}: {line}: looks like a command; rules.toml "
                                      "does not list its program")
            for command in commands:
                checker.check(command, rules)
            if not commands and is_python(block):
                snippets.check(block)
    checker.faults += snippets.faults
    checker.faults += [f"rules.toml: {one}: no document has such a command" for one in rules.unused()]
    prose = {name: prose_of(text) for name, text in texts.items()}
    checker.faults += flag_faults(prose, given.colcomb, given.source)
    for fault in checker.faults:
        print(fault)
    slow = ", ".join(f"{seconds:.1f} s {text}" for seconds, text in sorted(checker.slowest)[-3:])
    print(f"{len(checker.ran)} commands run, {checker.parsed} parsed, {snippets.ran} Python blocks run, "
          f"{snippets.bound} of their calls bound; slowest: {slow}")
    for line in checker.skipped + snippets.skipped:
        print(f"only parsed: {line}")
    return 1 if checker.faults else 0


if __name__ == "__main__":
    sys.exit(main())
