"""Walk of a JSON schema: the subschemas that judge one value, and the keys that they know.

The walk knows the keywords that the Open Data Contract Standard uses: references, `allOf`, `anyOf`, `oneOf`, and rules
of `if`, `then` and `else`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple, cast

import jsonschema_rs

from mesh.findings import KeyPath
from mesh.validation_messages import Schema

ANY: Final = object()
"""Stands for a value that is not known: every rule is followed."""

Precondition = tuple[tuple[str, str], ...]
"""Pairs of a key and a value, one of which a mapping has to have: `(("logicalType", "map"),)`."""


class Judge(NamedTuple):
    """A subschema that judges a value: the definition it stands in, and the condition of the rules that lead to it."""

    definition: str
    node: Schema
    condition: Precondition = ()


def resolved(whole: Schema, reference: str) -> tuple[str, Schema]:
    """Name and content of what a reference within a schema names."""
    steps = reference.removeprefix("#/").split("/")
    for step in steps:
        whole = whole[step]
    return steps[-1], whole


def judges(whole: Schema, start: Schema, value: object = ANY, condition: Precondition = ()) -> Iterator[Judge]:
    """Every subschema that judges the same value as `start` does, itself first; a known value chooses among rules."""
    todo = [Judge("", start, condition)]
    seen: set[tuple[int, Precondition]] = set()
    while todo:
        judge = todo.pop()
        name, node, wanted = judge
        if (id(node), wanted) in seen:
            continue
        seen.add((id(node), wanted))
        yield judge
        if "$ref" in node:
            todo.append(Judge(*resolved(whole, node["$ref"]), wanted))
        todo += [Judge(name, branch, wanted) for key in ("allOf", "anyOf", "oneOf") for branch in node.get(key, ())]
        if "if" not in node:
            continue
        holds = None if value is ANY else _rule(json.dumps(node["if"])).is_valid(value)
        if "then" in node and holds is not False:
            todo.append(Judge(name, node["then"], wanted or tuple(_wanted(node["if"]))))
        if "else" in node and not holds:
            todo.append(Judge(name, node["else"], wanted))


@lru_cache(maxsize=256)
def _rule(condition: str) -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(json.loads(condition))


def is_valid(whole: Schema, node: Schema, value: object) -> bool:
    """Whether a value holds a subschema."""
    return jsonschema_rs.is_valid({**node, "$schema": whole["$schema"], "$defs": whole["$defs"]}, value)


def _wanted(rule: Schema) -> Iterator[tuple[str, str]]:
    for key, value in rule.get("properties", {}).items():
        if "const" in value:
            yield key, str(value["const"])
    for branch in rule.get("anyOf", ()):
        yield from _wanted(branch)


def judges_at(whole: Schema, path: KeyPath, value: object = ANY) -> list[Judge]:
    """The subschemas that judge what stands at a path of keys, of a file whose content may be known."""
    here = list(judges(whole, whole, value))
    for step in path:
        value = below(value, step)
        here = [
            inner
            for judge in here
            for node in _following(judge.node, step)
            for inner in judges(whole, node, value, judge.condition)
        ]
    return here


def below(value: object, step: str | int) -> object:
    """The value under one key or number; ANY where there is none."""
    if isinstance(value, Mapping):
        return cast("Mapping[str, Any]", value).get(cast("str", step), ANY)
    if isinstance(value, list) and isinstance(step, int) and step < len(cast("list[Any]", value)):
        return cast("list[Any]", value)[step]
    return ANY


def _following(node: Schema, step: str | int) -> Iterator[Schema]:
    following = node.get("properties", {}).get(step) if isinstance(step, str) else node.get("items")
    if isinstance(following, Mapping):
        yield cast("Schema", following)


def keys_of(here: list[Judge]) -> list[str]:
    """The keys that the subschemas of one value know, sorted."""
    return sorted({key for judge in here for key in judge.node.get("properties", ())})
