"""Links and paths of the docs: every link to a file of the repository leads to one, every anchor to a
heading, and every path in a code span exists. Needs Python alone. Prints what is wrong, one line each.

    check_links.py SOURCE
"""

from __future__ import annotations

import re
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "commands"))
from blocks import documents, prose_of
from prose_flags import spans

# Endings of source files: a code span that has one names a file.
ENDINGS = ".hpp .cpp .def .py .sh .sv .toml .fbs .cmake .mjs .ts .md .txt .cpp.in".split()
# Files that the programs write, or that are the reader's own.
WRITTEN = re.compile(
    r"(FILE|NET|ARRAY|MODEL|SPEC)\.\w+|.*NAME.*|x_test\.cpp|machine/.*|machine(_axi)?\.sv|build/.*"
    r"|points\..*|lesson\.\w+"
    r"|run_(axi|icarus|netlist|verilator)\.sh|route_ice40\.sh|synth\.sh|sta\.sh|sweep\.toml|batches\.meta\.txt"
    r"|wnids\.txt|words\.txt|fine_label_names\.txt|val_annotations\.txt|CMakeCache\.txt")


def slug(heading: str) -> str:
    """A heading's anchor, as GitHub makes it."""
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", heading)
    text = re.sub(r"[`*]|(?<![\w])_|_(?![\w])", "", text).strip().lower()
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


@lru_cache(maxsize=None)
def anchors(file: Path) -> set[str]:
    found: dict[str, int] = {}
    result = set()
    for _, line in prose_of(file.read_text()):
        match = re.match(r"#{1,6} (.*)", line)
        if match:
            name = slug(match[1])
            count = found.get(name, 0)
            found[name] = count + 1
            result.add(f"{name}-{count}" if count else name)
    return result


def link_faults(name: str, source: Path) -> list[str]:
    faults = []
    lines = prose_of((source / name).read_text())
    text = "\n".join(line for _, line in lines)
    numbers = [number for number, _ in lines]
    for match in re.finditer(r"\]\(\s*([^)\s]+)\s*\)", re.sub(r"`[^`]*`", lambda m: " " * len(m[0]), text)):
        target = match[1]
        if re.match(r"[a-z]+:", target):
            continue
        place = f"{name}:{numbers[text.count(chr(10), 0, match.start())]}"
        path, _, anchor = target.partition("#")
        file = (source / name).parent / path if path else source / name
        if not file.exists():
            faults.append(f"{place}: {target}: no such file")
        elif anchor and file.suffix == ".md" and anchor not in anchors(file.resolve()):
            faults.append(f"{place}: {target}: no heading of this name")
    return faults


def files_of(source: Path) -> set[str]:
    """The repository's files and folders."""
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=source, check=True,
                            capture_output=True, text=True).stdout.split("\n")
    names = {name for name in listed if name}
    for name in list(names):
        names.update(str(parent) for parent in Path(name).parents)
    return names


def path_faults(name: str, source: Path, files: set[str]) -> list[str]:
    """Code spans that name a file: from the root, from `colcomb/`, from the document, or alone."""
    bare = {Path(file).name for file in files}
    tops = {file.split("/")[0] for file in files if "/" in file} - {"."}
    rooms = {file.split("/")[1] for file in files if file.startswith("colcomb/") and file.count("/") > 1}
    faults = []
    for number, span in spans(prose_of((source / name).read_text())):
        path = span.removeprefix("./").rstrip("/")
        if not re.fullmatch(r"[\w.+-]+(/[\w.+-]+)*", path) or WRITTEN.fullmatch(path):
            continue
        first = path.split("/")[0]
        is_file = path.endswith(tuple(ENDINGS)) and not path.startswith(".")
        if not is_file and not ("/" in span and first in tops | rooms):
            continue
        folder = str(Path(name).parent)
        places = [path, f"colcomb/{path}", f"{folder}/{path}", f"tests/{path}", f"colcomb/rtl/{path}"]
        if any(place in files for place in places) or ("/" not in path and path in bare):
            continue
        if any(file.endswith(f"/{path}") for file in files):
            continue
        faults.append(f"{name}:{number}: `{span}`: no such file")
    return faults


def main() -> int:
    source = Path(sys.argv[1]).resolve()
    files = files_of(source)
    names = documents(source)
    faults = []
    for name in names:
        faults += link_faults(name, source)
        if name != "CHANGELOG.md":  # tells of what was
            faults += path_faults(name, source, files)
    for fault in faults:
        print(fault)
    print(f"links and paths of {len(names)} documents")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
