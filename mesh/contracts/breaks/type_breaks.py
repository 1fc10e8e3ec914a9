"""Breaks of types and of nullability, of columns, nested fields, elements of arrays, keys and values of maps.

Source: Apache Iceberg table spec, "Schema Evolution": data is read as a wider type, and as no other.
"""

from __future__ import annotations

import re
from typing import Final

from mesh.contracts.breaks.break_rule import BreakRule, values
from mesh.contracts.breaks.paired_documents import ContractDifference

_WIDER: Final = {
    "tinyint": ("smallint", "int", "bigint"),
    "smallint": ("int", "bigint"),
    "int": ("bigint",),
    "float": ("double",),
}
_DECIMAL: Final = re.compile(r"decimal\((\d+),(\d+)\)")
_SIZED: Final = re.compile(r"varchar\((\d+)\)")
_TIMES: Final = ("timestamp", "timestamptz")
_TYPE_OPTIONS: Final = frozenset({"precision", "scale", "length"})


def _is_type(one: ContractDifference) -> bool:
    return one.place == "properties" and one.key == "type"


def _changed(one: ContractDifference) -> str:
    return f"{one.subject} {values(one)}"


def _zone(one: ContractDifference) -> str:
    if _is_type(one) and one.before != one.after and one.before in _TIMES and one.after in _TIMES:
        return f"{_changed(one)}: the same digits are another moment"
    said = one.place == "logicalTypeOptions" and one.key in ("timezone", "defaultTimezone")
    return f"'{one.key}' of {one.subject} {values(one)}" if said else ""


def _scale(one: ContractDifference) -> str:
    if not _is_type(one) or one.before == one.after:
        return ""
    old, new = (_DECIMAL.fullmatch(str(text)) for text in (one.before, one.after))
    return f"{_changed(one)}: digits behind the point came or went" if old and new and old[2] != new[2] else ""


def _wider(one: ContractDifference) -> str:
    if not _is_type(one) or one.before == one.after or not _is_wider(str(one.before), str(one.after)):
        return ""
    return f"{_changed(one)}: every value of before fits, and a reader with the narrow type may meet one that does not"


def _is_wider(before: str, after: str) -> bool:
    old, new = (_DECIMAL.fullmatch(text) for text in (before, after))
    if old and new:
        return old[2] == new[2] and int(old[1]) < int(new[1])
    sized, resized = (_SIZED.fullmatch(text) for text in (before, after))
    if sized:
        return after == "string" or bool(resized and int(sized[1]) < int(resized[1]))
    return after in _WIDER.get(before, ())


def _narrower(one: ContractDifference) -> str:
    if not _is_type(one) or one.before == one.after or not _is_wider(str(one.after), str(one.before)):
        return ""
    return f"{_changed(one)}: what was written before does not fit"


def _shorter(one: ContractDifference) -> str:
    sized = _is_type(one) and _SIZED.fullmatch(str(one.after))
    return f"{_changed(one)}: texts are shorter" if sized and _narrower(one) else ""


def _other(one: ContractDifference) -> str:
    return _changed(one) if _is_type(one) and one.before != one.after else ""


def _words(one: ContractDifference) -> str:
    if _is_type(one) and one.before == one.after:
        return f"the type of {one.subject} is written in other words, and the same: {one.after}"
    if one.place == "customProperties" and one.key in _TYPE_OPTIONS:
        return f"'{one.key}' of {one.subject} {values(one)}; it is judged with the type"
    return ""


def _vector(one: ContractDifference) -> str:
    if one.place != "logicalTypeOptions" or one.key not in _VECTORS:
        return ""
    return f"'{one.key}' of {one.subject} {values(one)}: vectors of both cannot be compared"


_VECTORS: Final = (
    *("dimensions", "elementType", "distanceMetric", "embeddingModel"),
    *("embeddingModelVersion", "normalized"),
)


# ---- nullability


def _required_gone(one: ContractDifference) -> str:
    if one.place != "properties" or one.key != "required" or one.after is not False:
        return ""
    return f"{one.subject} may be missing now, and had a value in every row"


def _required_new(one: ContractDifference) -> str:
    if one.place != "properties" or one.key != "required" or one.after is not True:
        return ""
    return f"{one.subject} has a value in every row now"


def _required_said(one: ContractDifference) -> str:
    said = one.place == "properties" and one.key == "said required"
    listed = one.place == "logicalTypeOptions" and one.key == "required"
    return f"'required' of {one.subject} is said otherwise, and judged at each field" if said or listed else ""


RULES: Final = (
    BreakRule(
        "time-zone-changed",
        "types",
        "breaking",
        "major",
        "A timestamp got or lost its zone, or `timezone` or `defaultTimezone` is another.",
        _zone,
    ),
    BreakRule("decimal-scale-changed", "types", "breaking", "major", "The scale of a decimal is another.", _scale),
    BreakRule(
        "type-widened",
        "types",
        "risky",
        "minor",
        "A type is wider: int to bigint, float to double, more digits before the point, longer text. "
        "Iceberg reads on; a reader that fixed the narrow type may overflow.",
        _wider,
    ),
    BreakRule("text-shortened", "types", "safe", "minor", "A text has fewer characters at the most.", _shorter),
    BreakRule(
        "type-narrowed",
        "types",
        "breaking",
        "major",
        "A type is narrower: what was written before cannot be read as it.",
        _narrower,
    ),
    BreakRule(
        "type-changed",
        "types",
        "breaking",
        "major",
        "A type is another, or of one of both no type can be told.",
        _other,
    ),
    BreakRule("type-reworded", "types", "safe", "patch", "The same type is written in other words.", _words),
    BreakRule("vector-changed", "types", "breaking", "major", "A vector's shape or model is another.", _vector),
    BreakRule(
        "required-dropped",
        "nullability",
        "breaking",
        "major",
        "A column, field, element or value may be missing, and could not.",
        _required_gone,
    ),
    BreakRule(
        "required-added",
        "nullability",
        "safe",
        "minor",
        "A column, field, element or value is never missing any more.",
        _required_new,
    ),
    BreakRule(
        "required-reworded",
        "nullability",
        "safe",
        "patch",
        "`required` is said otherwise: `false` or no key, at the object or at its field.",
        _required_said,
    ),
)
