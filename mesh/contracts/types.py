"""Column types as Athena and Glue write them: `struct<a:int,b:array<string>>`.

Source: Athena User Guide, "Data types in Amazon Athena".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

PLAIN: Final = frozenset("boolean tinyint smallint int bigint float double date timestamp string binary".split())
"""Names of types without numbers or parts."""

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
    parts: tuple[Part, ...] = ()

    def __str__(self) -> str:
        """The type as Athena and Glue write it, without spaces."""
        if self.numbers:
            return f"{self.name}({','.join(map(str, self.numbers))})"
        if self.name == "struct":
            return f"struct<{','.join(f'{part.name}:{part.type}' for part in self.parts)}>"
        if self.parts:
            return f"{self.name}<{','.join(str(part.type) for part in self.parts)}>"
        return self.name


class Part(NamedTuple):
    """A part of a nested type: a field of a struct, the `element` of an array, the `key` or `value` of a map."""

    name: str
    type: ColumnType
    required: bool = False
    doc: str = ""


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
    if name in PLAIN:
        return ColumnType(name)
    if name == "decimal":
        return _decimal(tokens)
    if name == "array":
        return ColumnType(name, parts=(Part("element", _enclosed(tokens, 1)[0]),))
    if name == "map":
        key, value = _enclosed(tokens, 2)
        return ColumnType(name, parts=(Part("key", key, True), Part("value", value)))
    if name == "struct":
        return _struct(tokens)
    known = ", ".join([*sorted(PLAIN), "decimal(p,s)", "array<…>", "map<…>"])
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
    parts: list[Part] = []
    while True:
        name = _take(tokens)
        _take(tokens, ":")
        parts.append(Part(name, _type(tokens)))
        if _take(tokens, ",", ">") == ">":
            return ColumnType("struct", parts=tuple(parts))
