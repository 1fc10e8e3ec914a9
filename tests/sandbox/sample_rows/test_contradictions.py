"""Rules that contradict each other: one sentence each, with its place, and all of them at once."""

from __future__ import annotations

import datetime
import shutil
from pathlib import Path
from typing import Any

import pytest

from mesh.findings import BadInputError
from mesh.load import load
from sandbox.sample_rows.mesh_rows import sample_rows
from tests.sandbox.sample_rows.sample_contracts import NOW, beside, column, contract, refusals, table

TINY = Path(__file__).parents[2] / "mesh" / "tiny"


def text(**options: Any) -> dict[str, Any]:
    return column("c", "string", logicalType="string", logicalTypeOptions=options)


def whole(**options: Any) -> dict[str, Any]:
    return column("c", "int", logicalType="integer", logicalTypeOptions=options)


def listed(*values: Any, **more: Any) -> dict[str, Any]:
    return column("c", more.pop("kind", "string"), enum=[{"value": value} for value in values], **more)


def nulls(**rule: Any) -> dict[str, Any]:
    return column("c", "int", quality=[{"metric": "nullValues", **rule}])


CASES: list[tuple[dict[str, Any], str]] = [
    (
        listed("x", kind="array<string>"),
        "enum: column 'c' is nested, and its rule is on single values: write the rule at what is in it",
    ),
    (
        column("c", "int", quality=[{"metric": "invalidValues", "mustBe": 0, "arguments": {"pattern": "^[a-z]$"}}]),
        "quality.0.arguments.pattern: column 'c' is of type int, and no value was found that holds its pattern: "
        "correct one of the two",
    ),
    (
        listed("ok", "BAD", logicalType="string", logicalTypeOptions={"pattern": "^[a-z]+$"}),
        "enum: column 'c' allows values that its other rules forbid: 'BAD' does not match the pattern '^[a-z]+$'; "
        "correct one of the two",
    ),
    (
        text(minLength=5, maxLength=3),
        "logicalTypeOptions.minLength: column 'c' has minLength 5, above its most characters, 3: "
        "correct one of the two",
    ),
    (
        whole(minimum=5, maximum=3),
        "logicalTypeOptions.minimum: column 'c' has minimum 5 and maximum 3, and no int is within them: "
        "correct one of the two",
    ),
    (
        whole(minimum=3, maximum=5, multipleOf=7),
        "logicalTypeOptions.minimum: column 'c' has minimum 3 and maximum 5, and no multiple of 7 is within them: "
        "correct one of the two",
    ),
    (
        whole(exclusiveMinimum=3, exclusiveMaximum=4),
        "logicalTypeOptions.exclusiveMinimum: column 'c' has exclusiveMinimum 3 and exclusiveMaximum 4, and no int is "
        "within them: correct one of the two",
    ),
    (
        whole(minimum=2**40),
        "logicalTypeOptions.minimum: column 'c' has minimum 1099511627776, and no int is within them: "
        "correct one of the two",
    ),
    (
        column("c", "date", logicalType="date", logicalTypeOptions={"minimum": "soon"}),
        "logicalTypeOptions.minimum: column 'c' has the minimum 'soon', which is no date: correct it",
    ),
    (
        listed("x", "y", unique=True, required=True),
        "unique: column 'c' is unique and has 2 values for 200 rows: ask for at most 2 rows",
    ),
    (
        listed("x", 3, kind="int"),
        "enum.0: column 'c' allows 'x', which is no int: correct the value",
    ),
    (
        {**listed("x"), "quality": [{"metric": "invalidValues", "mustBe": 0, "arguments": {"validValues": ["y"]}}]},
        "quality.0.arguments.validValues: column 'c' has lists of allowed values that have no value in common: "
        "make them the same",
    ),
    (
        text(pattern="^(?=a)b$"),
        "logicalTypeOptions.pattern: column 'c' has the pattern '^(?=a)b$', which has a look-ahead or look-behind: "
        "sample rows cannot be made of it; write a plainer one, or list the values",
    ),
    (
        text(pattern=r"^(a)\1$"),
        r"logicalTypeOptions.pattern: column 'c' has the pattern '^(a)\1$', which has a reference back to a group: "
        "sample rows cannot be made of it; write a plainer one, or list the values",
    ),
    (
        text(pattern="^[a-z]{4}$", maxLength=3),
        "logicalTypeOptions.pattern: column 'c' has the pattern '^[a-z]{4}$', and no text was found that matches it "
        "and holds the column's other rules: correct one of them",
    ),
    (
        text(pattern="^[a-z]{4}$", format="uuid"),
        "logicalTypeOptions.format: column 'c' has the format uuid, and no such text matches '^[a-z]{4}$': correct one",
    ),
    (
        {**nulls(mustBeGreaterThan=0), "required": True},
        "quality.0: column 'c' is to have 1 to 200 nulls, and it is required: correct one of the two",
    ),
    (
        column("c", "string", relationships=[{"to": "nowhere.id"}]),
        "relationships.0: the relationship cannot be followed: 'nowhere.id' names no table of d.p",
    ),
    (
        column("c", "string", relationships=[{"to": "t.nothing"}]),
        "relationships.0: the relationship cannot be followed: table 't' of d.p has no column 'nothing'",
    ),
    (
        column("c", "string", relationships=[{"to": "t.c"}]),
        "relationships.0: the relationship goes in a circle (d.p: t.c -> d.p: t.c), so that no column has the first "
        "value: remove one",
    ),
    (
        column("c", "string", relationships=[{"to": "t.n"}]),
        "relationships.0: column 'c' refers to d.p: t.n, of type int, and is of type string: make them the same",
    ),
    (
        column(
            "c",
            "array",
            logicalType="array",
            items={"physicalType": "boolean"},
            logicalTypeOptions={"minItems": 3, "uniqueItems": True},
        ),
        "logicalTypeOptions.minItems: column 'c' has at least 3 items that differ, and 2 values for them: "
        "correct one of the two",
    ),
    (
        column("c", "array<int>", logicalType="array", logicalTypeOptions={"minItems": 3, "maxItems": 2}),
        "logicalTypeOptions.minItems: column 'c' has minItems 3, above its maxItems 2: correct one of the two",
    ),
]


