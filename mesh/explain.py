"""Validation errors of pydantic and of the contract's JSON schema, as sentences for the person who wrote the file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from mesh.findings import Path, Problem, listed, nearest
from mesh.model.base import NAME_PATTERN

_KINDS = {
    "string_type": "a text",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "float_type": "a number",
    "dict_type": "keys and values",
    "model_type": "keys and values",
    "model_attributes_type": "keys and values",
    "tuple_type": "a list",
    "list_type": "a list",
}


def problem(file: str, model: type[BaseModel], error: ErrorDetails) -> Problem:
    """One pydantic error as a problem of the file it was found in."""
    path, value, kind = tuple(error["loc"]), error["input"], error["type"]
    bad_key = bool(path) and path[-1] == "[key]"
    path = path[:-1] if bad_key else path
    if kind == "extra_forbidden":
        known = allowed(model, path[:-1])
        message = f"unknown key '{path[-1]}'{_in(path)}{nearest(str(path[-1]), known)} Known keys here: {listed(known)}"
        return Problem(file, path, message.replace("?  ", "? ").replace("' Known", "'. Known"), on_key=True)
    if kind == "missing":
        return Problem(file, path[:-1], f"missing key '{path[-1]}'{_in(path)}: {_about(model, path)}")
    if bad_key:
        return Problem(file, path, bad_name(str(path[-1])), on_key=True)
    return Problem(file, path, _message(model, path, value, kind, error))


def _message(model: type[BaseModel], path: Path, value: Any, kind: str, error: ErrorDetails) -> str:
    name, context = f"'{path[-1]}'" if path and isinstance(path[-1], str) else "this entry", error.get("ctx", {})
    if value is None and kind in _KINDS:
        return f"{name} has no value; expected {_KINDS[kind]}, or leave the key out"
    if kind in _KINDS:
        return f"{name} is {shown(value)}; expected {_KINDS[kind]}"
    if kind == "literal_error":
        choices = [str(choice) for choice in node(model, path).get("enum", [])]
        return f"{name} is {shown(value)}; allowed: {listed(choices)}{nearest(str(value), choices)}"
    if kind == "string_pattern_mismatch":
        pattern = context.get("pattern", "")
        return bad_name(str(value)) if pattern == NAME_PATTERN else f"{shown(value)} does not fit here: {_about(model, path)}"
    if kind in ("string_too_long", "string_too_short", "too_short", "too_long"):
        return f"{name} is {shown(value)}; {error['msg'][0].lower()}{error['msg'][1:]}"
    return f"{name} is {shown(value)}; {error['msg'][0].lower()}{error['msg'][1:]}"


def is_name(value: str) -> bool:
    """Whether a text can name a domain, a product or a partner."""
    return len(value) <= 40 and re.fullmatch(NAME_PATTERN, value) is not None


def bad_name(value: str) -> str:
    """What is wrong with a name, and what a name is."""
    return (
        f"'{shorten(value)}' is not a name that fits here: lower-case letters, digits and single hyphens, a letter first, "
        "at most 40 characters"
    )


def _in(path: Path) -> str:
    parents = ".".join(str(part) for part in path[:-1])
    return f" in '{parents}'" if parents else ""


def shown(value: Any) -> str:
    """A value as its writer would recognise it."""
    if isinstance(value, bool):
        return f"the truth value {str(value).lower()}"
    if isinstance(value, int | float):
        return f"the number {value}"
    if isinstance(value, str):
        return f"the text '{shorten(value)}'"
    if value is None:
        return "nothing"
    return "a list" if isinstance(value, list | tuple) else "a group of keys"


def shorten(text: str, length: int = 60) -> str:
    """The text on one line, cut with an ellipsis; only for showing, never for a name."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1] + "…"


@cache
def _schema(model: type[BaseModel]) -> Mapping[str, Any]:
    return model.model_json_schema()


def node(model: type[BaseModel], path: Path) -> Mapping[str, Any]:
    """The JSON schema of the value at a path of keys; {} where the schema says nothing."""
    whole = _schema(model)
    here = _resolve(whole, whole)
    for step in path:
        if isinstance(step, int):
            following = here.get("items", {})
        else:
            following = here.get("properties", {}).get(step) or here.get("additionalProperties") or {}
        here = _resolve(whole, following) if isinstance(following, dict) else {}
    return here


def _resolve(whole: Mapping[str, Any], here: Mapping[str, Any]) -> Mapping[str, Any]:
    outer = {key: value for key, value in here.items() if key != "$ref"}
    if "$ref" in here:
        target = whole["$defs"][here["$ref"].rpartition("/")[2]]
        return _resolve(whole, {**target, **outer})
    for choice in here.get("anyOf", ()):
        if choice.get("type") != "null":
            return _resolve(whole, {**choice, **{k: v for k, v in outer.items() if k != "anyOf"}})
    return here


def allowed(model: type[BaseModel], path: Path) -> list[str]:
    """The keys that a mapping at this path may have."""
    return list(node(model, path).get("properties", {}))


def _about(model: type[BaseModel], path: Path) -> str:
    here = node(model, path)
    text = here.get("description") or here.get("title") or "see docs"
    return str(text).split("\n")[0]
