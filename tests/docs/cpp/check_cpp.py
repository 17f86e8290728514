"""Every C++ block of the docs is text of an example, which tests/install compiles and runs: each run of
lines between empty ones stands, line after line, in one source below examples/, indentation aside.
usage: check_cpp.py REPOSITORY"""

from __future__ import annotations

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "commands"))

from blocks import Block, blocks_of, documents

_CPP = re.compile(r'^\s*#include [<"]|\b(colcomb|std)::\w|^\s*[\w:<>*& ]+\(.*\) *(const)? *\{$')


def is_cpp(block: Block) -> bool:
    """Fenced as C++, or with lines that no other language of the docs has."""
    if block.language:
        return block.language in ("cpp", "c++", "cxx", "cc", "hpp")
    return any(_CPP.search(line.split("# ")[0]) for line in block.lines)  # no comment of CMake or a shell


def pieces_of(lines: list[str] | tuple[str, ...]) -> list[list[str]]:
    """Runs of lines without an empty one, without indentation."""
    pieces: list[list[str]] = [[]]
    for line in lines:
        if line.strip():
            pieces[-1].append(line.strip())
        elif pieces[-1]:
            pieces.append([])
    return [piece for piece in pieces if piece]


def stands_in(piece: list[str], source: list[str]) -> bool:
    """Whether the lines follow each other in the source, whose lines have no indentation."""
    count = len(piece)
    return any(source[at : at + count] == piece for at in range(len(source) - count + 1))


def faults_of(blocks: list[Block], sources: list[list[str]]) -> list[str]:
    """A line for each piece of a C++ block that is in no source."""
    return [
        f"{block.file}:{block.line}: in no source below examples/: {piece[0]}"
        for block in blocks if is_cpp(block)
        for piece in pieces_of(block.lines)
        if not any(stands_in(piece, source) for source in sources)
    ]


def main(root: Path) -> int:
    sources = [[line.strip() for line in path.read_text().split("\n")] for path in sorted(root.glob("examples/**/*.cpp"))]
    blocks = [block for name in documents(root) for block in blocks_of((root / name).read_text(), name)]
    faults = faults_of(blocks, sources)
    print(*faults, sep="\n", end="\n" if faults else "")
    found = sum(is_cpp(block) for block in blocks)
    print(f"{found} C++ blocks, {len(faults)} faults")
    return 1 if faults or found == 0 else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
