"""Doxygen's descriptions as Markdown."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import Optional

from markdown import escaped, fence


def plain(element: Optional[ET.Element]) -> str:
    """All text of an element, with references left out."""
    return " ".join("".join(element.itertext()).split()) if element is not None else ""


def inline(element: ET.Element) -> str:
    """The text of a paragraph."""
    text = escaped(element.text or "")
    for child in element:
        if child.tag == "computeroutput":
            text += f"`{plain(child)}`"
        elif child.tag in ("emphasis", "bold"):
            text += f"_{inline(child)}_"
        elif child.tag == "ulink":
            text += f"<{child.get('url')}>"
        elif child.tag in ("ref", "linebreak"):
            text += escaped(plain(child)) or "\n"
        elif child.tag in ("itemizedlist", "orderedlist"):
            items = [one_item(item) for item in child.findall("listitem")]
            text += "\n\n" + "\n".join(f"- {item}" for item in items) + "\n\n"
        elif child.tag in ("programlisting", "verbatim", "preformatted"):
            text += "\n\n" + fence("text", "".join(child.itertext()).strip("\n")) + "\n"
        elif child.tag == "simplesect":
            text += f"\n\n{child.get('kind', '').capitalize()}: " + description(child)
        else:
            text += SYMBOLS.get(child.tag) or inline(child)
        text += escaped(child.tail or "")
    return text


SYMBOLS = {"ndash": "-", "mdash": "-", "times": "×", "nonbreakablespace": " ", "hellip": "…", "sup2": "²"}


def one_item(item: ET.Element) -> str:
    return " ".join(description(item).split())


def description(element: Optional[ET.Element]) -> str:
    """The paragraphs of a description, empty where there is none."""
    if element is None:
        return ""
    paragraphs = []
    for child in element:
        if child.tag == "para":
            paragraphs.append(inline(child).strip())
        elif child.tag in ("itemizedlist", "orderedlist"):
            paragraphs.append("\n".join(f"- {one_item(item)}" for item in child.findall("listitem")))
    return re.sub(r"\n{3,}", "\n\n", "\n\n".join(one for one in paragraphs if one))
