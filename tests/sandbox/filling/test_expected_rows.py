"""Rows of an answer against those that were generated: whole ones, with columns of every type."""

from __future__ import annotations

import datetime
from collections import Counter
from decimal import Decimal
from typing import Any

import pyarrow
import pytest

from sandbox.filling.athena_reads import WholeTable
from sandbox.filling.expected_rows import difference, text_rows

pa: Any = pyarrow  # it has no types
NOON = datetime.datetime(2026, 12, 1, 12)
COLUMNS: dict[str, tuple[Any, Any, Any]] = {
    "text": (pa.string(), "a", "b"),
    "number": (pa.int64(), 1, 2),
    "amount": (pa.decimal128(9, 2), Decimal("1.10"), Decimal("1.20")),
    "share": (pa.float64(), 0.5, 0.25),
    "moment": (pa.timestamp("us"), NOON, NOON.replace(microsecond=1)),
    "zoned": (pa.timestamp("us", "UTC"), NOON, NOON.replace(hour=13)),
    "day": (pa.date32(), NOON.date(), datetime.date(2026, 12, 2)),
    "flag": (pa.bool_(), True, None),
    "several": (pa.list_(pa.string()), ["x"], ["x", "y"]),
    "named": (pa.map_(pa.string(), pa.int32()), [("k", 1)], [("k", 2)]),
    "parts": (pa.struct([("f", pa.float32())]), {"f": 0.1}, {"f": None}),
    "bytes": (pa.binary(), b"\x00", b"\x01"),
}
"""Columns with a type and two values."""


def table(**rows: list[Any]) -> Any:
    return pa.table({name: pa.array(values, COLUMNS[name][0]) for name, values in rows.items()})


def read(rows: Any) -> WholeTable:
    """The answer that has these rows, its columns in another order."""
    names = tuple(reversed(rows.column_names))
    return WholeTable(names, text_rows(rows, names))


BOTH = table(**{name: [one, other] for name, (_, one, other) in COLUMNS.items()})


def test_rows_are_as_they_were_generated_in_any_order() -> None:
    assert difference(read(BOTH), BOTH.column_names, BOTH) == ""
    assert difference(read(BOTH.take([1, 0])), BOTH.column_names, BOTH) == ""


@pytest.mark.parametrize("column", COLUMNS)
def test_a_value_of_any_type_that_was_not_generated_shows(column: str) -> None:
    _, one, _ = COLUMNS[column]
    place = BOTH.schema.get_field_index(column)
    other = BOTH.set_column(place, column, pa.array([one, one], COLUMNS[column][0]))
    assert difference(read(other), BOTH.column_names, BOTH).startswith(f"column {column} has other values")


@pytest.mark.parametrize("column", COLUMNS)
def test_a_value_in_another_row_shows(column: str) -> None:
    _, one, other = COLUMNS[column]
    place = BOTH.schema.get_field_index(column)
    mixed = BOTH.set_column(place, column, pa.array([other, one], COLUMNS[column][0]))
    found = difference(read(mixed), BOTH.column_names, BOTH)
    assert found == "2 rows have values of several rows that were written"


def test_a_row_that_is_there_twice_shows() -> None:
    three, twice = BOTH.take([0, 1, 1]), BOTH.take([0, 0, 1])
    assert "has other values" in difference(read(twice), BOTH.column_names, three)
    assert difference(read(twice), BOTH.column_names, BOTH) == "it read 3 rows, and 2 were written"


def test_columns_and_errors_are_told() -> None:
    rows, names = BOTH.select(["text", "number"]), ["text", "number"]
    assert difference(read(rows), ["text"], rows) == "it read number, which the files do not open to it"
    assert difference(read(rows), [*names, "day"], BOTH) == "it did not read day, which the files open to it"
    failed = WholeTable(error="SOME: error")
    assert difference(failed, names, rows) == "it reads 2 columns by the files, and was answered: SOME: error"
    assert WholeTable().rows == Counter()
