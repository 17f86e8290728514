"""What can be said of a command without running it: each program's line is read by a rule of its own.
Each function gives what is wrong, or nothing."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path


def colcomb_line(words: list[str], colcomb: str) -> str:
    """`words`: from `colcomb` on. The program's own parser reads them."""
    done = subprocess.run([colcomb, "--parse-only", *words[1:]], capture_output=True, text=True)
    return "" if done.returncode == 0 else (done.stdout + done.stderr).strip()


def dev_line(words: list[str], source: Path) -> str:
    jobs = re.findall(r"^cmd_([a-z]+)\(\)", (source / "dev").read_text(), re.MULTILINE)
    return "" if len(words) > 1 and words[1] in jobs else f"./dev has no job {words[1:2]}"


def cmake_line(words: list[str], source: Path) -> str:
    presets = json.loads((source / "CMakePresets.json").read_text())
    files = [source / "CMakeLists.txt", *source.glob("cmake/*.cmake"), *source.glob("*/CMakeLists.txt"),
             *source.glob("colcomb/*/CMakeLists.txt")]
    text = "\n".join(path.read_text() for path in files)
    names = {one["name"] for one in presets["configurePresets"] if not one.get("hidden")}
    for word, value in zip(words[1:], [*words[2:], ""]):
        if word == "--preset" and value not in names:
            return f"no preset {value}"
        if word == "--component" and not re.search(rf"COMPONENT {value}\b|COMPONENT_NAME {value}\b", text):
            return f"no component {value}"
        if word == "--target" and not re.search(rf"add_(executable|library|custom_target)\({value}\b|colcomb_bench\({value}\b", text):
            if not (source / "bench" / f"{value.removeprefix('bench_')}.cpp").exists():
                return f"no target {value}"
        option = re.match(r"-D(COLCOMB_\w+)=", word)
        if option and not re.search(rf"(option|set)\({option[1]}\b", text):
            return f"no option {option[1]}"
        if word.startswith("--") and word not in (
            "--preset", "--build", "--install", "--target", "--component", "--prefix"):
            return f"{word} is not one of cmake's flags that the docs use"
    return ""


def script_line(words: list[str], source: Path) -> str:
    """A script of the repository: there, executable, and its modes as its own usage says."""
    script = source / words[0]
    if not script.exists():
        return f"{words[0]} does not exist"
    if not script.stat().st_mode & 0o100:
        return f"{words[0]} is not executable"
    if script.suffix == ".sh":
        done = subprocess.run(["bash", "-n", str(script)], capture_output=True, text=True)
        if done.returncode != 0:
            return done.stderr.strip()
    modes = re.search(r"^case \"?\$\{?(?:mode|1)\}?\"? in$(.*?)^esac", script.read_text(), re.M | re.S)
    if modes and not re.search(rf"^  {words[1]}\)", modes[1], re.MULTILINE):
        return f"{words[0]} has no mode {words[1]}"
    return ""


def inner_colcomb(words: list[str]) -> list[str]:
    """The worker's line in that of a launcher, `parallel`'s place holder filled in."""
    if "colcomb" not in words:
        return []
    line = words[words.index("colcomb") :]
    if ":::" in line:
        line = line[: line.index(":::")]
    return [word.replace("{}", "1") for word in line]


def parse(words: list[str], source: Path, colcomb: str) -> str:
    """What is wrong with a line of any program that the rules know."""
    program = words[0]
    if program == "colcomb":
        return colcomb_line(words, colcomb)
    if program == "./dev":
        return dev_line(words, source)
    if program == "cmake":
        return cmake_line(words, source)
    if program == "pip":
        return "" if (source / words[-1] / "pyproject.toml").exists() else f"{words[-1]} is no package"
    if program.startswith(("docs/", "tests/", "colcomb/", "examples/")):
        return script_line(words, source)
    inner = inner_colcomb(words)
    return colcomb_line(inner, colcomb) if inner else ""
