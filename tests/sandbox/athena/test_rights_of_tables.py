"""A table is read with its own rights alone, whatever its metadata name: also where another table is beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from sandbox.athena import query_engine
from sandbox.athena.query_errors import QueryError
from sandbox.athena.seen_tables import SeenColumn, SeenTable, TableName
from tests.sandbox.athena.query_ground import Ground, LocalFiles

ROWS = pa.table({"id": ["1", "2"], "email": ["a@x", "b@x"]})
BOTH = (SeenColumn("id", "string"), SeenColumn("email", "string"))


class TwoTables:
    """`theirs`, of which one column is seen, and `mine`, whose metadata are a copy of those of `theirs`."""

    def __init__(self, ground: Ground) -> None:
        theirs = ground.iceberg(ROWS.schema, "theirs")
        theirs.append(ROWS)
        mine = ground.iceberg(ROWS.schema, "mine")
        copied = Path(mine.metadata_location.removeprefix("file://")).with_name("00001-copied.metadata.json")
        copied.write_bytes(Path(theirs.metadata_location.removeprefix("file://")).read_bytes())
        self.tables = {
            "theirs": SeenTable(
                TableName("db", "theirs"), BOTH[:1], "iceberg", theirs.location(), theirs.metadata_location, whole=False
            ),
            "mine": SeenTable(TableName("db", "mine"), BOTH, "iceberg", mine.location(), f"file://{copied}"),
        }
        place = theirs.location().removeprefix("file://")
        self._as_service, self._as_caller = ground.files, LocalFiles(ground.folder, lambda path: place in path)

    def table(self, name: TableName) -> SeenTable | None:
        return self.tables.get(name.table)

    def files(self, table: SeenTable) -> LocalFiles:
        return self._as_service if table.name.table == "theirs" else self._as_caller

    def rows(self, sql: str) -> list[Any]:
        return [*query_engine.run(sql, "db", (), self, None).rows]  # type: ignore[arg-type]


@pytest.fixture
def tables(tmp_path: Path) -> TwoTables:
    return TwoTables(Ground(tmp_path))


@pytest.mark.parametrize(
    "sql",
    [
        "select email from mine",
        "select mine.email from mine, theirs",
        "select mine.email from theirs, mine",
        'select * from "mine$files", theirs',
    ],
)
def test_metadata_that_name_objects_of_another_table_do_not_open_them(tables: TwoTables, sql: str) -> None:
    with pytest.raises(QueryError, match=r"^PERMISSION_DENIED"):
        tables.rows(sql)


def test_the_other_table_is_read_as_ever(tables: TwoTables) -> None:
    assert tables.rows("select * from theirs order by id") == [["1"], ["2"]]


@pytest.mark.parametrize("ending", [".parquet", ".avro", ".json"])
def test_a_failure_of_ours_at_a_file_is_no_mistake_of_the_query(tables: TwoTables, ending: str) -> None:
    """DuckDB and Arrow pass on the text of an error alone, which reads as one of a value or of a function."""
    failure = RuntimeError("S3 failed")

    def failing(path: str) -> bool:
        if path.endswith(ending):
            raise failure
        return False

    tables._as_service.refused = failing
    with pytest.raises(RuntimeError) as told:
        tables.rows("select * from theirs")
    assert told.value is failure
