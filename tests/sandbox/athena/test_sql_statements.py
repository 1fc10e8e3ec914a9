"""Statements as Athena reads them: kinds, tables, parameters."""

from __future__ import annotations

import pytest

from sandbox.athena.query_errors import QueryError
from sandbox.athena.seen_tables import TableName
from sandbox.athena.statements import parse

KINDS = {
    "select 1": "query",
    "  -- a comment\n select 1 ;  ": "query",
    "(select 1)": "query",
    "values 1, 2": "query",
    "table t": "query",
    "with a as (select 1 as x) select x from a": "query",
    "select 1 union all select 2": "query",
    "explain select 1": "explain",
    "explain (type io, format json) select 1": "explain",
    "explain analyze select 1": "explain analyze",
    "show databases": "show databases",
    "SHOW SCHEMAS LIKE 'a*'": "show databases",
    "show tables": "show tables",
    "show tables in other '*a*'": "show tables",
    "show views in other": "show views",
    "show columns in t": "show columns",
    "show columns from db.t": "show columns",
    "show create table t": "show create table",
    "show partitions db.t": "show partitions",
    "show tblproperties t('a')": "show tblproperties",
    "describe t": "describe",
    "desc formatted db.t": "describe",
    "insert into t values (1)": "insert",
    "insert into t (a) select 1": "insert",
    "delete from t where a = 1": "delete",
    "update t set a = 1": "update",
    "merge into t using u on t.a = u.a when matched then delete": "merge",
    "create table x with (format = 'PARQUET') as select 1 as a": "create table as",
    "create table x (a int) location 's3://b/x/' tblproperties ('table_type' = 'ICEBERG')": "create table",
    "create external table x (a int) location 's3://b/x/'": "create table",
    "create view v as select 1 as a": "create view",
    "create database d": "create database",
    "drop table if exists t": "drop table",
    "drop view v": "drop view",
    "drop database d cascade": "drop database",
    "alter table t add columns (b int)": "alter table",
    "msck repair table t": "msck repair table",
    "optimize t rewrite data using bin_pack": "optimize",
    "vacuum t": "vacuum",
    "unload (select * from t) to 's3://b/x/' with (format = 'PARQUET')": "unload",
    "prepare p from select ? from t": "prepare",
    "execute p using 1, 'a'": "execute",
    "deallocate prepare p": "deallocate",
    "use other": "use",
}


@pytest.mark.parametrize(("text", "kind"), KINDS.items())
def test_a_statement_has_a_kind(text: str, kind: str) -> None:
    assert parse(text, "db").kind == kind


TABLES = {
    "select * from t": ["db.t"],
    'select * from "T" join OTHER.U on true': ["db.t", "other.u"],
    'select * from "awsdatacatalog"."db2"."t"': ["db2.t"],
    'select * from "t$snapshots"': ["db.t$snapshots"],
    'select * from "t$other"': ["db.t$other"],
    "select * from information_schema.columns": ["information_schema.columns"],
    "with t as (select 1 as a) select * from t": [],
    'with "T" as (select 1 as a) select * from t': [],
    "with t as (select * from t) select * from t": ["db.t"],
    "with t as (select 1 as a) select * from db.t": ["db.t"],
    "with a as (select 1 as x), b as (select * from a) select * from b": [],
    "with b as (select * from a), a as (select 1 as x) select * from b, a": ["db.a"],
    "with a as (with t as (select 1 as x) select * from t) select * from a, t": ["db.t"],
    "select * from t where exists (with t as (select 1 as x) select * from t)": ["db.t"],
    "with c as (select 1 as a) select (select max(a) from c) from t where a in (select a from c, u)": ["db.t", "db.u"],
    "with recursive r (n) as (select 1 union all select n + 1 from r where n < 3) select * from r": [],
    "with r (n) as (select n from r) select * from r": ["db.r"],
    "select * from (select * from t union select * from u) as t": ["db.t", "db.u"],
    "insert into x select * from t": ["db.t"],
    "unload (select * from t) to 's3://b/x/' with (format = 'PARQUET')": ["db.t"],
    "create view v as select * from t": ["db.t"],
    "explain select * from t": ["db.t"],
}


