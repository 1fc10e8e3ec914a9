"""Nothing is in reach of a query but its tables: no file, setting, catalog or function of DuckDB's."""

from __future__ import annotations

import re

import duckdb
import pytest
import sqlglot
from sqlglot import exp

from sandbox.athena.duck_dialect import QueryRelation, duck_sql
from sandbox.athena.query_errors import QueryError
from sandbox.athena.query_failures import told
from sandbox.athena.seen_tables import SeenColumn, TableName
from sandbox.athena.statements import parse

T = TableName("db", "t")
RELATIONS = {T: QueryRelation("_r0", (SeenColumn("a", "int"), SeenColumn("s", "string")))}

ATTEMPTS = """
select * from read_csv('/etc/passwd')
select * from read_csv_auto('/etc/passwd')
select * from read_parquet('x.parquet')
select * from read_json('x.json')
select * from read_text('/etc/passwd')
select * from read_blob('/etc/passwd')
select * from glob('*')
select * from parquet_schema('x')
select * from sniff_csv('x')
select * from '/etc/passwd'
select * from "/etc/passwd"
select * from "x.csv"
select * from "x.parquet"
select * from db."x.csv"
select * from sqlite_master
select * from duckdb_tables
select * from duckdb_tables()
select * from duckdb_settings()
select * from duckdb_secrets()
select * from pragma_table_info('_r0')
select * from pg_catalog.pg_tables
select * from pg_tables
select * from main._r0
select * from memory.main._r0
select * from _r0
select * from _r1
select * from temp.main.x
select * from system.information_schema.tables
select * from information_schema.duckdb_tables
select * from range(5)
select * from generate_series(1, 5)
select * from table(range(5))
select * from unnest(range(5)) as u(x)
select * from query('select 1')
select * from query_table('_r0')
select * from t, lateral read_csv('x')
select getenv('HOME')
select current_setting('threads')
select current_database()
select current_user
select "current_user" from t
select "CURRENT_SCHEMA" from t
select session_user
select user
select version()
select getvariable('x')
select read_text('x')
select nextval('s')
select setseed(1)
select typeof(a) from t
select columns('.*') from t
select columns(*) from t
select t from t
select rowid from t
select t.rowid from t
select filename from t
select error('x')
select sleep_ms(1)
select list_transform([1], x -> x)
select a.lower() from t
select s.upper() from t
select * exclude (a) from t
select * replace (1 as a) from t
select a from t qualify row_number() over () = 1
select distinct on (a) a from t
select a, count(*) from t group by all
select * from t order by all
select * from t positional join t u
select * from t asof join t u on t.a >= u.a
select * from t semi join t u on t.a = u.a
select a::varchar from t
select cast(a as uinteger) from t
select cast(a as bit) from t
select cast('x' as regclass) from t
select {'a': 1}
select $1
select @x
select :x from t
from t
pivot t on a using sum(a)
select * from t pivot (sum(a) for a in (1))
select * from (pivot t on a using sum(a))
select * from (describe t)
select * from (show tables)
select * from (from t)
select * from t for version as of 'main'
select * from t for version as of 1 + 1
select * from t for version as of (select 1)
select * from t for timestamp as of current_timestamp
attach 'x' as y
detach y
copy t to 'x'
copy (select 1) to 'x'
export database 'x'
import database 'x'
install httpfs
load httpfs
set threads = 1
reset threads
pragma database_list
call pragma_version()
checkpoint
create macro f() as 1
create temp table x as select 1
select 1 into x
with x as (copy t to 'x') select 1
with x as (delete from t returning *) select * from x
select * from (delete from t)
select * from (insert into t values (1))
explain copy t to 'x'
explain delete from t
select 1; attach 'x'
select * from t where a = (select count(*) from read_csv('x'))
select case when true then (select content from read_text('x')) end
select transform(array['x'], x -> read_text(x))
with t2 as (select * from "x.csv") select 1
""".strip().splitlines()


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_an_attempt_to_reach_something_else_is_refused_before_duckdb_sees_it(attempt: str) -> None:
    with pytest.raises(QueryError) as refused:
        duck_sql(parse(attempt, "db"), RELATIONS)
    assert "_r0" not in refused.value.reason or "_r0" in attempt


def test_a_version_and_information_schema_are_relations_that_were_made_for_the_query() -> None:
    """They are no attempts: where the catalog has them they are read, and nothing of DuckDB's by the same name."""
    version, tables = TableName("db", "t", snapshot=1), TableName("information_schema", "tables")
    made = {
        version: QueryRelation("_r1", RELATIONS[T].columns),
        tables: QueryRelation("_r2", (SeenColumn("table_name", "string"),)),
    }
    statement = parse("select * from t for version as of 1, information_schema.tables", "db")
    written = sqlglot.parse_one(duck_sql(statement, {**RELATIONS, **made}), read="duckdb")
    assert {table.sql("duckdb").split(" ")[0].strip('"') for table in written.find_all(exp.Table)} == {"_r1", "_r2"}
    for absent in made:
        with pytest.raises(QueryError, match="does not exist"):
            duck_sql(statement, {**RELATIONS, **{name: each for name, each in made.items() if name != absent}})


