"""Versions of the Open Data Contract Standard: the JSON schema of each, as differences from that of the latest.

The package `open_data_contract_standard` holds the schema of 3.2 only, and an early one. A difference is a merge patch
(RFC 7386): a mapping laid over the schema, in which None takes a key away and a list stands for the whole list.
Source: the JSON schemas that the standard published (github.com/bitol-io/open-data-contract-standard, `schema/`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any, Final, cast

from mesh.validation_messages import Schema

LATEST: Final = "v3.2.0"

Patch = Mapping[str, Any]

_WITH_TYPE: Final = ("map", "vector")
"""Logical types whose rules ask for a key: they hold for an element only that names its logical type."""


def schema(version: str) -> Schema:
    """The JSON schema of one version of the standard, one of `PATCHES`."""
    text = files("open_data_contract_standard").joinpath("schema.json").read_text("utf-8")
    whole: Schema = json.loads(text)
    for patch in PATCHES[version]:
        whole = cast("Schema", merged(whole, patch))
    whole["$defs"]["SchemaBaseProperty"]["allOf"] = [
        _only_when_typed(rule) for rule in whole["$defs"]["SchemaBaseProperty"]["allOf"]
    ]
    return whole


def merged(target: object, patch: object) -> object:
    """A value with a merge patch laid over it, as RFC 7386 has it."""
    if not isinstance(patch, Mapping):
        return patch
    result: dict[str, object] = dict(cast("Schema", target)) if isinstance(target, Mapping) else {}
    for key, value in cast("Patch", patch).items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result


def _only_when_typed(rule: Schema) -> Schema:
    # Without this every element that names no logical type needs a `map`: issue 322 of the standard, mended upstream by
    # its pull requests 324 and 328, and not yet in the package.
    if str(rule.get("if", {}).get("properties", {}).get("logicalType", {}).get("const")) in _WITH_TYPE:
        return cast("Schema", merged(rule, {"if": {"required": ["logicalType"]}}))
    return rule


PATCHES: Final[Mapping[str, tuple[Patch, ...]]] = {LATEST: ()}
"""The merge patches of each version, in the order in which they are laid over the schema of the package."""
