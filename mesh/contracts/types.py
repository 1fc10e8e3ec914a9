"""Column types as Athena and Glue write them: `struct<a:int,b:array<string>>`; read in the notation of many platforms.

Source: Athena User Guide, "Data types in Amazon Athena"; `type_names` has the names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from mesh.contracts.type_names import ALIASES, DECIMAL, FOREIGN, NESTED, PLAIN
from mesh.findings import nearest

DEEPEST: Final = 32
"""Levels of nested types in one column; far above any that people read."""

_TOO_DEEP: Final = f"nested more than {DEEPEST} times"

IDENTIFIER: Final = re.compile(r"[a-z_][a-z0-9_]{0,127}")
"""A name of a column or field that Athena takes without quotes, in lower case as Glue keeps it."""

_ANY_CASE: Final = re.IGNORECASE | re.ASCII
_SEVERAL_WORDS: Final = sorted((name for name in ALIASES if " " in name and "time" not in name), key=len, reverse=True)
_NAME: Final = re.compile(
    "|".join([*(name.replace(" ", r"\s+") + r"\b" for name in _SEVERAL_WORDS), r"[a-z_][a-z0-9_]*", r"\d+"]),
    _ANY_CASE,
)
_ZONE: Final = re.compile(r"\s*(with\s+time|with\s+local\s+time|without\s+time)\s+zone\b", _ANY_CASE)
_NUMBERS: Final = re.compile(r"\s*\(\s*(max|-?\d+)(?:\s+(?:char|byte))?\s*(?:,\s*(-?\d+)\s*)?\)", _ANY_CASE)
_BRACKETS: Final = re.compile(r"\s*\[\s*(\d*)\s*\]", re.ASCII)
_FIXED: Final = re.compile(r"\[[1-9]\d*\]", re.ASCII)
_UNSIGNED: Final = re.compile(r"\s+unsigned\b", _ANY_CASE)
_DIMENSIONS: Final = re.compile(r"\s*\d+\s*(?=\))", re.ASCII)
_MORE_DIMENSIONS: Final = re.compile(r",\s*\d+", re.ASCII)
_FIELD_NAME: Final = re.compile(r'\s*(?:`([^`]*)`|"([^"]*)"|([a-z_][a-z0-9_]*))', _ANY_CASE)
_ICEBERG_FIELD: Final = re.compile(r"\s*\d+\s*:\s*([^:<>(),]+?)\s*:\s*(optional|required)\s+", _ANY_CASE)
_NOT_NULL: Final = re.compile(r"\s*not\s+null\b", _ANY_CASE)
_COMMENT: Final = re.compile(r"""\s*comment\s+(?:'((?:[^'\\]|\\.|'')*)'|"([^"]*)")""", _ANY_CASE)
_ELEMENT_NAME: Final = re.compile(r"\s*(?:item|element)\s*:", _ANY_CASE)


class UnknownTypeError(ValueError):
    """The text is no column type that Athena, Glue and Iceberg all take."""


@dataclass(frozen=True, slots=True)
class ColumnType:
    """A type: its name, numbers as in `decimal(18,2)`, and named parts as in `struct<a:int>`.

    It is open when its digits or parts are missing: `decimal`, `struct`, `map<string,array>`.
    """

    name: str
    numbers: tuple[int, ...] = ()
    parts: tuple[Part, ...] = ()

    def __str__(self) -> str:
        """The type as Athena and Glue write it, without spaces."""
        if self.numbers:
            return f"{self.name}({','.join(map(str, self.numbers))})"
        if self.name == "struct" and self.parts:
            return f"struct<{','.join(f'{part.name}:{part.type}' for part in self.parts)}>"
        if self.parts:
            return f"{self.name}<{','.join(str(part.type) for part in self.parts)}>"
        return self.name

    @property
    def is_open(self) -> bool:
        """Whether the type itself, not one in it, has its digits or parts elsewhere."""
        return not self.parts and not self.numbers and self.name in ("array", "map", "struct", "decimal")

    def walk(self) -> Iterator[ColumnType]:
        """The type and all types in it, from the outside in."""
        yield self
        for part in self.parts:
            yield from part.type.walk()

    @property
    def depth(self) -> int:
        """Levels of nested types, one within another."""
        return 1 + max(part.type.depth for part in self.parts) if self.parts else 0


