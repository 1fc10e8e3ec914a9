"""Rows as Arrow and Parquet have them: folders of partitions, and what in a value is never null."""

from __future__ import annotations

import datetime
import io
from decimal import Decimal
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest

from mesh.contracts.types import ColumnType, Part
from sandbox.filling.arrow_rows import arrow_table, folder_text, for_a_partner, parquet_file, partitioned
from sandbox.sample_rows.sample_tables import SampleColumn, SampleTable
from sandbox.sample_rows.value_spaces import Scatter

pa: Any = pyarrow  # it has no types
TEXT = ColumnType("string")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (datetime.date(2026, 1, 31), "2026-01-31"),
        (7, "7"),
        (True, "true"),
        (Decimal("1.5"), "1.5"),
        (datetime.datetime(2026, 1, 31, 8), "2026-01-31%2008%3A00%3A00"),
        (datetime.datetime(2026, 1, 31, 8, microsecond=500_000), "2026-01-31%2008%3A00%3A00.5"),
        ("A/7 ü~-._", "A%2F7%20%C3%BC~-._"),
        (None, "__HIVE_DEFAULT_PARTITION__"),
    ],
)
def test_a_folder_says_a_value_by_its_one_text(value: Any, text: str) -> None:
    assert folder_text(value) == text


def test_partitions_have_all_rows_and_not_the_columns_of_their_folders() -> None:
    rows = pa.table(
        {"day": [datetime.date(2026, 1, 1), datetime.date(2026, 1, 2), datetime.date(2026, 1, 1)], "n": [1, 2, 3]}
    )
    found = {folder: part.to_pydict() for folder, part in partitioned(rows, ["day"])}
    assert found == {"day=2026-01-01/": {"n": [1, 3]}, "day=2026-01-02/": {"n": [2]}}
    assert [(folder, part) for folder, part in partitioned(rows, [])] == [("", rows)]


def test_what_is_never_null_in_a_value_is_written_as_required() -> None:
    type_ = ColumnType("struct", parts=(Part("a", TEXT, True, ""), Part("b", TEXT, False, "")))
    column = SampleColumn("c", type_, lambda row: {"a": str(row), "b": None}, 2, 0, Scatter(1, 0, 2))
    table = arrow_table(SampleTable("d.p", "t", "parquet", 2, {"c": column}))
    assert table.to_pydict() == {"c": [{"a": "0", "b": None}, {"a": "1", "b": None}]}
    written: Any = pyarrow.parquet.read_schema(io.BytesIO(parquet_file(table)))
    assert [field.nullable for field in written.field("c").type] == [False, True]


def test_a_partner_gets_its_columns_and_moments_in_utc() -> None:
    moments = pa.array([datetime.datetime(2026, 1, 1, 8, tzinfo=datetime.UTC)], pa.timestamp("us", tz="Europe/Berlin"))
    rows = pa.table({"at": moments, "phone": ["1"]})
    found = for_a_partner(rows, {"at": "timestamp"})
    assert found.to_pydict() == {"at": [datetime.datetime(2026, 1, 1, 8)]}
