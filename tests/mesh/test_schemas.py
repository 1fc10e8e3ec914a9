"""The JSON Schemas that editors use: up to date, and every YAML file names one that it fits."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import ryaml

from mesh import schemas
from mesh.model import Mesh
from tests.mesh.editor import validator

ROOT = Path(__file__).parents[2]
# Locks are written by `mesh lock`, and nobody edits them.
FILES = sorted(file for file in (ROOT / "stacks").rglob("*.yaml") if not file.name.endswith(".lock.yaml"))
OURS = ("mesh", "accounts", "domain", "partner")
MODELINE = re.compile(r"# yaml-language-server: \$schema=(\S+)\n")


def schema_of(file: Path) -> Path:
    """The schema that a file's modeline names."""
    with file.open(encoding="utf-8") as stream:
        found = MODELINE.match(stream.readline())
    assert found, f"{file} has no modeline"
    return (file.parent / found[1]).resolve()


def test_the_schemas_are_those_of_the_sample_mesh(sample: Mesh) -> None:
    texts = schemas.schemas(sample)
    assert {file.name for file in (ROOT / "schemas").iterdir()} == set(texts)
    for name, text in texts.items():
        assert (ROOT / "schemas" / name).read_text("utf-8") == text, f"schemas/{name} is stale; run `make schemas`"


def test_a_schema_that_differs_or_is_missing_is_stale(tmp_path: Path, sample: Mesh) -> None:
    schemas.write(tmp_path, sample)
    assert schemas.stale(tmp_path, sample) == []
    (tmp_path / "mesh.schema.json").write_text("{}")
    (tmp_path / "domain.schema.json").unlink()
    assert schemas.stale(tmp_path, sample) == ["mesh.schema.json", "domain.schema.json"]


def test_writing_twice_changes_nothing(tmp_path: Path, sample: Mesh) -> None:
    assert schemas.write(tmp_path / "schemas", sample) == list(schemas.schemas(sample))
    assert schemas.write(tmp_path / "schemas", sample) == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT / "stacks")))
def test_every_yaml_file_names_a_schema_and_fits_it(file: Path) -> None:
    schema = schema_of(file)
    assert schema.parent == ROOT / "schemas"
    data = ryaml.loads(file.read_text("utf-8"))
    texts = {name.name: name.read_text("utf-8") for name in schema.parent.iterdir()}
    assert list(validator(texts, schema.name).iter_errors(data)) == []


@pytest.mark.parametrize("name", OURS)
def test_a_schema_is_closed_titled_and_names_no_host(sample: Mesh, name: str) -> None:
    text = schemas.schemas(sample)[f"{name}.schema.json"]
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


def test_defaults_stand_as_people_write_them(sample: Mesh) -> None:
    texts = schemas.schemas(sample)
    schema = json.loads(texts["mesh.schema.json"])
    assert schema["$defs"]["Defaults"]["properties"]["audit-retention"]["default"] == "2557 days"
    assert '"default": null' not in "".join(texts[f"{name}.schema.json"] for name in OURS)
