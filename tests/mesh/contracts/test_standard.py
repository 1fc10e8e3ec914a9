"""The standard: accepted as `datacontract lint` accepts, with the places of elements and the keys of each place."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import ryaml
import yaml
from datacontract.data_contract import DataContract
from jsonschema import Draft201909Validator

from mesh.contracts import standard, versions

EXAMPLES = sorted((Path(__file__).parent / "examples").glob("*.yaml"))
LEAST = {"apiVersion": "v3.2.0", "kind": "DataContract", "id": "x", "version": "1.0.0"}


def data_of(text: str) -> Any:
    return ryaml.loads(text)  # pyright: ignore[reportPrivateImportUsage] (ryaml exports without __all__)


def is_accepted_by_lint(text: str) -> bool:
    """Whether `datacontract lint` accepts a contract without a word; reads no network."""
    logging.disable(logging.CRITICAL)
    try:
        run = DataContract(data_contract_str=text).lint()
    finally:
        logging.disable(logging.NOTSET)
    return all(check.result == "passed" for check in run.checks)


@pytest.fixture(autouse=True, scope="module")
def lint_looks_at_its_own_schemas_once() -> Iterator[None]:
    """The schemas of `datacontract lint` are held against their own schema once, not once a contract."""
    check, sound = Draft201909Validator.check_schema, set[str]()

    def once(schema: dict[str, Any]) -> None:
        if (text := json.dumps(schema)) not in sound:
            check(schema)
            sound.add(text)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Draft201909Validator, "check_schema", once)
        yield


def errors(data: Any) -> list[str]:
    return [problem.message for problem in standard.problems("x.yaml", data) if problem.severity == "error"]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name.removesuffix(".odcs.yaml"))
def test_an_example_of_each_kind_is_accepted(example: Path) -> None:
    assert standard.problems("x.yaml", data_of(example.read_text("utf-8"))) == []


@pytest.mark.long
def test_the_examples_are_contracts_to_lint_too() -> None:
    refused = [example.name for example in EXAMPLES if not is_accepted_by_lint(example.read_text("utf-8"))]
    # Keys of our own in these, which 3.0 takes, are warnings to lint.
    assert refused == [
        f"{name}.odcs.yaml" for name in ("quality-of-3.0", "roles-and-sla", "servers-of-3.0", "team-of-3.0")
    ]


CHANGES = (
    {"status": None},
    {"status": 3},
    {"tags": "quay"},
    {"kind": "DataProduct"},
    {"schema": {"name": "t"}},
    {"schema": [{"name": "t", "properties": [{"name": "a"}]}]},
    {"schema": [{"name": "t", "properties": [{"name": "a", "logicalType": "map"}]}]},
    {"schema": [{"name": "t", "properties": [{"name": "a", "logicalType": "vector"}]}]},
    {"schema": [{"name": "t", "properties": [{"name": "a", "logicalType": "decimal"}]}]},
    {"schema": [{"name": "t", "properties": [{"name": "a", "items": {"items": {"physicalType": "int"}}}]}]},
    {"schema": [{"name": "t", "properties": [{"name": "a", "quality": [{"rule": "nullCheck", "mustBe": 0}]}]}]},
    {"schema": [{"name": "t", "properties": [{"name": "a", "quality": [{"metric": "nullValues", "mustBe": 0}]}]}]},
    {"schema": [{"name": "t", "properties": [{"name": "a", "logicalType": "string", "items": {"name": "b"}}]}]},
    {"schema": [{"name": "t", "quality": [{"query": "select 1", "mustBe": 0}]}]},
    {"schema": [{"name": "t", "quality": [{"type": "text", "query": 3}]}]},
    {"servers": [{"server": "a", "type": "s3", "location": "s3://a", "database": "b"}]},
    {"servers": [{"server": "a", "type": "s3", "location": "s3://a", "database": ["b"]}]},
    {"team": [{"username": "cai"}]},
    {"team": {"members": [{"username": "cai"}]}},
    {"servers": [{"server": "a", "type": "iceberg", "catalog": "c", "catalogUrl": "https://c.example"}]},
    {"support": [{"channel": "letters"}]},
    {"contractCreatedTs": "yesterday"},
)


@pytest.mark.parametrize("version", versions.PATCHES)
@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_what_lint_accepts_is_accepted(version: str, change: dict[str, Any]) -> None:
    data = {**LEAST, "status": "active", **change, "apiVersion": version}
    if is_accepted_by_lint(yaml.safe_dump(data)):
        assert errors(data) == []
    elif version >= "v3.1.0":  # 3.0 takes other keys, whose values lint reads by its model of 3.2
        assert errors(data) != []


def test_the_version_that_judges_is_the_one_that_a_contract_names() -> None:
    assert standard.version_of({"apiVersion": "v3.0.1"}) == "v3.0.1"
    for unknown in ("v4.0.0", "3.1.0", 3, None, ["v3.1.0"]):
        assert standard.version_of({"apiVersion": unknown}) == versions.LATEST
    assert standard.version_of({}) == versions.LATEST
    assert standard.version_of({"apiVersion": "v3.1.0"}) == "v3.1.0"


def test_elements_stand_where_the_standard_has_them() -> None:
    # A place that a later version adds fails here: the walk of elements then needs a look.
    below = {
        ("properties",): ("SchemaProperty", True),
        ("items",): ("SchemaItemProperty", False),
        ("map", "key"): ("SchemaItemProperty", False),
        ("map", "value"): ("SchemaItemProperty", False),
    }
    assert standard.places() == {
        standard.ROOT: {("schema",): ("SchemaObject", True)},
        "SchemaObject": {("properties",): ("SchemaProperty", True)},
        "SchemaProperty": below,
        "SchemaItemProperty": below,
    }


def test_a_new_place_in_the_schema_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    pair = {"type": "object", "properties": {"left": {"$ref": "#/$defs/SchemaItemProperty"}}}
    patch = {"$defs": {"SchemaObject": {"properties": {"pairs": {"type": "array", "items": pair}}}}}
    whole = versions.merged(versions.schema(versions.LATEST), patch)
    monkeypatch.setattr(versions, "schema", lambda _: whole)
    found = standard.places.__wrapped__()
    assert found["SchemaObject"][("pairs", "left")] == ("SchemaItemProperty", False)


def test_each_place_has_its_own_keys() -> None:
    assert set(standard.keys(())) >= {"apiVersion", "schema", "servers", "team"}
    column = standard.keys(("schema", 0, "properties", 3))
    assert {"name", "classification", "items", "map", "properties", "logicalTypeOptions"} <= set(column)
    assert "apiVersion" not in column
    assert standard.keys(("schema", 0, "properties", 3, "items", "properties", 0)) == column
    assert set(standard.keys(("servers", 1))) >= {"server", "type", "workgroup", "catalogUrl"}
    assert "members" in standard.keys(("team",))
    assert "username" in standard.keys(("team", 0))
    assert standard.keys(("nowhere",)) == standard.keys(("id", "deeper")) == ()


def test_a_version_has_its_own_keys() -> None:
    place = ("schema", 0, "properties", 0)
    assert "semanticType" in standard.keys(place)
    assert "semanticType" not in standard.keys(place, "v3.1.0")
    assert "relationships" not in standard.keys(place, "v3.0.2")


def test_no_more_than_ten_problems_are_shown_and_the_rest_is_counted() -> None:
    columns = [{"name": number} for number in range(12)]
    shown = standard.problems("x.yaml", {**LEAST, "schema": [{"name": "t", "properties": columns}]})
    assert [problem.path for problem in shown[:-1]] == [("schema", 0, "properties", n, "name") for n in range(10)]
    assert shown[-1].path == ()
    assert shown[-1].message == (
        "2 more places of this contract are not as the standard has them; these are the first 10"
    )
    (*_, last) = standard.problems("x.yaml", {**LEAST, "schema": [{"name": "t", "properties": columns[:11]}]})
    assert last.message.startswith("one more place of this contract")


def test_a_key_that_is_no_text_is_not_for_the_schema() -> None:
    with pytest.raises(ValueError, match="str"):
        standard.problems("x.yaml", {**LEAST, 3: 4})  # pyright: ignore[reportArgumentType] (what YAML can hold)
