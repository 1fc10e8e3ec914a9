"""DELETE, UPDATE and MERGE: the rows of a table afterwards, and how many a statement says that it has changed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from sandbox.athena import query_engine
from sandbox.athena.query_errors import QueryError
from sandbox.athena.seen_tables import SeenColumn, SeenTable, TableName
from tests.sandbox.athena.query_ground import Ground

SCHEMA = pa.schema([("id", pa.int32()), ("name", pa.string()), ("price", pa.decimal128(8, 2))])
ROWS = [(1, "one", "1.00"), (2, "two", "2.50"), (3, None, None)]
NEWS = [(2, "zwei", "2.75"), (3, "drei", "3.00"), (4, "vier", None)]


class LocalCatalog:
    """The catalog of a folder, in which somebody writes who may, or may not."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.refused = ""
        self.is_governed = False
        self.commits: list[str] = []

    def table(self, name: TableName) -> SeenTable | None:
        if name.database != "db" or name.table not in ("t", "news"):
            return None
        loaded = self.ground.catalog.load_table(f"db.{name.table}")
        columns = tuple(map(SeenColumn, ("id", "name", "price"), ("int", "string", "decimal(8,2)")))
        return SeenTable(name, columns, "iceberg", loaded.location(), loaded.metadata_location)

    def files(self, table: SeenTable) -> Any:
        return self.ground.files

    def governed(self, table: SeenTable) -> bool:
        return self.is_governed

    def refusal(self, action: str, name: TableName) -> str:
        return f"{self.refused}: {action} on {name}" if self.refused else ""

    def append(self, table: SeenTable, rows: pa.Table) -> None:
        self.commits.append("append")
        self.ground.catalog.load_table("db.t").append(rows.cast(SCHEMA))

    def replace(self, table: SeenTable, rows: pa.Table) -> None:
        self.commits.append("replace")
        self.ground.catalog.load_table("db.t").overwrite(rows.cast(SCHEMA))

    def run(self, sql: str) -> int | None:
        answer = query_engine.run(sql, "db", (), self, None)  # type: ignore[arg-type]
        assert [row[0] for row in answer.rows] == [str(answer.update_count)]
        return answer.update_count

    def rows(self) -> list[tuple[Any, ...]]:
        found = self.ground.catalog.load_table("db.t").scan().to_arrow().to_pylist()
        as_text = [(row["id"], row["name"], None if row["price"] is None else str(row["price"])) for row in found]
        return sorted(as_text, key=lambda row: row[0])


def arrow(rows: list[tuple[Any, ...]]) -> pa.Table:
    columns: Mapping[str, Any] = dict(zip(SCHEMA.names, zip(*rows, strict=True), strict=True))
    return pa.table({**columns, "price": pa.array(columns["price"]).cast(pa.decimal128(8, 2))}).cast(SCHEMA)


def with_rows(folder: Path) -> Ground:
    """A ground on which the two tables have their rows."""
    ground = Ground(folder)
    ground.iceberg(SCHEMA, "t").append(arrow(ROWS))
    ground.iceberg(SCHEMA, "news").append(arrow(NEWS))
    return ground


@pytest.fixture
def catalog(tmp_path: Path) -> LocalCatalog:
    return LocalCatalog(with_rows(tmp_path))


@pytest.fixture(scope="module")
def kept_ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    return with_rows(tmp_path_factory.mktemp("kept"))


@pytest.fixture
def kept_catalog(kept_ground: Ground) -> LocalCatalog:
    """A catalog for statements that are refused: its tables are those of the one before, which must not be changed."""
    return LocalCatalog(kept_ground)


