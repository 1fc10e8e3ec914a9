"""Open Data Contract Standard: its JSON schemas, the places of elements, and the keys of each place.

Everything is derived from the schemas, so that a later version of the standard brings its own places and keys.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from itertools import islice
from typing import Any, Final, cast

import jsonschema_rs

from mesh.contracts import versions
from mesh.findings import KeyPath, Problem
from mesh.validation_messages import Schema, contract_problems

MOST_PER_CONTRACT: Final = 10
"""The most schema errors shown of one contract; a file that is no contract breaks dozens of rules."""

ROOT: Final = ""
"""Name of the contract as a whole, among the names of definitions."""

ELEMENT: Final = "SchemaElement"
"""The definition that every element of a contract's schema is built on."""

_IN_PLACE: Final = ("allOf", "anyOf", "oneOf")
_IN_PLACE_ONE: Final = ("if", "then", "else")


@lru_cache(maxsize=8)
def _schema(version: str) -> Schema:
    return versions.schema(version)


@lru_cache(maxsize=8)
def _validator(version: str) -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(_schema(version))


def version_of(data: Mapping[str, Any]) -> str:
    """The version of the standard that judges a file: its `apiVersion`, or the latest when that names none."""
    said = data.get("apiVersion")
    return said if isinstance(said, str) and said in versions.PATCHES else versions.LATEST


def schema_of(data: Mapping[str, Any]) -> Schema:
    """The JSON schema that judges a file."""
    return _schema(version_of(data))


def problems(file: str, data: Mapping[str, Any]) -> list[Problem]:
    """Problems of a file that does not hold its JSON schema; none of one that does.

    Raises ValueError for a file with a key that is no text.
    """
    validator = _validator(version_of(data))
    if validator.is_valid(data):
        return []
    every = contract_problems(file, schema_of(data), validator.iter_errors(data))
    return list(islice(every, MOST_PER_CONTRACT))


# ---- places and keys


def _resolved(whole: Schema, here: Schema) -> tuple[str, Schema]:
    """Name and content of the definition that a subschema refers to."""
    steps = str(here["$ref"]).removeprefix("#/").split("/")
    for step in steps:
        whole = whole[step]
    return steps[-1], whole


def _in_place(whole: Schema, here: Schema) -> Iterator[tuple[str, Schema]]:
    """Every subschema that judges the same value, with the name of the definition it stands in: itself first."""
    todo: list[tuple[str, Schema]] = [("", here)]
    seen: set[int] = set()
    while todo:
        name, node = todo.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        yield name, node
        if "$ref" in node:
            todo.append(_resolved(whole, node))
        todo += [(name, branch) for key in _IN_PLACE for branch in node.get(key, ())]
        todo += [(name, node[key]) for key in _IN_PLACE_ONE if isinstance(node.get(key), Mapping)]


@cache
def places() -> Mapping[str, Mapping[tuple[str, ...], tuple[str, bool]]]:
    """Places of elements below each definition: key paths, each with the definition there, and whether it is a list.

    `places()["SchemaProperty"][("items",)]` is `("SchemaItemProperty", False)`. Below `ROOT` stand the tables.
    """
    whole = _schema(versions.LATEST)
    every: dict[str, Mapping[tuple[str, ...], tuple[str, bool]]] = {}
    todo = [(ROOT, whole)]
    while todo:
        name, definition = todo.pop()
        if name not in every:
            every[name] = dict(_elements_below(whole, definition, (), frozenset()))
            todo += [(below, whole["$defs"][below]) for below, _ in every[name].values()]
    return every


def _elements_below(
    whole: Schema, here: Schema, path: tuple[str, ...], above: frozenset[str]
) -> Iterator[tuple[tuple[str, ...], tuple[str, bool]]]:
    for name, node in _in_place(whole, here):
        if name in above:
            continue
        for key, value in node.get("properties", {}).items():
            for following, is_list in ((value, False), *((item, True) for item in _items(whole, value))):
                found = _element(whole, following)
                if found:
                    yield (*path, key), (found, is_list)
                else:
                    yield from _elements_below(whole, following, (*path, key), above | {name} - {""})


def _items(whole: Schema, here: Schema) -> Iterator[Schema]:
    """The subschemas of the entries of a list that a subschema judges."""
    for _, node in _in_place(whole, here):
        if isinstance(node.get("items"), Mapping):
            yield cast("Schema", node["items"])


def _element(whole: Schema, here: Schema) -> str | None:
    """The name of the definition of the element that a subschema describes; None when it describes none."""
    if "$ref" not in here:
        return None
    name, definition = _resolved(whole, here)
    return name if any(below == ELEMENT for below, _ in _in_place(whole, definition)) else None


@lru_cache(maxsize=256)
def keys(place: KeyPath, version: str = versions.LATEST) -> tuple[str, ...]:
    """The keys that the standard has at a place of a contract, whatever else the contract says; sorted."""
    whole = _schema(version)
    here = [node for _, node in _in_place(whole, whole)]
    for step in place:
        here = [inner for node in here for below in _below(node, step) for _, inner in _in_place(whole, below)]
    return tuple(sorted({key for node in here for key in node.get("properties", ())}))


def _below(node: Schema, step: str | int) -> Iterator[Schema]:
    following = node.get("properties", {}).get(step) if isinstance(step, str) else node.get("items")
    if isinstance(following, Mapping):
        yield cast("Schema", following)