@pytest.mark.parametrize(("wrong", "told"), CASES, ids=[told for _, told in CASES])
def test_a_contradiction_is_told_with_its_place(wrong: dict[str, Any], told: str) -> None:
    assert refusals({"d.p": contract(table("t", column("n", "int"), wrong))}) == [f"schema.0.properties.1.{told}"]


def test_columns_that_refer_to_each_other_in_a_circle_are_told_once() -> None:
    contracts = {
        "a.p": contract(
            table("x", column("i", "int", id="i_", relationships=[{"to": beside("b", "y_", "j_")}]), id="x_")
        ),
        "a.b": contract(
            table("y", column("j", "int", id="j_", relationships=[{"to": beside("p", "x_", "i_")}]), id="y_")
        ),
    }
    assert refusals(contracts) == [
        "schema.0.properties.0.relationships.0: the relationship goes in a circle (a.p: x.i -> a.b: y.j -> a.p: x.i), "
        "so that no column has the first value: remove one"
    ]


def test_a_reference_that_is_unique_needs_as_many_values_as_rows() -> None:
    small = table("s", column("i", "int", primaryKey=True), quality=[{"metric": "rowCount", "mustBeLessThan": 4}])
    one = table("t", column("c", "int", unique=True, required=True, relationships=[{"to": "s.i"}]))
    assert refusals({"d.p": contract(small, one)}) == [
        "schema.1.properties.0.unique: column 'c' is unique and refers to d.p: s.i, with 3 values for 200 rows: "
        "ask for at most 3 rows"
    ]


def test_a_service_level_that_bounds_forbid_is_told() -> None:
    old = column("at", "timestamp", logicalType="timestamp", logicalTypeOptions={"maximum": "2020-01-01T00:00:00"})
    level = {"property": "freshness", "value": 2, "unit": "h", "element": "t.at"}
    assert refusals({"d.p": contract(table("t", old), slaProperties=[level])}) == [
        "slaProperties.0: column 'at' is to be no older than 2:00:00, and its bounds allow no such timestamp: "
        "correct one"
    ]


def test_row_counts_that_exclude_each_other_are_told() -> None:
    rules = [{"metric": "rowCount", "mustBe": 3}, {"metric": "rowCount", "mustBeGreaterThan": 5}]
    assert refusals({"d.p": contract(table("t", column("c", "int"), quality=rules))}) == [
        "schema.0.quality.1: table 't' is to have 6 rows and more, and no more than 3: correct one of the two"
    ]


def test_every_contradiction_of_a_mesh_is_told_at_once_with_line_and_column(tmp_path: Path) -> None:
    root = Path(shutil.copytree(TINY, tmp_path / "mesh"))
    file = root / "contracts" / "orders" / "parcels.odcs.yaml"
    written = file.read_text("utf-8")
    file.write_text(
        written.replace(
            "physicalType: string}", "physicalType: string, logicalTypeOptions: {pattern: '(?!x)'}}"
        ).replace("physicalType: double}", "physicalType: double, logicalTypeOptions: {minimum: 2, maximum: 1}}"),
        "utf-8",
    )
    with pytest.raises(BadInputError) as raised:
        sample_rows(load(root), 10, 1, NOW.replace(tzinfo=datetime.UTC))
    assert [str(one).replace(f"{root}/", "") for one in raised.value.findings] == [
        "contracts/orders/parcels.odcs.yaml:11:93: column 'id' has the pattern '(?!x)', which has a look-ahead or "
        "look-behind: sample rows cannot be made of it; write a plainer one, or list the values",
        "contracts/orders/parcels.odcs.yaml:12:97: column 'weight' has minimum 2 and maximum 1, and no double is "
        "within them: correct one of the two",
    ]
