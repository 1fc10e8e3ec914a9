"""Rows of a query as they are written: a table for people, JSON, or CSV; into a file that is there whole or not."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from cli.console import counted
from mesh.findings import NotPossibleError
from sandbox.athena.result_reading import RecordCount, ResultRow, is_number, typed_rows

if TYPE_CHECKING:
    from sandbox.runs.fetched_results import QueryResult

WIDEST: Final = 80
"""Characters of a value that a table shows."""
_PIECE: Final = 1 << 20


@contextmanager
def target(out: Path | None) -> Generator[IO[bytes]]:
    """Inside, where bytes are written: stdout, or a new file that takes the place of `out` when all is well.

    Raises NotPossibleError for a file that cannot be written.
    """
    if out is None:
        sys.stdout.flush()
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    try:
        place = out.resolve()
        if place.exists() and not place.is_file():
            raise NotPossibleError(f"{out} cannot be written: it is no file")
        handle, fresh = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.")
    except OSError as error:
        raise NotPossibleError(f"{out} cannot be written: {error.strerror}") from None
    try:
        with os.fdopen(handle, "wb") as opened:
            yield opened
        Path(fresh).replace(place)
    except OSError as error:
        raise NotPossibleError(f"{out} cannot be written: {error.strerror}") from error
    finally:
        Path(fresh).unlink(missing_ok=True)


def write_csv(result: QueryResult, content: IO[bytes], opened: IO[bytes]) -> int:
    """CSV as Athena writes it, with a row of names; the number of rows below it."""
    count = RecordCount()
    if result.csv:
        while piece := content.read(_PIECE):
            opened.write(count.pass_on(piece))
        return count.number - 1
    lines = [[name for name, _ in result.columns], *result.rows(content)]
    for line in lines:
        opened.write((",".join('"' + (cell or "").replace('"', '""') + '"' for cell in line) + "\n").encode())
    return len(lines) - 1


def write_json(result: QueryResult, content: IO[bytes], opened: IO[bytes]) -> int:
    """One document: `columns`, `rows` (a line each), the bytes `scanned`, what is `withheld`; the number of rows."""
    number = 0
    columns = [{"name": name, "type": type_} for name, type_ in result.columns]
    opened.write(f'{{"columns": {_json(columns)},\n "rows": ['.encode())
    for row in typed_rows(result.rows(content), [type_ for _, type_ in result.columns]):
        opened.write(f"{',' if number else ''}\n  {_json(row)}".encode())
        number += 1
    end = f'],\n "scanned": {result.scanned},\n "withheld": {_json(result.withheld)}}}\n'
    opened.write(end.encode())
    return number


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def write_table(result: QueryResult, content: IO[bytes], opened: IO[bytes], limit: int) -> int:
    """A table with types, of so many rows at the most, and how many more there are; the number of all."""
    rows = iter(result.rows(content))
    shown = list(islice(rows, limit))
    for line in _table_lines(result.columns, shown):
        opened.write(f"{line}\n".encode())
    if result.csv:
        count = RecordCount()
        while piece := content.read(_PIECE):
            count.pass_on(piece)
        more = count.number
    else:
        more = sum(1 for _ in rows)
    if more:
        words = counted(more, "more row")
        opened.write(f"… {words}; --limit or --format csv shows {'it' if more == 1 else 'them'}\n".encode())
    return len(shown) + more


def _table_lines(columns: Sequence[tuple[str, str]], rows: Sequence[ResultRow]) -> Iterator[str]:
    from rich.cells import cell_len

    head = [[_visible(name) for name, _ in columns], [type_ for _, type_ in columns]]
    body = [["null" if cell is None else _visible(cell) for cell in row] for row in rows]
    widths = [max(map(cell_len, cells)) for cells in zip(*head, *body, strict=True)]
    right = [is_number(type_) for _, type_ in columns]

    def line(cells: Sequence[str]) -> str:
        gaps = [" " * (width - cell_len(cell)) for cell, width in zip(cells, widths, strict=True)]
        padded = (gap + cell if flush else cell + gap for cell, gap, flush in zip(cells, gaps, right, strict=True))
        return "  ".join(padded).rstrip()

    yield from map(line, head)
    yield "  ".join("─" * width for width in widths)
    yield from map(line, body)


def _visible(text: str) -> str:
    """A value in one line, at most so wide; what would move the cursor is written as in a program."""
    shown = "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode() for each in text[: WIDEST + 1]
    )
    return shown if len(shown) <= WIDEST else f"{shown[: WIDEST - 1]}…"
