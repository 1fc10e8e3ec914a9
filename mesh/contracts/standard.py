"""Open Data Contract Standard: the judgement of a file, the places of elements, and the keys of each place.

Everything is derived from the standard's JSON schemas, so that a later version brings its own places and keys.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import Any, Final, cast

import jsonschema_rs

from mesh.contracts import other_formats, standard_messages, versions
from mesh.contracts.json_schema import judges, judges_at, keys_of, resolved
from mesh.findings import KeyPath, Problem
from mesh.validation_messages import Schema

MOST_PER_CONTRACT: Final = 10
"""The most schema errors shown of one contract; a file that is no contract breaks dozens of rules."""

ROOT: Final = ""
"""Name of the contract as a whole, among the names of definitions."""

ELEMENT: Final = "SchemaElement"
"""The definition that every element of a contract's schema is built on."""


@lru_cache(maxsize=8)
def _validator(version: str) -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(dict(versions.schema(version)))


def version_of(data: Mapping[str, Any]) -> str:
    """The version of the standard that judges a file: its `apiVersion`, or the latest when that names none."""
    said = data.get("apiVersion")
    return said if isinstance(said, str) and said in versions.PATCHES else versions.LATEST


def problems(file: str, data: Mapping[str, Any]) -> list[Problem]:
    """Problems of a file that does not hold its JSON schema, errors first; none of one that does.

    A file with warnings only is a contract. Raises ValueError for a file with a key that is no text.
    """
    validator = _validator(version_of(data))
    if validator.is_valid(data):
        return []
    if other := other_formats.named(data):
        return [Problem(file, other.path, other.message, on_key=True)]
    every = standard_messages.problems(file, version_of(data), data, validator.iter_errors(data))
    every.sort(key=lambda problem: problem.severity != "error")
    shown = every[:MOST_PER_CONTRACT]
    if more := len(every) - len(shown):
        places = f"{more} more places" if more > 1 else "one more place"
        message = f"{places} of this contract are not as the standard has them; these are the first {len(shown)}"
        shown.append(Problem(file, (), message, every[0].severity))
    return shown


def errors(data: Mapping[str, Any]) -> Iterator[jsonschema_rs.ValidationError]:
    """Errors of the JSON schema of a file, as the validator has them."""
    return iter(_validator(version_of(data)).iter_errors(data))


# ---- places and keys


@cache
def places() -> Mapping[str, Mapping[tuple[str, ...], tuple[str, bool]]]:
    """Places of elements below each definition: key paths, each with the definition there, and whether it is a list.

    `places()["SchemaProperty"][("items",)]` is `("SchemaItemProperty", False)`. Below `ROOT` stand the tables.
    """
    whole = versions.schema(versions.LATEST)
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
    for name, node, _ in judges(whole, here):
        if name in above:
            continue
        for key, value in node.get("properties", {}).items():
            for following, is_list in ((value, False), *((item, True) for item in _items(whole, value))):
                if found := _element(whole, following):
                    yield (*path, key), (found, is_list)
                else:
                    yield from _elements_below(whole, following, (*path, key), above | {name} - {ROOT})


def _items(whole: Schema, here: Schema) -> Iterator[Schema]:
    """The subschemas of the entries of a list that a subschema judges."""
    for judge in judges(whole, here):
        if isinstance(judge.node.get("items"), Mapping):
            yield cast("Schema", judge.node["items"])


def _element(whole: Schema, here: Schema) -> str | None:
    """The name of the definition of the element that a subschema describes; None when it describes none."""
    if "$ref" not in here:
        return None
    name, definition = resolved(whole, here["$ref"])
    return name if any(judge.definition == ELEMENT for judge in judges(whole, definition)) else None


@lru_cache(maxsize=256)
def keys(place: KeyPath, version: str = versions.LATEST) -> tuple[str, ...]:
    """The keys that the standard has at a place of a contract, whatever else the contract says; sorted."""
    return tuple(keys_of(judges_at(versions.schema(version), place)))
