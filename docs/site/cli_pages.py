"""The command line's reference, from what the programs say of themselves (`--description`)."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from markdown import escaped, fence


def describe(colcomb: Path) -> dict:
    """The whole command line; the training program's own commands in place of their stubs."""

    def described(program: Path) -> dict:
        done = subprocess.run([program, "--description"], capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    app = described(colcomb)
    training = colcomb.with_name("colcomb-training")
    if training.exists():
        full = {command["name"]: command for command in described(training)["commands"]}
        app["commands"] = [full.get(command["name"], command) for command in app["commands"]]
    return app


def value_of(option: dict) -> str:
    if not option["type"]:
        return ""
    value = "|".join(option["choices"]) or option["type"]
    return f" {value}{' ...' if option['repeated'] else ''}"


def entry(option: dict, positional: bool) -> str:
    names = [name for name in option["names"] if not positional or not name.startswith("-")]
    text = [escaped(option["text"].rstrip(".") + ".")]
    if option["required"]:
        text.append("Required.")
    if option["rule"]:
        text.append(f"Rule: {escaped(option['rule'])}.")
    if option["default"]:
        text.append(f"Default: `{option['default']}`.")
    signature = ", ".join(f"{name}{value_of(option)}" for name in names)
    return f":::{{option}} {signature}\n" + " ".join(text) + "\n:::\n"


def section(command: dict, words: str, level: int) -> str:
    usage = words + (" [OPTIONS]" if command["options"] else "")
    for one in command["positionals"]:
        name = one["names"][-1]
        usage += f" {name}" if one["required"] else f" [{name}]"
    if command["commands"]:
        usage += " COMMAND"
    text = f"{'#' * level} {words}\n\n{escaped(command['text'])}\n\n{fence('bash', usage)}\n"
    text += f":::{{program}} {words}\n:::\n\n"
    for title, key in (("Arguments", "positionals"), ("Options", "options")):
        if command[key]:
            text += f"**{title}**\n\n"
            text += "\n".join(entry(one, key == "positionals") for one in command[key]) + "\n"
    for inner in command["commands"]:
        text += section(inner, f"{words} {inner['name']}", level + 1)
    return text


def write_pages(colcomb: Path, folder: Path) -> None:
    """index.md and a page for each command."""
    app = describe(colcomb)
    folder.mkdir(parents=True)
    rows = [f"| [`colcomb {c['name']}`]({c['name']}.md) | {escaped(c['text'])} |" for c in app["commands"]]
    index = "# The command line\n\nExit status: 0 done, 1 failed, 2 the request was wrong. Written from the "
    index += "programs' own descriptions.\n\n| command | what it does |\n| --- | --- |\n" + "\n".join(rows)
    entries = "\n".join(command["name"] for command in app["commands"])
    index += "\n\n" + fence("{toctree}", f":hidden:\n{entries}")
    (folder / "index.md").write_text(index)
    for command in app["commands"]:
        (folder / f"{command['name']}.md").write_text(section(command, f"colcomb {command['name']}", 1))
