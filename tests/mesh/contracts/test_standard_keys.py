"""The table of the standard's keys: none is missing, none is invented, and what it says of each is true."""

from __future__ import annotations

import dataclasses
import datetime
import json
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

import pytest

from mesh.contracts import elements, standard_keys, versions
from mesh.contracts.lock import following
from mesh.contracts.lock_shape import shapes
from mesh.contracts.standard_keys import KEYS, KeyFate
from mesh.load import load
from mesh.plan import Plan, build, problems
from tests.mesh.contracts.lock_cases import WORDS

PRODUCT = "orders.parcels"
DAY = datetime.date(2027, 1, 1)
Json = Any
Rows = Mapping[str, Mapping[str, KeyFate]]
SHIPPED = ("odcs-3.0.2.schema.json", "odcs-3.1.0.schema.json", "odcs-3.2.0.schema.json")
ELEMENTS = ("items", "key", "value")


def walked(whole: Json) -> set[tuple[str, str]]:
    """Every key that a JSON schema has, with the key that holds it; walked by the file alone, without our code."""
    found: set[tuple[str, str]] = set()
    seen: set[tuple[int, str]] = set()
    todo: list[tuple[Json, str]] = [(whole, "contract")]
    while todo:
        node, place = todo.pop()
        if not isinstance(node, dict) or (id(cast("Json", node)), place) in seen:
            continue
        schema = cast("dict[str, Json]", node)
        seen.add((id(schema), place))
        todo += [(branch, place) for word in ("allOf", "anyOf", "oneOf") for branch in schema.get(word, [])]
        todo += [(schema.get(word), place) for word in ("if", "then", "else", "items")]
        if "$ref" in schema:
            target = whole
            for step in schema["$ref"][2:].split("/"):
                target = target[step]
            todo.append((target, place))
        for key, below in schema.get("properties", {}).items():
            found.add((place, key))
            todo.append((below, "properties" if key in ELEMENTS else key))
    return found


def shipped() -> Iterator[tuple[str, Json]]:
    """Schemas of the standard as two packages ship them, and as we make them."""
    package = files("open_data_contract_standard").joinpath("schema.json").read_text("utf-8")
    yield "open_data_contract_standard", json.loads(package)
    for name in SHIPPED:
        yield name, json.loads(files("datacontract").joinpath("schemas", name).read_text("utf-8"))
    for version in versions.PATCHES:
        yield version, versions.schema(version)


PUBLISHED = {name: walked(whole) for name, whole in shipped()}


def untold(rows: Rows) -> set[tuple[str, str]]:
    """Keys of some version that are not in a table."""
    return set().union(*PUBLISHED.values()) - {(place, key) for place, row in rows.items() for key in row}


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_walk_finds_the_keys_of_a_schema(name: str) -> None:
    assert len(PUBLISHED[name]) > 150
    assert {("contract", "schema"), ("properties", "classification"), ("quality", "mustBe")} <= PUBLISHED[name]


def test_no_key_of_the_standard_is_missing() -> None:
    assert untold(KEYS) == set()


def test_no_key_is_invented() -> None:
    every = set().union(*PUBLISHED.values())
    assert {(place, key) for place, row in KEYS.items() for key in row} - every == set()


@pytest.mark.parametrize(
    ("place", "key"),
    [("contract", "slaProperties"), ("properties", "unique"), ("servers", "account"), ("map", "value"), ("enum", "id")],
)
def test_a_key_that_is_taken_from_the_table_is_noticed(place: str, key: str) -> None:
    less = {
        name: {word: fate for word, fate in row.items() if (name, word) != (place, key)} for name, row in KEYS.items()
    }
    assert untold(less) == {(place, key)}


# ---- what the table says is true

COLUMN = ("schema", 0, "properties", 0)
AT: Mapping[str, tuple[str | int, ...]] = {
    "contract": (),
    "schema": ("schema", 0),
    "properties": COLUMN,
    "map": ("schema", 0, "properties", 3, "map"),
    **{name: (name,) for name in ("description", "price", "team", "context")},
    **{name: (name, 0) for name in ("servers", "roles", "support", "slaProperties", "authoritativeDefinitions")},
    **{name: ("context", name, 0) for name in ("constraints", "verifiedStatements")},
    **{name: (*COLUMN, name, 0) for name in ("quality", "relationships", "enum", "synonyms", "customProperties")},
    "logicalTypeOptions": (*COLUMN, "logicalTypeOptions"),
    "members": ("team", "members", 0),
}
"""Where the contract of these tests has each place."""

