"""SQL of quality rules: what is known passes, also in other dialects; what is not is told."""

from __future__ import annotations

import sys

import pytest

from mesh.contracts import elements, queries

CONTRACT = elements.read(
    {
        "schema": [
            {
                "name": "berths",
                "physicalName": "b_t",
                "properties": [
                    {"name": "id", "physicalName": "berth_id"},
                    {"name": "captain", "properties": [{"name": "email"}]},
                    {"name": "day"},
                    {"name": "amount"},
                ],
            },
            {"name": "ships", "properties": [{"name": "ship"}, {"name": "berth"}]},
        ]
    }
)
TABLE = CONTRACT.tables[0]


def told(query: str, *, at_column: bool = False) -> list[tuple[str, str]]:
    """Sentence, up to the names that are known, and severity, of each mistake in a query."""
    column = TABLE.columns[1].columns[0] if at_column else None
    return [(text.split(";")[0], kind) for text, kind in queries.mistakes(query, CONTRACT, TABLE, column)]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT COUNT(*) FROM {object} WHERE id IS NULL OR berth_id = 'none of these words is a column'",
        "SELECT COUNT(*) FROM ${table} WHERE AMOUNT < 0 -- negative\n AND day > current_date - INTERVAL '8' DAY",
        "select count(*) from b_t b join ships s on b.id = s.berth where s.ship = 'x'",
        "select sum(n) from (select count(*) n from berths group by day having n > 1) as x",
        "with d as (select id, count(*) as n from b_t group by 1) select count(*) from d where n > 1",
        "select count(*) from berths where captain.email is null",
        "select count(*) from berths as t where t.captain.email is null",
        "select count(*) from berths where exists (select 1 from ships where ships.berth = berths.id and amount > 1)",
        "select any_match(array[1], e -> e > amount) from berths",
        "select id as k from berths order by k",
        "SELECT COUNT(*) FROM {database}.{object} WHERE amount > ${limit}",
        "select count(*) from berths cross join unnest(captain) as t(e) where e = 1",
        "select count(*) from berths, unnest(day) d where d.z = 1",
        'select count(*) from berths where "a text to BigQuery" = id',
        "SELECT COUNT(*) FROM `project.dataset.berths` WHERE SAFE_CAST(amount AS INT64) IS NULL",
        "SELECT TOP 1 [id] FROM berths",
        "SELECT COUNT(*) FROM berths QUALIFY row_number() over (partition by id order by day) > 1",
        "SELECT COUNT(*) FROM berths WHERE day < sysdate",
        "SELECT amount::int FROM berths",
    ],
)
def test_what_is_known_passes(query: str) -> None:
    assert told(query) == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT COUNT(*) FROM ${table} WHERE amont < 0", ("the query names an unknown column 'amont'", "error")),
        ("SELECT COUNT(*) FROM nowhere WHERE no = 1", ("the query reads an unknown table 'nowhere'", "warning")),
        ("SELECT COUNT(*) FROM ships s WHERE s.amount = 1", ("the query names an unknown column 'amount'", "error")),
        ("SELECT COUNT(*) FROM berths b WHERE b.x.y = 1", ("the query names an unknown column 'x'", "error")),
        (
            "select 1 from berths where exists (select 1 from ships where berth = berths.idd)",
            ("the query names an unknown column 'idd'", "error"),
        ),
        ("WITH d AS (SELECT x FROM berths) SELECT * FROM d", ("the query names an unknown column 'x'", "error")),
        ("SELECT COUNT(* FROM berths", ("the query cannot be read as SQL, so its columns are not checked", "warning")),
        ("amount > 0", ("the query is no SELECT, so nothing can be compared with its result", "warning")),
        (
            "SELECT COUNT(*) FROM {object} WHERE {property} IS NULL",
            ("the query has a placeholder for a column, and the rule stands at a table", "error"),
        ),
    ],
)
def test_what_is_unknown_is_told_once(query: str, expected: tuple[str, str]) -> None:
    assert told(query) == [expected]


@pytest.mark.parametrize("word", ["{property}", "${property}", "${column}", "{field}"])
def test_a_rule_at_a_nested_column_is_about_the_column_that_holds_it(word: str) -> None:
    assert told(f"SELECT COUNT(*) FROM {{object}} WHERE {word} IS NULL", at_column=True) == []


def test_a_plain_query_is_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sqlglot", None)
    assert told("SELECT COUNT(*) FROM {object} WHERE amount > 0 AND captain IS NOT NULL") == []