def failure(query: str) -> str:
    """The reason for which a query fails over table `t (a, s)`, of which nothing else is seen."""
    connection = duckdb.connect()
    connection.execute("CREATE TABLE _r0 (a INTEGER, s VARCHAR)")
    connection.execute("CREATE TABLE other_table (hidden_column INTEGER)")
    connection.execute("INSERT INTO _r0 VALUES (1, 'one'), (2, NULL)")
    try:
        statement = parse(query, "db")
    except QueryError as error:
        return error.reason
    try:
        connection.execute(duck_sql(statement, RELATIONS)).fetchall()
    except QueryError as error:
        return error.reason
    except duckdb.Error as error:
        return told(error, statement).reason
    return ""


TOO_LONG = "INVALID_FUNCTION_ARGUMENT: result of sequence function must not have more than 50000 entries"
NOT_FOUND = "cannot be resolved or requester is not authorized to access requested resources"


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("select b from t", f"COLUMN_NOT_FOUND: line 1:8: Column 'b' {NOT_FOUND}"),
        ("select hidden_column from t", f"COLUMN_NOT_FOUND: line 1:8: Column 'hidden_column' {NOT_FOUND}"),
        ("select a,\n  t.b from t", f"COLUMN_NOT_FOUND: line 2:3: Column 't.b' {NOT_FOUND}"),
        ("select u.a from t", f"COLUMN_NOT_FOUND: line 1:8: Column 'u.a' {NOT_FOUND}"),
        ("select cast(b as integer) from t", f"COLUMN_NOT_FOUND: line 1:13: Column 'b' {NOT_FOUND}"),
        ("select t.b + 1 from t", f"COLUMN_NOT_FOUND: line 1:8: Column 't.b' {NOT_FOUND}"),
        ("select upper(b) from t where b > 1", f"COLUMN_NOT_FOUND: line 1:14: Column 'b' {NOT_FOUND}"),
        ("select * from t order by z", f"COLUMN_NOT_FOUND: line 1:26: Column 'z' {NOT_FOUND}"),
        ("select a as b, b from t", f"COLUMN_NOT_FOUND: line 1:16: Column 'b' {NOT_FOUND}"),
        ("select * from u", "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.db.u' does not exist"),
        (
            "select * from other_table",
            "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.db.other_table' does not exist",
        ),
        ("select * from other.db.t", "CATALOG_NOT_FOUND: line 1:15: Catalog 'other' does not exist"),
        ("select foo(a) from t", "FUNCTION_NOT_FOUND: line 1:8: Function 'foo' not registered"),
        ("select lower(s, s) from t", "FUNCTION_NOT_FOUND: line 1:8: Unexpected parameters for function lower"),
        ("select lower(a) from t", "TYPE_MISMATCH: line 1:8: Unexpected parameters for function lower"),
        ("select a = 'x' from t", "TYPE_MISMATCH: line 1:8: Cannot apply operator: integer = varchar(1)"),
        (
            "select 1 from t where s",
            "TYPE_MISMATCH: line 1:23: WHERE clause must evaluate to a boolean: actual type varchar",
        ),
        ("select coalesce(a, 'x') from t", "TYPE_MISMATCH: line 1:8: All COALESCE operands must be the same type"),
        ("select a / 0 from t", "DIVISION_BY_ZERO: Division by zero"),
        ("select a % 0 from t", "DIVISION_BY_ZERO: Division by zero"),
        ("select 1.5 / 0 from t", "DIVISION_BY_ZERO: Division by zero"),
        ("select cast(s as integer) from t", "INVALID_CAST_ARGUMENT: Cannot cast 'one' to INT"),
        ("select date 'epoch'", "INVALID_CAST_ARGUMENT: Cannot cast 'epoch' to DATE"),
        ("select date '2020-13-01'", "INVALID_CAST_ARGUMENT: Cannot cast a value to the type that is asked for"),
        (
            "select array[1][2]",
            "INVALID_FUNCTION_ARGUMENT: Array subscript must be less than or equal to array length: 2 > 1",
        ),
        ("select map(array['a'], array[1])['b']", "INVALID_FUNCTION_ARGUMENT: Key not present in map"),
        ("select a from t, t as u", "AMBIGUOUS_NAME: line 1:8: Column 'a' is ambiguous"),
        (
            "select s, count(*) from t",
            "EXPRESSION_NOT_AGGREGATE: line 1:8: 's' must be an aggregate expression or appear in GROUP BY clause",
        ),
        ("select (select a from t)", "SUBQUERY_MULTIPLE_ROWS: Scalar sub-query has returned multiple rows"),
        ("select x.b from t x join t y using (b)", f"COLUMN_NOT_FOUND: line 1:8: Column 'x.b' {NOT_FOUND}"),
        ("select x.a from t x join t y using (b)", f"COLUMN_NOT_FOUND: line 1:37: Column 'b' {NOT_FOUND}"),
        (
            "select 9223372036854775808",
            "NUMERIC_VALUE_OUT_OF_RANGE: line 1:8: Invalid numeric literal: 9223372036854775808",
        ),
        (f"select {'9' * 60}", f"NUMERIC_VALUE_OUT_OF_RANGE: line 1:8: Invalid numeric literal: {'9' * 60}"),
        (f"select 1.{'2' * 38}", f"NUMERIC_VALUE_OUT_OF_RANGE: line 1:8: Invalid numeric literal: 1.{'2' * 38}"),
        ("select -9223372036854775808", ""),
        ("select cardinality(sequence(1, 50000))", ""),
        ("select sequence(1, 50001)", TOO_LONG),
        ("select sequence(-9223372036854775807, 9223372036854775807)", TOO_LONG),
        ("select cardinality(sequence(date '1900-01-01', date '2100-01-01', interval '1' month))", ""),
        ("select sequence(date '1000-01-01', date '2030-01-01')", TOO_LONG),
        (
            "select repeat(1, 2000000000)",
            "INVALID_FUNCTION_ARGUMENT: count argument of repeat function must be less than or equal to 10000",
        ),
        (
            "select rpad(s, length(s) + 2000000000, 'x') from t",
            "INVALID_FUNCTION_ARGUMENT: Target length must be in the range [0..1048576]",
        ),
        ("select lpad(s, length(s) + 2, 'x') from t", ""),
        ("select 2147483647 + 1", "NUMERIC_VALUE_OUT_OF_RANGE: a number is outside of the range of its type"),
        ("selec 1", "line 1:1: mismatched input 'selec'"),
        ("select a from t where", "line 1:17: mismatched input 'where'"),
    ],
)
def test_a_failure_has_athenas_words(query: str, reason: str) -> None:
    assert failure(query) == reason


