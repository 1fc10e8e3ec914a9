"""Changes that are judged safe: rows made by the new contract alone hold what the old one promised its readers.

The rows come from `sandbox/sample_rows`, the checks from `raw_contract_checks`, which read the contract as its file has
it: neither knows a rule of breaks.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from mesh.contracts import catalog, elements, standard
from mesh.contracts.breaks import ContractSide, breaks_of
from tests.sandbox.sample_rows.raw_contract_checks import broken
from tests.sandbox.sample_rows.sample_contracts import NOW, WORDS, column, contract, sampled, table

ROWS: Final = 40


def promised() -> dict[str, Any]:
    """A contract with a promise of each kind."""
    values = {"metric": "invalidValues", "arguments": {"validValues": [1, 2, 3, 5]}, "mustBe": 0}
    return contract(
        table(
            "t",
            column("id", "string", primaryKey=True, required=True),
            column("plan", "string", enum=[{"value": "free"}, {"value": "paid"}, {"value": "trial"}]),
            column("age", "int", logicalType="integer", logicalTypeOptions={"minimum": 10, "maximum": 60}),
            column("code", "varchar(20)", required=True, logicalType="string", logicalTypeOptions={"minLength": 2}),
            column("level", "int", quality=[values]),
            column("filled", "int", quality=[{"metric": "nullValues", "mustBeLessThan": 30, "unit": "percent"}]),
            column("price", "decimal(9,2)"),
            column("serial", "bigint", unique=True, required=True),
            {
                "name": "place",
                "logicalType": "object",
                "required": True,
                "properties": [column("city", "string", required=True), column("zip", "string")],
            },
            {
                "name": "tags",
                "logicalType": "array",
                "logicalTypeOptions": {"minItems": 1, "maxItems": 4, "uniqueItems": True},
                "items": {"logicalType": "string", "physicalType": "varchar(12)"},
            },
            {
                "name": "sizes",
                "logicalType": "map",
                "map": {
                    "key": {"logicalType": "string", "physicalType": "string"},
                    "value": {"logicalType": "integer", "physicalType": "int"},
                },
            },
            column("at", "timestamp", required=True),
        )
    )


class Edit(NamedTuple):
    """An edit of a column of the contract: a function of the column and a number, by the column's name."""

    column: str
    what: str
    edit: Callable[[Any, int], object]


def _option(key: str, *values: Any) -> Callable[[Any, int], object]:
    def edit(one: Any, number: int) -> None:
        options = one.setdefault("logicalTypeOptions", {})
        value = values[number % len(values)]
        if value is None:
            options.pop(key, None)
        else:
            options[key] = value
        if not options:
            del one["logicalTypeOptions"]

    return edit


def _key(key: str, *values: Any) -> Callable[[Any, int], object]:
    def edit(one: Any, number: int) -> None:
        value = values[number % len(values)]
        one.pop(key, None)
        if value is not None:
            one[key] = value

    return edit


def _quality(*rules: Any) -> Callable[[Any, int], object]:
    return _key("quality", *([rule] if rule else None for rule in rules))


def _valid(*values: int) -> dict[str, Any]:
    return {"metric": "invalidValues", "arguments": {"validValues": list(values)}, "mustBe": 0}


def _nulls(**more: Any) -> dict[str, Any]:
    return {"metric": "nullValues", **more}


def _enum(*values: str) -> list[dict[str, str]]:
    return [{"value": value} for value in values]


def _new_field(one: Any, _: int) -> None:
    one["properties"].append(column("street", "string"))


def _field_gone(one: Any, number: int) -> None:
    one["properties"].pop(number % 2)


def _field_required(one: Any, number: int) -> None:
    one["properties"][-1 - number % 2 :][0].update(required=number % 3 == 0)


def _element_length(one: Any, number: int) -> None:
    one["items"].update(physicalType=f"varchar({6 + number % 12})")


def _values_type(one: Any, number: int) -> None:
    one["map"]["value"].update(physicalType=("bigint", "int")[number % 2])


def _values_limits(one: Any, number: int) -> None:
    one["map"]["value"].update(logicalTypeOptions={"minimum": number})


def _new_column(columns: Any, _: int) -> None:
    columns.append(column("fresh", "string", required=True))


def _new_first_column(columns: Any, _: int) -> None:
    columns.insert(0, column("first", "int"))


def _column_gone(columns: Any, number: int) -> None:
    columns.pop(1 + number % (len(columns) - 1))


def _column_renamed(columns: Any, number: int) -> None:
    columns[1 + number % (len(columns) - 1)].update(name="other")


def _other_order(columns: Any, _: int) -> None:
    columns.reverse()