MERGE = "merge into t as target using (select * from news) as src on (target.id = src.id) "
CHANGED: list[tuple[str, int, list[tuple[Any, ...]]]] = [
    ("delete from t where id > 1", 2, ROWS[:1]),
    ("delete from t where price > 2", 1, [ROWS[0], ROWS[2]]),
    (
        "delete from db.t where name in (select name from news) or id in (select id from news where id = 2)",
        1,
        [ROWS[0], ROWS[2]],
    ),
    ("delete from t", 3, []),
    ("delete from t where id = 9", 0, ROWS),
    ("update t set name = upper(name) where id < 3", 2, [(1, "ONE", "1.00"), (2, "TWO", "2.50"), ROWS[2]]),
    ("update t set id = id + 10, price = id", 3, [(11, "one", "1.00"), (12, "two", "2.00"), (13, None, "3.00")]),
    ("update t set name = null where price is null or id = 1", 2, [(1, None, "1.00"), *ROWS[1:]]),
    (
        MERGE + "when matched then update set name = src.name, price = src.price "
        "when not matched then insert (id, name, price) values (src.id, src.name, src.price)",
        3,
        [ROWS[0], *NEWS],
    ),
    (
        MERGE + "when matched and target.price is null then delete when matched then update set price = src.price",
        2,
        [ROWS[0], (2, "two", "2.75")],
    ),
    (
        MERGE + "when not matched and src.id > 3 then insert (id, name) values (src.id, 'new')",
        1,
        [*ROWS, (4, "new", None)],
    ),
    (MERGE + "when not matched and src.id > 4 then insert (id) values (src.id)", 0, ROWS),
    (
        "merge into t using db.news on t.id = news.id - 1 when matched then update set name = t.name || news.name",
        3,
        [(1, "onezwei", "1.00"), (2, "twodrei", "2.50"), (3, None, None)],
    ),
    (
        "merge into t using (values (1, 'uno'), (7, 'siete')) as s (k, word) on id = k "
        "when matched then update set name = word when not matched then insert values (k, word, 0.5)",
        2,
        [(1, "uno", "1.00"), *ROWS[1:], (7, "siete", "0.50")],
    ),
    (
        "merge into t using (values (1, 'a'), (1, 'b')) as s (k, word) on id = k "
        "when matched and word = 'b' then update set name = word",
        1,
        [(1, "b", "1.00"), *ROWS[1:]],
    ),
]


@pytest.mark.parametrize(("sql", "number", "after"), CHANGED)
def test_a_statement_changes_rows_and_says_how_many(
    catalog: LocalCatalog, sql: str, number: int, after: list[tuple[Any, ...]]
) -> None:
    assert catalog.run(sql) == number
    assert catalog.rows() == after


def test_a_merge_that_only_adds_appends_and_one_that_does_nothing_commits_nothing(catalog: LocalCatalog) -> None:
    catalog.run(MERGE + "when not matched then insert (id) values (src.id)")
    catalog.run("delete from t where id = 9")
    catalog.run("delete from t where id = 1")
    assert catalog.commits == ["append", "replace"]


