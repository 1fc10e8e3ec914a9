"""Validation errors of pydantic, as sentences for the person who wrote the file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final, cast

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from mesh.findings import KeyPath, Problem, listed, nearest
from mesh.model.base import EXPECTED, LONGEST_NAME, NAME_PATTERN, PRODUCT_PATTERN
from mesh.visible_text import visible_text

Schema = Mapping[str, Any]

_KINDS: Final = {
    "string_type": "a text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "dict_type": "'key: value' lines",
    "model_type": "'key: value' lines",
    "tuple_type": "a list",
}


_NOW: Final = "clearances/<clearance>.yaml: run `mesh migrate`"
_MOVED: Final[Mapping[tuple[str, str], str]] = {
    ("MeshFile", "clearances"): f"clearances stand in files of their own, {_NOW}",
    ("Domain", "members"): f"members stand in the files of their clearances, {_NOW}",
}
"""Keys that meshes of an earlier form have, by model, with what became of them."""


def problem(file: str, model: type[BaseModel], error: ErrorDetails) -> Problem:
    """One pydantic error as a problem of the file it was found in."""
    path, value, kind = tuple(error["loc"]), error["input"], error["type"]
    # pydantic ends the location of an error about a key, and not about its value, with `[key]`.
    bad_key = bool(path) and path[-1] == "[key]"
    path = path[:-1] if bad_key else path
    if bad_key:
        wanted = EXPECTED.get(error.get("ctx", {}).get("pattern", ""), A_NAME)
        return Problem(file, path, bad_name(str(path[-1]), wanted), on_key=True)
    if kind == "extra_forbidden" and (moved := moved_key(model, path)):
        return Problem(file, path, moved, on_key=True)
    if kind == "extra_forbidden":
        return unknown_key(file, path, allowed(model, path[:-1]))
    if kind == "missing":
        return missing_key(file, path, about(model, path))
    return Problem(file, path, f"{subject(path)} {_reason(model, path, value, kind, error)}", on_key=kind == "too_long")


def moved_key(model: type[BaseModel], path: KeyPath) -> str:
    """The sentence on a key that meshes of an earlier form have; empty for any other."""
    return _MOVED.get((model.__name__, str(path[0])), "") if len(path) == 1 else ""


def is_about_keys(error: ErrorDetails) -> bool:
    """Whether an error is about a key that is no text to YAML; `yamlfile.odd_keys` has the place."""
    return error["type"] == "invalid_key" or (error["loc"][-1:] == ("[key]",) and error["type"] in _KINDS)


def is_consequence(error: ErrorDetails, errors: list[ErrorDetails]) -> bool:
    """Whether an error says that a list or group is empty only because its items are wrong."""
    place = error["loc"]
    return error["type"] == "too_short" and any(
        other["loc"][: len(place)] == place and len(other["loc"]) > len(place) for other in errors
    )


def unknown_key(file: str, path: KeyPath, known: list[str]) -> Problem:
    """A key that does not belong where it stands, with the nearest one that does."""
    name = str(path[-1])
    near = nearest(name, known)
    message = f"unknown key '{shorten(name)}'{inside(path)}{near}"
    return Problem(file, path, message + (" Known: " if near else "; known: ") + listed(known), on_key=True)


def missing_key(file: str, path: KeyPath, text: str) -> Problem:
    """A key that has to be there; `text` describes its value."""
    return Problem(file, path[:-1], f"missing key '{path[-1]}'{inside(path)}{': ' if text else ''}{text}", on_key=True)


def subject(path: KeyPath) -> str:
    """The beginning of a sentence on the value at a path of keys."""
    return f"'{path[-1]}'" if path and isinstance(path[-1], str) else "this entry"


def _reason(model: type[BaseModel], path: KeyPath, value: Any, kind: str, error: ErrorDetails) -> str:
    context = error.get("ctx", {})
    if kind == "literal_error":
        choices = [str(choice) for choice in node(model, path).get("enum", [])]
        return f"{_is(value)}; allowed: {listed(choices)}{nearest(str(value), choices)}"
    if kind == "twice":
        return error["msg"]
    if value is None:
        return f"has no value; expected {_KINDS[kind]}" if kind in _KINDS else f"has no value; {error['msg']}"
    if kind in _KINDS:
        return f"{_is(value)}; expected {_KINDS[kind]}"
    if kind == "string_pattern_mismatch":
        pattern = context.get("pattern", "")
        wanted = EXPECTED.get(pattern) or about(model, path)
        return _is(value) + _expected(value, A_NAME if pattern == NAME_PATTERN else wanted, pattern)
    if kind == "product":
        return _is(value) + _expected(value, EXPECTED[PRODUCT_PATTERN], PRODUCT_PATTERN)
    if limit := _LIMITS.get(kind):
        return limit.format(**context)
    return f"{_is(value)}; {error['msg']}"


_LIMITS: Final = {
    "string_too_short": "is empty; write a sentence",
    "string_too_long": "is too long; at most {max_length} characters fit",
    "too_short": "is empty; at least {min_length} has to be there",
    "too_long": "has too many entries; at most {max_length} fit",
    "greater_than_equal": "is too small; expected {ge} or more",
    "less_than_equal": "is too large; expected {le} or less",
}

A_NAME: Final = f"lower-case letters, digits and single hyphens, a letter first, at most {LONGEST_NAME} characters"


def is_name(value: str) -> bool:
    """Whether a text can name a domain, a product or a partner."""
    return len(value) <= LONGEST_NAME and re.fullmatch(NAME_PATTERN, value) is not None


def bad_name(value: str, wanted: str = A_NAME) -> str:
    """The sentence on a text that is no name, or no other key of the form that is wanted."""
    expected = _expected(value, wanted, NAME_PATTERN if wanted == A_NAME else "")
    return f"'{shorten(value)}' is not a name that fits here{expected}"


def _expected(value: Any, wanted: str, pattern: str) -> str:
    """The end of a sentence on a text of another form, with the text in the form that is wanted if case is all."""
    fitting = re.sub("[^a-z0-9.]+", "-", value.lower()).strip("-") if isinstance(value, str) else ""
    fits = is_name(fitting) if pattern == NAME_PATTERN else re.fullmatch(PRODUCT_PATTERN, fitting) is not None
    if pattern not in (NAME_PATTERN, PRODUCT_PATTERN) or fitting == value or not fits:
        return f"; expected {wanted}"
    return f"; did you mean '{shorten(fitting)}'? Expected {wanted}"


def inside(path: KeyPath) -> str:
    """The sentence part on the place of a key: the keys above it."""
    parents = ".".join(part for part in path[:-1] if isinstance(part, str))
    return f" in '{parents}'" if parents else ""


def _is(value: Any) -> str:
    return "has no value" if value is None else f"is {shown(value)}"


def shown(value: Any) -> str:
    """A value as its writer would recognise it."""
    if isinstance(value, bool):
        return f"the truth value {str(value).lower()}"
    if isinstance(value, int | float):
        return f"the number {value}"
    if isinstance(value, str):
        return f"the text '{shorten(value)}'" if value else "an empty text"
    if value is None:
        return "nothing"
    return "a list" if isinstance(value, list | tuple) else "a group of keys"


def shorten(text: str, length: int = 60) -> str:
    """The text on one line, cut with ellipses; only for showing, never for a name.

    What a reader would not see, such as a line break at the end, is written as an escape, and is never what is cut off.
    """
    unseen = next((place for place, character in enumerate(text) if not character.isprintable()), 0)
    begin = max(0, unseen - length // 2) if len(text) > length and unseen >= length - 1 else 0
    is_whole = len(text) - begin <= length
    line = visible_text(text[begin:] if is_whole else text[begin : begin + length - 1])
    return f"{'…' if begin else ''}{line}{'' if is_whole else '…'}"


# ---- the JSON schema of our own models


@lru_cache(maxsize=16)
def _schema(model: type[BaseModel]) -> Schema:
    return model.model_json_schema()


def node(model: type[BaseModel], path: KeyPath) -> Schema:
    """The JSON schema of the value at a path of keys; {} where the schema says nothing."""
    whole = _schema(model)
    here = _resolve(whole, whole)
    for step in path:
        here = _resolve(whole, _below(here, step))
    return here


def _below(here: Schema, step: str | int) -> Schema:
    properties: Schema = here.get("properties", {})
    following: object = here.get("items")
    if isinstance(step, str):
        by_pattern: Schema = here.get("patternProperties", {})
        following = properties.get(step) or next(iter(by_pattern.values()), here.get("additionalProperties"))
    return cast("Schema", following) if isinstance(following, dict) else {}


def _resolve(whole: Schema, here: Schema) -> Schema:
    outer = {key: value for key, value in here.items() if key not in ("$ref", "anyOf")}
    if "$ref" in here:
        target = whole["$defs"][here["$ref"].rpartition("/")[2]]
        return _resolve(whole, {**target, **outer})
    for choice in here.get("anyOf", ()):
        if choice.get("type") != "null":
            return _resolve(whole, {**choice, **outer})
    return here


def allowed(model: type[BaseModel], path: KeyPath) -> list[str]:
    """The keys that a mapping at this path may have."""
    return list(node(model, path).get("properties", {}))


def about(model: type[BaseModel], path: KeyPath) -> str:
    """The schema's description of the value at a path of keys; empty where it says nothing."""
    text = str(node(model, path).get("description", "")).split("\n")[0]
    start = text[:1].lower() if text[1:2].islower() or text[1:2] == " " else text[:1]
    return start + text[1:].rstrip(".")
