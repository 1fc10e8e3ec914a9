"""Metadata of Iceberg tables: what pyiceberg says of them, and nothing of the data to those who do not see all."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pytest
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.table import Table
from pyiceberg.transforms import IdentityTransform
from pyiceberg.types import LongType, NestedField, StringType

from sandbox.athena.query_errors import QueryError
from sandbox.athena.seen_tables import SPECIAL
from tests.sandbox.athena.query_ground import Ground, seen, seen_parquet

COLUMNS = "number bigint; kind string"


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    return Ground(tmp_path)


def twice_written(ground: Ground) -> Table:
    table = ground.iceberg(
        Schema(NestedField(1, "number", LongType()), NestedField(2, "kind", StringType())),
        partition_spec=PartitionSpec(PartitionField(2, 1000, IdentityTransform(), "kind")),
        properties={"write.summary.partition-limit": "10"},
    )
    table.append(pa.table({"number": [1, 2, 3], "kind": ["secret-a", "secret-b", None]}))
    said = {"added-by": "somebody", "note": "secret-note", "total-secret": "secret-word", "total-salary": "987654"}
    table.append(pa.table({"number": [4], "kind": ["secret-a"]}), snapshot_properties=said)
    return table


def test_snapshots_have_what_pyiceberg_says_and_of_summaries_the_counts(ground: Ground) -> None:
    table = twice_written(ground)
    rows = ground.query("SELECT * FROM {t}", t=seen(table, COLUMNS, "snapshots", whole=False))
    theirs = table.inspect.snapshots().to_pylist()
    keys = ("snapshot_id", "parent_id", "operation", "manifest_list")
    assert [row[1:5] for row in rows] == [tuple(each[key] for key in keys) for each in theirs]
    assert [row[0].replace(tzinfo=None) for row in rows] == [each["committed_at"] for each in theirs]
    summaries = [dict(row[5]) for row in rows]
    assert [each["total-records"] for each in summaries] == ["3", "4"]
    for mine, each in zip(summaries, theirs, strict=True):
        assert mine.items() <= dict(each["summary"]).items()
    assert "secret" in json.dumps([dict(each["summary"]) for each in theirs])
    assert "secret" not in json.dumps(summaries)
    assert "somebody" not in json.dumps(summaries)
    assert "987654" not in json.dumps(summaries)


def test_history_says_what_became_current_and_when(ground: Ground) -> None:
    table = twice_written(ground)
    first = table.snapshots()[0].snapshot_id
    table.append(pa.table({"number": [5], "kind": ["z"]}))
    table.manage_snapshots().rollback_to_snapshot(first).commit()
    rows = ground.query("SELECT * FROM {t}", t=seen(table, COLUMNS, "history", whole=False))
    theirs = table.inspect.history().to_pylist()
    keys = ("snapshot_id", "parent_id", "is_current_ancestor")
    assert [row[1:] for row in rows] == [tuple(each[key] for key in keys) for each in theirs]
    assert {row[3] for row in rows} == {True, False}


def test_files_manifests_and_partitions_are_those_of_pyiceberg(ground: Ground) -> None:
    table = twice_written(ground)
    files = ground.query(
        "SELECT content, file_path, file_format, record_count, file_size_in_bytes, lower_bounds FROM {t}",
        t=seen(table, COLUMNS, "files"),
    )
    keys = ("content", "file_path", "file_format", "record_count", "file_size_in_bytes")
    theirs = table.inspect.files().to_pylist()
    assert sorted(row[:5] for row in files) == sorted(tuple(each[key] for key in keys) for each in theirs)
    assert {dict(row[5]).get(1) for row in files} == {"1", "2", "3", "4"}
    manifests = ground.query(
        "SELECT path, length, added_rows_count, partition_summaries FROM {t}", t=seen(table, COLUMNS, "manifests")
    )
    known = {each["path"]: each for each in table.inspect.manifests().to_pylist()}
    assert {path: length for path, length, *_ in manifests} == {path: each["length"] for path, each in known.items()}
    assert {rows for _, _, rows, _ in manifests} == {3, 1}
    for path, _, _, summaries in manifests:
        assert summaries == known[path]["partition_summaries"]
    partitions = ground.query("SELECT * FROM {t}", t=seen(table, COLUMNS, "partitions"))
    expected = [
        (each["partition"], each["record_count"], each["file_count"], each["total_data_file_size_in_bytes"])
        for each in table.inspect.partitions().to_pylist()
    ]
    assert sorted(partitions, key=repr) == sorted(expected, key=repr)


def test_refs_are_branches_and_tags(ground: Ground) -> None:
    table = twice_written(ground)
    first = table.snapshots()[0].snapshot_id
    table.manage_snapshots().create_tag(first, "kept").commit()
    rows = ground.query("SELECT name, type, snapshot_id FROM {t}", t=seen(table, COLUMNS, "refs"))
    assert rows == [("kept", "TAG", first), ("main", "BRANCH", table.current_snapshot().snapshot_id)]


@pytest.mark.parametrize("special", sorted({*SPECIAL, "properties"} - {"history", "snapshots"}))
def test_who_does_not_see_all_columns_is_told_as_of_a_table_that_is_not_there(ground: Ground, special: str) -> None:
    table = twice_written(ground)
    with pytest.raises(QueryError, match=rf"^TABLE_NOT_FOUND: .*'awsdatacatalog\.db\.t\${special}' does not exist$"):
        ground.query("SELECT * FROM {t}", t=seen(table, "number bigint", special, whole=False))


@pytest.mark.parametrize("special", SPECIAL)
def test_a_table_without_a_snapshot_has_special_tables_without_rows(ground: Ground, special: str) -> None:
    table = ground.iceberg(pa.schema([("a", pa.int32())]))
    assert ground.query("SELECT count(*) FROM {t}", t=seen(table, "a int", special)) == [(0,)]


def test_a_table_of_plain_files_has_no_special_tables(ground: Ground) -> None:
    plain = seen_parquet("a int", special="snapshots")
    with pytest.raises(QueryError, match="TABLE_NOT_FOUND"):
        ground.query("SELECT * FROM {t}", t=plain)
