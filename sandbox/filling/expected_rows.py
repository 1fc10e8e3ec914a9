"""Rows as they are to be read: whole ones, each column as Athena writes it, compared with those of an answer."""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# pyright: reportUnknownParameterType=false
# PyArrow has no types to report.

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

import pyarrow as pa

from mesh.findings import listed
from sandbox.athena.result_text import result_rows
from sandbox.filling.athena_reads import TextRow, WholeTable

MOST: Final = 3
"""Values of a column that a difference tells."""


def difference(answer: WholeTable, visible: Sequence[str], rows: pa.Table) -> str:
    """A difference of an answer from what the files say, or what was generated; empty where nothing differs."""
    if answer.error:
        return f"it reads {len(visible)} columns by the files, and was answered: {answer.error}"
    if too_many := sorted({*answer.columns} - {*visible}):
        return f"it read {', '.join(too_many)}, which the files do not open to it"
    if too_few := sorted({*visible} - {*answer.columns}):
        return f"it did not read {', '.join(too_few)}, which the files open to it"
    if answer.rows.total() != rows.num_rows:
        return f"it read {answer.rows.total():,} rows, and {rows.num_rows:,} were written"
    expected = text_rows(rows, answer.columns)
    return "" if answer.rows == expected else _otherwise(answer.columns, answer.rows - expected, expected - answer.rows)


def text_rows(rows: pa.Table, columns: Sequence[str]) -> Counter[TextRow]:
    """Counts of rows: how often each is in a table, by some of its columns."""
    batches = rows.select(list(columns)).to_batches()
    return Counter(tuple(row) for batch in batches for row in result_rows(batch))


def _otherwise(columns: Sequence[str], read: Counter[TextRow], missing: Counter[TextRow]) -> str:
    """The columns in which as many rows differ, or that each column has its values, in other rows."""
    for place, column in enumerate(columns):
        more, fewer = (Counter(row[place] for row in rows.elements()) for rows in (read, missing))
        if more != fewer:
            values = listed(sorted(str(each) for each in more - fewer)[:MOST])
            return f"column {column} has other values than were written: {values}"
    return f"{read.total():,} rows have values of several rows that were written"
