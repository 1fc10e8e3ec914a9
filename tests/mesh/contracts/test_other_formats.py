"""Files of other formats are named as what they are, in one finding, with a command that exists."""

from __future__ import annotations

import re
from typing import Any

import pytest
import typer
from datacontract.cli import app

from mesh.contracts import other_formats, standard

FORMATS: tuple[tuple[dict[str, Any], str], ...] = (
    ({"dataContractSpecification": "1.2.1", "id": "x", "info": {}, "models": {}}, "the Data Contract Specification"),
    (
        {"dataContractSpecification": None, "kind": "DataContract", "apiVersion": "v2.2.2"},
        "Data Contract Specification",
    ),
    ({"apiVersion": "v2.2.2", "kind": "DataContract", "uuid": "x", "dataset": []}, "version 2 of the standard"),
    ({"apiVersion": "v2.2.2", "kind": "DataContract", "schema": []}, "version 2 of the standard"),
    ({"templateVersion": "2.1.0", "datasetName": "x"}, "version 2 of the standard"),
    ({"quantumName": "x", "uuid": "y", "version": "1.0.0"}, "version 2 of the standard"),
    ({"apiVersion": "v1.0.0", "kind": "DataProduct", "id": "x"}, "data product of the Open Data Product Standard"),
    ({"openapi": "3.1.0", "paths": {}}, "an OpenAPI document"),
    ({"swagger": "2.0", "paths": {}}, "a Swagger document"),
    ({"asyncapi": "3.0.0", "channels": {}}, "an AsyncAPI document"),
    ({"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object"}, "a JSON Schema"),
    ({"$schema": "http://json-schema.org/draft-07/schema#", "properties": {}}, "a JSON Schema"),
    ({"type": "record", "name": "x", "fields": []}, "an Avro schema"),
    ({"type": "struct", "schema-id": 0, "fields": []}, "an Iceberg schema"),
    ({"type": "struct", "fields": []}, "a Spark schema"),
    ({"version": 2, "models": [{"name": "x", "columns": []}]}, "a properties file of dbt"),
    ({"version": 2, "sources": [{"name": "x", "tables": []}]}, "a properties file of dbt"),
    ({"metadata": {"dbt_schema_version": "v12"}, "nodes": {}}, "a manifest of dbt"),
    ({"dataset": "source/db/public/x", "columns": [{"name": "a"}]}, "a contract or checks of Soda"),
    ({"checks for orders": ["row_count > 0"]}, "a contract or checks of Soda"),
    ({"name": "x", "entity": {"type": "table"}, "schema": []}, "a data contract of OpenMetadata"),
    ({"dataProductDescriptor": "1.0.0", "info": {}}, "a Data Product Descriptor"),
    ({"expectation_suite_name": "x", "expectations": []}, "an expectation suite of Great Expectations"),
    ({"name": "x", "resources": [{"path": "x.csv"}]}, "a Data Package of Frictionless"),
    ({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {}, "spec": {}}, "a resource of Kubernetes"),
    ({"name": "x", "columns": []}, "this is no data contract"),
    ({}, "this is no data contract"),
)


@pytest.mark.parametrize(("data", "name"), FORMATS, ids=[f"{name}-{n}" for n, (_, name) in enumerate(FORMATS)])
def test_a_file_of_another_format_is_one_problem_that_names_it(data: dict[str, Any], name: str) -> None:
    (problem,) = standard.problems("x.yaml", data)
    assert name in problem.message
    assert problem.path == () or problem.path[0] in data
    assert "; " in problem.message


def test_every_format_is_tried() -> None:
    names = {name for name, _, _ in other_formats._FORMATS}
    told = " ".join(standard.problems("x.yaml", data)[0].message for data, _ in FORMATS)
    assert [name for name in sorted(names) if f"this is {name}" not in told] == []


def test_every_command_that_is_named_is_one_of_datacontract_cli() -> None:
    root: Any = typer.main.get_command(app)
    told = {standard.problems("x.yaml", data)[0].message for data, _ in FORMATS}
    commands = {match for message in told for match in re.findall(r"`datacontract (\w+) (\w+)", message)}
    assert ("export", "odcs") in commands
    assert len(commands) > 5
    for group, name in commands:
        assert name in root.commands[group].commands, (group, name)


@pytest.mark.parametrize(
    "data",
    [
        {"apiVersion": "v3.1.0", "kind": "DataContract", "openapi": "3.1.0"},
        {"apiVersion": "v3.2.0", "kind": "DataContract", "dataset": "x", "uuid": "y"},
        {"kind": "DataContract", "schema": [], "models": []},
        {"apiVersion": "v3.2.0", "schema": []},
    ],
    ids=str,
)
def test_a_contract_of_version_3_with_a_mistake_is_judged_as_that(data: dict[str, Any]) -> None:
    assert other_formats.named(data) is None
    assert all("this is" not in problem.message for problem in standard.problems("x.yaml", data))
