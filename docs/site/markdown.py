"""Markdown written by programs."""

import re


def escaped(text: str) -> str:
    """Text that Markdown shows as it is."""
    return re.sub(r"([\\`*_<>\[\]|$#{}])", r"\\\1", text)


def fence(language: str, text: str) -> str:
    return f"```{language}\n{text}\n```\n"