CHANGED: Mapping[tuple[str, str], tuple[tuple[str | int, ...], Json]] = {
    ("contract", "version"): ((), "2.0.0"),
    ("contract", "description"): ((), {"purpose": "Something else."}),
    ("contract", "schema"): ((), [{"name": "other", "properties": [{"name": "x", "physicalType": "int"}]}]),
    ("description", "purpose"): (("description",), "Something else."),
    ("schema", "name"): (("schema", 0), "other"),
    ("schema", "physicalName"): (("schema", 0), "other"),
    ("schema", "description"): (("schema", 0), "Something else."),
    ("schema", "properties"): (("schema", 0), [{"name": "x", "physicalType": "int"}]),
    ("schema", "customProperties"): (("schema", 0), [{"property": "tableFormat", "value": "parquet"}]),
    ("schema", "quality"): (("schema", 0), []),
    ("properties", "name"): (COLUMN, "other"),
    ("properties", "physicalName"): (COLUMN, "other"),
    ("properties", "description"): (COLUMN, "Something else."),
    ("properties", "physicalType"): (COLUMN, "int"),
    ("properties", "logicalType"): (("schema", 0, "properties", 4), "date"),
    ("properties", "classification"): (COLUMN, "pii"),
    ("properties", "required"): (COLUMN, True),
    ("properties", "partitioned"): (COLUMN, True),
    ("properties", "partitionKeyPosition"): (("schema", 0, "properties", 6), 1),
    ("properties", "primaryKey"): (COLUMN, True),
    ("properties", "primaryKeyPosition"): (("schema", 0, "properties", 6), 1),
    ("properties", "properties"): (
        ("schema", 0, "properties", 1),
        [{"name": "a", "physicalType": "int", "classification": "pii"}],
    ),
    ("properties", "items"): (("schema", 0, "properties", 2), {"physicalType": "string", "classification": "pii"}),
    ("properties", "map"): (
        ("schema", 0, "properties", 3),
        {"key": {"physicalType": "string"}, "value": {"physicalType": "string", "classification": "pii"}},
    ),
    ("properties", "logicalTypeOptions"): (("schema", 0, "properties", 5), {"timezone": True}),
    ("properties", "customProperties"): (
        ("schema", 0, "properties", 8),
        [{"property": "partitionTransform", "value": "bucket[4]"}],
    ),
    ("logicalTypeOptions", "timezone"): (("schema", 0, "properties", 5, "logicalTypeOptions"), True),
    ("logicalTypeOptions", "format"): (("schema", 0, "properties", 9, "logicalTypeOptions"), "f32"),
    ("logicalTypeOptions", "required"): (("schema", 0, "properties", 1, "logicalTypeOptions"), ["a"]),
    ("logicalTypeOptions", "elementType"): (("schema", 0, "properties", 10, "logicalTypeOptions"), "float64"),
    ("quality", "metric"): (("schema", 0, "quality", 0), "duplicateValues"),
    ("quality", "mustBeBetween"): (("schema", 0, "quality", 0), [7, 9]),
    ("quality", "mustBeGreaterThan"): (("schema", 0, "quality", 0), 7),
    ("quality", "mustBeGreaterOrEqualTo"): (("schema", 0, "quality", 0), 7),
    ("map", "key"): (("schema", 0, "properties", 3, "map"), {"physicalType": "string", "classification": "pii"}),
    ("map", "value"): (("schema", 0, "properties", 3, "map"), {"physicalType": "string", "classification": "pii"}),
}
"""For each key that is used, a place and another value there, which gives another plan."""

OTHERWISE: Mapping[tuple[str, str], tuple[tuple[str | int, ...], Json]] = {
    ("contract", "servers"): ((), [{"server": "s", "type": "snowflake"}]),
    **{(place, "customProperties"): (AT[place], [{"property": "x", "value": "y"}]) for place in AT},
    **{(place, "tags"): (AT[place], ["x"]) for place in AT},
}
"""For keys that are not used, a place and a value with which they would change a plan if anything read them."""


def _key(position: int) -> dict[str, Json]:
    return {"required": True, "primaryKey": True, "primaryKeyPosition": position}


def contract() -> dict[str, Json]:
    """A contract with a column for each way to nest, and with something at every place of `AT`."""
    nested = [{"name": "a", "physicalType": "int"}]
    text = {"physicalType": "string"}
    data: dict[str, Json] = {
        "version": "1.0.0",
        "schema": [
            {
                "name": "berths",
                "quality": [{"metric": "rowCount", "mustBeGreaterThan": 1}],
                "properties": [
                    {"name": "ship", "physicalType": "string", "logicalTypeOptions": {}},
                    {"name": "size", "physicalType": "struct<a:int>", "properties": nested, "logicalTypeOptions": {}},
                    {"name": "flags", "physicalType": "array<string>", "items": text},
                    {"name": "marks", "physicalType": "map<string,string>", "map": {"key": text, "value": text}},
                    {"name": "note", "logicalType": "string"},
                    {"name": "moored", "logicalType": "timestamp", "logicalTypeOptions": {}},
                    {"name": "day", "physicalType": "date", "partitioned": True, "partitionKeyPosition": 3, **_key(3)},
                    {"name": "draught", "logicalType": "integer", "logicalTypeOptions": {}},
                    {
                        "name": "pier",
                        "physicalType": "string",
                        "partitioned": True,
                        "partitionKeyPosition": 2,
                        **_key(2),
                    },
                    {"name": "depth", "logicalType": "number", "logicalTypeOptions": {}},
                    {"name": "look", "logicalType": "vector", "logicalTypeOptions": {"dimensions": 3}},
                ],
            }
        ],
    }
    for path in AT.values():
        here: Json = data
        for step, then in zip(path, (*path, "")[1:], strict=True):
            made: Json = [] if isinstance(then, int) else {}
            if isinstance(here, dict):
                here = cast("dict[str, Json]", here).setdefault(str(step), made)
            else:
                entries = cast("list[Json]", here)
                if step == len(entries):
                    entries.append(made)
                here = entries[int(step)]
    data["description"]["purpose"] = "Which ship lies where."
    return json.loads(json.dumps(data))