@pytest.mark.parametrize(
    "query",
    [
        "select {} from t",
        "select t.{} from t",
        "select 1 from t where {} = 1",
        "select max({}) from t",
        "select 1 from t order by {}",
    ],
)
def test_a_withheld_column_fails_like_one_that_is_not_there(query: str) -> None:
    withheld, absent = failure(query.format("hidden_column")), failure(query.format("absent_column"))
    assert withheld.startswith("COLUMN_NOT_FOUND")
    assert withheld == absent.replace("absent_column", "hidden_column")


@pytest.mark.parametrize(
    "query",
    [
        "select nope from t",
        "select * from t where u.x = 1",
        "select a.b from t",
        "select sum(s) from t",
        "select a from t union select 'x', 2 from t",
    ],
)
def test_a_failure_tells_no_other_name(query: str) -> None:
    reason = failure(query)
    assert reason
    assert not {"_r0", "other_table", "Candidate", "hidden_column", "LINE"} & set(
        reason.replace('"', " ").replace("'", " ").split()
    )


@pytest.mark.parametrize(
    "query",
    [
        """select cast(row('" INTEGER)), getenv(''HOME''), (''') as row("x{0}" varchar))""",
        """select 1 from unnest(array['" FROM (SELECT getenv(''HOME'')) z --']) as u("x{0}")""",
        """select 1 from unnest(array['" z, getenv(''HOME'') --']) as "u{0}" (x)""",
        """select substr('a{1}', length('{1}')), replace('{0}{1}', '{2}', ''' || getenv(''HOME'') || ''')""",
        """select concat('\x001\x00', ' || getenv(''HOME'') || ')""",
        """select a as "x"" , getenv('HOME') as ""y" from t""",
    ],
)
def test_names_and_literals_stay_names_and_literals(query: str) -> None:
    written = duck_sql(parse(query, "db"), RELATIONS)
    assert "getenv" in written
    assert "getenv" not in re.sub(r"""'(?:[^']|'')*'|"(?:[^"]|"")*\"""", "_", written)
    calls = sqlglot.parse_one(written, read="duckdb").find_all(exp.Anonymous)
    assert "getenv" not in {call.name.lower() for call in calls}


def test_a_query_nested_too_deeply_is_refused() -> None:
    with pytest.raises(QueryError):
        duck_sql(parse("select " + "(" * 3000 + "1" + ")" * 3000, "db"), RELATIONS)
