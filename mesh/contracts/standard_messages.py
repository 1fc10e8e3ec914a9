"""Errors of the standard's JSON schema, as sentences for the person who wrote the contract: one a fault.

A key that a rule does not reach because the rule fails elsewhere is no fault of its own; of the ways in which a value
may be written, the one that it comes nearest to is told.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final, cast

import jsonschema_rs

from mesh import value_remedies
from mesh.contracts import versions
from mesh.contracts.json_schema import below, judges_at, keys_of
from mesh.contracts.schema_errors import Kind, Ways, is_missing, kinds_of, leaves, place_of
from mesh.contracts.stray_keys import StrayKey, alternatives, said, stray_key
from mesh.findings import KeyPath, Problem, Severity, listed, nearest
from mesh.model.base import ONE
from mesh.validation_messages import missing_key, shown, subject

MOST_ERRORS: Final = 1_000
"""The most errors of the validator that are read: nested mistakes bring the same error many times."""

_KINDS: Final = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "object": "'key: value' lines",
    "array": "a list",
    "null": "nothing",
}
_KIND_OF: Final[Mapping[type[object], str]] = {
    str: "string",
    bool: "boolean",
    int: "number",
    float: "number",
    dict: "object",
    list: "array",
}
_ID: Final = "an id without spaces and without . # / \\ @ ! % & ^"
_PLAIN_ID: Final = "an id of letters, digits, '-' and '_'"
_BY_NAME: Final = "a reference by name, such as orders.customer_id"
_AN_ID: Final = "schema/orders/properties/customer_id"
PATTERNS: Final = {
    r"^[^\s.#/\\@!%&^]+$": _ID,
    "^[A-Za-z0-9_-]+$": _PLAIN_ID,
    "^sftp://.*": "an address that begins with sftp://",
    r"^[A-Za-z_][A-Za-z0-9_\-]*(\.[A-Za-z_][A-Za-z0-9_\-]*)+$": _BY_NAME,
    r"^[A-Za-z_][A-Za-z0-9_]*\.[A-Za-z_][A-Za-z0-9_]*$": _BY_NAME,
}
"""Descriptions of the patterns of the standard; one that is not here is a reference by id."""

LOGICAL: Final = {
    **dict.fromkeys(("decimal", "numeric", "double", "float", "real", "money"), "number"),
    **dict.fromkeys(("int", "long", "bigint", "smallint", "tinyint"), "integer"),
    **dict.fromkeys(("varchar", "char", "text", "uuid", "json", "enum", "binary", "bytes"), "string"),
    **dict.fromkeys(("struct", "row", "record"), "object"),
    **dict.fromkeys(("list", "set"), "array"),
    **dict.fromkeys(("datetime", "timestamptz", "timestamp_tz", "timestamp_ntz"), "timestamp"),
    "bool": "boolean",
}
"""Types of databases that people write as a logical type, each with the logical type that they mean."""

_MISSING: Final = {
    "metric": ("rule", "'rule' of version 3.0 is called 'metric' since 3.1"),
    "rule": ("metric", "'metric' came with v3.1.0: raise 'apiVersion'"),
}
"""Keys that replace each other: for a key that is missing, the other one, and the sentence for a contract with that."""

_NOT_SO: Final = "is not as the Open Data Contract Standard has it"

_OF_NO_TYPE: Final = (
    "'logicalTypeOptions' are options of a logical type, and none is given here: write 'logicalType', or remove them"
)

_WAYS: Final = {
    "RelationshipSchemaLevel": "'from' and 'to' are either two texts or two lists",
    "RelationshipPropertyLevel": "'from' does not belong here: a relationship of a column begins at the column itself",
}
"""Sentences on a whole entry that fits none of the ways in which it may be written, by its definition."""


@dataclass(slots=True)
class _Contract:
    """A contract that its schema refuses: its file, the version that judges it, its content and its problems."""

    file: str
    version: str
    data: Mapping[str, Any]
    problems: dict[Problem, None] = field(default_factory=dict[Problem, None])
    strays: list[StrayKey] = field(default_factory=list[StrayKey])

    def add(self, path: KeyPath, message: str, on_key: bool = False, severity: Severity = "error") -> None:
        """A problem, unless the same is there already."""
        self.problems.setdefault(Problem(self.file, path, message, severity, on_key))

    def at(self, path: KeyPath) -> object:
        """The value at a path of keys."""
        value: object = self.data
        for step in path:
            value = below(value, step)
        return value


def problems(
    file: str, version: str, data: Mapping[str, Any], errors: Iterable[jsonschema_rs.ValidationError]
) -> list[Problem]:
    """Problems of a contract, one a fault, in the order of the file; never none when there is an error."""
    contract = _Contract(file, version, data)
    read = list(islice(errors, MOST_ERRORS))
    every = [leaf for error in read for leaf in leaves(error)]
    # Without a logical type, JSON Schema has the `if` of each rule on the options of one for true: none is meant.
    orphans = [_options_of_no_type(contract, leaf) for leaf in every]
    for options in filter(None, orphans):
        contract.add(options, _OF_NO_TYPE, on_key=True)
    faults = [leaf for leaf, options in zip(every, orphans, strict=True) if not options]
    with_choice = {place_of(leaf) for leaf in faults if isinstance(leaf.kind, Kind.Enum)}
    for leaf in faults:
        # A value of another kind is none of the choices either.
        if not (isinstance(leaf.kind, Kind.Type) and place_of(leaf) in with_choice):
            _tell(contract, leaf)
    for leaf in faults:
        if isinstance(leaf.kind, Kind.AdditionalProperties | Kind.UnevaluatedProperties):
            _tell_keys(contract, leaf)
    if not contract.problems:
        for leaf in faults:
            _tell_keys(contract, leaf, even_known=True)
    if not contract.problems:
        contract.add(place_of(faults[0]), f"{subject(place_of(faults[0]))} {_NOT_SO}")
    meant = {(*stray.path[:-1], stray.meant) for stray in contract.strays if stray.meant}
    told = [problem for problem in contract.problems if not _repaired(problem, meant)]
    return sorted(told, key=lambda problem: _rank(data, problem.path))


def _options_of_no_type(contract: _Contract, error: jsonschema_rs.ValidationError) -> KeyPath:
    """The place of the options, of an error below some that stand beside no logical type; empty for any other."""
    path = place_of(error)
    if "logicalTypeOptions" not in path:
        return ()
    options = path[: path.index("logicalTypeOptions") + 1]
    known = keys_of(judges_at(versions.schema(contract.version), options))
    is_typed = "logicalType" in _keys(contract.at(options[:-1]))
    return () if is_typed or not set(_keys(contract.at(options))) <= set(known) else options


def _repaired(problem: Problem, meant: set[KeyPath]) -> bool:
    """Whether a missing key is there under a name that is told as misspelled."""
    return any(problem.path == path[:-1] and problem.message.startswith(f"missing key '{path[-1]}'") for path in meant)


def _rank(data: Mapping[str, Any], path: KeyPath) -> list[int]:
    """The place of a path in its file, for sorting."""
    value: object = data
    rank: list[int] = []
    for step in path:
        names = _keys(value)
        rank.append(step if isinstance(step, int) else names.index(step) if step in names else -1)
        value = below(value, step)
    return rank


def _keys(value: object) -> list[str]:
    return list(cast("Mapping[str, Any]", value)) if isinstance(value, Mapping) else []


# ---- sentences


def _tell(contract: _Contract, error: jsonschema_rs.ValidationError) -> None:
    kind, path = error.kind, place_of(error)
    match kind:
        case Kind.AdditionalProperties() | Kind.UnevaluatedProperties():
            pass  # `_tell_keys`, which asks what has been told already
        case Kind.Required():
            _tell_missing(contract, path, str(kind.property))
        case Kind.OneOfMultipleValid():
            _tell_too_many(contract, path, kind.context)
        case Kind.OneOfNotValid() | Kind.AnyOf():
            _tell_no_way(contract, error)
        case Kind.UniqueItems():
            _tell_twice(contract, path)
        case Kind.Not():
            if isinstance(contract.at(path), Mapping):  # else a value of another kind, which is told as that
                contract.add(path, _way(error) or f"{subject(path)} {_NOT_SO}")
        case _:
            contract.add(path, f"{subject(path)} {_reason(contract, kind, path)}")


def _reason(contract: _Contract, kind: Any, path: KeyPath) -> str:
    value = contract.at(path)
    match kind:
        case Kind.Type():
            if later := _version_that_takes(contract, path, value):
                return f"{said(value)}; version {later} takes that: raise 'apiVersion'"
            return wrong_kind(contract.version, path, value, kind.types)
        case Kind.Enum():
            return f"{said(value)}; {_choices(contract.version, path, value, kind.options)}"
        case Kind.Pattern():
            return f"{said(value)}; expected {PATTERNS.get(kind.pattern, f'a reference by id, such as {_AN_ID}')}{ONE}"
        case Kind.MinItems():
            return f"has {_entries(value)}; expected {_limit(kind)}{ONE}"
        case Kind.MaxItems():
            too_many = len(cast("list[Any]", value)) - kind.limit
            return f"has {_entries(value)}; expected {_limit(kind)}: take out {too_many}"
        case _:
            return f"{said(value)}; expected {_limit(kind)}{ONE}"


def _version_that_takes(contract: _Contract, path: KeyPath, value: object) -> str:
    """The first later version that takes a value of this kind at this place; empty when none does."""
    kind = _KIND_OF.get(type(value), "")
    for later in versions.after(contract.version):
        here = judges_at(versions.schema(later), path, contract.data)
        if any(kind == judge.node.get("type") for judge in here):
            return later
    return ""


def _entries(value: object) -> str:
    number = len(cast("list[Any]", value))
    return f"{number or 'no'} entr{'y' if number == 1 else 'ies'}"


def _limit(kind: Any) -> str:
    limit = getattr(kind, "limit", None)
    match kind:
        case Kind.MinItems():
            return f"at least {limit}"
        case Kind.MaxItems():
            return f"at most {limit}"
        case Kind.Minimum():
            return f"{limit} or more"
        case Kind.Maximum():
            return f"{limit} or less"
        case Kind.ExclusiveMinimum():
            return f"more than {limit}"
        case Kind.ExclusiveMaximum():
            return f"less than {limit}"
        case _:
            return "a value that the Open Data Contract Standard takes here"


def _tell_missing(contract: _Contract, path: KeyPath, key: str) -> None:
    value = contract.at(path)
    older, sentence = _MISSING.get(key, ("", ""))
    reason = "the Open Data Contract Standard asks for it"
    for judge in judges_at(versions.schema(contract.version), path, contract.data):
        if key in judge.node.get("required", ()) and judge.condition:
            choice, wanted = _condition_met(contract, path, judge.condition)
            reason += f" where '{choice}' is '{wanted}'" if choice else ""
            break
    if older and isinstance(value, Mapping) and older in value:
        reason = sentence
    problem = missing_key(contract.file, (*path, key), reason)
    contract.problems.setdefault(problem)


def _condition_met(contract: _Contract, path: KeyPath, condition: tuple[tuple[str, str], ...]) -> tuple[str, str]:
    for key, wanted in condition:
        if wanted in (below(contract.at(path), key), below(contract.at(path[:-1]), key)):
            return key, wanted
    return "", ""


def wrong_kind(version: str, path: KeyPath, value: object, kinds: Iterable[str]) -> str:
    """The rest of the sentence on a value of a kind that does not fit: found, expected, and the remedy."""
    wanted = list(dict.fromkeys(kinds))
    # A whole number is a number, too.
    named = [text for name, text in _KINDS.items() if name in wanted and not (name == "integer" and "number" in wanted)]
    expected = " or ".join(filter(None, (", ".join(named[:-1]), named[-1])))
    return f"{said(value)}; expected {expected}{_remedy(version, path, value, wanted) or ONE}"


def _remedy(version: str, path: KeyPath, value: object, wanted: list[str]) -> str:
    if isinstance(value, Mapping) and wanted == ["array"]:
        return _as_entries(version, path, cast("Mapping[str, Any]", value))
    if isinstance(value, float) and not math.isfinite(value):
        return " that is finite"
    several = {"integer", "number"} & set(wanted)
    return (
        value_remedies.of_kind(cast("object", value), "number" if several else wanted[0])
        if len(wanted) == 1 or several
        else ""
    )


def _as_entries(version: str, path: KeyPath, value: Mapping[str, Any]) -> str:
    """The remedy for 'key: value' lines where a list is expected."""
    if not value:
        return ""
    first = next(iter(value))
    known = {
        key for judge in judges_at(versions.schema(version), (*path, 0)) for key in judge.node.get("properties", ())
    }
    by_name = all(isinstance(entry, Mapping) for entry in value.values())
    if not known or (first in known and not by_name):
        return f": put a '-' before '{first}'"
    named = next((key for key in ("name", "property", "server", "role", "channel") if key in known), "")
    return f": write each as '- {named}: {first}'" if named else ""


def _choices(version: str, path: KeyPath, value: object, options: Iterable[object]) -> str:
    # The standard still lists its version 2, which is another form.
    choices = [str(option) for option in options if not str(option).startswith("v2.")]
    for later in versions.after(version):
        if any(value in judge.node.get("enum", ()) for judge in judges_at(versions.schema(later), path)):
            return f"allowed: {listed(choices)}; '{value}' came with {later}: raise 'apiVersion'"
    if path[-1] == "logicalType" and (meant := LOGICAL.get(str(value).lower().partition("(")[0])):
        return f"allowed: {listed(choices)}; did you mean '{meant}', and '{value}' as 'physicalType'?"
    return f"allowed: {listed(choices)}{nearest(str(value), choices) or '; choose one'}"


def _tell_too_many(contract: _Contract, path: KeyPath, ways: Ways) -> None:
    """Two keys of which one excludes the other."""
    asked = {str(e.kind.property) for way in ways for e in way if isinstance(e.kind, Kind.Required)}
    rivals = [key for key in _keys(contract.at(path)) if _is_operator(key) and key not in asked]
    if len(rivals) > 1:  # else a value of another kind, or without its keys, which is told as that
        contract.add((*path, rivals[1]), f"one operator only: {' or '.join(rivals)}; keep one", on_key=True)


def _is_operator(key: str) -> bool:
    return key.startswith(("mustBe", "mustNotBe"))


def _tell_no_way(contract: _Contract, error: jsonschema_rs.ValidationError) -> None:
    path = place_of(error)
    value = contract.at(path)
    ways: Ways = getattr(error.kind, "context", [])
    about = subject(path)
    if sentence := _way(error):
        ends = [(*path, key) for key in ("from", "to")]
        wrong = any(problem.path[: len(end)] == end for end in ends for problem in contract.problems)
        if not wrong and {type(contract.at(end)) for end in ends} == {str, list}:
            contract.add(path, sentence)
    elif all(any(is_missing(inner, path) for inner in way) for way in ways):
        keys = [str(inner.kind.property) for way in ways for inner in way if isinstance(inner.kind, Kind.Required)]
        contract.add(path, f"{about} needs one of these: {alternatives(keys)}", on_key=True)
    elif kinds := kinds_of(error):
        contract.add(path, f"{about} {wrong_kind(contract.version, path, value, kinds)}")
    else:
        patterns = [inner.kind.pattern for way in ways for inner in way if isinstance(inner.kind, Kind.Pattern)]
        expected = f"{_BY_NAME}, or one by id, such as {_AN_ID}" if patterns else "another value"
        contract.add(path, f"{about} {said(value)}; expected {expected}{ONE}")


def _way(error: jsonschema_rs.ValidationError) -> str:
    return next((sentence for name, sentence in _WAYS.items() if name in error.schema_path), "")


def _tell_twice(contract: _Contract, path: KeyPath) -> None:
    entries = cast("list[Any]", contract.at(path))
    for number, entry in enumerate(entries):
        if entry in entries[:number]:
            first = entries.index(entry) + 1
            contract.add((*path, number), f"{subject(path)} has {shown(entry)} twice, first as entry {first}; keep one")


# ---- keys


def _tell_keys(contract: _Contract, error: jsonschema_rs.ValidationError, even_known: bool = False) -> None:
    for key in getattr(error.kind, "unexpected", ()):
        path = (*place_of(error), str(key))
        stray = stray_key(contract.version, contract.data, path, even_known)
        # Of keys that one neighbour decides about, the first is told; a neighbour that is wrong itself is told alone.
        if stray is None or (stray.deciding and _is_told(contract, stray)):
            continue
        contract.strays.append(stray)
        # `datacontract lint` takes a key that the standard has, whatever its neighbours say.
        is_taken = stray.fits and isinstance(error.kind, Kind.UnevaluatedProperties)
        contract.add(path, stray.message, on_key=True, severity="warning" if is_taken else "error")


def _is_told(contract: _Contract, stray: StrayKey) -> bool:
    return any(problem.path == stray.deciding for problem in contract.problems) or any(
        other.deciding == stray.deciding and other.path != stray.path for other in contract.strays
    )