class Part(NamedTuple):
    """A part of a nested type: a field of a struct, the `element` of an array, the `key` or `value` of a map."""

    name: str
    type: ColumnType
    required: bool = False
    doc: str = ""


@lru_cache(maxsize=4096)
def parse(text: str) -> ColumnType:
    """The type that a text names; raises UnknownTypeError with what is wrong."""
    whole = read(text)
    for inner in whole.walk():
        if inner.is_open:
            raise UnknownTypeError(missing(inner))
    return whole


@lru_cache(maxsize=4096)
def read(text: str) -> ColumnType:
    """The type that a text names, open or not; raises UnknownTypeError with what is wrong."""
    reader = _Reader(text)
    whole = reader.type()
    reader.end()
    return whole


def missing(open_type: ColumnType) -> str:
    """An open type in words, and the remedy: `a decimal without its digits: …`."""
    if open_type.name == "decimal":
        return "a decimal without its digits: write decimal(p,s), such as decimal(18,2)"
    example, place = {
        "array": ("array<string>", "'items'"),
        "map": ("map<string,int>", "'map', as its 'key' and 'value'"),
        "struct": ("struct<a:int>", "'properties'"),
    }[open_type.name]
    article = "an" if open_type.name == "array" else "a"
    told = f"{article} {open_type.name}, and nothing says what is in it"
    return f"{told}: write {example}, describe it in {place}, or write string if it is kept as JSON"


def array(element: ColumnType, required: bool = False, doc: str = "") -> ColumnType:
    """The type of lists of one type."""
    return ColumnType("array", parts=(Part("element", element, required, doc),))


def mapping(key: ColumnType, value: ColumnType, required: bool = False, doc: str = "") -> ColumnType:
    """The type of maps; a key is never null."""
    return ColumnType("map", parts=(Part("key", key, True), Part("value", value, required, doc)))


def struct(fields: list[Part]) -> ColumnType:
    """The type of structs; raises UnknownTypeError when a name stands twice."""
    names: set[str] = set()
    for field in fields:
        if field.name in names:
            raise UnknownTypeError(f"the field '{field.name}' stands twice in a struct, where case does not count")
        names.add(field.name)
    return ColumnType("struct", parts=tuple(fields))


