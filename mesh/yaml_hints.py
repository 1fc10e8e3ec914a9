"""Sentences on text that is no YAML: what PyYAML says of it, for the person who wrote it."""

from __future__ import annotations

import re
from typing import Final

import yaml

_HINTS: Final = {
    "mapping values are not allowed": "a ': ' inside a text; put the text in quotes",
    "expected key": "this line is not on the level of the keys before it; check its indentation",
    "block end": "this line is not on the level of the keys before it; check its indentation",
    "expected '-' indicator": "this line is not on the level of the list before it; check its indentation",
    "expected node content": "a value is missing, or a bracket is not closed: write it",
    "expected ',' or ']'": "a ',' or the closing ']' of a list is missing: write it",
    "expected ',' or '}'": "a ',' or the closing '}' of a group of keys is missing: write it",
    "could not find expected ':'": "expected 'key: value' here; a longer text goes in quotes",
    "while scanning a quoted scalar": "a quote is opened and not closed: write the closing one",
    "cannot start any token": "a text may not begin with {character}; put the text in quotes",
    "scanning an alias": "a '*' begins an alias, and a mesh file has none; write '- ' before an entry of a list",
    "scanning an anchor": "a '&' begins an anchor, and a mesh file has none; put the text in quotes",
    "escape": "a backslash in double quotes begins an escape; use single quotes",
}
"""Hints for the person who wrote the file, by a part of PyYAML's sentence; the first that fits is taken."""


def sentence(text: str, error: yaml.MarkedYAMLError, line: int) -> str:
    """The sentence on an error of the parser at a line of a text."""
    reason = ", ".join(part for part in (error.problem, error.context) if part)
    if "expected a single document" in reason:
        return "'---' starts a second document; a mesh file holds one: remove the line"
    lines = text.splitlines()
    if line <= len(lines) and re.match(r" *\t", lines[line - 1]):
        return "a tab in the indentation; YAML takes spaces only: two a level"
    mark = error.problem_mark
    written = lines[line - 1] if line <= len(lines) else ""
    hint = _slip(written) or next((hint for part, hint in _HINTS.items() if part in reason), reason)
    hint = hint.replace("{character}", f"'{written[mark.column]}'" if mark and mark.column < len(written) else "that")
    mark = error.context_mark
    is_open = "closed" in hint or "closing" in hint
    start = f" (it begins on line {mark.line + 1})" if mark and is_open and mark.line + 1 != line else ""
    return f"not YAML: {hint}{start}"


def _slip(line: str) -> str:
    """The sentence on a line with a character that is left out, or that looks like another; empty for none."""
    if odd := re.match(r"\s*(?:- )?[\w-]+:([\u00a0\u2000-\u200a\u202f\u3000])", line):
        return f"U+{ord(odd[1]):04X} behind ':' looks like a space, and is none; write a space"
    if entry := re.match(r"\s*-([^\s-]\S*)", line):
        return f"a '-' with no space behind it begins no entry of a list; write '- {entry[1]}'"
    if pair := re.match(r"\s*(?:- )?([\w-]+):([^\s:/]\S*)", line):
        return f"a ':' with no space behind it ends no key; write '{pair[1]}: {pair[2]}'"
    return ""
