"""Rows of Iceberg tables as a query sees them are those that pyiceberg reads itself."""

from __future__ import annotations

import json
import zlib
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest import mock

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyiceberg.io.pyarrow import PyArrowFileIO
from pyiceberg.manifest import DataFile, DataFileContent, FileFormat, ManifestContent, ManifestWriterV2
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.table import Table
from pyiceberg.transforms import DayTransform, IdentityTransform, TruncateTransform
from pyiceberg.typedef import Record
from pyiceberg.types import (
    DateType,
    DecimalType,
    DoubleType,
    FloatType,
    IntegerType,
    ListType,
    LongType,
    MapType,
    NestedField,
    StringType,
    StructType,
    TimestampType,
    TimestamptzType,
)
from pyroaring import BitMap

from sandbox.athena.query_errors import QueryError
from tests.sandbox.athena.query_ground import Ground, Rows, seen


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    return Ground(tmp_path)


def theirs(table: Table, *columns: str, **more: Any) -> Rows:
    """Rows as pyiceberg reads them."""
    rows = table.refresh().scan(selected_fields=columns or ("*",), **more).to_arrow().to_pylist()
    return ordered([tuple(row[name] for name in columns) if columns else tuple(row.values()) for row in rows])


def ordered(rows: Rows) -> Rows:
    return sorted(rows, key=repr)


def evolved(ground: Ground) -> Table:
    """A table of three schemas, a file each."""
    table = ground.iceberg(
        Schema(
            NestedField(1, "id", IntegerType()),
            NestedField(2, "old", StringType()),
            NestedField(3, "gone", StringType()),
            NestedField(4, "ratio", FloatType()),
            NestedField(5, "price", DecimalType(6, 2)),
            NestedField(6, "place", StructType(NestedField(7, "x", IntegerType()), NestedField(8, "y", StringType()))),
            NestedField(9, "tags", ListType(10, StructType(NestedField(11, "k", StringType())))),
            NestedField(12, "by", MapType(13, StringType(), 14, StructType(NestedField(15, "n", IntegerType())))),
        )
    )
    first = {
        "id": [1, 2, None],
        "old": ["a", "b", None],
        "gone": ["secret", "secret", "secret"],
        "ratio": [0.5, 1.5, None],
        "price": [Decimal("1.25"), None, Decimal("-2.00")],
        "place": [{"x": 1, "y": "p"}, None, {"x": None, "y": "q"}],
        "tags": [[{"k": "t"}, None], [], None],
        "by": [[("m", {"n": 1})], [], None],
    }
    table.append(pa.Table.from_pydict(first, schema=table.schema().as_arrow()))
    with table.update_schema() as change:
        change.rename_column("old", "fresh")
        change.delete_column("gone")
        change.update_column("id", LongType())
        change.update_column("ratio", DoubleType())
        change.update_column("price", DecimalType(12, 2))
        change.rename_column("place.y", "why")
        change.add_column(("place", "z"), LongType())
        change.add_column(("tags", "v"), StringType())
        change.move_first("price")
    with table.update_schema() as change:
        change.add_column("gone", StringType())
        change.add_column("old", IntegerType())
    second = {
        "id": [2**40],
        "fresh": ["c"],
        "ratio": [2.5],
        "price": [Decimal("1234567890.12")],
        "place": [{"x": 9, "why": "w", "z": 2**41}],
        "tags": [[{"k": "u", "v": "w"}]],
        "by": [[("o", {"n": 5})]],
        "gone": ["back"],
        "old": [7],
    }
    table.append(pa.Table.from_pydict(second, schema=table.schema().as_arrow()))
    return table


EVOLVED = (
    "price decimal(12,2); id bigint; fresh string; ratio double; place struct<x:int,why:string,z:bigint>; "
    "tags array<struct<k:string,v:string>>; by map<string,struct<n:int>>; gone string; old int"
)


def test_columns_are_found_by_field_id_whatever_older_files_call_them(ground: Ground) -> None:
    table = evolved(ground)
    assert ordered(ground.query("SELECT * FROM {t}", t=seen(table, EVOLVED))) == theirs(table)


@pytest.mark.parametrize(
    ("ours", "for_pyiceberg"),
    [
        ("id > 1", "id > 1"),
        ("fresh = 'a'", "fresh = 'a'"),
        ("fresh IS NULL", "fresh is null"),
        ("ratio < 2", "ratio < 2"),
        ("price = 1.25", "price = 1.25"),
        ("old IS NOT NULL", "old is not null"),
        ("gone = 'secret'", "gone = 'secret'"),
        ("id IN (1, 1099511627776)", "id in (1, 1099511627776)"),
    ],
)
def test_predicates_hold_for_older_files_too(ground: Ground, ours: str, for_pyiceberg: str) -> None:
    table = evolved(ground)
    rows = ground.query(f"SELECT fresh FROM {{t}} WHERE {ours}", t=seen(table, EVOLVED))
    assert ordered(rows) == theirs(table, "fresh", row_filter=for_pyiceberg)


