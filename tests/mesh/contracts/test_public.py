"""Contracts as tools and companies write them: nine of ten need an owner, a purpose and label words at most."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import jsonschema_rs
import pytest

from mesh import yamlfile
from tests.mesh.contracts.small_mesh import CONTRACT, findings, small_mesh

HERE: Final = Path(__file__).parent
PUBLIC: Final = {file.name.removesuffix(".odcs.yaml"): file for file in sorted((HERE / "public").glob("*.odcs.yaml"))}
FIRST_LINE: Final = re.compile(r"# source: [^;]*\b3\.[012]\.[0-9][^;]*; needs: \S.*")

REFUSED: Final = {
    "bitol-31-data-types": "time",
    "bitol-31-quality-accuracy": "needs a 'physicalName' of lower-case letters",
    "cli-avro-logical-types": "timestamp",
    "cli-parquet-without-fields": "struct",
    "cli-protobuf": "needs a 'physicalName' of lower-case letters",
    "cli-sql-sqlserver": "SQL Server",
    "cli-sql-snowflake": "needs a 'physicalName' of lower-case letters",
    "data-product-portal-example": "needs a 'physicalName' of lower-case letters",
    "snowflake-shop-number": "NUMBER(12,3)",
}
"""The contracts that are rightly refused, each with words of the reason.

Athena and Iceberg have no time without a day; a number of milliseconds is no timestamp;
a struct without its fields has no type; names are lower-case in the catalog, without dots; NUMBER is Snowflake's.
"""


def accepted(folder: Path, text: str) -> list[str]:
    """The errors of the mesh with a new product of this contract; none when it is accepted."""
    return [str(found).replace(f"{folder}/", "") for found in findings(folder, text) if found.severity == "error"]


def adopted(text: str) -> str:
    """A contract with what a mesh may ask of everybody: its own domain, and a purpose."""
    text = re.sub(r"^domain:.*$", "domain: orders", text, flags=re.MULTILINE)
    description = parsed(text).get("description")
    if description is None:
        return f"{text}\ndescription: {{purpose: Written when it was adopted.}}\n"
    if description.get("purpose"):
        return text
    if not description:
        return re.sub(r"^description:.*$", "description: {purpose: Adopted.}", text, flags=re.MULTILINE)
    return re.sub(r"^description:[ ]*$", "description:\n  purpose: Adopted.", text, count=1, flags=re.MULTILINE)


def parsed(text: str) -> dict[str, Any]:
    return dict(yamlfile.parse(yamlfile.Source("contract", text)))


@pytest.fixture(scope="module")
def refusals(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """The errors of each contract, laid over a small mesh that knows the usual label words; empty when accepted."""
    folder = small_mesh(tmp_path_factory.mktemp("public"))
    return {name: accepted(folder, adopted(file.read_text("utf-8"))) for name, file in PUBLIC.items()}


def test_at_least_ninety_of_a_hundred_are_accepted(refusals: Mapping[str, list[str]]) -> None:
    refused = [name for name, errors in refusals.items() if errors]
    assert len(refusals) == 100
    assert len(refusals) - len(refused) >= 90, refused


@pytest.mark.parametrize("name", [name for name in PUBLIC if name not in REFUSED])
def test_a_public_contract_is_accepted(refusals: Mapping[str, list[str]], name: str) -> None:
    assert refusals[name] == []


@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_says_the_reason(refusals: Mapping[str, list[str]], name: str) -> None:
    assert any(REFUSED[name] in error for error in refusals[name]), refusals[name]
    assert all(error.startswith(f"{CONTRACT}:") for error in refusals[name])


@pytest.mark.parametrize("name", PUBLIC)
def test_a_contract_says_its_source_and_what_it_needs(name: str) -> None:
    first = PUBLIC[name].read_text("utf-8").partition("\n")[0]
    assert FIRST_LINE.fullmatch(first), first
    needs = first.partition("needs: ")[2]
    assert ("purpose" in needs) or parsed(PUBLIC[name].read_text("utf-8"))["description"]["purpose"]


def test_five_tools_and_four_companies_are_among_them() -> None:
    tools = {"cli", "bitol", "openmetadata", "dbt", "soda", "dqx", "data-product-portal", "dagster", "odcs-sdk"}
    companies = {"paypal", "databricks-shop", "snowflake-shop", "kafka-shop", "bank", "listening-service"}
    for source in tools | companies:
        assert any(name.startswith(f"{source}-") for name in PUBLIC), source


def test_thirty_of_them_say_nested_types_element_by_element() -> None:
    nested = [name for name, file in PUBLIC.items() if any(map(is_nested, columns(parsed(file.read_text("utf-8")))))]
    assert len(nested) >= 30


def columns(contract: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [column for table in contract["schema"] for column in table.get("properties", ())]


def is_nested(column: Mapping[str, Any]) -> bool:
    return any(key in column for key in ("properties", "items", "map"))


@cache
def standard(version: str) -> jsonschema_rs.Validator:
    """The schema that another tool judges a version of the standard by."""
    release = "3.0.2" if version.startswith("v3.0.") else version.removeprefix("v")
    text = files("datacontract").joinpath(f"schemas/odcs-{release}.schema.json").read_text("utf-8")
    return jsonschema_rs.validator_for(json.loads(text))


@pytest.mark.parametrize("name", PUBLIC)
def test_a_contract_is_valid_in_the_version_that_it_declares(name: str) -> None:
    contract = parsed(PUBLIC[name].read_text("utf-8"))
    assert [error.message for error in standard(contract["apiVersion"]).iter_errors(contract)] == []


def test_a_contract_of_another_domain_and_without_a_purpose_is_adopted() -> None:
    texts = ("domain: x\nid: y\n", "description: {}\n", "description:\n  usage: z\n", "description: {purpose: p}\n")
    assert [parsed(adopted(text)).get("domain") for text in texts] == ["orders", None, None, None]
    assert all(parsed(adopted(text))["description"]["purpose"] for text in texts)
