"""Types as `datacontract import` writes them, by its own code: what comes out of a catalog goes into one as it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from datacontract.imports.glue_importer import create_typed_property
from datacontract.imports.sql_importer import import_sql
from hypothesis import given

from mesh.contracts import elements
from mesh.contracts.column_types import TypePlace, judged_type
from mesh.contracts.types import ColumnType
from mesh.model import Contract
from tests.mesh.contracts.test_types import TYPES


def imported(*columns: Any) -> Contract:
    written = [column.model_dump(exclude_none=True, by_alias=True) for column in columns]
    return elements.read({"version": "1.0.0", "schema": [{"name": "t", "properties": written}]})


def types(of: Contract) -> dict[str, str]:
    """The type of each column, or why it has none."""
    told: dict[str, str] = {}
    for column in of.tables[0].columns:
        made, mistakes = judged_type(of, column, TypePlace())
        wrong = [mistake.message for mistake in mistakes if mistake.severity == "error"]
        told[column.name] = wrong[0] if wrong else str(made)
    return told


@given(TYPES)
def test_a_type_of_glue_comes_back_as_it_was(column: ColumnType) -> None:
    assert types(imported(create_typed_property("x", str(column)))) == {"x": str(column)}


DDL = {
    "postgres": """id bigint primary key, name varchar(40), code char(4), note text, price numeric(10,2), raw bytea,
        share double precision, seen timestamptz, day date, ok boolean, uid uuid, doc jsonb, tags text[]""",
    "hive": """id bigint, name varchar(40), code char(4), note string, price decimal(10,2), raw binary, share double,
        seen timestamp, day date, ok boolean, tags array<string>, doc struct<a:int,b:map<string,double>>""",
    "databricks": """id bigint, name string, price decimal(10,2), raw binary, share double, seen timestamp_ntz,
        day date, ok boolean, tags array<string>, doc struct<a: int, b: map<string, double>>""",
    "bigquery": """id int64, name string, price numeric(10,2), raw bytes, share float64, seen datetime, day date,
        ok bool, tags array<string>, doc struct<a int64, b string>""",
}
"""One table in several dialects, as far as each has the types."""

WANTED = {
    "id": "bigint",
    "name": "string",
    "code": "string",
    "note": "string",
    "price": "decimal(10,2)",
    "share": "double",
    "seen": "timestamp",
    "day": "date",
    "ok": "boolean",
    "raw": "binary",
    "uid": "string",
    "tags": "array<string>",
}


@pytest.mark.parametrize(
    ("dialect", "others"),
    [
        ("postgres", {"seen": "timestamptz", "doc": "string"}),
        ("hive", {"doc": "struct<a:int,b:map<string,double>>"}),
        ("databricks", {"doc": "struct<a:int,b:map<string,double>>"}),
        ("bigquery", {"doc": "struct<a:bigint,b:string>"}),
    ],
)
def test_types_of_ddl_are_taken_as_they_were_meant(dialect: str, others: dict[str, str], tmp_path: Path) -> None:
    ddl = tmp_path / "t.sql"
    ddl.write_text(f"create table t ({DDL[dialect]})", "utf-8")
    found = types(imported(*(import_sql(str(ddl), {"dialect": dialect}).schema_[0].properties)))
    wanted = {**WANTED, **others}
    assert found == {name: wanted[name] for name in found}
    assert len(found) >= 10
