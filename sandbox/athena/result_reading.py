"""Results of Athena read back: records of its CSV, in which what is not quoted is NULL, and values by their types.

Source: Athena User Guide, "Work with query results": a result has a first row of names; every value is in quotes.
It loads no engine and no Arrow: a command that shows ten rows waits for neither.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

ResultRow = list[str | None]

INTEGERS: Final = frozenset({"tinyint", "smallint", "integer", "int", "bigint"})
FLOATS: Final = frozenset({"float", "real", "double"})
_CELL: Final = re.compile(r'"((?:[^"]|"")*)"|')
_ALL_BUT_QUOTES_AND_LINES: Final = bytes(each for each in range(256) if each not in b'"\n')


def is_number(type_: str) -> bool:
    """Whether values of a type of Athena are numbers."""
    return type_ in INTEGERS or type_ in FLOATS or type_.startswith("decimal")


def csv_rows(lines: Iterable[bytes], width: int) -> Iterator[ResultRow]:
    """Rows of a CSV of Athena's with so many columns, that of the names included; None is NULL."""
    incomplete: list[str] = []
    quotes = 0
    for line in lines:
        text = line.decode()
        quotes += text.count('"')
        if quotes % 2:
            incomplete.append(text)
            continue
        if incomplete:
            text = "".join((*incomplete, text))
            incomplete.clear()
        yield _cells(text.removesuffix("\n"), width, quotes)
        quotes = 0


def _cells(text: str, width: int, quotes: int) -> ResultRow:
    if quotes == 2 * width and '""' not in text:
        # No value has a quote in it and none is NULL, so that the marks between two stand nowhere else.
        return list(text[1:-1].split('","'))
    cells: ResultRow = []
    at = 0
    for _ in range(width):
        match = _CELL.match(text, at)
        assert match is not None
        quoted: str | None = match.group(1)
        cells.append(None if quoted is None else quoted.replace('""', '"'))
        at = match.end() + 1
    return cells


def line_rows(lines: Iterable[bytes], width: int) -> Iterator[ResultRow]:
    """Rows of the result of a statement that is no query: lines, with tabs between what belongs to each column."""
    for line in lines:
        cells = line.decode().removesuffix("\n").split("\t")
        yield [*cells[:width], *[""] * (width - len(cells))]


class RecordCount:
    """The number of records of a CSV, by its bytes as they pass: a line within quotes ends none."""

    def __init__(self) -> None:
        self.number = 0
        self._inside = False

    def pass_on(self, content: bytes) -> bytes:
        """Counts the records that end in these bytes."""
        marks = content.translate(None, _ALL_BUT_QUOTES_AND_LINES).replace(b'""', b"")
        for part, between in enumerate(marks.split(b'"')):
            if part:
                self._inside = not self._inside
            if not self._inside:
                self.number += len(between)
        return content


def plain_value(text: str | None, type_: str) -> Any:
    """A value as JSON has it: whole numbers and finite floating ones as numbers; decimals, and the rest, as text."""
    if text is None:
        return None
    if type_ in INTEGERS:
        return int(text)
    if type_ in FLOATS:
        number = float(text)
        return number if math.isfinite(number) else text
    return text == "true" if type_ == "boolean" else text


def typed_rows(rows: Iterable[ResultRow], types: Sequence[str]) -> Iterator[list[Any]]:
    """Rows with plain values."""
    for row in rows:
        yield [plain_value(text, type_) for text, type_ in zip(row, types, strict=True)]
