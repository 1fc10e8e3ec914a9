"""Words by which Trino and DuckDB mean different things: Trino's meaning counts."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import duckdb
import pytest

from sandbox.athena.duck_dialect import QueryRelation, duck_sql, output_names
from sandbox.athena.query_errors import QueryError
from sandbox.athena.seen_tables import SeenColumn, TableName
from sandbox.athena.statements import parse

NOW = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
COLUMNS = (
    SeenColumn("a", "int"),
    SeenColumn("x", "decimal(10,2)"),
    SeenColumn("s", "string"),
    SeenColumn("l", "array<int>"),
    SeenColumn("m", "map<string,double>"),
    SeenColumn("r", "struct<f:int,g:array<string>>"),
    SeenColumn("o", "array<struct<p:int,q:string>>"),
)
ROWS = """CREATE TABLE _r0 AS SELECT * FROM (VALUES
    (1, 1.25::DECIMAL(10,2), 'one', [1, 2], MAP {'k': 1.5::DOUBLE}, {'f': 7, 'g': ['u']}, [{'p': 1, 'q': 'z'}]),
    (2, -3.50, NULL, [], MAP {}, NULL, NULL)) AS v (a, x, s, l, m, r, o)"""


def answer(query: str) -> tuple[list[str], list[tuple[object, ...]]]:
    """Names and rows of a query over `t`."""
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(ROWS)
    relations = {TableName("db", "t"): QueryRelation("_r0", COLUMNS)}
    found = connection.execute(duck_sql(parse(query, "db"), relations, NOW))
    return output_names([column[0] for column in found.description or ()]), found.fetchall()


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("select 7 / 2, -7 / 2, 7 % -2, -7 % 2, 7 / 2e0", [(3, -3, 1, -1, 3.5)]),
        (
            "select 1.0 / 3, 2.0 / 3, 1.00 / -3, 1.25 / 2.5, -1.25 / 10",
            [tuple(map(Decimal, "0.3 0.7 -0.33 0.50 -0.13".split()))],
        ),
        ("select 1.5, 0.10 * 0.20, 1.5 + 1", [(Decimal("1.5"), Decimal("0.0200"), Decimal("2.5"))]),
        ("select cast(1.5 as integer), cast(2.5e0 as integer), cast(-2.5e0 as integer)", [(2, 3, -3)]),
        ("select try_cast('2.5' as integer), try_cast('x' as date), cast(' 7' as integer)", [(None, None, 7)]),
        (
            "select cast(12.6 as decimal), cast('abc' as varchar(2)), cast(true as varchar)",
            [(Decimal(13), "ab", "true")],
        ),
        ("select cast(timestamp '2020-01-01 00:00:00' as varchar)", [("2020-01-01 00:00:00.000",)]),
        ("select cast('x' as json), cast(json '\"x\"' as varchar)", [('"x"', "x")]),
        ("select s || 'x', concat(s, 'x') from t where a = 2", [(None, None)]),
        ("select l || cast(null as array(integer)) from t where a = 1", [(None,)]),
        ("select a from t order by s", [(1,), (2,)]),
        ("select a from t order by s desc", [(1,), (2,)]),
        ("select a from t order by s nulls first", [(2,), (1,)]),
        (
            "select date '2020-01-31' + interval '1' month, date '2020-03-01' - interval '1' day",
            [(date(2020, 2, 29), date(2020, 2, 29))],
        ),
        ("select timestamp '2020-01-01 00:00:00' + interval '90' minute", [(datetime(2020, 1, 1, 1, 30),)]),
        (
            "select current_date, cast(current_timestamp as timestamp), localtimestamp",
            [(date(2024, 5, 6), NOW.replace(tzinfo=None), NOW.replace(tzinfo=None))],
        ),
        (
            "select cast(timestamp '2020-07-01 00:00:00 UTC' at time zone 'Europe/Zurich' as timestamp)",
            [(datetime(2020, 7, 1, 2),)],
        ),
        ("select extract(dow from date '2024-01-07'), extract(week from date '2021-01-01')", [(7, 53)]),
        ("select l[1], m['k'], r.f, t.r.f, r.g[1], db.t.a from t where a = 1", [(1, 1.5, 7, 7, "u", 1)]),
        ("select a, e, n from t cross join unnest(l) with ordinality as u (e, n) order by e", [(1, 1, 1), (1, 2, 2)]),
        ("select a, e from t left join unnest(l) as u (e) on true order by a, e", [(1, 1), (1, 2), (2, None)]),
        ("select k, v from t cross join unnest(m) as u (k, v)", [("k", 1.5)]),
        ("select p, q from t, unnest(o) as u (p, q)", [(1, "z")]),
        ("select * from unnest(array[1, 2], array['a']) as u (n, s) order by n", [(1, "a"), (2, None)]),
        ("select transform(o, e -> e.p / 2), cardinality(filter(l, e -> e > 1)) from t where a = 1", [([0], 1)]),
        ("select 'x_y' like 'x\\_%' escape '\\', 'a\\b' like 'a\\b', 'A' like 'a'", [(True, True, False)]),
        ("select null is distinct from 1, 1 is not distinct from 1", [(True, True)]),
        ("select X'4142', U&'\\00e9', U&'x\\0041'", [(b"AB", "é", "xA")]),
        ("select sum(x) filter (where a = 1), avg(x), count(*) from t", [(Decimal("1.25"), Decimal("-1.13"), 2)]),
        ("select a, sum(a) from t group by cube (a) order by a", [(1, 1), (2, 2), (None, 3)]),
        (
            "select sum(a) over (order by a rows between unbounded preceding and current row) from t order by 1",
            [(1,), (3,)],
        ),
        (
            "select first_value(s) ignore nulls over (order by a desc rows between 1 preceding and 1 following) from t",
            [("one",), ("one",)],
        ),
        ("select listagg(cast(a as varchar), '-') within group (order by a desc) from t", [("2-1",)]),
        ("select a from t order by a offset 1 fetch first 1 rows only", [(2,)]),
        ("with t as (select a + 1 as b from t) select b from t order by b", [(2,), (3,)]),
        ("with recursive r (n) as (select 1 union all select n + 1 from r where n < 3) select max(n) from r", [(3,)]),
        ("select x.b from t cross join lateral (select t.a * 2 as b) as x order by 1", [(2,), (4,)]),
        ("select count(*) from t tablesample bernoulli (100)", [(2,)]),
        ("select (select max(u.a) from t as u where u.a < t.a) from t order by t.a", [(None,), (1,)]),
        ("select a from t as t1 join t as t2 using (a) where a in (1, null)", [(1,)]),
    ],
)
def test_a_query_has_trinos_rows(query: str, rows: list[tuple[object, ...]]) -> None:
    found = answer(query)[1]
    assert found == rows
    assert [[type(value) for value in row] for row in found] == [[type(value) for value in row] for row in rows]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("select a, a + 1, count(*) over () from t", ["a", "_col1", "_col2"]),
        ("select * from (select a + 1, s from t)", ["_col0", "s"]),
        ("select s, z.* from t, (select 1, 2) as z", ["s", "_col1", "_col2"]),
        ("values (1, 'a')", ["_col0", "_col1"]),
        ("select a, a from t", ["a", "a"]),
        ("select r.f, cast(row(1) as row(n integer)).n from t", ["f", "n"]),
        ("select 1 union select 2", ["_col0"]),
        ("select (a), (a + 1) from t", ["a", "_col1"]),
    ],
)
def test_columns_without_a_name_are_called_by_their_place(query: str, names: list[str]) -> None:
    assert answer(query)[0] == names


@pytest.mark.parametrize(
    "query",
    [
        "select date '2020-01-02' - date '2020-01-01'",
        "select cast(1.5e0 as varchar)",
        "select timestamp '2020-01-01 00:00:00 UTC' at time zone 'Europe/Zurich'",
        "select regexp_replace('a', 'a', s) from t",
        "select json_extract('{}', '$..a')",
        "select date_format(date '2020-01-01', s) from t",
        "select interval '1-2' year to month",
        "select * from t natural join t as u",
        "select cast('a' as char(3))",
        "select map_agg(s, a) filter (where a > 1) from t",
    ],
)
def test_what_has_no_right_translation_is_refused_with_a_sentence(query: str) -> None:
    with pytest.raises(QueryError, match=r"(NOT_SUPPORTED: line \d+:\d+: .{20}|mismatched input)"):
        answer(query)
