"""The engine is closed to everything but its relations, and cut off in Athena's words."""

from __future__ import annotations

import time

import duckdb
import pytest

from sandbox.athena.duck import DuckEngine
from sandbox.athena.query_errors import CutOffError

ENDLESS = "SELECT count(*) FROM range(100000000000) a WHERE a.range % 7 = 3"


def rows(engine: DuckEngine, sql: str, seconds: float = 30) -> list[dict[str, object]]:
    with engine.query(sql, seconds) as running:
        return [row for batch in running.batches for row in batch.to_pylist()]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM glob('/*')",
        "COPY (SELECT 1) TO '/tmp/written.csv'",
        "ATTACH '/tmp/other.db'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SET memory_limit = '10GB'",
    ],
)
def test_a_query_reaches_no_file_no_extension_and_no_setting(sql: str) -> None:
    with DuckEngine() as engine, pytest.raises(duckdb.Error):
        rows(engine, sql)


def test_a_query_that_takes_too_long_is_cut_off() -> None:
    started = time.monotonic()
    with DuckEngine() as engine, pytest.raises(CutOffError, match=r"^Query timeout$"):
        rows(engine, ENDLESS, 0.3)
    assert time.monotonic() - started < 5


def test_a_query_that_takes_too_long_while_its_rows_are_fetched_is_cut_off() -> None:
    endless = "SELECT range FROM range(100000000000)"
    with (
        DuckEngine() as engine,
        engine.query(endless, 0.5) as running,
        pytest.raises(CutOffError, match=r"^Query timeout$"),
    ):
        assert all(len(batch) for batch in running.batches)


def test_a_query_that_takes_too_much_memory_is_cut_off() -> None:
    with (
        DuckEngine(megabytes=50) as engine,
        pytest.raises(CutOffError, match=r"^Query exhausted resources at this scale"),
    ):
        rows(engine, "SELECT list(range || ' and more text') FROM range(20000000)")


def test_what_is_wrong_with_values_is_an_error_of_duckdbs() -> None:
    with DuckEngine() as engine, pytest.raises(duckdb.Error, match=r"Could not convert string 'x'"):
        rows(engine, "SELECT CAST(text AS INTEGER) FROM (VALUES ('1'), ('x')) AS v(text)")


def test_rows_come_in_batches_with_names_and_types() -> None:
    with DuckEngine({"integer_division": True}) as engine, engine.query("SELECT 7/2 AS a, 'x' AS b", 5) as running:
        assert [(name, str(type_)) for name, type_ in running.columns] == [("a", "INTEGER"), ("b", "VARCHAR")]
        assert [batch.to_pylist() for batch in running.batches] == [[{"a": 3, "b": "x"}]]


def test_an_engine_answers_again_after_it_cut_a_query_off() -> None:
    with DuckEngine() as engine:
        with pytest.raises(CutOffError):
            rows(engine, ENDLESS, 0.2)
        assert rows(engine, "SELECT 1 AS one") == [{"one": 1}]