def test_fields_of_structs_that_are_not_seen_are_not_there(ground: Ground) -> None:
    table = evolved(ground)
    cut = seen(table, "id bigint; place struct<x:int>", whole=False)
    assert ordered(ground.query("SELECT place FROM {t} WHERE place.x = 9", t=cut)) == [({"x": 9},)]
    for hidden in ("fresh", "place.why", "gone", "price"):
        with pytest.raises(duckdb.BinderException) as raised:
            ground.query(f"SELECT {hidden} FROM {{t}}", t=cut)
        assert "secret" not in str(raised.value)
    assert ground.query("SELECT count(*) FROM (SUMMARIZE SELECT * FROM {t})", t=cut) == [(2,)]


def test_a_table_without_a_snapshot_has_columns_and_no_rows(ground: Ground) -> None:
    table = ground.iceberg(pa.schema([("a", pa.int32())]))
    assert ground.query("SELECT count(*), max(a) FROM {t}", t=seen(table, "a int")) == [(0, None)]


def days(ground: Ground, spec: PartitionSpec, **more: Any) -> Table:
    schema = Schema(
        NestedField(1, "day", DateType()),
        NestedField(2, "moment", TimestampType()),
        NestedField(3, "zoned", TimestamptzType()),
        NestedField(4, "kind", StringType()),
        NestedField(5, "amount", DecimalType(10, 2)),
        NestedField(6, "number", LongType()),
    )
    table = ground.iceberg(schema, partition_spec=spec, **more)
    rows = [
        {
            "day": date(2026, 1, 1 + number % 3) if number % 7 else None,
            "moment": datetime(2026, 1, 1 + number % 3, number, 30, 1, 123456),
            "zoned": datetime(2026, 1, 1 + number % 3, number, tzinfo=UTC),
            "kind": ["alpha", "beta", None][number % 3],
            "amount": Decimal(number) / 4,
            "number": number,
        }
        for number in range(20)
    ]
    if all(isinstance(field.transform, IdentityTransform) for field in spec.fields):
        table.append(pa.Table.from_pylist(rows, schema=table.schema().as_arrow()))
    else:
        add_files(ground, table, rows)
    return table


def add_files(ground: Ground, table: Table, rows: list[dict[str, Any]]) -> None:
    """Files of rows of one day and kind each; pyiceberg works out their partitions, which it writes only with Rust."""
    plain = pa.schema([pa.field(each.name, each.type) for each in table.schema().as_arrow()])
    for kind in (0, 1, 2):
        key = f"added/{kind}.parquet"
        ground.parquet(key, pa.Table.from_pylist(rows[kind::3], schema=plain))
        table.add_files([f"file://{ground.folder}/{key}"])


DAYS = "day date; moment timestamp; zoned timestamp; kind string; amount decimal(10,2); number bigint"

SPECS = {
    "identity": PartitionSpec(PartitionField(1, 1000, IdentityTransform(), "day")),
    "text": PartitionSpec(PartitionField(4, 1000, IdentityTransform(), "kind")),
    "day": PartitionSpec(PartitionField(2, 1000, DayTransform(), "moment_day")),
    "truncate": PartitionSpec(PartitionField(4, 1000, TruncateTransform(1), "first")),
    "none": PartitionSpec(),
}


@pytest.mark.parametrize(
    ("spec", "metrics"),
    [*((name, "full") for name in SPECS), *((name, "none") for name in ("identity", "text", "none"))],
)
def test_partitioned_tables_have_the_rows_that_pyiceberg_reads(ground: Ground, spec: str, metrics: str) -> None:
    table = days(ground, SPECS[spec], properties={"write.metadata.metrics.default": metrics})
    shown = seen(table, DAYS)
    assert ordered(ground.query("SELECT * FROM {t}", t=shown)) == theirs(table)
    for ours, for_pyiceberg in [
        ("day = DATE '2026-01-02'", "day = '2026-01-02'"),
        ("day IS NULL", "day is null"),
        ("moment >= TIMESTAMP '2026-01-02 00:00:00'", "moment >= '2026-01-02T00:00:00'"),
        ("zoned < TIMESTAMPTZ '2026-01-02 00:00:00+00'", "zoned < '2026-01-02T00:00:00+00:00'"),
        ("kind = 'beta'", "kind = 'beta'"),
        ("kind IS NULL", "kind is null"),
        ("amount > 4.25", "amount > 4.25"),
        ("number BETWEEN 3 AND 5", "number >= 3 and number <= 5"),
    ]:
        rows = ground.query(f"SELECT number FROM {{t}} WHERE {ours}", t=shown)
        assert ordered(rows) == theirs(table, "number", row_filter=for_pyiceberg), ours


