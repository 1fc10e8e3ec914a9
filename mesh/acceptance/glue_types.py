"""Types of columns as the catalog takes them: Hive's as text, Iceberg's as JSON, with the ids of nested fields.

Athena User Guide, "Data types in Amazon Athena"; Apache Iceberg table spec, "Schemas and Data Types" and appendix C;
Glue API Reference, IcebergStructField, Type.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

_HIVE: Final = frozenset("boolean tinyint smallint int bigint float double string binary date timestamp".split())
_ICEBERG: Final = frozenset("boolean int long float double date time timestamp timestamptz string uuid binary".split())
_DECIMAL: Final = re.compile(r"decimal\(\s*(\d{1,2})\s*,\s*(\d{1,2})\s*\)")
_SIZED: Final[Mapping[str, int]] = {"char": 255, "varchar": 65535}
_FIXED: Final = re.compile(r"fixed\[[1-9]\d*\]")
_FIELD_NAME: Final = re.compile(r"[a-z0-9_]+")
_DEEPEST: Final = 100


class _TypeError(ValueError):
    """A type that is none."""


# ---- Hive's


def wrong_hive_type(text: str) -> Iterator[str]:
    """The reason for which a column's type is none of Hive's."""
    try:
        _hive(text, 0)
    except _TypeError as error:
        yield f"{text!r} is no type of a Hive table: {error}"


def _hive(text: str, depth: int) -> None:
    if depth > _DEEPEST:
        raise _TypeError("it is nested too deeply")
    name, opened, rest = text.partition("<")
    if not opened:
        _primitive(text, _HIVE)
        return
    if not rest.endswith(">"):
        raise _TypeError(f"{text!r} is not closed")
    parts = _split(rest[:-1])
    if name == "array" and len(parts) == 1:
        _hive(parts[0], depth + 1)
    elif name == "map" and len(parts) == 2:
        _primitive(parts[0], _HIVE)
        _hive(parts[1], depth + 1)
    elif name == "struct":
        names = [part.partition(":")[0] for part in parts]
        if len(set(names)) < len(names) or not all(_FIELD_NAME.fullmatch(each) for each in names):
            raise _TypeError(f"{names} are no names of fields")
        for part in parts:
            _hive(part.partition(":")[2], depth + 1)
    else:
        raise _TypeError(f"{text!r} is no array<>, map<,> or struct<:>")


def _split(text: str) -> list[str]:
    """The parts of a text between commas, of which those inside brackets are no ends."""
    parts, start, depth = list[str](), 0, 0
    for at, character in enumerate(text):
        depth += (character in "<(") - (character in ">)")
        if character == "," and depth == 0:
            parts.append(text[start:at])
            start = at + 1
    return [*parts, text[start:]]


def _primitive(text: str, names: frozenset[str]) -> None:
    name, _, size = text.partition("(")
    decimal = _DECIMAL.fullmatch(text)
    if decimal:
        if not (1 <= int(decimal[1]) <= 38 and int(decimal[2]) <= int(decimal[1])):
            raise _TypeError(f"{text!r} has more than 38 digits, or more behind the point than digits")
    elif name in _SIZED and names is _HIVE:
        digits = size.removesuffix(")")
        if not (digits.isdecimal() and 1 <= int(digits) <= _SIZED[name] and size.endswith(")")):
            raise _TypeError(f"{text!r} has no length from 1 to {_SIZED[name]:,}")
    elif text not in names and not (names is _ICEBERG and _FIXED.fullmatch(text)):
        raise _TypeError(f"{text!r} is not known")


# ---- Iceberg's


def wrong_iceberg_type(text: str) -> Iterator[str]:
    """The reason for which the JSON of a field's type is none of Iceberg's."""
    try:
        _iceberg(json.loads(text), 0)
    except (_TypeError, ValueError) as error:
        yield f"{text!r} is no type of an Iceberg table: {error}"


def nested_ids(text: str) -> tuple[int, ...]:
    """Ids of the fields nested in the JSON of a type that is one."""
    try:
        return tuple(_ids(json.loads(text)))
    except ValueError:
        return ()


def _iceberg(type_: Any, depth: int) -> None:
    if depth > _DEEPEST:
        raise _TypeError("it is nested too deeply")
    if isinstance(type_, str):
        _primitive(type_, _ICEBERG)
        return
    body: Mapping[str, Any] = cast("Mapping[str, Any]", type_) if isinstance(type_, Mapping) else {}
    wanted = _PARTS_OF.get(str(body.get("type")))
    if wanted is None:
        raise _TypeError(f"{type_!r} is neither a name nor a list, map or struct")
    lacking = [name for name, kind in wanted.items() if not _is_of(kind, body.get(name))]
    if lacking:
        raise _TypeError(f"a {body['type']} without {', '.join(lacking)}, or with another form of it")
    for name in ("element", "key", "value"):
        if name in wanted:
            _iceberg(body[name], depth + 1)
    fields: list[Any] = body.get("fields") or []
    for field in fields:
        inside: Mapping[str, Any] = cast("Mapping[str, Any]", field) if isinstance(field, Mapping) else {}
        if not all(_is_of(kind, inside.get(name)) for name, kind in _OF_FIELD.items()):
            raise _TypeError(f"{field!r} is no field: id, name, required and type are asked for")
        _iceberg(inside["type"], depth + 1)


_PARTS_OF: Final[Mapping[str, Mapping[str, type]]] = {
    "list": {"element-id": int, "element": object, "element-required": bool},
    "map": {"key-id": int, "key": object, "value-id": int, "value": object, "value-required": bool},
    "struct": {"fields": list},
}
_OF_FIELD: Final[Mapping[str, type]] = {"id": int, "name": str, "required": bool, "type": object}


def _is_of(kind: type, value: Any) -> bool:
    return value is not None and isinstance(value, kind) and not (kind is int and isinstance(value, bool))


def _ids(type_: Any) -> Iterator[int]:
    if not isinstance(type_, Mapping):
        return
    body = cast("Mapping[str, Any]", type_)
    yield from (body[name] for name in ("element-id", "key-id", "value-id") if isinstance(body.get(name), int))
    for name in ("element", "key", "value"):
        yield from _ids(body.get(name))
    fields: Any = body.get("fields")
    for field in cast("list[Any]", fields) if isinstance(fields, list) else []:
        if isinstance(field, Mapping):
            inside = cast("Mapping[str, Any]", field)
            yield from (inside[name] for name in ("id",) if isinstance(inside.get(name), int))
            yield from _ids(inside.get("type"))
