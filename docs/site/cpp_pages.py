"""The C++ reference: Doxygen reads the installed public headers, its XML becomes a page for each room.
A public entry without documentation is an error."""

from __future__ import annotations

import re
import subprocess
import xml.etree.ElementTree as ET
from collections import defaultdict
from pathlib import Path

from cpp_text import description, plain
from markdown import escaped, fence

SETTINGS = """\
INPUT = {headers}
OUTPUT_DIRECTORY = {out}
STRIP_FROM_PATH = {source}
INCLUDE_PATH = {source}
INPUT_FILTER = "python3 {source}/docs/site/doxygen_filter.py"
WARN_LOGFILE = {out}/warnings.txt
GENERATE_HTML = NO
GENERATE_LATEX = NO
GENERATE_XML = YES
XML_PROGRAMLISTING = NO
EXTRACT_ALL = NO
JAVADOC_AUTOBRIEF = YES
MACRO_EXPANSION = YES
WARN_IF_UNDOCUMENTED = YES
WARN_NO_PARAMDOC = NO
QUIET = YES
"""


def run_doxygen(source: Path, headers: list[str], out: Path) -> None:
    """Raises: RuntimeError with Doxygen's warnings, all of which are errors."""
    out.mkdir(parents=True, exist_ok=True)
    settings = out / "Doxyfile"
    paths = " ".join(str(source / header) for header in headers)
    settings.write_text(SETTINGS.format(headers=paths, out=out, source=source))
    subprocess.run(["doxygen", str(settings)], check=True, stdout=subprocess.DEVNULL)
    warnings = (out / "warnings.txt").read_text().strip()
    if warnings:
        raise RuntimeError(warnings.replace(f"{source}/", ""))


def tidy(text: str) -> str:
    """Without the blanks that Doxygen puts around brackets."""
    text = re.sub(r"\s*<\s*", "<", re.sub(r"\s*>(?=[^=])", ">", text + " ")).strip()
    return re.sub(r"\s*=\s*", " = ", re.sub(r"\s+([&*])\s*", r"\1 ", text)).replace("operator = ", "operator=")


def signature(member: ET.Element) -> str:
    """A declaration as the header has it, near enough to read."""
    kind = member.get("kind")
    name = member.findtext("name", "")
    if kind == "enum":
        strong = "enum class" if member.get("strong") == "yes" else "enum"
        return f"{strong} {name}"
    if kind == "define":
        parameters = [p.findtext("defname", "") for p in member.findall("param")]
        return f"#define {name}" + (f"({', '.join(parameters)})" if parameters else "")
    kinds = plain(member.find("type"))
    if kind == "typedef":
        return f"using {name} = {kinds}"
    text = f"{kinds} {name}".strip()
    if kind == "function":
        text += plain(member.find("argsstring"))
        if member.get("static") == "yes":
            text = f"static {text}"
    else:
        initial = plain(member.find("initializer"))
        text += f" {initial}" if len(initial) < 40 else ""
    template = member.find("templateparamlist")
    if template is not None:
        names = [f"{plain(p.find('type'))} {p.findtext('declname', '')}".strip() for p in template]
        text = f"template <{', '.join(names)}> {text}"
    return tidy(text)


def text_of(element: ET.Element) -> str:
    parts = [description(element.find("briefdescription")), description(element.find("detaileddescription"))]
    return "\n\n".join(part for part in parts if part)


def values(member: ET.Element) -> str:
    lines = []
    for value in member.findall("enumvalue"):
        lines.append(f"- `{value.findtext('name')}`: {one_line(text_of(value))}")
    return "\n".join(lines)


def one_line(text: str) -> str:
    return " ".join(text.split())


def member_text(member: ET.Element) -> str:
    """A member of a type: an item of a list."""
    text = f"- `{one_line(signature(member))}`"
    said = one_line(text_of(member))
    if said:
        text += f": {said}"
    if member.get("kind") == "enum":
        text += "\n" + "\n".join(f"  {line}" for line in values(member).split("\n"))
    return text


def free_text(member: ET.Element) -> str:
    """What a namespace holds: a heading of its own."""
    text = f"### {escaped(member.findtext('name', ''))}\n\n" + fence("cpp", signature(member)) + "\n"
    text += text_of(member) + "\n"
    if member.get("kind") == "enum":
        text += "\n" + values(member) + "\n"
    return text


def class_text(xml: Path, refid: str) -> str:
    compound = ET.parse(xml / f"{refid}.xml").getroot().find("compounddef")
    name = compound.findtext("compoundname", "")
    kind = compound.get("kind")
    heading = f"### {escaped(name.removeprefix('colcomb::'))}\n\n"
    text = heading + fence("cpp", f"{kind} {name}") + "\n" + text_of(compound) + "\n\n"
    for part in compound.findall("sectiondef"):
        if part.get("kind", "").startswith("private"):
            continue
        for member in part.findall("memberdef"):
            text += member_text(member) + "\n"
    return text + "\n"


def header_text(xml: Path, file: ET.Element, free: list[ET.Element]) -> str:
    path = file.find("location").get("file")
    said = text_of(file)
    text = f"## {escaped(path)}\n\n" + (said + "\n\n" if said else "")
    for inner in file.findall("innerclass"):
        if inner.get("prot") != "private":
            text += class_text(xml, inner.get("refid"))
    for member in free:
        text += free_text(member) + "\n"
    return text


def free_members(xml: Path, entries: list[ET.Element]) -> dict[str, list[ET.Element]]:
    """What namespaces and files hold besides types, by header, in its order."""
    found = defaultdict(list)
    seen = set()
    for entry in entries:
        if entry.get("kind") not in ("file", "namespace"):
            continue
        for member in ET.parse(xml / f"{entry.get('refid')}.xml").getroot().iter("memberdef"):
            if member.get("id") not in seen:
                seen.add(member.get("id"))
                found[member.find("location").get("file")].append(member)
    for members in found.values():
        members.sort(key=lambda member: int(member.find("location").get("line")))
    return found


def write_pages(source: Path, headers: list[str], work: Path, folder: Path) -> None:
    """A page for each room below `folder`, with all its public headers."""
    run_doxygen(source, headers, work)
    xml = work / "xml"
    rooms = defaultdict(list)
    entries = ET.parse(xml / "index.xml").getroot().findall("compound")
    free = free_members(xml, entries)
    for entry in entries:
        if entry.get("kind") == "file":
            file = ET.parse(xml / f"{entry.get('refid')}.xml").getroot().find("compounddef")
            path = file.find("location").get("file")
            rooms[path.split("/")[1]].append((path, header_text(xml, file, free[path])))
    found = {path for pages in rooms.values() for path, _ in pages}
    if found != set(headers):
        raise RuntimeError(f"Doxygen left out {sorted(set(headers) - found)}")
    folder.mkdir(parents=True)
    index = "# C++ API\n\nThe public headers of each room; [the public API](../../docs/developer/public-api.md) says"
    index += " which to call for what,\n[architecture](../../ARCHITECTURE.md) what the rooms are.\n\n"
    for room in sorted(rooms):
        index += f"- [{room}]({room}.md): {len(rooms[room])} headers\n"
        text = f"# {room}\n\n" + "\n".join(text for _, text in sorted(rooms[room]))
        (folder / f"{room}.md").write_text(text)
    index += "\n" + fence("{toctree}", ":hidden:\n" + "\n".join(sorted(rooms)))
    (folder / "index.md").write_text(index)
