"""Sample rows hold what contracts say: each kind of rule, alone and together."""

from __future__ import annotations

import datetime
import json
import math
import re
from decimal import Decimal
from typing import Any

import pytest

from sandbox.sample_rows.text_shapes import shapes
from sandbox.sample_rows.value_spaces import text_space
from tests.sandbox.sample_rows.raw_contract_checks import broken
from tests.sandbox.sample_rows.sample_contracts import (
    NOW,
    column,
    contract,
    refusals,
    rows_that_hold,
    sampled,
    table,
)

ID = column("id", "string", primaryKey=True)


def enum(*values: Any) -> dict[str, Any]:
    return {"enum": [{"value": value} for value in values]}


def valid(**arguments: Any) -> dict[str, Any]:
    return {"quality": [{"metric": "invalidValues", "arguments": arguments, "mustBe": 0}]}


def of(*columns: Any, rows: int = 200, **more: Any) -> list[dict[str, Any]]:
    """Rows of one table that hold its contract."""
    return rows_that_hold({"d.p": contract(table("t", *columns, **more))}, rows)["d.p"]["t"]


@pytest.mark.parametrize(
    "kind",
    [
        *["string", "boolean", "tinyint", "smallint", "int", "bigint", "float", "double", "decimal(38,18)", "date"],
        *["decimal(3,3)", "decimal(1,0)", "timestamp", "timestamptz", "binary", "array<int>", "map<string,double>"],
        *["struct<a:int,b:array<struct<c:date>>>", "map<int,array<string>>", "array<array<decimal(9,2)>>"],
    ],
)
def test_a_type_alone_is_enough_for_rows(kind: str) -> None:
    rows = of(column("c", kind))
    assert 0 < sum(row["c"] is None for row in rows) < 100
    assert len({repr(row["c"]) for row in rows}) > 1


@pytest.mark.parametrize("logical", ["string", "integer", "number", "boolean", "date", "timestamp"])
def test_a_logical_type_alone_is_enough_for_rows(logical: str) -> None:
    of({"name": "c", "logicalType": logical})


@pytest.mark.parametrize("kind", ["string", "int", "bigint", "double", "decimal(18,2)", "date", "timestamp", "binary"])
def test_a_unique_column_that_may_be_null_repeats_no_value(kind: str) -> None:
    rows = of(column("c", kind, unique=True))
    assert any(row["c"] is None for row in rows)


def test_a_key_of_a_tinyint_has_256_rows_and_no_more() -> None:
    assert {row["k"] for row in of(column("k", "tinyint", primaryKey=True), rows=256)} == set(range(-128, 128))
    assert refusals({"d.p": contract(table("t", column("k", "tinyint", primaryKey=True)))}, 257) == [
        "schema.0.properties.0.primaryKey: column 'k' is unique and has 256 values for 257 rows: "
        "ask for at most 256 rows"
    ]


def test_a_key_of_lists_has_each_of_their_combinations() -> None:
    keys = [
        column("a", "string", primaryKey=True, primaryKeyPosition=2, **enum("x", "y", "z")),
        column("b", "int", primaryKey=True, primaryKeyPosition=1, **valid(validValues=[1, 2, 3, 5])),
        column("c", "boolean", primaryKey=True, primaryKeyPosition=3),
    ]
    assert len({tuple(row.values()) for row in of(*keys, rows=24)}) == 24
    assert refusals({"d.p": contract(table("t", *keys))}, 25) == [
        "schema.0.properties.1.primaryKey: the key (b, a, c) of table 't' has 24 combinations of values for 25 rows: "
        "ask for at most 24 rows"
    ]


def test_a_key_of_a_list_and_an_id_has_as_many_rows_as_wanted() -> None:
    key = {"primaryKey": True}
    of(
        column("a", "string", **key, **enum("x", "y")),
        column("b", "date", **key),
        column("c", "string", **key),
        rows=900,
    )


