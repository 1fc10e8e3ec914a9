"""Texts and names in Athena's SQL: whatever they hold, each is one literal or one identifier."""

from __future__ import annotations

from typing import Final

ESCAPE: Final = "!"
"""The character before a wildcard of LIKE that stands for itself."""


def quoted(name: str) -> str:
    """A name in Athena's SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text in Athena's SQL, in which nothing but the quote itself means something (Trino, "Lexical structure")."""
    return "'" + text.replace("'", "''") + "'"


def begins_with(name: str, prefix: str) -> str:
    """The condition that a column's text begins with a prefix, whose `%` and `_` are no wildcards."""
    escaped = prefix
    for each in (ESCAPE, "%", "_"):
        escaped = escaped.replace(each, ESCAPE + each)
    said = f"{quoted(name)} LIKE {literal(escaped + '%')}"
    return said if escaped == prefix else f"{said} ESCAPE {literal(ESCAPE)}"
