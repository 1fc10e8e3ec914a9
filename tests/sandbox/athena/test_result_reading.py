"""Results read back are the values that were written: quotes, lines, NULL and no text, in any combination."""

from __future__ import annotations

import datetime
import io
from collections.abc import Sequence
from decimal import Decimal
from itertools import product
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest

from sandbox.athena.query_words import QueryAnswer
from sandbox.athena.result_parquet import NoParquetTypeError, write_parquet
from sandbox.athena.result_reading import RecordCount, csv_rows, line_rows, plain_value
from sandbox.athena.result_text import athena_text

pa: Any = pyarrow  # it has no types
pq: Any = pyarrow.parquet
CELLS = (None, "", "a", '"', ",", '","', '",', ',"', "\n", "\r\n", '"\n', '""', "ü,\n")
"""Values that a reader takes for the end of a value, of a row, or for NULL."""


def written(columns: list[tuple[str, str]], rows: Sequence[Sequence[str | None]]) -> bytes:
    """The file of a result, as the engine writes it."""
    with QueryAnswer("DML", "SELECT", tuple(columns), rows, lambda: 0).file() as file:
        return file.read()


@pytest.mark.parametrize("width", [1, 2, 3])
def test_every_combination_of_awkward_values_is_read_as_it_was_written(width: int) -> None:
    rows = [list(each) for each in product(CELLS, repeat=width)]
    names = [(f"c{number}", "varchar") for number in range(width)]
    content = written(names, rows)
    head, *found = csv_rows(io.BytesIO(content), width)
    assert head == [name for name, _ in names]
    assert found == rows
    count = RecordCount()
    for start in range(0, len(content), 7):
        count.pass_on(content[start : start + 7])
    assert count.number == len(rows) + 1
    target = io.BytesIO()
    assert write_parquet(io.BytesIO(content), names, target) == len(rows)
    assert [list(each.values()) for each in pq.read_table(target).to_pylist()] == rows


def test_values_of_every_type_come_to_parquet_as_they_were() -> None:
    utc = datetime.UTC
    values: dict[str, tuple[str, Any, list[Any]]] = {
        "whole": ("bigint", pa.int64(), [-(2**63), 2**63 - 1, None]),
        "small": ("tinyint", pa.int8(), [-128, 127, None]),
        "double": ("double", pa.float64(), [0.1, float("-inf"), 1.7e308]),
        "single": ("float", pa.float32(), [0.5, float("inf"), -1.0e-30]),
        "decimal": ("decimal(20,3)", pa.decimal128(20, 3), [Decimal("-0.001"), Decimal("99999999999999999.999"), None]),
        "flag": ("boolean", pa.bool_(), [True, False, None]),
        "day": ("date", pa.date32(), [datetime.date(1, 1, 1), datetime.date(9999, 12, 31), None]),
        "moment": ("timestamp", pa.timestamp("us"), [datetime.datetime(2027, 1, 1, 0, 0, 0, 1), None, None]),
        "zoned": (
            "timestamp with time zone",
            pa.timestamp("us", "UTC"),
            [datetime.datetime(1969, 12, 31, 23, 59, 59, 999000, utc), None, None],
        ),
        "hour": ("time", pa.time64("us"), [datetime.time(23, 59, 59, 999000), None, None]),
        "bytes": ("varbinary", pa.binary(), [b"\x00\xff", b"", None]),
        "text": ("varchar(5)", pa.string(), ["null", "NaN", None]),
    }
    columns = [(name, type_) for name, (type_, _, _) in values.items()]
    texts = [[athena_text(each, arrow) for each in column] for _, arrow, column in values.values()]
    target = io.BytesIO()
    write_parquet(io.BytesIO(written(columns, [list(row) for row in zip(*texts, strict=True)])), columns, target)
    found = pq.read_table(target)
    assert {field.name: field.type for field in found.schema} == {name: arrow for name, (_, arrow, _) in values.items()}
    for name, (_, arrow, column) in values.items():
        assert found.column(name).combine_chunks().equals(pa.array(column, arrow)), name


@pytest.mark.parametrize("type_", ["array", "map", "row", "array(integer)", "hyperloglog"])
def test_a_nested_value_is_refused_with_its_column(type_: str) -> None:
    target = io.BytesIO()
    with pytest.raises(NoParquetTypeError, match="column 'parts' is of type"):
        write_parquet(io.BytesIO(b'"parts"\n"[1, 2]"\n'), [("parts", type_)], target)
    assert target.getvalue() == b""


def test_two_columns_of_one_name_are_refused() -> None:
    with pytest.raises(NoParquetTypeError, match="two columns are called 'id'"):
        write_parquet(io.BytesIO(b""), [("id", "varchar"), ("id", "varchar")], io.BytesIO())


@pytest.mark.parametrize(
    ("text", "type_", "value"),
    [
        ("9007199254740993", "bigint", 9007199254740993),
        ("1.0E7", "double", 1e7),
        ("NaN", "double", "NaN"),
        ("-Infinity", "float", "-Infinity"),
        ("0.10", "decimal(3,2)", "0.10"),
        ("true", "boolean", True),
        ("false", "boolean", False),
        ("1", "varchar", "1"),
        (None, "integer", None),
        ("", "varchar", ""),
    ],
)
def test_json_has_numbers_as_numbers_and_decimals_as_text(text: str | None, type_: str, value: Any) -> None:
    found = plain_value(text, type_)
    assert found == value
    assert type(found) is type(value)


def test_lines_of_a_statement_that_is_no_query_have_their_columns_between_tabs() -> None:
    lines = [b"id                  \tstring              \t\n", b"# partitions\n"]
    assert list(line_rows(lines, 3)) == [
        ["id                  ", "string              ", ""],
        ["# partitions", "", ""],
    ]
