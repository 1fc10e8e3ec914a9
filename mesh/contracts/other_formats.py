"""Formats that are no contract of the Open Data Contract Standard 3: their signs, and the command that converts each.

The commands are those of `datacontract-cli` 1.2 (`datacontract import --help`); a test asks the tool for each of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from mesh.findings import KeyPath, listed

Data = Mapping[str, Any]
Sign = Callable[[Data], str | None]


class OtherFormat(NamedTuple):
    """The key that gives a format away, and the sentence on it."""

    path: KeyPath
    message: str


class _Format(NamedTuple):
    name: str
    sign: Sign
    """The key by which a file is of this format; None when it is not."""
    remedy: str


VERSION_2_KEYS: Final = {
    "columns": "schema.properties",
    "dataset": "schema",
    "datasetDomain": "domain",
    "datasetName": "name",
    "productDl": "support",
    "productFeedbackUrl": "support",
    "productSlackChannel": "support",
    "quantumName": "dataProduct",
    "slaDefaultColumn": "slaProperties.element",
    "sourcePlatform": "servers",
    "stakeholders": "team",
    "templateVersion": "apiVersion",
    "userConsumptionMode": "customProperties",
    "uuid": "id",
}
"""Keys at the top of version 2 of the standard, each with the key of version 3 that took its place."""

_UNMISTAKABLE: Final = ("dataset", "datasetName", "quantumName", "templateVersion", "uuid", "datasetDomain")


def named(data: Data) -> OtherFormat | None:
    """The other format that a file is written in; None when it shows no sign of one."""
    if data.get("kind") == "DataContract" and str(data.get("apiVersion", "")).startswith("v3"):
        return None
    if data.get("kind") == "DataContract" and isinstance(data.get("schema"), list):
        if str(data.get("apiVersion", "")).startswith("v2"):
            message = "is version 2 of the standard, and the file has the form of version 3; write 'apiVersion: v3.2.0'"
            return OtherFormat(("apiVersion",), f"'{data['apiVersion']}' {message}")
        return None
    for name, sign, remedy in _FORMATS:
        if key := sign(data):
            return OtherFormat((key,), f"this is {name}, not the Open Data Contract Standard 3; {remedy}")
    if not {"apiVersion", "kind", "schema"} & set(data):
        message = "this is no data contract: 'apiVersion: v3.2.0', 'kind: DataContract', 'id' and 'version' are missing"
        return OtherFormat((), f"{message}; the Open Data Contract Standard asks for them")
    return None


def _both(first: Sign, second: Sign) -> Sign:
    return lambda data: first(data) and second(data)


def _one(*signs: Sign) -> Sign:
    return lambda data: next(filter(None, (sign(data) for sign in signs)), None)


def _has(key: str, kind: type[object] = object, *beside: str) -> Sign:
    """The sign that a key is there, with a value of a kind, and other keys beside it."""
    return lambda data: key if isinstance(data.get(key), kind) and {key, *beside} <= set(data) else None


def _says(key: str, *values: str) -> Sign:
    """The sign that a key has one of some values."""
    return lambda data: key if str(data.get(key)) in values else None


def _version_2(data: Data) -> str | None:
    old = [key for key in _UNMISTAKABLE if key in data]
    is_old = str(data.get("apiVersion", data.get("templateVersion", ""))).lstrip("v").startswith(("1", "2"))
    if not old or (len(old) == 1 and not is_old):
        return None
    return "apiVersion" if "apiVersion" in data else old[0]


def _dbt(data: Data) -> str | None:
    for key in ("models", "sources", "seeds", "snapshots", "semantic_models"):
        if isinstance(data.get(key), list):
            return key
    return None


def _dbt_manifest(data: Data) -> str | None:
    metadata = data.get("metadata")
    return "metadata" if isinstance(metadata, Mapping) and "dbt_schema_version" in metadata else None


def _soda(data: Data) -> str | None:
    if isinstance(data.get("dataset"), str) and isinstance(data.get("columns"), list):
        return "dataset"
    return next((key for key in data if key.startswith(("checks for ", "filter "))), None)


def _kubernetes(data: Data) -> str | None:
    return "apiVersion" if isinstance(data.get("metadata"), Mapping) and "kind" in data and "spec" in data else None


def _import(name: str, source: str = "<file>", then: str = "") -> str:
    return f"`datacontract import {name} {source}` writes a contract from it{then}"


_REWRITE: Final = "no command converts it: write the contract anew"
_CHANGED: Final = listed(f"{old} -> {new}" for old, new in VERSION_2_KEYS.items() if old in _UNMISTAKABLE)

_FORMATS: Final = (
    _Format(
        "the Data Contract Specification",
        _has("dataContractSpecification"),
        "`datacontract export odcs <file> --output <contract>.odcs.yaml` converts it",
    ),
    _Format(
        "a data product of the Open Data Product Standard",
        _says("kind", "DataProduct"),
        "put the contract of one of its output ports here",
    ),
    _Format("an OpenAPI document", _has("openapi"), _import("openapi")),
    _Format("a Swagger document", _has("swagger"), f"convert it to OpenAPI 3, then {_import('openapi')}"),
    _Format("an AsyncAPI document", _has("asyncapi"), _REWRITE),
    _Format("an Iceberg schema", _has("schema-id", object, "fields"), _import("iceberg")),
    _Format("a JSON Schema", _has("$schema", str, "type"), _import("jsonschema")),
    _Format("a JSON Schema", _has("$schema", str, "properties"), _import("jsonschema")),
    _Format("a JSON Schema", _has("$defs", Mapping), _import("jsonschema")),
    _Format("an Avro schema", _both(_says("type", "record"), _has("fields")), _import("avro")),
    _Format("a Spark schema", _both(_says("type", "struct"), _has("fields")), _import("spark")),
    _Format("a manifest of dbt", _dbt_manifest, _import("dbt")),
    _Format(
        "a properties file of dbt",
        _dbt,
        _import("dbt", "target/manifest.json").replace("from it", "from what dbt compiles"),
    ),
    _Format("a contract or checks of Soda", _soda, _REWRITE),
    _Format(f"version 2 of the standard ({_CHANGED})", _version_2, _REWRITE),
    _Format(
        "a data contract of OpenMetadata",
        _one(_has("entity", Mapping), _has("fullyQualifiedName"), _has("qualityExpectations")),
        "export it from OpenMetadata as ODCS",
    ),
    _Format("a Data Product Descriptor", _has("dataProductDescriptor"), _REWRITE),
    _Format("an expectation suite of Great Expectations", _has("expectations", list), _REWRITE),
    _Format("a Data Package of Frictionless", _has("resources", list), _REWRITE),
    _Format("a resource of Kubernetes", _kubernetes, _REWRITE),
)
"""Formats in the order in which they are looked for; the first that shows its sign is named."""