def test_rules_on_duplicates_of_several_columns_hold() -> None:
    rule = {"metric": "duplicateValues", "arguments": {"properties": ["a", "b"]}, "mustBe": 0}
    of(ID, column("a", "string", **enum("x", "y", "z")), column("b", "date"), quality=[rule])
    over = {"metric": "duplicateValues", "arguments": {"properties": ["b", "c"]}, "mustBeLessThan": 1}
    of(column("a", "string"), column("b", "int"), column("c", "string"), quality=[rule, over])


PATTERNS = [
    "^c[0-9]{6}$",
    r"^\d{3}-\d{2,4}$",
    "^(AB|CD)-[^a-z0-9]{3}$",
    r"^[A-Z]{2}\d{2}( \w{4}){2,3}$",
    "^a+b*c?$",
    r"^https?://[a-z]+\.example\.(com|org)(/[a-z]+)*$",
    "[0-9]{4}",
    "x|y|zz",
    "^(?:[01]\\d|2[0-3]):[0-5]\\d$",
    "^(a|b|ab|ba){2}$",
    r"^[\w.+-]+@[\w-]+\.[\w.]+$",
    "^.{5}$",
    "^[ab]{3,5}$",
    "^(?<year>20[0-9]{2})-(?<month>0[1-9])$",
    "(?i)^abc[xyz]$",
    "^[äöü]{3}é$",
]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_texts_match_their_pattern(pattern: str) -> None:
    of(column("c", "string", logicalType="string", logicalTypeOptions={"pattern": pattern}))
    of(column("c", "string", required=True, **valid(pattern=pattern)))


@pytest.mark.parametrize("pattern", ["^[ab]{3,8}$", "^(a|b|ab|ba){12}$", "^a*b*c*[0-9]?$", "^(ab?)*c{1,9}[xyz]*$"])
def test_texts_of_a_pattern_that_reads_them_in_two_ways_do_not_repeat(pattern: str) -> None:
    of(column("c", "string", unique=True, required=True, **valid(pattern=pattern)), rows=60)


def test_numbers_hold_a_pattern_too() -> None:
    of(column("c", "int", **valid(pattern="^[1-9][0-9]5$")))
    of(column("c", "date", **valid(pattern="-0[1-9]$")))


def test_a_pattern_and_lengths_hold_together() -> None:
    options = {"pattern": "^[a-z]+[0-9]*$", "minLength": 30, "maxLength": 33}
    of(column("c", "string", logicalType="string", logicalTypeOptions=options))
    of(column("country", "string", logicalType="string", logicalTypeOptions={"pattern": "^[A-Z]{3}$"}))
    of(column("c", "varchar(3)"), column("d", "char(12)", unique=True))
    assert {
        row["c"] for row in of(column("c", "string", logicalType="string", logicalTypeOptions={"maxLength": 0}))
    } == {
        "",
        None,
    }


@pytest.mark.parametrize("format_", ["uuid", "email", "ipv4", "uri"])
def test_texts_have_their_format(format_: str) -> None:
    of(column("c", "string", logicalType="string", unique=True, logicalTypeOptions={"format": format_}))


@pytest.mark.parametrize(
    ("kind", "logical", "options"),
    [
        ("int", "integer", {"minimum": 5, "maximum": 7}),
        ("int", "integer", {"exclusiveMinimum": 5, "exclusiveMaximum": 7}),
        ("bigint", "integer", {"minimum": 2**62}),
        ("tinyint", "integer", {"multipleOf": 50}),
        ("smallint", "integer", {"maximum": -30000}),
        ("double", "number", {"minimum": 0.1, "exclusiveMaximum": 0.2}),
        ("double", "number", {"multipleOf": 0.25, "minimum": -1}),
        ("double", "number", {"minimum": 1e12}),
        ("float", "number", {"exclusiveMinimum": 0, "maximum": 0.01}),
        ("decimal(18,2)", "number", {"multipleOf": 0.05, "minimum": 1, "maximum": 3}),
        ("decimal(38,18)", "number", {"exclusiveMinimum": 0, "exclusiveMaximum": 1e-15}),
        ("date", "date", {"minimum": "2020-02-28", "exclusiveMaximum": "2020-03-01"}),
        ("date", "date", {"minimum": "2031-01-01"}),
        ("timestamp", "timestamp", {"minimum": "2020-01-01T00:00:00", "maximum": "2020-01-02T00:00:00"}),
        ("timestamptz", "timestamp", {"timezone": True, "maximum": "2020-01-01T00:00:00Z"}),
    ],
)
def test_bounds_hold(kind: str, logical: str, options: dict[str, Any]) -> None:
    of(column("score", kind, logicalType=logical, logicalTypeOptions=options))