def needs_a_name(name: str) -> str:
    """The end of a sentence on an element whose name the catalog does not take, with one that it does."""
    plain = re.sub("[^a-z0-9]+", "_", re.sub("(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()).strip("_")[:128]
    near = plain if IDENTIFIER.fullmatch(plain) else f"c_{plain}"[:128] if plain else ""
    remedy = f": write 'physicalName: {near}'" if near else ": write one"
    return f"needs a 'physicalName' of lower-case letters, digits and '_', at most 128 characters{remedy}"


def decimal(precision: int, scale: int) -> ColumnType:
    """A decimal; raises UnknownTypeError when there is none of these digits."""
    if not (1 <= precision <= 38 and 0 <= scale <= precision):
        near = (scale, precision) if 1 <= scale <= 38 and 0 <= precision <= scale else (38, min(scale, 38))
        message = f"decimal({precision},{scale}): precision 1 to 38, scale 0 or more and not above it; "
        raise UnknownTypeError(f"{message}write decimal({near[0]},{near[1]})")
    return ColumnType("decimal", (precision, scale))


class _Reader:
    """Text of a type, and the place in it up to which it is read."""

    def __init__(self, text: str) -> None:
        self.text = text.strip()
        self.at = 0
        self.depth = 0

    # ---- characters

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """The match of a pattern here, which is read over."""
        match = pattern.match(self.text, self.at)
        if match is not None:
            self.at = match.end()
        return match

    def sees(self, characters: str) -> bool:
        """Whether one of some characters comes next, whatever space is before it."""
        while self.text[self.at : self.at + 1].isspace():
            self.at += 1
        following = self.text[self.at : self.at + 1]
        return following != "" and following in characters

    def found(self) -> str:
        """The next characters, as a message shows them."""
        self.sees("")
        match = _NAME.match(self.text, self.at)
        return repr(match[0] if match else self.text[self.at]) if self.at < len(self.text) else "the end"

    def expect(self, *characters: str) -> str:
        if not self.sees("".join(characters)):
            wanted = " or ".join(f"'{one}'" for one in characters)
            raise UnknownTypeError(f"expected {wanted}, found {self.found()}")
        self.at += 1
        return self.text[self.at - 1]

    def end(self) -> None:
        if self.take(_NOT_NULL):
            raise UnknownTypeError("'not null' is no part of a type: write 'required: true' beside it")
        self.sees("")
        if self.at < len(self.text):
            raise UnknownTypeError(f"{self.found()} does not belong at the end of '{_shown(self.text)}'")

    # ---- types

    def type(self) -> ColumnType:
        self.sees("")
        start = self.at
        match = self.take(_NAME)
        if match is None:
            raise UnknownTypeError(f"expected a type, found {self.found()}")
        name = " ".join(match[0].lower().split())
        return self.suffixes(self.nested(name) if name in NESTED else self.plain(name, start))

    def suffixes(self, type_: ColumnType) -> ColumnType:
        """A type with what may stand behind it: `[]` for an array; a length, as `varchar[50]`, is not kept."""
        while match := self.take(_BRACKETS):
            if not match[1]:
                if self.depth + type_.depth >= DEEPEST:
                    raise UnknownTypeError(_TOO_DEEP)
                type_ = array(type_)
            elif type_.name not in ("string", "binary"):
                raise UnknownTypeError(f"'[{match[1]}]' does not belong behind '{type_}'; an array is written array<…>")
        return type_

    def enter(self) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise UnknownTypeError(_TOO_DEEP)

    def nested(self, name: str) -> ColumnType:
        kind = NESTED[name]
        if not self.sees("<("):
            return ColumnType(kind)
        self.enter()
        closing = ">" if self.expect("<", "(") == "<" else ")"
        if kind == "struct":
            made = self.struct(closing)
        elif kind == "map":
            key = self.type()
            self.expect(",")
            made = mapping(key, *self.inner())
            self.expect(closing)
        else:
            made = self.array(name, closing)
        self.depth -= 1
        return made

    def inner(self) -> tuple[ColumnType, bool]:
        """A type within an array or map, and whether it is never null."""
        type_ = self.type()
        return type_, self.take(_NOT_NULL) is not None

    def array(self, name: str, closing: str) -> ColumnType:
        """An array; that of a vector may have a number only, or one behind the type: `vector(3)`, `vector(float,3)`."""
        if name == "vector" and self.take(_DIMENSIONS):
            self.expect(closing)
            return array(ColumnType("float"))
        self.take(_ELEMENT_NAME)
        made = array(*self.inner())
        if name in ("vector", "fixed_size_list") and self.sees(","):
            self.take(_MORE_DIMENSIONS)
        self.expect(closing)
        return made

    def struct(self, closing: str) -> ColumnType:
        fields = [self.field()]
        while self.expect(",", closing) == ",":
            fields.append(self.field())
        return struct(fields)

    def field(self) -> Part:
        """A field: `a:int`, `a int not null comment 'x'`, or as PyIceberg writes it, `1: a: optional int (x)`."""
        if match := self.take(_ICEBERG_FIELD):
            return Part(_field_name(match[1]), self.type(), match[2].lower() == "required", self.doc())
        match = self.take(_FIELD_NAME)
        if match is None or self.sees(",<>()"):
            shown = repr(match[0].strip()) if match else self.found()
            raise UnknownTypeError(f"a field of a struct needs a name and a type, as in struct<a:int>; found {shown}")
        name = _field_name(next(one for one in match.groups() if one is not None))
        if self.sees(":"):
            self.at += 1
        type_ = self.type()
        required = self.take(_NOT_NULL) is not None
        comment = self.take(_COMMENT)
        doc = (comment[1] or comment[2] or "") if comment else ""
        return Part(name, type_, required, " ".join(doc.replace("''", "'").split()))

    def doc(self) -> str:
        """The text in parentheses behind a field, whatever it says."""
        if not self.sees("("):
            return ""
        start, level = self.at, 0
        while self.at < len(self.text):
            level += {"(": 1, ")": -1}.get(self.text[self.at], 0)
            self.at += 1
            if level == 0:
                return " ".join(self.text[start + 1 : self.at - 1].split())
        raise UnknownTypeError("a ')' is missing")

    def plain(self, name: str, start: int) -> ColumnType:
        if name == "fixed" and self.take(_FIXED):
            return ColumnType("binary")
        if name == "enum" and self.sees("("):
            raise UnknownTypeError("an enum with its values is a type of MySQL and ClickHouse; write string")
        if name in FOREIGN:
            raise UnknownTypeError(_refused(name, self.take(_NUMBERS)))
        numbers = self.take(_NUMBERS)
        zone = self.take(_ZONE) if name in ("timestamp", "time") else None
        shown = _shown(self.text[start : self.at])
        if zone:
            name = " ".join(f"{name} {zone[1]} zone".lower().split())
        if self.take(_UNSIGNED):
            wider = {"tinyint": "smallint", "smallint": "int", "bigint": "decimal(20,0)"}.get(name, "bigint")
            raise UnknownTypeError(f"'{shown} unsigned' is a type of MySQL; write {wider}")
        if name in DECIMAL:
            return _decimal(numbers)
        if name not in ALIASES and name not in PLAIN:
            raise UnknownTypeError(_unknown(name))
        ours = ALIASES[name].name if name in ALIASES else name
        return _sized(ours, name, shown, numbers) if numbers else ColumnType(ours)


def _shown(text: str) -> str:
    return " ".join(text.split()) if len(text) <= 60 else f"{text[:59]}…"


def _number(text: str | None) -> int:
    return 0 if text is None else int(text) if len(text) < 10 else 10**9


def _decimal(numbers: re.Match[str] | None) -> ColumnType:
    if numbers is None:
        return ColumnType("decimal")
    if numbers[1].lower() == "max":
        raise UnknownTypeError("a decimal has digits in numbers: write decimal(p,s), such as decimal(18,2)")
    return decimal(_number(numbers[1]), _number(numbers[2]))


def _sized(ours: str, name: str, shown: str, numbers: re.Match[str]) -> ColumnType:
    """A type behind which numbers stand: a length, a display width or digits of a second, none of which is kept."""
    if numbers[1].lower() == "max":
        raise UnknownTypeError(f"'{shown}' is a type of SQL Server and Redshift; write {ours}")
    one = numbers[2] is None
    if one and ours in ("string", "binary") and _number(numbers[1]) > 0:
        return ColumnType(ours)
    if one and ours in ("timestamp", "timestamptz") and 0 <= _number(numbers[1]) <= 9:
        return ColumnType(ours)
    if one and shown.lower().replace(" ", "") == "tinyint(1)":
        raise UnknownTypeError("'tinyint(1)' is a type of MySQL, where it is a boolean; write boolean, or tinyint")
    if one and ours in ("tinyint", "smallint", "int", "bigint") and _number(numbers[1]) > 0:
        return ColumnType(ours)
    if one and name == "float" and 1 <= _number(numbers[1]) <= 53:
        # SQL:2016, <approximate numeric type>: the number is of binary digits.
        return ColumnType("float" if _number(numbers[1]) <= 24 else "double")
    if not one and ours in ("float", "double"):
        raise UnknownTypeError(f"'{shown}' is a type of MySQL; write decimal({numbers[1]},{numbers[2]}), or {ours}")
    raise UnknownTypeError(f"'{shown}' is no type; write {ours}")


def _refused(name: str, numbers: re.Match[str] | None) -> str:
    platform, instead = FOREIGN[name]
    if not instead:
        instead = "decimal(p,s), such as decimal(18,2)"
        if numbers and numbers[1].lower() != "max" and 0 <= _number(numbers[2]) <= _number(numbers[1]) <= 38:
            instead = f"decimal({_number(numbers[1])},{_number(numbers[2])})"
    shown = f"{name}{_shown(numbers[0].strip())}" if numbers else name
    return f"'{shown}' is a type of {platform}; write {instead}"


def _unknown(name: str) -> str:
    near = nearest(name, [*PLAIN, *ALIASES, *DECIMAL, *NESTED])
    known = ", ".join([*sorted(PLAIN), "decimal(p,s)", "array<…>", "map<…>"])
    return f"'{name}' is no type{near}{' Known' if near else '; known'}: {known} and struct<…>"


def _field_name(written: str) -> str:
    name = written.strip().lower()
    if not IDENTIFIER.fullmatch(name):
        raise UnknownTypeError(f"'{_shown(written)}' is no name of a field: letters, digits and '_', at most 128")
    return name