EDITS: Final[tuple[Edit, ...]] = (
    Edit("plan", "values", _key("enum", _enum("free"), _enum("paid", "free"), _enum("free", "gift"), None)),
    Edit("plan", "required", _key("required", True, False, None)),
    Edit("age", "minimum", _option("minimum", 20, 5, None, 10.0)),
    Edit("age", "maximum", _option("maximum", 50, 90, None)),
    Edit("age", "exclusive", _option("exclusiveMinimum", 10, 9, 30)),
    Edit("age", "multiple", _option("multipleOf", 5, 2)),
    Edit("age", "type", _key("physicalType", "bigint", "smallint", "integer")),
    Edit("age", "required", _key("required", True)),
    Edit("code", "length", _key("physicalType", "varchar(10)", "varchar(30)", "string", "char(20)")),
    Edit("code", "least", _option("minLength", 4, 1, None)),
    Edit("code", "most", _option("maxLength", 12, 19)),
    Edit("code", "pattern", _option("pattern", "^[a-z]+$")),
    Edit("code", "required", _key("required", False, None)),
    Edit("level", "values", _quality(_valid(1, 2), _valid(1, 2, 8), _valid(5, 3, 2, 1), None)),
    Edit("filled", "nulls", _quality(_nulls(mustBeLessThan=10, unit="percent"), _nulls(mustBe=0), None)),
    Edit("filled", "more nulls", _quality(_nulls(mustBeLessThan=90, unit="percent"), _nulls(mustBeLessThan=30))),
    Edit("filled", "required", _key("required", True)),
    Edit("price", "digits", _key("physicalType", "decimal(7,2)", "decimal(12,2)", "decimal(9,3)", "double")),
    Edit("price", "minimum", _option("minimum", 0, 100)),
    Edit("serial", "unique", _key("unique", False, None)),
    Edit("serial", "required", _key("required", None)),
    Edit("place", "required", _key("required", None)),
    Edit("place", "new field", _new_field),
    Edit("place", "field gone", _field_gone),
    Edit(
        "place",
        "field required",
        _field_required,
    ),
    Edit("tags", "least", _option("minItems", 2, 0, None)),
    Edit("tags", "most", _option("maxItems", 3, 8, None)),
    Edit("tags", "repeat", _option("uniqueItems", False, None)),
    Edit("tags", "length", _element_length),
    Edit("sizes", "values", _values_type),
    Edit("sizes", "limits", _values_limits),
    Edit("at", "zone", _key("physicalType", "timestamptz", "date")),
    Edit("at", "required", _key("required", None)),
    Edit("", "new column", _new_column),
    Edit("", "new first column", _new_first_column),
    Edit("", "column gone", _column_gone),
    Edit("", "column renamed", _column_renamed),
    Edit("", "columns in another order", _other_order),
    Edit("id", "key", _key("primaryKey", False, None)),
)


def edited(data: Mapping[str, Any], edits: list[tuple[Edit, int]]) -> dict[str, Any]:
    """A copy of a contract with some edits; one of a column that is gone edits nothing."""
    made = copy.deepcopy(dict(data))
    columns = made["schema"][0]["properties"]
    for one, number in edits:
        named = [each for each in columns if each["name"] == one.column]
        if not one.column or named:
            one.edit(columns if not one.column else named[0], number)
    return made


def is_contract(data: Mapping[str, Any]) -> bool:
    """Whether the mesh takes a contract."""
    if any(one.severity == "error" for one in standard.problems("t.odcs.yaml", data)):
        return False
    return not any(one.severity == "error" for one in catalog.mistakes(elements.read(data), WORDS))


def verdicts(before: Mapping[str, Any], after: Mapping[str, Any]) -> set[str]:
    old, new = (ContractSide(elements.read(data), WORDS) for data in (before, after))
    return {change.verdict for change in breaks_of(old, new)}


def as_seen(written: Any, value: Any) -> Any:
    """A value as a reader of the old contract sees it: without fields that came later."""
    if value is None:
        return None
    if "properties" in written:
        return {field["name"]: as_seen(field, value[field["name"]]) for field in written["properties"]}
    if "items" in written:
        return [as_seen(written["items"], one) for one in value]
    return value


def unkept(before: Mapping[str, Any], after: Mapping[str, Any], seed: int) -> list[str] | None:
    """Sentences on what rows of the contract after do not keep of the one before; None where it has no such rows."""
    products, problems = sampled({"d.p": after}, ROWS, seed)
    if any(one.severity == "error" for one in problems):
        return None
    columns = before["schema"][0]["properties"]
    rows = products["d.p"]["t"]
    if gone := [one["name"] for one in columns if one["name"] not in rows[0]]:
        return [f"columns are gone: {gone}"]
    try:
        view = [{one["name"]: as_seen(one, row[one["name"]]) for one in columns} for row in rows]
    except KeyError as gone:
        return [f"a field is gone: {gone}"]
    return list(broken(before, {"t": view}, ROWS, NOW))


@pytest.mark.long
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(st.sampled_from(EDITS), st.integers(0, 11)), min_size=1, max_size=3, unique_by=lambda one: one[0][:2]
    ),
    st.integers(1, 1000),
)
def test_rows_of_a_contract_that_changed_safely_keep_what_the_old_one_promised(
    edits: list[tuple[Edit, int]], seed: int
) -> None:
    before, after = promised(), edited(promised(), edits)
    assume(is_contract(after))
    judged = verdicts(before, after)
    event(f"verdicts: {sorted(judged)}")
    if judged <= {"safe"}:
        told = unkept(before, after, seed)
        assume(told is not None)
        assert told == []


def single() -> list[tuple[str, dict[str, Any]]]:
    """Contracts after each edit alone, with each of its numbers that makes another contract."""
    found: list[tuple[str, dict[str, Any]]] = []
    for one in EDITS:
        for number in range(12):
            after = edited(promised(), [(one, number)])
            if after not in [other for _, other in found] and is_contract(after):
                found.append((f"{one.column} {one.what} {number}", after))
    return found


@pytest.mark.long
def test_each_edit_alone_is_judged_safe_only_if_its_rows_keep_every_promise() -> None:
    safe, unsafe = 0, 0
    for name, after in single():
        kept = not any(unkept(promised(), after, seed) for seed in (1, 2))
        if verdicts(promised(), after) <= {"safe"}:
            safe += 1
            assert kept, name
        elif not kept:
            unsafe += 1
    # Both kinds are there, and the checks see what is not safe: without them any judgement would pass.
    assert safe >= 30
    assert unsafe >= 20
