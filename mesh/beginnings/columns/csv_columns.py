"""Columns of a CSV file, as DuckDB sniffs them: its first rows tell the types, its first line the names."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Final

from mesh.beginnings.columns.given_columns import GivenColumn, GivenTable, identifier
from mesh.beginnings.question import AnswerError
from mesh.temporary_folders import temporary_folder

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
                    "select Delimiter, Quote, HasHeader from sniff_csv(?, sample_size = ?)", [str(plain), ROWS]
                ).fetchone()
                assert told is not None
                has_header = bool(told[2]) or _first_line_names(path, str(told[0]))
                if not has_header:
                    raise AnswerError(f"{path} has no line of names; add one as its first line, or give --columns")
                found = connection.execute(
                    "describe select * from read_csv(?, header = true, sample_size = ?)", [str(plain), ROWS]
                ).fetchall()
        except duckdb.Error as error:
            reason = str(error).splitlines()[0].replace(str(plain), str(path))
            raise AnswerError(f"{path} is no CSV file that can be read: {reason}") from None
    return GivenTable("", tuple(GivenColumn(str(row[0]), str(row[1]).lower()) for row in found))


def _first_line_names(path: Path, delimiter: str) -> bool:
    """Whether each cell of the first line is a name, as it is where every column holds text and DuckDB cannot tell."""
    if path.name.endswith(".gz"):
        return False
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
        cells = next(csv.reader(stream, delimiter=delimiter or ","), list[str]())
    names = [identifier(cell) for cell in cells]
    return bool(names) and all(name == cell.strip().lower() for name, cell in zip(names, cells, strict=True))
