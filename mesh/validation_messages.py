"""Validation errors of pydantic, as sentences for the person who wrote the file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final, cast

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from mesh import value_remedies
from mesh.findings import KeyPath, Problem, listed, near_names, nearest
from mesh.model.accounts import AccountsFile
from mesh.model.base import BY_COMMAND, EXPECTED, LONGEST_NAME, NAME_PATTERN, ONE, PRODUCT_PATTERN
from mesh.visible_text import visible_text

Schema = Mapping[str, Any]

_KINDS: Final = {
    "string_type": ("a text", "string"),
    "int_type": ("a whole number", "integer"),
    "int_from_float": ("a whole number", "integer"),
    "bool_type": ("true or false", "boolean"),
    "dict_type": ("'key: value' lines", "object"),
    "model_type": ("'key: value' lines", "object"),
    "tuple_type": ("a list", "array"),
}
"""Kinds of values by pydantic's errors: for people, and as JSON Schema calls them."""


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


def is_consequence(model: type[BaseModel], error: ErrorDetails, errors: list[ErrorDetails]) -> bool:
    """Whether an error says that a list or group is empty, or a key missing, only because another one is wrong."""
    place = error["loc"]
    if error["type"] == "missing":
        return any(_means(model, other["loc"], place) for other in errors if other["type"] == "extra_forbidden")
    return error["type"] == "too_short" and any(
        other["loc"][: len(place)] == place and len(other["loc"]) > len(place) for other in errors
    )


def _means(model: type[BaseModel], written: KeyPath, wanted: KeyPath) -> bool:
    """Whether an unknown key is another one, misspelt."""
    near = near_names(str(written[-1]), allowed(model, written[:-1]), most=1)
    return written[:-1] == wanted[:-1] and near == [str(wanted[-1])]


def unknown_key(file: str, path: KeyPath, known: list[str]) -> Problem:
    """A key that does not belong where it stands, with the nearest one that does."""
    name = str(path[-1])
    near = nearest(name, known)
    message = f"unknown key '{shorten(name)}'{inside(path)}{near}"
    end = f" Known: {listed(known)}" if near else f"; known: {listed(known)}; write one of them, or remove it"
    return Problem(file, path, message + end, on_key=True)


def missing_key(file: str, path: KeyPath, text: str) -> Problem:
    """A key that has to be there; `text` describes its value."""
    message = f"missing key '{path[-1]}'{inside(path)}{': ' if text else ''}{text}; add it"
    return Problem(file, path[:-1], message, on_key=True)


def subject(path: KeyPath) -> str:
    """The beginning of a sentence on the value at a path of keys."""
    return f"'{path[-1]}'" if path and isinstance(path[-1], str) else "this entry"


def _reason(model: type[BaseModel], path: KeyPath, value: Any, kind: str, error: ErrorDetails) -> str:
    context = error.get("ctx", {})
    if kind == "literal_error":
        choices = [str(choice) for choice in node(model, path).get("enum", [])]
        return f"{_is(value)}; allowed: {listed(choices)}{nearest(str(value), choices) or '; choose one'}"
    if kind == "twice":
        return error["msg"]
    if kind in _KINDS:
        return f"{_is(value)}; expected {_of_kind(model, path, value, kind)}"
    if value is None:
        return f"has no value; {error['msg']}"
    if kind == "string_pattern_mismatch":
        pattern = context.get("pattern", "")
        wanted = A_NAME if pattern == NAME_PATTERN else EXPECTED.get(pattern) or about(model, path)
        return _is(value) + _expected(value, wanted, pattern, BY_COMMAND if model is AccountsFile else ONE)
    if kind == "product":
        return _is(value) + _expected(value, EXPECTED[PRODUCT_PATTERN], PRODUCT_PATTERN)
    if limit := _LIMITS.get(kind):
        over = len(value) - context["max_length"] if "max_length" in context else 0
        return limit.format(said=_is(value), over=over, **context)
    by_command = kind == "account_id" and model is AccountsFile and not context.get("instead")
    return f"{_is(value)}; {error['msg']}{BY_COMMAND if by_command else ''}"


def _of_kind(model: type[BaseModel], path: KeyPath, value: Any, kind: str) -> str:
    """The end of a sentence on a value of another kind: the kind that is expected, and what to write instead."""
    name, wanted = _KINDS[kind]
    here = node(model, path)
    # Of a number the unit counts, which the first words of its description say.
    unit = re.split("[;,.]", about(model, path))[0] if wanted == "integer" else ""
    instead = value_remedies.of_kind(value, wanted)
    if not instead and wanted == "object" and (keys := here.get("required")):
        instead = value_remedies.write("{" + ", ".join(f"{key}: …" for key in keys) + "}")
    if not instead and wanted == "object":
        instead = ": write its keys below it, each with its value"
    return f"{name}{', ' if unit else ''}{unit}{instead or ONE}"


_LIMITS: Final = {
    "string_too_short": "is empty; expected a text: write a sentence",
    "string_too_long": "{said}, too long; at most {max_length} characters fit: shorten it by {over}",
    "too_short": "is empty; at least {min_length} has to be there: write one",
    "too_long": "has too many entries; at most {max_length} fit: take out {over}",
    "greater_than_equal": "{said}, too small; expected {ge} or more: write a larger one",
    "less_than_equal": "{said}, too large; expected {le} or less: write a smaller one",
}

A_NAME: Final = f"lower-case letters, digits and single hyphens, a letter first, at most {LONGEST_NAME} characters"


def is_name(value: str) -> bool:
    """Whether a text can name a domain, a product or a partner."""
    return len(value) <= LONGEST_NAME and re.fullmatch(NAME_PATTERN, value) is not None


def bad_name(value: str, wanted: str = A_NAME) -> str:
    """The sentence on a text that is no name, or no other key of the form that is wanted."""
    expected = _expected(value, wanted, NAME_PATTERN if wanted == A_NAME else "")
    return f"'{shorten(value)}' is not a name that fits here{expected}"


def _expected(value: Any, wanted: str, pattern: str, otherwise: str = ONE) -> str:
    """The end of a sentence on a text of another form, with the nearest text of the form that is wanted."""

    def fits(text: str) -> bool:
        return is_name(text) if pattern == NAME_PATTERN else re.fullmatch(pattern, text) is not None

    if fitting := value_remedies.repaired(value, fits) if pattern else "":
        return f"; did you mean '{shorten(fitting)}'? Expected {wanted}"
    return f"; expected {wanted}{otherwise}"


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
