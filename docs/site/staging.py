"""The tree that Sphinx reads: a copy of the repository's tracked files, in which code blocks have
languages. The files themselves stay as they are, readable without Sphinx."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "docs" / "commands"))
from blocks import Block, blocks_of, documents
from shell_lines import commands_of, logical_lines

COMMANDS = ["colcomb", r"\./dev", "cmake", "pip", "python3", "apt-get", "torchrun", "mpirun", "srun",
            "parallel", "sbatch", "tensorboard", r"(docs|tests|examples|machine|build|colcomb)/\S+"]


def language_of(block: Block) -> str:
    """The lexer of an indented block; "text" for what programs print, and formulas."""
    if block.language:
        return block.language
    commands, _ = commands_of(block, COMMANDS)
    if commands and {command.line for command in commands} == {n for n, _ in logical_lines(block)}:
        return "bash"
    if re.search(r"^(import|from) |^\w+ = colcomb\.|^print\(", block.text, re.MULTILINE):
        return "python"
    if "#include" in block.text:
        return "cpp"
    if re.search(r"^\[+[\w.]+\]+$", block.text, re.MULTILINE):
        return "toml"
    return "text"


def fenced(text: str, file: str) -> str:
    """The text with its indented blocks between fences."""
    lines = text.split("\n")
    for block in reversed(blocks_of(text, file)):
        begin, end = block.line - 1, block.line - 1 + len(block.lines)
        if begin > 0 and lines[begin - 1].lstrip().startswith(("```", "~~~")):
            continue
        margin = " " * (len(lines[begin]) - len(block.lines[0]) - 4)
        fence = [f"```{language_of(block)}", *block.lines, "```"]
        lines[begin:end] = [margin + line for line in fence]
    return "\n".join(lines)


def with_rest(index: str, names: list[str]) -> str:
    """The index with each `FOLDER/*` of its tables of contents replaced by the pages of that folder
    which it does not name."""
    pages = [name.removesuffix(".md") for name in names]
    lines = index.split("\n")
    result: list[str] = []
    for line in lines:
        if line.endswith("/*"):
            folder = line[:-1]
            result += [one for one in pages if one.startswith(folder) and one not in lines]
        else:
            result.append(line)
    return "\n".join(result)


def stage(source: Path, folder: Path) -> None:
    """Copies the tracked and new files of `source` to `folder`, which is made anew."""
    shutil.rmtree(folder, ignore_errors=True)
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=source, check=True,
                            capture_output=True, text=True)
    for name in listed.stdout.split("\n"):
        if name and (source / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / name, folder / name)
    for name in documents(folder):
        file = folder / name
        file.write_text(fenced(file.read_text(), name))
    index = folder / "docs" / "site" / "index.md"
    (folder / "index.md").write_text(with_rest(index.read_text(), documents(source)))
    index.unlink()