@pytest.mark.parametrize(
    ("spec", "where"),
    [
        ("identity", "day = DATE '2026-01-02'"),
        ("day", "moment < TIMESTAMP '2026-01-02 00:00:00'"),
        ("text", "kind = 'beta'"),
    ],
)
def test_files_in_which_no_row_can_pass_are_not_opened(ground: Ground, spec: str, where: str) -> None:
    table = days(ground, SPECS[spec])
    ground.query("SELECT count(number) FROM {t}", t=seen(table, DAYS))
    every = len(ground.files.data_read)
    ground.query(f"SELECT count(number) FROM {{t}} WHERE {where}", t=seen(table, DAYS))
    assert (every, len(ground.files.data_read)) == (len(table.inspect.files()), 1)


def test_only_the_asked_columns_of_a_file_are_read(ground: Ground) -> None:
    rows = pa.table(
        {"a": pa.array(range(200_000)), "b": [f"text {number * 7919} {number * 104729}" for number in range(200_000)]}
    )
    table = ground.iceberg(rows.schema)
    table.append(rows)
    read: dict[str, int] = {}
    for column in ("a", "b"):
        with ground.relations() as (engine, relations):
            name = relations.register(seen(table, "a bigint; b string"), ground.files)
            before = relations.bytes_read
            with engine.query(f"SELECT count(DISTINCT {column}) FROM {name}", 30) as running:
                assert [list(row.values()) for batch in running.batches for row in batch.to_pylist()] == [[200_000]]
            read[column] = relations.bytes_read - before
            assert relations.objects[0].rows_read == 200_000
    size = table.inspect.files().column("file_size_in_bytes")[0].as_py()
    assert sum(read.values()) < size + 300_000
    assert read["a"] < size / 2


def with_position_deletes(ground: Ground) -> Table:
    table = ground.iceberg(pa.schema([("a", pa.int64()), ("b", pa.string())]), properties={"format-version": "2"})
    table.append(pa.table({"a": list(range(10)), "b": list("abcdefghij")}))
    table.append(pa.table({"a": list(range(10, 20)), "b": list("klmnopqrst")}))
    return table


def add_deletes(
    table: Table, content: DataFileContent, rows: pa.Table | bytes, equality_ids: list[int] | None = None
) -> None:
    """Write a file of deletes, Parquet or Puffin, and commit it as an engine that merges on read would."""
    suffix = "puffin" if isinstance(rows, bytes) else "parquet"
    path = f"{table.location()}/data/deletes.{suffix}"
    with PyArrowFileIO().new_output(path).create(overwrite=True) as target:
        if isinstance(rows, bytes):
            target.write(rows)
        else:
            pq.write_table(rows, target)
    file = DataFile.from_args(
        content=content,
        file_path=path,
        file_format=FileFormat(suffix.upper()),
        partition=Record(),
        record_count=2,
        file_size_in_bytes=len(PyArrowFileIO().new_input(path)),
        equality_ids=equality_ids,
        column_sizes={},
        value_counts={},
        null_value_counts={},
        nan_value_counts={},
        lower_bounds={},
        upper_bounds={},
    )
    file.spec_id = 0
    commit_deletes(table, file)


def commit_deletes(table: Table, file: DataFile) -> None:
    """A snapshot with a file of deletes, which pyiceberg 0.12 reads and does not write."""
    with (
        mock.patch.object(ManifestWriterV2, "content", return_value=ManifestContent.DELETES),
        table.transaction() as transaction,
        transaction.update_snapshot().fast_append() as snapshot,
    ):
        snapshot.append_data_file(file)


def test_rows_that_a_position_delete_names_are_gone(ground: Ground) -> None:
    table = with_position_deletes(ground)
    path = table.inspect.files().column("file_path")[0].as_py()
    rows = pa.table({"file_path": [path, path], "pos": pa.array([0, 7], pa.int64())})
    add_deletes(table, DataFileContent.POSITION_DELETES, rows)
    shown = seen(table.refresh(), "a bigint; b string")
    assert len(theirs(table)) == 18
    assert ordered(ground.query("SELECT * FROM {t}", t=shown)) == theirs(table)
    assert ground.query("SELECT b FROM {t} WHERE a = 17 OR a = 7", t=shown) in ([("r",)], [("h",)])


