"""`FOR VERSION AS OF`: a query names a snapshot, and reads that one."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from pyiceberg.schema import Schema
from pyiceberg.types import LongType, NestedField

from sandbox.athena import query_engine
from sandbox.athena.query_errors import QueryError
from sandbox.athena.seen_tables import Files, SeenTable, TableName
from sandbox.athena.statements import parse
from tests.sandbox.athena.query_ground import Ground, seen


class _Catalog:
    """A catalog with one table, which everybody reads."""

    def __init__(self, table: SeenTable, files: Files) -> None:
        self._table, self._files = table, files

    def table(self, name: TableName) -> SeenTable:
        assert name.table == "t"
        return self._table

    def files(self, table: SeenTable) -> Files:
        assert table is self._table
        return self._files


def test_the_snapshot_of_a_version_is_in_the_name_of_the_table() -> None:
    assert parse("SELECT * FROM d.t FOR VERSION AS OF 12", "x").tables == (TableName("d", "t", snapshot=12),)
    assert parse("SELECT * FROM d.t", "x").tables == (TableName("d", "t"),)


@pytest.mark.parametrize("version", ["VERSION AS OF 'main'", "TIMESTAMP AS OF TIMESTAMP '2026-01-01 00:00:00 UTC'"])
def test_what_is_no_snapshot_is_refused(version: str) -> None:
    with pytest.raises(QueryError, match="FOR VERSION AS OF takes the id of a snapshot here"):
        parse(f"SELECT * FROM d.t FOR {version}", "x")


def test_a_query_reads_the_snapshot_that_it_names(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    table = ground.iceberg(Schema(NestedField(1, "a", LongType())))
    for number in (1, 2):
        table.append(pa.table({"a": [number]}))
    first, last = (snapshot.snapshot_id for snapshot in table.snapshots())
    catalog = _Catalog(seen(table, "a bigint"), ground.files)

    def counted(version: str) -> list[list[str]]:
        answer = query_engine.run(f"SELECT count(*) FROM d.t {version}", "d", (), catalog, None)  # pyright: ignore[reportArgumentType]
        return [list(row) for row in answer.rows]

    assert counted(f"FOR VERSION AS OF {first}") == [["1"]]
    assert counted(f"FOR VERSION AS OF {last}") == counted("") == [["2"]]
    with pytest.raises(QueryError, match="snapshot ID does not exists"):
        counted("FOR VERSION AS OF 7")