REFUSED = {
    "merge into t using (values 1, 1) as s (k) on id = k when matched then delete": "MULTIPLE_MATCHES",
    "update t set nope = 1": "COLUMN_NOT_FOUND: line 1:1: The UPDATE SET target column nope doesn't exist",
    MERGE + "when not matched then insert (nope) values (1)": "COLUMN_NOT_FOUND",
    MERGE + "when not matched then insert (id, name) values (1)": "TYPE_MISMATCH",
    MERGE + "when not matched by source then delete": "mismatched input",
    MERGE + "when matched then do nothing": "mismatched input",
    "delete from t using news where t.id = news.id": "mismatched input",
    "update t set name = news.name from news": "mismatched input",
    "update t": "line 1:1: mismatched input '<EOF>'",
    "update t set": "mismatched input",
    "update t set name = 'x',": "line 1:1: mismatched input '<EOF>'",
    "update t set name = 'x', where id = 1": "line 1:26: mismatched input 'where'",
    "update t set name == 'x'": "line 1:19: mismatched input '=='",
    "update t set id = 1, ID = 2": "GENERIC_INTERNAL_ERROR: Multiple entries with same key: id",
    "update t set t.id = 1": r"mismatched input '\.'",
    "update t set db.t.id = 1": r"mismatched input '\.'",
    "update t set (id, name) = (1, 'x')": "mismatched input",
    "update t set 1 = 2": "mismatched input",
    "update t x set id = 1": "line 1:10: mismatched input 'x'",
    "update t, news set id = 1": "line 1:9: mismatched input ','",
    "update": "line 1:1: mismatched input '<EOF>'",
    MERGE + "when matched then update": "mismatched input",
    MERGE + "when matched then update set": "mismatched input",
    MERGE + "when matched then update when not matched then insert (id) values (1)": "mismatched input",
    MERGE + "when matched then update *": "mismatched input",
    MERGE + "when matched then update set name = 'x', name = 'y'": (
        "DUPLICATE_COLUMN_NAME: line 1:1: Merge column name is specified more than once: name"
    ),
    MERGE + "when matched then update set target.name = 'x'": r"mismatched input '\.'",
    MERGE + "when not matched then insert (id, id) values (1, 2)": "DUPLICATE_COLUMN_NAME",
    MERGE + "when not matched then insert (target.id) values (1)": r"mismatched input '\.'",
    MERGE + "when not matched then insert () values ()": r"mismatched input '\)'",
    MERGE + "when not matched then insert values ()": r"mismatched input '\)'",
    MERGE + "when not matched then insert *": "mismatched input",
    MERGE + "when not matched then insert (id, name,) values (1, 'x')": r"mismatched input '\)'",
    "merge t using news on t.id = news.id when matched then delete": "line 1:7: mismatched input 't'",
    "merge into t using news when matched then delete": "mismatched input 'when'",
    "delete t where id = 1": "line 1:8: mismatched input 't'",
    "delete from t x where id = 1": "line 1:15: mismatched input 'x'",
    "delete from": "line 1:1: mismatched input '<EOF>'",
    "insert t values (9, 'x', 1)": "line 1:8: mismatched input 't'",
    "insert into table t values (9, 'x', 1)": "line 1:13: mismatched input 'table'",
    "insert into t as x values (9, 'x', 1)": "line 1:15: mismatched input 'as'",
    "insert into t () values (9, 'x', 1)": r"line 1:16: mismatched input '\)'",
    "insert into t set id = 9": "line 1:15: mismatched input 'set'",
    "insert into t values (9, 'x', 1) returning id": "mismatched input",
    "insert into t (id,) values (9)": r"line 1:19: mismatched input '\)'",
    "delete from t where nope = 1": "nope",
    "delete from nowhere": "TABLE_NOT_FOUND",
    "insert into t (id, nope) values (1, 2)": "COLUMN_NOT_FOUND: line 1:1: Insert column name does not exist",
    "insert into t (id, id) values (1, 2)": "DUPLICATE_COLUMN_NAME: line 1:1: Insert column name is specified more",
    "insert into t (name) values (7)": r"Table: \[varchar\], Query: \[integer\]",
    "insert into t (id) values ('7')": r"Table: \[integer\], Query: \[varchar\]",
    "insert into t (id) values (7e0)": r"Table: \[integer\], Query: \[double\]",
    "insert into t (price) values (true)": r"Table: \[decimal\(8,2\)\], Query: \[boolean\]",
}


@pytest.mark.parametrize("sql", REFUSED)
def test_what_cannot_be_done_changes_nothing(kept_catalog: LocalCatalog, sql: str) -> None:
    with pytest.raises(QueryError, match=REFUSED[sql]):
        kept_catalog.run(sql)
    assert kept_catalog.rows() == ROWS


def test_an_insert_takes_values_that_widen_and_nothing(catalog: LocalCatalog) -> None:
    catalog.run("insert into t values (8, null, 3.5)")
    assert catalog.rows() == [*ROWS, (8, None, "3.50")]


@pytest.mark.parametrize("sql", ["delete from t", "update t set id = 1", MERGE + "when matched then delete"])
def test_who_may_not_is_told_so_in_the_words_of_aws(kept_catalog: LocalCatalog, sql: str) -> None:
    kept_catalog.refused = "not authorized to perform"
    with pytest.raises(QueryError, match=r"not authorized to perform: glue:UpdateTable on db\.t"):
        kept_catalog.run(sql)
    kept_catalog.is_governed = True
    with pytest.raises(QueryError, match=r"PERMISSION_DENIED: Insufficient Lake Formation permission"):
        kept_catalog.run(sql)
    assert kept_catalog.rows() == ROWS