def test_values_of_32_bits_are_exact_in_them() -> None:
    import struct

    options = {"exclusiveMinimum": 0, "maximum": 0.1}
    for row in of(column("c", "float", logicalType="number", required=True, logicalTypeOptions=options)):
        assert struct.unpack("f", struct.pack("f", row["c"]))[0] == row["c"]


def test_what_is_nested_holds_its_own_rules() -> None:
    fields = [
        column("state", "string", required=True, **enum("new", "old")),
        column("code", "string", **valid(pattern="^[A-Z]{2}[0-9]$")),
        column("at", "timestamp"),
    ]
    items = {"logicalType": "object", "properties": fields}
    rows = of(
        column("s", "struct", logicalType="object", properties=fields),
        column("a", "array", logicalType="array", items=items, logicalTypeOptions={"minItems": 2, "maxItems": 4}),
        column(
            "u",
            "array",
            logicalType="array",
            items=column("items", "string", **enum("x", "y", "z")) | {},
            logicalTypeOptions={"uniqueItems": True, "minItems": 3},
        ),
        {
            "name": "m",
            "logicalType": "map",
            "map": {
                "key": {"logicalType": "string", **enum("k", "l")},
                "value": {"logicalType": "object", "properties": fields},
            },
        },
        {"name": "v", "logicalType": "vector", "logicalTypeOptions": {"dimensions": 5, "normalized": True}},
    )
    assert any(row["s"] and row["s"]["code"] is None for row in rows)
    lengths = [math.hypot(*row["v"]) for row in rows if row["v"]]
    assert lengths == pytest.approx([1.0] * len(lengths))


@pytest.mark.parametrize(
    ("rule", "least", "most"),
    [
        ({"mustBe": 0}, 0, 0),
        ({"mustBe": 7}, 7, 7),
        ({"mustBeLessThan": 5, "unit": "percent"}, 1, 9),
        ({"mustBeBetween": [40, 60], "unit": "percent"}, 80, 120),
        ({"mustBeGreaterThan": 150}, 151, 200),
    ],
)
def test_as_many_values_are_null_as_the_rule_wants(rule: dict[str, Any], least: int, most: int) -> None:
    rows = of(ID, column("c", "int", quality=[{"metric": "nullValues", **rule}]))
    assert least <= sum(row["c"] is None for row in rows) <= most


@pytest.mark.parametrize(
    ("rule", "rows"),
    [({"mustBe": 3}, 3), ({"mustBeLessThan": 50}, 49), ({"mustBeGreaterThan": 300}, 301), ({"mustBe": 0}, 0)],
)
def test_as_many_rows_are_made_as_the_rule_wants(rule: dict[str, Any], rows: int) -> None:
    assert len(of(ID, column("c", "int"), quality=[{"metric": "rowCount", **rule}])) == rows


def test_more_rows_than_are_made_for_a_rule_and_rules_of_sql_are_told() -> None:
    more = {"metric": "rowCount", "mustBeGreaterThan": 1_000_000}
    sql = {"type": "sql", "query": "SELECT COUNT(*) FROM ${table} WHERE id = 'x'", "mustBe": 0}
    problems = sampled({"d.p": contract(table("t", ID, quality=[more, sql]))})[1]
    assert [(one.severity, one.message) for one in problems] == [
        ("note", "table 't' gets 200 rows, and its contract wants 1000001: ask for 1000001 rows to have them"),
        ("note", "sample rows are not made for this rule of table 't' (sql): it may not hold"),
    ]


@pytest.mark.parametrize(("value", "unit"), [(1, "m"), (2, "h"), (26, "h"), (4, "d"), (400, "d")])
def test_times_are_as_fresh_as_the_service_level_wants(value: int, unit: str) -> None:
    level = {"property": "freshness", "value": value, "unit": unit, "element": "t.at"}
    rows_that_hold({"d.p": contract(table("t", ID, column("at", "timestamp")), slaProperties=[level])}, 20)


