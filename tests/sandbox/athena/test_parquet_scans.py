"""Rows of plain Parquet tables: columns by name, files by registered partitions, older types widened."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from sandbox.athena.query_errors import QueryError
from tests.sandbox.athena.query_ground import Ground, seen_parquet


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    return Ground(tmp_path)


def partitioned(ground: Ground) -> Any:
    """Three partitions, of which two are registered; the second is older, and has a partition column of its own."""
    ground.parquet("lake/t/run=1/day=2026-01-01/a.parquet", pa.table({"id": [1, 2], "name": ["x", None]}))
    ground.parquet("lake/t/run=1/day=2026-01-01/_temporary/b.parquet", pa.table({"id": [99], "name": ["hidden"]}))
    ground.parquet(
        "lake/t/run=0/day=2026-01-02/a.parquet",
        pa.table({"Name": ["y"], "ID": pa.array([3], pa.int32()), "day": ["not this"]}),
    )
    ground.parquet("lake/t/run=0/day=2026-01-03/a.parquet", pa.table({"id": [98], "name": ["unregistered"]}))
    (ground.folder / "lake/t/run=1/day=2026-01-01/_SUCCESS").touch()
    partitions = {
        ("2026-01-01",): "s3://lake/t/run=1/day=2026-01-01",
        ("2026-01-02",): "s3://lake/t/run=0/day=2026-01-02/",
        ("__HIVE_DEFAULT_PARTITION__",): "s3://lake/t/run=2/nothing/",
    }
    (ground.folder / "lake/t/run=2/nothing").mkdir(parents=True)
    return seen_parquet("id bigint; name string; day date", partition_keys=("day",), partitions=partitions)


def test_partitions_are_those_registered_and_their_values_are_typed(ground: Ground) -> None:
    table = partitioned(ground)
    assert sorted(ground.query("SELECT * FROM {t}", t=table)) == [
        (1, "x", date(2026, 1, 1)),
        (2, None, date(2026, 1, 1)),
        (3, "y", date(2026, 1, 2)),
    ]
    assert ground.query("SELECT id FROM {t} WHERE day > DATE '2026-01-01'", t=table) == [(3,)]
    assert ground.query("SELECT day, count(*) FROM {t} WHERE id < 3 GROUP BY day", t=table) == [(date(2026, 1, 1), 2)]


def test_a_partition_that_cannot_pass_is_not_opened(ground: Ground) -> None:
    table = partitioned(ground)
    ground.query("SELECT name FROM {t} WHERE day = DATE '2026-01-02'", t=table)
    assert {path for path, _ in ground.files.reads} == {"s3://lake/t/run=0/day=2026-01-02/a.parquet"}


def test_a_withheld_partition_column_cannot_be_asked_for(ground: Ground) -> None:
    whole = partitioned(ground)
    cut = seen_parquet("id bigint", partition_keys=("day",), partitions=whole.partitions, whole=False)
    assert sorted(ground.query("SELECT * FROM {t}", t=cut)) == [(1,), (2,), (3,)]
    with pytest.raises(duckdb.BinderException) as raised:
        ground.query("SELECT day FROM {t}", t=cut)
    assert "2026" not in str(raised.value)
    assert "not this" not in str(raised.value)


def test_older_types_and_missing_columns_and_fields_are_widened(ground: Ground) -> None:
    old = pa.table(
        {
            "n": pa.array([1], pa.int16()),
            "f": pa.array([0.5], pa.float32()),
            "d": pa.array([Decimal("1.5")], pa.decimal128(5, 1)),
            "moment": pa.array([datetime(2026, 1, 2, 3, 4, 5)], pa.timestamp("ns")),
            "s": pa.array([b"raw"], pa.binary()),
            "r": pa.array([{"B": "x"}]),
            "l": pa.array([[{"k": 1}, None]]),
        }
    )
    ground.parquet("lake/t/a.parquet", old)
    table = seen_parquet(
        "n bigint; f double; d decimal(10,2); moment timestamp; s string; r struct<a:int,b:string>; "
        "l array<struct<k:bigint,v:string>>; late map<string,int>"
    )
    row = (
        1,
        0.5,
        Decimal("1.50"),
        datetime(2026, 1, 2, 3, 4, 5),
        "raw",
        {"a": None, "b": "x"},
        [{"k": 1, "v": None}, None],
        None,
    )
    assert ground.query("SELECT * FROM {t}", t=table) == [row]
    assert ground.query("SELECT r.b FROM {t} WHERE r.b = 'x' AND n = 1 AND late IS NULL", t=table) == [("x",)]


def test_timestamps_of_96_bits_are_read(ground: Ground) -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, 678901)
    rows = pa.table({"moment": pa.array([moment], pa.timestamp("us"))})
    ground.parquet("lake/t/a.parquet", rows, use_deprecated_int96_timestamps=True)
    table = seen_parquet("moment timestamp")
    assert ground.query("SELECT * FROM {t} WHERE moment > TIMESTAMP '2026-01-01'", t=table) == [(moment,)]


def test_a_file_with_another_type_fails_the_query_with_the_column(ground: Ground) -> None:
    ground.parquet("lake/t/a.parquet", pa.table({"n": ["text"]}))
    with pytest.raises(
        QueryError, match=r"HIVE_BAD_DATA: Field n's type varchar in parquet file s3://lake/t/a.parquet"
    ):
        ground.query("SELECT sum(n) FROM {t}", t=seen_parquet("n bigint"))


def test_a_partition_value_that_is_none_of_its_type_fails_the_query(ground: Ground) -> None:
    table = seen_parquet("day date", partition_keys=("day",), partitions={("soon",): "s3://lake/t/day=soon/"})
    ground.parquet("lake/t/day=soon/a.parquet", pa.table({"n": [1]}))
    with pytest.raises(QueryError, match=r"HIVE_INVALID_PARTITION_VALUE: Invalid partition value 'soon'"):
        ground.query("SELECT * FROM {t}", t=table)


def test_row_groups_in_which_no_row_can_pass_are_not_read(ground: Ground) -> None:
    rows = pa.table({"n": range(400_000), "text": [f"{number * 7919 % 400_009}" for number in range(400_000)]})
    ground.parquet("lake/t/a.parquet", rows, row_group_size=50_000)
    table = seen_parquet("n bigint; text string")
    read: list[int] = []
    for where in ("true", "n = 60000"):
        ground.query(f"SELECT max(text) FROM {{t}} WHERE {where}", t=table)
        read.append(sum(length for _, length in ground.files.reads))
    assert read[1] < read[0] / 3


def test_a_file_that_is_no_parquet_fails_the_query_with_its_path(ground: Ground) -> None:
    ground.parquet("lake/t/a.parquet", pa.table({"n": [1]}))
    (ground.folder / "lake/t/b.csv").write_text("n\n" + "1\n" * 100)
    with pytest.raises(QueryError, match=r"HIVE_BAD_DATA: Malformed Parquet file: s3://lake/t/b\.csv"):
        ground.query("SELECT sum(n) FROM {t}", t=seen_parquet("n bigint"))


def test_a_type_that_nobody_knows_fails_the_query(ground: Ground) -> None:
    with pytest.raises(QueryError, match=r"NOT_SUPPORTED: Unsupported Hive type uniontype<int,string> of column n"):
        ground.query("SELECT * FROM {t}", t=seen_parquet("n uniontype<int,string>"))