@pytest.mark.parametrize(("text", "tables"), TABLES.items())
def test_the_tables_that_are_read_are_those_of_the_catalog(text: str, tables: list[str]) -> None:
    assert [str(table) for table in parse(text, "db").tables] == tables


@pytest.mark.parametrize(
    ("text", "target", "options"),
    [
        ("insert into x (A, b) select * from t", TableName("db", "x"), {"columns": "a,b"}),
        ("delete from d2.x where a = 1", TableName("d2", "x"), {}),
        ("describe `D2`.`x`", TableName("d2", "x"), {}),
        ("show columns in x from d2", TableName("d2", "x"), {"database": "d2"}),
        ("create table d2.x as select 1 as a with no data", TableName("d2", "x"), {"with": "", "data": "no"}),
        ("show tables in D2 'a''*'", None, {"database": "d2", "like": "a'*"}),
        ("execute P using 1, 'a'", None, {"name": "p", "values": "1, 'a'"}),
        ("prepare p from select ? from t", None, {"name": "p", "query": "select ? from t"}),
        ("explain (format json) select 1", None, {"format": "json"}),
    ],
)
def test_a_statement_names_what_it_writes_or_tells(
    text: str, target: TableName | None, options: dict[str, str]
) -> None:
    statement = parse(text, "DB")
    assert statement.database == "db"
    assert statement.target == target
    assert statement.options == options


@pytest.mark.parametrize(
    ("text", "values", "written"),
    [
        ("select ?", ["1"], "1"),
        ("select ?", ["-1.5e3"], "-1.5e3"),
        ("select ?", ["'it''s ?; --'"], "'it''s ?; --'"),
        ("select ?", ["date '2020-01-01'"], "date '2020-01-01'"),
        ("select '?', ?", ["null"], "null"),
    ],
)
def test_a_parameter_is_a_literal_in_its_place(text: str, values: list[str], written: str) -> None:
    assert written in parse(text, "db", values).text


@pytest.mark.parametrize(
    "value",
    [
        "a",
        "1 or 1=1",
        "1, 2",
        "'a' || 'b'",
        "(select 1)",
        "1; drop table t",
        "'a",
        "1 -- x",
        "now()",
        "",
        "'a' 'b'",
        "?",
        "/**/1",
    ],
)
def test_a_parameter_that_is_not_one_literal_is_refused(value: str) -> None:
    with pytest.raises(QueryError, match="not one literal"):
        parse("select ? from t", "db", [value])


@pytest.mark.parametrize(
    ("text", "values", "reason"),
    [
        ("select ?, ?", ["1"], "line 1:1: Incorrect number of parameters: expected 2 but found 1"),
        ("select 1", ["1"], "line 1:1: Incorrect number of parameters: expected 0 but found 1"),
        ("", [], "line 1:1: mismatched input '<EOF>'"),
        ("-- nothing", [], "line 1:1: mismatched input '<EOF>'"),
        ("select 1; select 2", [], "Only one sql statement is allowed. Got: select 1; select 2"),
        ("select * from other.db.t", [], "Catalog 'other' does not exist"),
        ("describe other.db.t", [], "Catalog 'other' does not exist"),
        ("show tables like", [], "line 1:6: mismatched input 'tables'"),
        ("start transaction", [], "line 1:1: mismatched input 'start'"),
        ("explain insert into t values (1)", [], "line 1:1: mismatched input 'insert'"),
        ("unload (delete from t) to 's3://b/' with (format = 'PARQUET')", [], "line 1:1: mismatched input 'delete'"),
        ("select * from t join u", [], "JOIN has neither ON nor USING"),
        ("select a::int from t", [], "line 1:9: mismatched input '::'"),
        ("select 'a", [], "line 1:1: mismatched input"),
    ],
)
def test_what_is_no_statement_of_athenas_is_refused(text: str, values: list[str], reason: str) -> None:
    with pytest.raises(QueryError) as refused:
        parse(text, "db", values)
    assert reason in refused.value.reason
