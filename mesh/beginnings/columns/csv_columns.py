"""Columns of a CSV file, as DuckDB sniffs them: its first rows tell the types, its first line the names."""

from __future__ import annotations

import csv
import gzip
import itertools
from pathlib import Path
from typing import Final

from mesh.beginnings.columns.given_columns import GivenColumn, GivenTable, identifier
from mesh.beginnings.question import AnswerError
from mesh.temporary_folders import temporary_folder
from mesh.validation_messages import shorten

ROWS: Final = 20_480
"""Rows that types are told from, which is what DuckDB takes by itself; a later row can need a wider type."""


def csv_table(path: Path) -> GivenTable:
    """The table of a CSV file with a line of names; raises AnswerError for any other."""
    import duckdb

    with temporary_folder("csv") as folder:
        # DuckDB takes '*' and '[' in a path for a pattern, and compression by the ending.
        ending = ".csv.gz" if path.name.endswith(".gz") else ".csv"
        plain = folder / f"data{ending}"
        plain.symlink_to(path.resolve())
        settings: dict[str, str | bool | int | float | list[str]] = {
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        try:
            with duckdb.connect(config=settings) as connection:
                told = connection.execute(
                    "select Delimiter, HasHeader, SkipRows from sniff_csv(?, sample_size = ?)", [str(plain), ROWS]
                ).fetchone()
                assert told is not None
                first = _first_line(path, str(told[0]), int(told[2]))
                if not told[1] and not _are_names(first):
                    raise AnswerError(f"{path} has no line of names; add one as its first line, or give --columns")
                _require_each_once(path, first)
                found = connection.execute(
                    "describe select * from read_csv(?, header = true, sample_size = ?)", [str(plain), ROWS]
                ).fetchall()
        except duckdb.Error as error:
            _first_line(path, ",", 0)
            reason = str(error).splitlines()[0].replace(str(plain), str(path))
            raise AnswerError(f"{path} is no CSV file that can be read: {reason}") from None
    return GivenTable("", tuple(GivenColumn(str(row[0]), str(row[1]).lower()) for row in found))


def _first_line(path: Path, delimiter: str, skipped: int) -> list[str]:
    """Cells of the first line after those that are skipped; raises UnicodeDecodeError for a text that is not UTF-8."""
    opened = gzip.open if path.name.endswith(".gz") else open
    with opened(path, "rt", encoding="utf-8-sig", newline="") as stream:
        lines = csv.reader(itertools.islice(stream, skipped, None), delimiter=delimiter or ",")
        return next(lines, list[str]())


def _are_names(cells: list[str]) -> bool:
    """Whether each cell is a name, as it is where every column holds text and DuckDB cannot tell."""
    names = [identifier(cell) for cell in cells]
    return bool(names) and all(name == cell.strip().lower() for name, cell in zip(names, cells, strict=True))


def _require_each_once(path: Path, cells: list[str]) -> None:
    """Raises AnswerError for a name that stands twice, of which DuckDB makes another name."""
    seen = dict[str, str]()
    for cell in cells:
        if (name := cell.strip().casefold()) in seen:
            raise AnswerError(f"{path} has the column '{shorten(cell)}' twice; rename one")
        seen[name] = cell