def test_a_key_of_days_is_fresh_at_its_newest() -> None:
    level = {"property": "freshness", "value": 1, "unit": "d", "element": "t.day"}
    days = rows_that_hold({"d.p": contract(table("t", column("day", "date", primaryKey=True)), slaProperties=[level])})[
        "d.p"
    ]["t"]
    assert max(row["day"] for row in days) == NOW.date()


def test_json_as_text_is_of_what_the_contract_describes() -> None:
    fields = [column("x", "int", required=True, enum=[{"value": 3}]), column("y", "array<string>", required=True)]
    rows = of(column("j", "string", logicalType="object", required=True, properties=fields))
    assert all(json.loads(row["j"]).keys() == {"x", "y"} and json.loads(row["j"])["x"] == 3 for row in rows)


def test_a_column_of_days_has_the_day_of_the_moment_beside_it() -> None:
    rows = of(column("shown_at", "timestamp", required=True), column("shown_on", "date", partitioned=True))
    assert all(row["shown_on"] == row["shown_at"].date() for row in rows)


def test_a_column_of_partitions_has_few_values_and_no_nulls() -> None:
    rows = of(column("id", "string"), column("shard", "string", partitioned=True))
    assert None not in {row["shard"] for row in rows}
    assert len({row["shard"] for row in rows}) <= 12


def test_labelled_people_are_made_up() -> None:
    personal = {"classification": "pii"}
    rows = of(
        column("email", "string", **personal),
        column("phone_number", "string", **personal),
        column("last_ip_address", "string", **personal),
        column("cardholder_name", "string", **personal),
        column("remark", "string", **personal),
    )
    for row in rows:
        assert row["email"] is None or re.search(r"@example\.(com|org)$", row["email"])
        assert row["phone_number"] is None or re.search(r"-555-01\d\d$", row["phone_number"])
        assert row["last_ip_address"] is None or re.match(
            r"(192\.0\.2|198\.51\.100|203\.0\.113)\.", row["last_ip_address"]
        )
        assert row["cardholder_name"] is None or row["cardholder_name"].split()[1][0].isupper()
        assert row["remark"] is None or row["remark"].startswith("fake-")


def test_times_that_are_kept_as_text_have_their_format() -> None:
    options = {"format": "dd/MM/yyyy HH:mm"}
    rows = sampled(
        {"d.p": contract(table("t", column("c", "string", logicalType="timestamp", logicalTypeOptions=options)))}
    )[0]["d.p"]["t"]
    assert all(row["c"] is None or datetime.datetime.strptime(row["c"], "%d/%m/%Y %H:%M") for row in rows)


def test_the_checks_see_what_is_wrong() -> None:
    """Every check of this file can fail."""
    wrong = contract(
        table(
            "t",
            column("a", "int", primaryKey=True, logicalType="integer", logicalTypeOptions={"minimum": 9}),
            column("b", "string", **enum("x")),
            column("c", "string", unique=True, **valid(pattern="^z$")),
            column("d", "decimal(4,2)", required=True),
        ),
        slaProperties=[],
    )
    row = {"a": 1, "b": "y", "c": "q", "d": None}
    told = list(broken(wrong, {"t": [row, row, {**row, "d": Decimal("1.234"), "a": "1"}]}, 9, NOW))
    for word in ("3 rows", "['a'] repeats", "minimum 9", "is not in", "repeats", "is not of", "has nulls", "is no int"):
        assert any(word in one for one in told), word
    assert any("is no decimal(4,2)" in one for one in told)


@pytest.mark.parametrize("pattern", ["^(a|b|ab|ba){2}$", "^([ab]c|a[cd])$", "^([ab]{2}|a[a-z])$", "^a{0,2}a{0,2}$"])
def test_each_text_of_a_pattern_has_one_number(pattern: str) -> None:
    space = text_space(shapes(pattern))
    texts = [space.at(number) for number in range(space.size)]
    assert len(set(texts)) == len(texts) > 1
    assert all(re.search(pattern, one) for one in texts)