def test_a_table_with_equality_deletes_is_refused_with_a_sentence(ground: Ground) -> None:
    table = with_position_deletes(ground)
    add_deletes(table, DataFileContent.EQUALITY_DELETES, pa.table({"a": [3]}), [1])
    with pytest.raises(QueryError, match=r"NOT_SUPPORTED: db.t has equality deletes"):
        ground.query("SELECT * FROM {t}", t=seen(table.refresh(), "a bigint; b string"))


def test_a_file_that_may_not_be_read_fails_the_query_with_its_path(ground: Ground) -> None:
    table = days(ground, SPECS["none"])
    ground.files.refused = lambda path: path.endswith(".parquet")
    with pytest.raises(QueryError, match=r"PERMISSION_DENIED: Permission denied on S3 path: .*parquet"):
        ground.query("SELECT sum(number) FROM {t}", t=seen(table, DAYS))


def test_files_without_ids_are_read_by_the_name_mapping(ground: Ground) -> None:
    table = ground.iceberg(pa.schema([("a", pa.int64()), ("b", pa.string())]))
    ground.parquet("added.parquet", pa.table({"b": ["x"], "a": [1]}))
    table.add_files([f"file://{ground.folder}/added.parquet"])
    with table.update_schema() as change:
        change.rename_column("b", "c")
    assert ground.query("SELECT a, c FROM {t}", t=seen(table, "a bigint; c string")) == theirs(table, "a", "c")
    assert theirs(table, "a", "c") == [(1, "x")]


def test_the_rows_of_an_earlier_snapshot_are_those_of_then(ground: Ground) -> None:
    table = with_position_deletes(ground)
    first = table.snapshots()[0].snapshot_id
    with ground.relations() as (engine, relations):
        name = relations.register(seen(table, "a bigint; b string"), ground.files, first)
        with engine.query(f"SELECT * FROM {name}", 30) as running:
            rows = [tuple(row.values()) for batch in running.batches for row in batch.to_pylist()]
        with pytest.raises(QueryError, match=r"snapshot ID does not exist.*: 7$"):
            relations.register(seen(table, "a bigint; b string"), ground.files, 7)
    assert ordered(rows) == theirs(table, snapshot_id=first)
    assert len(rows) == 10


def deletion_vector(path: str, positions: list[int]) -> bytes:
    """A Puffin file with one deletion vector (Iceberg's Puffin specification, "deletion-vector-v1")."""
    bitmap = BitMap(positions).serialize()
    vector = b"\xd1\xd3\x39\x64" + (1).to_bytes(8, "little") + (0).to_bytes(4, "little") + bitmap
    blob = len(vector).to_bytes(4, "big") + vector + zlib.crc32(vector).to_bytes(4, "big")
    said = {
        "type": "deletion-vector-v1",
        "fields": [],
        "snapshot-id": -1,
        "sequence-number": -1,
        "offset": 4,
        "length": len(blob),
        "properties": {"referenced-data-file": path, "cardinality": str(len(positions))},
    }
    footer = json.dumps({"blobs": [said], "properties": {}}).encode()
    return b"PFA1" + blob + b"PFA1" + footer + len(footer).to_bytes(4, "little") + bytes(4) + b"PFA1"


def test_rows_that_a_deletion_vector_names_are_gone(ground: Ground) -> None:
    table = with_position_deletes(ground)
    path = table.inspect.files().column("file_path")[0].as_py()
    add_deletes(table, DataFileContent.POSITION_DELETES, deletion_vector(path, [1, 8]))
    rows = ground.query("SELECT * FROM {t}", t=seen(table.refresh(), "a bigint; b string"))
    assert ordered(rows) == theirs(table)
    assert len(rows) == 18


def test_a_file_that_is_gone_fails_the_query_with_its_path(ground: Ground) -> None:
    table = days(ground, SPECS["none"])
    for file in (ground.folder / "warehouse/db/t/data").rglob("*.parquet"):
        file.unlink()
    with pytest.raises(QueryError, match=r"CANNOT_OPEN_SPLIT: .*parquet"):
        ground.query("SELECT sum(number) FROM {t}", t=seen(table, DAYS))


def test_manifests_are_read_anew_for_each_query(ground: Ground) -> None:
    table = days(ground, SPECS["none"])
    ground.query("SELECT count(*) FROM {t}", t=seen(table, DAYS))
    ground.files.refused = lambda path: path.endswith(".avro")
    with pytest.raises(QueryError, match=r"PERMISSION_DENIED: .*avro"):
        ground.query("SELECT count(*) FROM {t}", t=seen(table, DAYS))
