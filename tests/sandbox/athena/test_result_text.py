"""Types and values have the words that Athena gives them, and that its clients take apart."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from sandbox.athena.arrow_types import athena_type, glue_arrow
from sandbox.athena.duck import DuckEngine
from sandbox.athena.result_text import athena_text, result_rows

CET = timezone(timedelta(hours=1))


@pytest.mark.parametrize(
    ("value", "type_", "text"),
    [
        (True, "boolean", "true"),
        (False, "boolean", "false"),
        (None, "boolean", None),
        (-5, "bigint", "-5"),
        (1.0, "double", "1.0"),
        (0.0, "double", "0.0"),
        (-0.0, "double", "-0.0"),
        (0.1, "double", "0.1"),
        (123456.789, "double", "123456.789"),
        (9999999.0, "double", "9999999.0"),
        (1e7, "double", "1.0E7"),
        (1e10, "double", "1.0E10"),
        (1.25e-5, "double", "1.25E-5"),
        (0.001, "double", "0.001"),
        (-1234567890123.5, "double", "-1.2345678901235E12"),
        (float("nan"), "double", "NaN"),
        (float("-inf"), "double", "-Infinity"),
        (0.10000000149011612, "float", "0.1"),
        (16777216.0, "float", "1.6777216E7"),
        (Decimal("1.50"), "decimal(10,2)", "1.50"),
        (Decimal("0E-10"), "decimal(38,10)", "0.0000000000"),
        (date(2026, 1, 1), "date", "2026-01-01"),
        (datetime(2026, 1, 1), "timestamp", "2026-01-01 00:00:00.000"),
        (datetime(2026, 1, 1, 1, 2, 3, 456789), "timestamp", "2026-01-01 01:02:03.456789"),
        (datetime(2026, 1, 1, 1, tzinfo=CET), "timestamptz", "2026-01-01 00:00:00.000 UTC"),
        (b"\x00\xff", "binary", "00 ff"),
        ([1, None, 2], "array<int>", "[1, null, 2]"),
        ([], "array<int>", "[]"),
        ([("a", 1), ("b", None)], "map<string,int>", "{a=1, b=null}"),
        ({"x": 1, "y": "abc"}, "struct<x:int,y:string>", "{x=1, y=abc}"),
        ({"x": [{"z": 1.0}]}, "struct<x:array<struct<z:double>>>", "{x=[{z=1.0}]}"),
        ("a, b", "string", "a, b"),
    ],
)
def test_a_value_has_the_text_that_athena_writes(value: Any, type_: str, text: str | None) -> None:
    assert athena_text(value, glue_arrow(type_)) == text


def test_rows_of_a_result_are_texts() -> None:
    with DuckEngine() as engine:
        sql = "SELECT map {'a': [1.5]} AS m, TIMESTAMPTZ '2026-01-01 00:00:00+01' AS z, NULL AS n, 1::DECIMAL(4,2) AS d"
        with engine.query(sql, 5) as running:
            assert [row for batch in running.batches for row in result_rows(batch)] == [
                ["{a=[1.5]}", "2025-12-31 23:00:00.000 UTC", None, "1.00"]
            ]


@pytest.mark.parametrize(
    ("duck", "athena"),
    [
        ("1::TINYINT", "tinyint"),
        ("1::INTEGER", "integer"),
        ("1::BIGINT", "bigint"),
        ("sum(1::BIGINT)", "bigint"),
        ("1::REAL", "real"),
        ("1::DOUBLE", "double"),
        ("'x'", "varchar"),
        ("true", "boolean"),
        ("DATE '2026-01-01'", "date"),
        ("TIMESTAMP '2026-01-01'", "timestamp"),
        ("TIMESTAMPTZ '2026-01-01'", "timestamp with time zone"),
        ("1::DECIMAL(10,2)", "decimal(10,2)"),
        ("[1]", "array(integer)"),
        ("map {'a': 1.5::DOUBLE}", "map(varchar, double)"),
        ("{'a': 1, 'b': ['x']}", "row(a integer, b array(varchar))"),
        ("'x'::BLOB", "varbinary"),
    ],
)
def test_a_type_of_duckdbs_has_athenas_name_and_so_has_arrows(duck: str, athena: str) -> None:
    with DuckEngine() as engine, engine.query(f"SELECT {duck} AS c", 5) as running:
        assert athena_type(running.columns[0][1]) == athena
        if "sum" not in duck:
            assert athena_type(running.schema.field("c").type) == athena


def test_glues_types_are_arrows() -> None:
    assert glue_arrow("map<string,array<decimal(18,2)>>") == pa.map_(
        pa.string(), pa.list_(pa.field("element", pa.decimal128(18, 2)))
    )
    assert glue_arrow("timestamp") == pa.timestamp("us")
    assert glue_arrow("struct<a:tinyint,b:char(3)>") == pa.struct({"a": pa.int8(), "b": pa.string()})
    assert glue_arrow("timestamptz") == pa.timestamp("us", tz="UTC")
