"""Texts of the code as Markdown: what is no markup in a docstring is none on a page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

CODE: Final = re.compile(r"(`[^`\n]+`)")
MARKS: Final = re.compile(r"([\\*_\[\]~|])")
GENERATED: Final = "Written by `make reference`, from the code; `make check` compares."


def plain(text: str) -> str:
    """A text on one line, in which code between backticks stays code and nothing else is markup."""
    parts = CODE.split(" ".join(text.split()))
    return "".join(_in_table(part) if CODE.fullmatch(part) else _escaped(part) for part in parts)


def _escaped(text: str) -> str:
    return MARKS.sub(r"\\\1", text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))


def _in_table(text: str) -> str:
    return text.replace("|", "\\|")


def code(text: str) -> str:
    """A text as code, in a table as well; a backtick in it needs two around it."""
    ticks = "``" if "`" in text else "`"
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{space}{_in_table(text)}{space}{ticks}"


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a docstring, each on one line, one with a blank line behind it.

    Lines that are indented, and those below a line with `\\b` alone, stay as they are, as a block of code.
    """
    lines: list[str] = []
    for block in filter(None, re.split(r"\n\s*\n", text.strip("\n "))):
        rows = block.splitlines()
        kept = rows[0].strip() == "\b"
        body = rows[1:] if kept else rows
        if kept or all(row.startswith("  ") for row in body):
            lines += ["```text", *(row.rstrip() for row in body), "```", ""]
        else:
            lines += [plain(block), ""]
    return lines


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table, and the blank line behind it; none without rows. Its cells are Markdown already."""
    body = [f"| {' | '.join(row)} |" for row in rows]
    return [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *body, ""] if body else []
