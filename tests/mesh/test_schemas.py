"""The JSON Schemas that editors use: up to date, and every YAML file names one that it fits."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema_rs
import pytest
import ryaml

from mesh import schemas

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "stacks").rglob("*.yaml"))
OURS = ("mesh", "accounts", "domain", "partner")
MODELINE = re.compile(r"# yaml-language-server: \$schema=(\S+)\n")


def schema_of(file: Path) -> Path:
    """The schema that a file's modeline names."""
    with file.open(encoding="utf-8") as stream:
        found = MODELINE.match(stream.readline())
    assert found, f"{file} has no modeline"
    return (file.parent / found[1]).resolve()


def test_the_schemas_are_up_to_date() -> None:
    for name, text in schemas.schemas().items():
        message = f"schemas/{name} is stale; write it with `python -m mesh.schemas`"
        assert (ROOT / "schemas" / name).read_text("utf-8") == text, message


def test_a_schema_that_differs_or_is_missing_is_stale(tmp_path: Path) -> None:
    schemas.write(tmp_path)
    assert schemas.stale(tmp_path) == []
    (tmp_path / "mesh.schema.json").write_text("{}")
    (tmp_path / "domain.schema.json").unlink()
    assert schemas.stale(tmp_path) == ["mesh.schema.json", "domain.schema.json"]


def test_writing_twice_changes_nothing(tmp_path: Path) -> None:
    assert schemas.write(tmp_path / "schemas") == list(schemas.schemas())
    assert schemas.write(tmp_path / "schemas") == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT / "stacks")))
def test_every_yaml_file_names_a_schema_and_fits_it(file: Path) -> None:
    schema = schema_of(file)
    assert schema.parent == ROOT / "schemas"
    data = ryaml.loads(file.read_text("utf-8"))
    jsonschema_rs.validator_for(json.loads(schema.read_text("utf-8"))).validate(data)


@pytest.mark.parametrize("name", OURS)
def test_a_schema_is_closed_titled_and_names_no_host(name: str) -> None:
    text = schemas.schemas()[f"{name}.schema.json"]
    schema = json.loads(text)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"{name}.schema.json"
    assert schema["title"]
    assert schema["description"]
    for body in (schema, *schema["$defs"].values()):
        assert body["additionalProperties"] is False
        for key, value in body["properties"].items():
            assert value.get("description"), f"'{key}' has no description"
            assert value.get("type") or "$ref" in value


def test_defaults_stand_as_people_write_them() -> None:
    schema = json.loads(schemas.schemas()["mesh.schema.json"])
    assert schema["$defs"]["Defaults"]["properties"]["audit-retention"]["default"] == "2557 days"
    assert '"default": null' not in "".join(schemas.schemas()[f"{name}.schema.json"] for name in OURS)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("domain", {"owner": {"team": "a", "email": "a@b.c"}, "description": "x", "products": {"Bad_Name": {}}}),
        ("domain", {"owner": {"team": "a", "email": "a@b.c"}, "description": "x", "retention": "1 day"}),
        ("domain", {"owner": {"team": "a"}, "description": "x"}),
        ("accounts", {"governance": 111111111111}),
        ("mesh", {"name": "UPPER"}),
        ("partner", {"owner": {"team": "a", "email": "a@b.c"}, "description": "x", "principals": []}),
    ],
)
def test_an_editor_refuses_what_the_models_refuse(name: str, data: object) -> None:
    validator = jsonschema_rs.validator_for(json.loads(schemas.schemas()[f"{name}.schema.json"]))
    assert not validator.is_valid(data)
