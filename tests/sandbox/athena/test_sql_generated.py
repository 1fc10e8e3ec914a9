"""Generated queries, each written twice: as Athena has it and, by other words, as DuckDB has it; both have the same
rows."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from sandbox.athena.duck_dialect import QueryRelation, duck_sql
from sandbox.athena.query_errors import QueryError
from sandbox.athena.seen_tables import SeenColumn, TableName
from sandbox.athena.statements import parse
from tests.sandbox.athena.query_ground import Ground, seen

COLUMNS = (
    SeenColumn("k", "int"),
    SeenColumn("n", "bigint"),
    SeenColumn("x", "decimal(10,2)"),
    SeenColumn("y", "double"),
    SeenColumn("d", "date"),
    SeenColumn("s", "string"),
    SeenColumn("z", "timestamptz"),
)
RELATIONS = {TableName("db", name): QueryRelation(f"_r_{name}", COLUMNS) for name in ("t", "u")}
LONG = pytest.mark.long

Both = tuple[str, str]
"""A text of Athena's and one of DuckDB's with the same meaning."""


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    """Two tables under their names and under those of the relations."""
    drawn = random.Random(5)
    opened = duckdb.connect()
    opened.execute("SET TimeZone = 'UTC'")
    for name in ("t", "u"):
        opened.execute(
            f"CREATE TABLE {name} (k INTEGER, n BIGINT, x DECIMAL(10,2), y DOUBLE, d DATE, s VARCHAR, z TIMESTAMPTZ)"
        )
        for _ in range(25):
            row = [
                drawn.randint(-4, 6),
                drawn.randint(-90, 90),
                f"{drawn.randint(-999, 999) / 100:.2f}",
                drawn.randint(-8, 8) / 4,
                f"2024-0{drawn.randint(1, 9)}-{drawn.randint(1, 28):02d}",
                drawn.choice(["one", "two", "Three", "", "a,b"]),
                f"2024-{drawn.choice(('03-31', '07-01', '10-27'))} {drawn.randint(0, 23):02d}:30:00+00",
            ]
            row = [None if drawn.random() < 0.1 else value for value in row]
            opened.execute(f"INSERT INTO {name} VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        opened.execute(f"CREATE VIEW _r_{name} AS SELECT * FROM {name}")
    return opened


class Written:
    """One generated query."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)

    def one_of(self, *makers: Callable[[], Both]) -> Both:
        return self.draw.choice(makers)()

    def join(self, pattern: str, other: str, *parts: Both) -> Both:
        """Both texts from a pattern each."""
        return pattern.format(*(part[0] for part in parts)), other.format(*(part[1] for part in parts))

    def whole(self, of: str, depth: int = 2) -> Both:
        column = f"{of}.{self.draw.choice('kn')}"
        literal = str(self.draw.randint(1, 9))
        if depth == 0:
            return self.draw.choice([(column, column), (literal, literal)])
        deeper = lambda: self.whole(of, depth - 1)  # noqa: E731
        return self.one_of(
            lambda: (column, column),
            lambda: self.join("({} + {})", "({} + {})", deeper(), deeper()),
            lambda: self.join("({} - {})", "({} - {})", deeper(), deeper()),
            lambda: self.join("({} / nullif({}, 0))", "({} // nullif({}, 0))", deeper(), deeper()),
            lambda: self.join("({} % nullif({}, 0))", "({} % nullif({}, 0))", deeper(), deeper()),
            lambda: self.join("coalesce({}, {})", "ifnull({}, {})", deeper(), deeper()),
            lambda: self.join("if({} > {}, 1, 2)", "CASE WHEN {} > {} THEN 1 ELSE 2 END", deeper(), deeper()),
            lambda: self.join("strpos({}, 'e')", "instr({}, 'e')", self.text(of)),
            lambda: self.join("day_of_week({})", "isodow({})", self.day(of)),
            lambda: self.zoned(of),
            lambda: self.join("date_diff('day', {}, {})", "({1} - {0})", self.day(of), self.day(of)),
            lambda: self.join(
                "greatest({0}, {1})",
                "nullif(greatest({0}, {1}), if({0} IS NULL OR {1} IS NULL, greatest({0}, {1}), NULL))",
                deeper(),
                deeper(),
            ),
            lambda: self.join(
                "cast({} as integer)", "CAST(sign({0}) * floor(abs({0}) + 0.5) AS INTEGER)", self.real(of)
            ),
            lambda: self.join("cardinality(split({}, ','))", "len(string_split({}, ','))", self.text(of)),
        )

    def zoned(self, of: str) -> Both:
        """The hour of a moment in a place; the rows have the days on which clocks change."""
        place = self.draw.choice(["Europe/Berlin", "America/New_York", "Asia/Kolkata"])
        return f"hour({of}.z at time zone '{place}')", f"hour(timezone('{place}', {of}.z))"

    def exact(self, of: str) -> Both:
        """A decimal."""
        column = (f"{of}.x", f"{of}.x")
        return self.one_of(
            lambda: column,
            lambda: self.join("({} + {})", "({} + {})", column, self.whole(of, 1)),
            lambda: self.join("({} * 1.5)", "({} * CAST('1.5' AS DECIMAL(2,1)))", column),
            lambda: self.join("abs({})", "abs({})", column),
            lambda: (f"({of}.x / 4)", f"CAST(sign({of}.x) * floor(abs({of}.x) * 25 + 0.5) AS DECIMAL(20,0)) * 0.01"),
        )

    def real(self, of: str) -> Both:
        column = (f"{of}.y", f"{of}.y")
        return self.one_of(
            lambda: column,
            lambda: self.join("({} * 2.5e0)", "({} * 2.5::DOUBLE)", column),
            lambda: self.join("({} / {})", "({} / nullif({}, 0))", column, ("4", "4")),
        )

    def text(self, of: str) -> Both:
        column = (f"{of}.s", f"{of}.s")
        return self.one_of(
            lambda: column,
            lambda: self.join("upper({})", "ucase({})", column),
            lambda: self.join("({} || '-' || {})", "({0} || '-' || {1})", column, column),
            lambda: self.join("substr({}, -2)", "CASE WHEN length({0}) < 2 THEN '' ELSE right({0}, 2) END", column),
            lambda: self.join("concat({}, {})", "CASE WHEN {0} IS NOT NULL THEN concat({0}, {1}) END", column, column),
            lambda: self.join(
                "regexp_replace({}, '([aeo])', '<$1>')", r"regexp_replace({}, '([aeo])', '<\1>', 'g')", column
            ),
            lambda: self.join("split_part({}, ',', 2)", "string_split({}, ',')[2]", column),
            lambda: self.join("date_format({}, '%Y-%m')", "left(CAST({} AS VARCHAR), 7)", (f"{of}.d", f"{of}.d")),
            lambda: self.join("cast({} as varchar)", "CAST({} AS VARCHAR)", self.whole(of, 1)),
        )

    def day(self, of: str) -> Both:
        column = (f"{of}.d", f"{of}.d")
        return self.one_of(
            lambda: column,
            lambda: self.join("({} + interval '3' day)", "({} + 3)", column),
            lambda: self.join("date_trunc('month', {0})", "make_date(year({0}), month({0}), 1)", column),
            lambda: self.join("date_add('week', -2, {})", "({} - 14)", column),
            lambda: (
                f"cast({of}.z at time zone 'Asia/Kolkata' as date)",
                f"CAST(timezone('Asia/Kolkata', {of}.z) AS DATE)",
            ),
        )

    def truth(self, of: str) -> Both:
        return self.one_of(
            lambda: self.join("{} > {}", "{} > {}", self.whole(of), self.whole(of, 1)),
            lambda: self.join("{} is distinct from {}", "{} IS DISTINCT FROM {}", self.whole(of, 1), self.whole(of, 1)),
            lambda: self.join("{} >= date '2024-05-01'", "{} >= '2024-05-01'::DATE", self.day(of)),
            lambda: self.join("{} like '%e%'", "contains({}, 'e')", self.text(of)),
            lambda: self.join("regexp_like({}, '^[a-z]+$')", "regexp_full_match({}, '[a-z]+')", self.text(of)),
            lambda: self.join("not ({} between 1 and 3)", "({0} < 1 OR {0} > 3)", self.whole(of, 1)),
            lambda: (f"{of}.k in (select k from u)", f"{of}.k = ANY (SELECT k FROM u)"),
            lambda: (
                f"exists (select 1 from db.u where u.k = {of}.k)",
                f"(SELECT count(*) > 0 FROM u WHERE u.k = {of}.k)",
            ),
        )

    def value(self, of: str) -> Both:
        return self.one_of(
            lambda: self.whole(of),
            lambda: self.exact(of),
            lambda: self.real(of),
            lambda: self.text(of),
            lambda: self.day(of),
        )

    def total(self, of: str) -> Both:
        return self.one_of(
            lambda: ("count(*)", "count()"),
            lambda: self.join("sum({})", "sum({})::BIGINT", self.whole(of, 1)),
            lambda: self.join("sum({})", "sum({})", self.exact(of)),
            lambda: self.join("max({})", "max({})", self.value(of)),
            lambda: self.join("count_if({})", "CAST(count(*) FILTER (WHERE {}) AS BIGINT)", self.truth(of)),
            lambda: self.join(
                "count(distinct {})",
                "ifnull(len(list(DISTINCT {0}) FILTER (WHERE {0} IS NOT NULL)), 0)",
                (f"{of}.k", f"{of}.k"),
            ),
            lambda: self.join("bool_or({})", "max({})", self.truth(of)),
            lambda: (f"array_agg({of}.k order by {of}.k desc)", f"list({of}.k ORDER BY {of}.k DESC NULLS LAST)"),
            lambda: self.join("avg({})", "avg({})", self.whole(of, 1)),
            lambda: self.join(
                "min({}) filter (where {})", "min(CASE WHEN {1} THEN {0} END)", self.whole(of, 1), self.truth(of)
            ),
        )

    def query(self) -> Both:
        return self.one_of(self.plain, self.grouped, self.joined, self.windowed, self.nested, self.together)

    def plain(self) -> Both:
        return self.join(
            "select {}, {} from t where {}",
            "SELECT {}, {} FROM t WHERE {}",
            self.value("t"),
            self.value("t"),
            self.truth("t"),
        )

    def grouped(self) -> Both:
        group = self.one_of(lambda: self.whole("t", 1), lambda: self.day("t"), lambda: self.text("t"))
        parts = (group, self.total("t"), self.total("t"))
        ending = self.draw.choice(["", "rollup"])
        if ending:
            return self.join(
                "with c as (select {0} as g, t.* from t) select g, {1}, {2} from c as t group by rollup(g)",
                "SELECT g, {1}, {2} FROM (SELECT {0} AS g, t.* FROM t) AS t GROUP BY GROUPING SETS ((g), ())",
                *parts,
            )
        return self.join("select {}, {}, {} from db.t group by 1", "SELECT {0}, {1}, {2} FROM t GROUP BY {0}", *parts)

    def joined(self) -> Both:
        side = self.draw.choice(["", "left ", "full "])
        return self.join(
            f"select {{}}, {{}} from t as a {side}join db.u as b on a.k = b.k where {{}}",
            f"SELECT {{}}, {{}} FROM t a {side.upper()}JOIN u b ON b.k = a.k WHERE {{}}",
            self.value("a"),
            self.value("b"),
            self.truth("a"),
        )

    def windowed(self) -> Both:
        frame = self.draw.choice(
            ["", " rows between 2 preceding and current row", " rows between unbounded preceding and 1 following"]
        )
        order = "over (partition by t.k order by t.n, t.x, t.y, t.d, t.s{})"
        sorting = ", ".join(f"t.{name} NULLS LAST" for name in "nxyds")
        nulls = f"OVER (PARTITION BY t.k ORDER BY {sorting}{{}})"
        first = self.one_of(
            lambda: ("row_number()", "row_number()"),
            lambda: self.join("count({})", "count({})", self.value("t")),
            lambda: self.join("min({})", "min({})", self.whole("t", 1)),
        )
        frame = "" if "row_n" in first[0] else frame
        return (
            f"select t.k, {first[0]} {order.format(frame)}, lag(t.n) {order.format('')} from t",
            f"SELECT t.k, {first[1]} {nulls.format(frame.upper())}, lag(t.n) {nulls.format('')} FROM t",
        )

    def nested(self) -> Both:
        return self.join(
            "with t as (select k, n, x, y, d, s, z from t where {0}), z as (select t.*, {1} as w from t) "
            "select w, (select max(u.n) from u where u.k = z.k) from z order by w limit 1000",
            "SELECT w, (SELECT max(u.n) FROM u WHERE u.k = z.k) FROM (SELECT t.*, {1} AS w FROM t WHERE {0}) z",
            self.truth("t"),
            self.value("t"),
        )

    def together(self) -> Both:
        kind = self.draw.choice(["union", "union all", "except", "intersect"])
        return self.join(
            f"select {{}} from t {kind} select {{}} from u",
            f"SELECT {{}} FROM t {kind.upper()} SELECT {{}} FROM u",
            self.whole("t"),
            self.whole("u"),
        )


def rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[Any]:
    return in_order(connection.execute(query).fetchall())


def in_order(found: Iterable[tuple[Any, ...]]) -> list[Any]:
    """Rows in an order of their own; numbers without the zeros that end them."""
    shown = [tuple(float(value) if type(value).__name__ == "Decimal" else value for value in row) for row in found]
    return sorted(shown, key=repr)


@pytest.mark.parametrize(("queries", "least"), [(80, 10), pytest.param(400, 20, marks=LONG)])
def test_generated_queries_have_the_rows_of_the_same_queries_in_duckdbs_words(
    connection: duckdb.DuckDBPyConnection, queries: int, least: int
) -> None:
    shapes: set[str] = set()
    filled = 0
    for seed in range(queries):
        athena, plain = Written(seed).query()
        translated = duck_sql(parse(athena, "db"), RELATIONS)
        expected = rows(connection, plain)
        assert rows(connection, translated) == expected, (seed, athena, translated, plain)
        shapes.add(athena.split()[0] + str(len(expected)))
        filled += bool(expected)
    assert filled > queries * 0.8
    assert len(shapes) > least


HIDDEN = "secret"
"""A column of the files that the reader does not see."""


@pytest.mark.parametrize("queries", [40, pytest.param(300, marks=LONG)])
def test_over_files_of_iceberg_they_have_the_rows_of_a_plain_copy_without_what_is_withheld(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, queries: int
) -> None:
    """The files hold a column more; the copy of DuckDB's has it too, and is asked for the others."""
    ground, columns = Ground(tmp_path), "; ".join(f"{column.name} {column.type}" for column in COLUMNS)
    with ground.relations() as (engine, relations):
        known: dict[TableName, QueryRelation] = {}
        for name in ("t", "u"):
            held = connection.execute(f"SELECT *, 'not for ' || s AS {HIDDEN} FROM {name}").to_arrow_table()
            table = ground.iceberg(held.schema, name)
            table.append(held)
            relation = relations.register(seen(table, columns, whole=False), ground.files)
            known[TableName("db", name)] = QueryRelation(relation, COLUMNS)

        def answer(athena: str) -> list[Any]:
            with engine.query(duck_sql(parse(athena, "db"), known), 30) as running:
                return in_order(
                    row
                    for batch in running.batches
                    for row in zip(*(column.to_pylist() for column in batch.columns), strict=True)
                )

        everything = ", ".join(column.name for column in COLUMNS)
        assert answer("select * from t") == rows(connection, f"SELECT {everything} FROM t")
        for seed in range(queries):
            athena, plain = Written(seed).query()
            assert answer(athena) == rows(connection, plain), (seed, athena)
        for withheld in (f"select {HIDDEN} from t", f"select k from t where {HIDDEN} like 'n%'"):
            with pytest.raises(QueryError, match=f"COLUMN_NOT_FOUND: .*'{HIDDEN}' cannot be resolved"):
                answer(withheld)
