"""Column types: as Athena and Glue write them (`struct<a:int,b:array<string>>`), and as Iceberg does (JSON).

Sources: Athena User Guide, "Data types in Amazon Athena"; Apache Iceberg table spec, appendix C (JSON of a schema).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import count
from typing import Any, Final

ICEBERG_NAMES: Final = {
    "boolean": "boolean",
    "tinyint": "int",
    "smallint": "int",
    "int": "int",
    "bigint": "long",
    "float": "float",
    "double": "double",
    "date": "date",
    "timestamp": "timestamp",
    "string": "string",
    "binary": "binary",
}
LOGICAL: Final = {
    "string": "string",
    "integer": "bigint",
    "number": "double",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamp",
}
"""Physical types by logical type, for columns whose contract has a logical type only; others need a physical one."""

DEEPEST: Final = 32
"""Levels of nested types in one column; far above any that people read."""

_TOKEN: Final = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*|\d+|[<>(),:])")


class UnknownTypeError(ValueError):
    """The text is no column type that Athena, Glue and Iceberg all take."""


@dataclass(frozen=True, slots=True)
class ColumnType:
    """A type: its name, numbers as in `decimal(18,2)`, and named parts as in `struct<a:int>`."""

    name: str
    numbers: tuple[int, ...] = ()
    parts: tuple[tuple[str, ColumnType], ...] = field(default=())

    def iceberg(self, ids: Iterator[int]) -> Any:
        """The type as a value of Iceberg's JSON; nested fields take their ids from the counter."""
        if self.name == "decimal":
            return f"decimal({self.numbers[0]},{self.numbers[1]})"
        if self.name == "array":
            element_id = next(ids)
            return {
                "type": "list",
                "element-id": element_id,
                "element": self.parts[0][1].iceberg(ids),
                "element-required": False,
            }
        if self.name == "map":
            key_id, value_id = next(ids), next(ids)
            return {
                "type": "map",
                "key-id": key_id,
                "key": self.parts[0][1].iceberg(ids),
                "value-id": value_id,
                "value": self.parts[1][1].iceberg(ids),
                "value-required": False,
            }
        if self.name == "struct":
            # Iceberg numbers all fields of a struct before those that are nested in them.
            numbered = [(next(ids), name, part) for name, part in self.parts]
            return {
                "type": "struct",
                "fields": [
                    {"id": number, "name": name, "required": False, "type": part.iceberg(ids)}
                    for number, name, part in numbered
                ],
            }
        return ICEBERG_NAMES[self.name]


@lru_cache(maxsize=4096)
def parse(text: str) -> ColumnType:
    """The type that a text names; raises UnknownTypeError with what is wrong."""
    if text.count("<") > DEEPEST:
        raise UnknownTypeError(f"nested more than {DEEPEST} times")
    tokens = _tokens(text)
    parsed = _type(tokens)
    if tokens:
        raise UnknownTypeError(f"'{tokens[0]}' does not belong at the end of '{text}'")
    return parsed


def iceberg_types(types: list[ColumnType]) -> list[str]:
    """Each column's type as the JSON text that Glue's Iceberg input takes; nested ids follow those of the columns."""
    ids = count(len(types) + 1)
    return [json.dumps(column.iceberg(ids), separators=(",", ":")) for column in types]


def _tokens(text: str) -> list[str]:
    tokens: list[str] = []
    position = 0
    while position < len(text.rstrip()):
        match = _TOKEN.match(text, position)
        if match is None:
            raise UnknownTypeError(f"'{text[position:].strip()[:1]}' does not belong into a type")
        tokens.append(match[1])
        position = match.end()
    return tokens


def _take(tokens: list[str], *expected: str) -> str:
    if not tokens or (expected and tokens[0] not in expected):
        wanted = " or ".join(f"'{token}'" for token in expected) or "a type"
        raise UnknownTypeError(f"expected {wanted}, found {repr(tokens[0]) if tokens else 'the end'}")
    return tokens.pop(0)


def _type(tokens: list[str]) -> ColumnType:
    name = _take(tokens).lower()
    if name in ICEBERG_NAMES:
        return ColumnType(name)
    if name == "decimal":
        return _decimal(tokens)
    if name == "array":
        return ColumnType(name, parts=(("element", _enclosed(tokens, 1)[0]),))
    if name == "map":
        key, value = _enclosed(tokens, 2)
        return ColumnType(name, parts=(("key", key), ("value", value)))
    if name == "struct":
        return _struct(tokens)
    known = ", ".join([*sorted(ICEBERG_NAMES), "decimal(p,s)", "array<…>", "map<…>"])
    raise UnknownTypeError(f"'{name}' is no type; known: {known} and struct<…>")


def _decimal(tokens: list[str]) -> ColumnType:
    _take(tokens, "(")
    precision = _take(tokens)
    _take(tokens, ",")
    scale = _take(tokens)
    _take(tokens, ")")
    numbers = re.fullmatch("[0-9]{1,2}", precision) and re.fullmatch("[0-9]{1,2}", scale)
    if not (numbers and 1 <= int(precision) <= 38 and int(scale) <= int(precision)):
        raise UnknownTypeError(f"decimal({precision},{scale}): precision 1 to 38, scale not above it")
    return ColumnType("decimal", (int(precision), int(scale)))


def _enclosed(tokens: list[str], number: int) -> list[ColumnType]:
    _take(tokens, "<")
    parts = [_type(tokens)]
    for _ in range(number - 1):
        _take(tokens, ",")
        parts.append(_type(tokens))
    _take(tokens, ">")
    return parts


def _struct(tokens: list[str]) -> ColumnType:
    _take(tokens, "<")
    parts: list[tuple[str, ColumnType]] = []
    while True:
        name = _take(tokens)
        _take(tokens, ":")
        parts.append((name, _type(tokens)))
        if _take(tokens, ",", ">") == ">":
            return ColumnType("struct", parts=tuple(parts))
