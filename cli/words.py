"""Lines that break at words: a name, an address or a path stays whole, also where it is longer than the line."""

from __future__ import annotations

import textwrap


def wrapped(text: str, width: int, indent: str = "") -> str:
    """A text whose lines are no longer than a width, but for words that are; what goes on stands under its line."""
    return "\n".join(_line(line, width, indent) for line in text.split("\n"))


def _line(line: str, width: int, indent: str) -> str:
    if len(line) <= width:
        return line
    begin = line[: len(line) - len(line.lstrip(" "))]
    parts = textwrap.wrap(
        line.strip(" "),
        width,
        initial_indent=begin,
        subsequent_indent=indent or begin,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join(parts)