def planned(data: Mapping[str, Json]) -> Plan:
    """The plan of the tiny mesh with this contract, and its lock, for one of its products."""
    mesh = load(Path(__file__).parents[1] / "tiny").usable()
    contract = elements.read(data)
    lock = following(None, shapes(contract, WORDS)).lock
    contracts, locks = {**mesh.contracts, PRODUCT: contract}, {**mesh.locks, PRODUCT: lock}
    return build(dataclasses.replace(mesh, contracts=contracts, locks=locks), DAY)


def changed(path: tuple[str | int, ...], key: str, value: Json) -> dict[str, Json]:
    """The contract with one key at a place set to another value."""
    data = contract()
    here: Json = data
    for step in path:
        here = here[step]
    here[key] = value
    return data


ROWS = [(place, key, row.fate) for place, fates in KEYS.items() for key, row in fates.items()]


def test_every_key_of_a_column_that_is_told_is_counted() -> None:
    told = {key for key, row in KEYS["properties"].items() if row.fate == "told"}
    assert told | {"logicalTypeOptions"} == set(standard_keys.OF_ELEMENTS)


def test_every_used_key_has_a_change_to_try() -> None:
    assert {(place, key) for place, key, fate in ROWS if fate == "used"} - set(CHANGED) == set()


@pytest.mark.parametrize(("place", "key", "fate"), [pytest.param(*row, id=".".join(row[:2])) for row in ROWS])
def test_used_keys_change_the_plan_and_no_other_does(place: str, key: str, fate: str) -> None:
    path, value = CHANGED.get((place, key)) or OTHERWISE.get((place, key)) or (AT[place], "something else")
    assert (planned(changed(path, key, value)) != planned(contract())) == (fate == "used")


def test_what_is_told_is_counted_by_kind() -> None:
    data = contract()
    data["slaProperties"] = [{"property": "freshness", "value": 1}] * 2
    data["roles"] = [{"role": "reader"}]
    data["servers"] = [{"server": "s", "type": "s3", "location": "s3://x", "roles": [{"role": "writer"}]}]
    column = data["schema"][0]["properties"][1]["properties"][0]
    column |= {"quality": [{"metric": "nullValues", "mustBe": 0}], "unique": True, "enum": [{"value": 1}]}
    column |= {"logicalTypeOptions": {"minimum": 0, "maximum": 9}, "relationships": [{"to": "x.y"}]}
    # The first is no promise only: it is checked before each publication.
    row_counts = [{"metric": "rowCount", "mustBeGreaterThan": 0}, {"metric": "rowCount", "mustBeLessThan": 9}]
    data["schema"][0]["quality"] = row_counts
    del data["schema"][0]["properties"][0]
    found = {kind.many: number for kind, number in standard_keys.unwatched(elements.read(data)).items()}
    assert found == {
        "quality rules": 2,
        "relationships": 1,
        "unique columns": 1,
        "limits of values": 2,
        "lists of allowed values": 1,
        "service levels": 2,
        "roles": 2,
    }


@pytest.mark.parametrize("key", standard_keys.OF_ELEMENTS)
def test_a_key_of_a_column_that_is_told_is_counted(key: str) -> None:
    values = {"unique": True, "logicalTypeOptions": {"minLength": 1}}
    data = {"schema": [{"name": "t", "properties": [{"name": "c", key: values.get(key, [{}])}]}]}
    assert list(standard_keys.unwatched(elements.read(data)).values()) == [1]


def test_a_contract_that_promises_nothing_has_nothing_to_tell() -> None:
    assert (
        standard_keys.unwatched(
            elements.read({"schema": [{"name": "t", "properties": [{"name": "c", "unique": False}]}]})
        )
        == {}
    )


def test_the_note_is_one_for_each_contract(tmp_path: Path) -> None:
    mesh = load(Path(__file__).parents[1] / "tiny").usable()
    data = contract() | {"slaProperties": [{"property": "freshness", "value": 1}] * 2, "servers": [], "roles": []}
    data["schema"][0]["properties"][0] = {
        "name": "ship",
        "physicalType": "string",
        "quality": [{"metric": "nullValues", "mustBe": 0}],
    }
    changed_mesh = dataclasses.replace(mesh, contracts={**mesh.contracts, "orders.parcels": elements.read(data)})
    (note,) = [problem for problem in problems(changed_mesh, DAY) if problem.severity == "note"]
    assert note.file == "contracts/orders/parcels.odcs.yaml"
    assert note.message.startswith("1 quality rule and 2 service levels are declared and not watched yet")
