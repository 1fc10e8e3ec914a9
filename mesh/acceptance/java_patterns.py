"""Patterns of AWS's models, which are Java's, translated to Python's.

Java's `Pattern` (its API page): classes inside classes, intersections, Unicode categories, pairs of surrogates. A class
is read as a set of code points and written again as ranges; what is not known is refused, never guessed.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from itertools import groupby
from typing import Final

Ranges = tuple[tuple[int, int], ...]
"""A set of code points: the first and the last of each run, in order."""

_ASCII: Final = 0x7F
_LINE_ENDS: Final[Ranges] = ((0x0A, 0x0A), (0x0D, 0x0D), (0x85, 0x85), (0x2028, 0x2029))
_DIGIT: Final[Ranges] = ((0x30, 0x39),)
_UPPER: Final[Ranges] = ((0x41, 0x5A),)
_LOWER: Final[Ranges] = ((0x61, 0x7A),)
_SPACE: Final[Ranges] = ((0x09, 0x0D), (0x20, 0x20))
_PUNCT: Final[Ranges] = ((0x21, 0x2F), (0x3A, 0x40), (0x5B, 0x60), (0x7B, 0x7E))
_WORD: Final[Ranges] = (*_DIGIT, *_UPPER, (0x5F, 0x5F), *_LOWER)
_ESCAPED_SETS: Final[Mapping[str, Ranges]] = {
    "d": _DIGIT,
    "s": _SPACE,
    "w": _WORD,
    "h": (
        *((code, code) for code in (0x09, 0x20, 0xA0, 0x1680, 0x180E, 0x202F, 0x205F, 0x3000)),
        (0x2000, 0x200A),
    ),
    "v": ((0x0A, 0x0D), (0x85, 0x85), (0x2028, 0x2029)),
}
_POSIX: Final[Mapping[str, Ranges]] = {
    "Alnum": (*_DIGIT, *_UPPER, *_LOWER),
    "Alpha": (*_UPPER, *_LOWER),
    "ASCII": ((0x00, 0x7F),),
    "Blank": ((0x09, 0x09), (0x20, 0x20)),
    "Cntrl": ((0x00, 0x1F), (0x7F, 0x7F)),
    "Digit": _DIGIT,
    "Graph": ((0x21, 0x7E),),
    "Lower": _LOWER,
    "Print": ((0x20, 0x7E),),
    "Punct": _PUNCT,
    "Space": _SPACE,
    "Upper": _UPPER,
    "XDigit": (*_DIGIT, (0x41, 0x46), (0x61, 0x66)),
}
_CHARACTERS: Final = {"a": 0x07, "e": 0x1B, "f": 0x0C, "n": 0x0A, "r": 0x0D, "t": 0x09}
_END: Final = r"(?=(?:\r\n|[\n\r\x85\u2028\u2029])?\Z)"
"""The end, or the end of the line that is the last: Python knows one end of a line, Java five."""
_ANCHORS: Final = {"A": r"\A", "b": r"\b", "B": r"\B", "z": r"\Z", "Z": _END}
_QUANTIFIER: Final = re.compile(r"\{\d+(,\d*)?\}")
_FLAGS: Final = re.compile(r"\^?\(\?([is]+)\)")
_GROUP: Final = re.compile(r"\(\?(?:[:=!>]|<[=!]|<(?P<name>[A-Za-z]\w*)>)")


class UnknownPatternError(ValueError):
    """A pattern holds something of which the translation is not known."""


def matches(pattern: str, text: str) -> bool:
    """Whether all of a text is one that AWS's pattern takes. Raises UnknownPatternError.

    A service compares with the whole text; a pattern that is only looked for would take more.
    """
    return compiled(pattern, _ASCII if text.isascii() else sys.maxunicode).fullmatch(text) is not None


@lru_cache(maxsize=1024)
def compiled(pattern: str, last: int = sys.maxunicode) -> re.Pattern[str]:
    """Python's expression for texts of code points up to `last`; of a smaller alphabet it is a shorter one."""
    flags = re.ASCII
    start = _FLAGS.match(pattern)
    if start:
        pattern = pattern[start.end() :]
        flags |= re.IGNORECASE if "i" in start[1] else 0
    reader = _Reader(pattern, last, dot_is_all=bool(start and "s" in start[1]))
    try:
        return re.compile(reader.expression(), flags)
    except re.error as error:
        raise UnknownPatternError(f"{pattern}: {error}") from error


class _Reader:
    """A pattern, read from left to right."""

    def __init__(self, pattern: str, last: int, *, dot_is_all: bool) -> None:
        self._text, self._at, self._last, self._dot_is_all = pattern, 0, last, dot_is_all
        self._open = [0]
        """Of each group that is open: the groups inside it that its end closes, too."""

    def expression(self) -> str:
        """The whole pattern as Python has it."""
        parts: list[str] = []
        while self._at < len(self._text):
            parts.append(self._part())
        return "".join((*parts, ")" * self._open[0]))

    def _part(self) -> str:
        if self._take("\\"):
            return self._escaped()
        if self._take("["):
            return _written(self._set(), self._last)
        if self._take("."):
            return "(?s:.)" if self._dot_is_all else _written(self._but(_LINE_ENDS), self._last)
        if self._text.startswith("(?", self._at):
            return self._group()
        quantifier = _QUANTIFIER.match(self._text, self._at)
        if quantifier:
            self._at = quantifier.end()
            return quantifier[0]
        character = self._next()
        if character == "$":
            return _END
        if character == "(":
            self._open.append(0)
        if character == ")" and len(self._open) > 1:
            return ")" * (1 + self._open.pop())
        return character if character in "^|()*+?" else re.escape(character)

    def _group(self) -> str:
        group = _GROUP.match(self._text, self._at)
        if self._text.startswith("(?i)", self._at) and self._text[self._at - 1 : self._at] in "(|":
            # Java ignores the case up to the end of the group around, and so of all alternatives that follow.
            self._at += len("(?i)")
            self._open[-1] += 1
            return "(?i:"
        if group is None:
            raise UnknownPatternError(f"{self._text}: the group at {self._at} is not known")
        self._at = group.end()
        self._open.append(0)
        return f"(?P<{group['name']}>" if group["name"] else group[0]

    def _escaped(self) -> str:
        if self._text[self._at : self._at + 1] in _ANCHORS:
            return _ANCHORS[self._next()]
        if self._take("Q"):
            end = self._text.find("\\E", self._at)
            quoted = self._text[self._at : end if end >= 0 else len(self._text)]
            self._at += len(quoted) + 2
            return re.escape(quoted)
        if self._text[self._at : self._at + 1] in "123456789" and self._at < len(self._text):
            return f"\\{self._next()}"
        value = self._escape()
        return re.escape(chr(value)) if isinstance(value, int) else _written(value, self._last)

    def _escape(self) -> int | Ranges:
        """The character or the set behind a backslash."""
        name = self._next()
        if name in _CHARACTERS:
            return _CHARACTERS[name]
        if name in "ux":
            return self._code(4 if name == "u" else 2)
        if name.lower() in _ESCAPED_SETS:
            ranges = _ESCAPED_SETS[name.lower()]
            return ranges if name.islower() else self._but(ranges)
        if name in "pP":
            ranges = self._category()
            return ranges if name == "p" else self._but(ranges)
        if name.isalnum():
            raise UnknownPatternError(f"{self._text}: \\{name} is not known")
        return ord(name)

    def _code(self, digits: int) -> int:
        code = self._hexadecimal(digits)
        pair = re.compile(r"\\u(D[C-F][0-9A-F]{2})", re.IGNORECASE).match(self._text, self._at)
        if 0xD800 <= code <= 0xDBFF and pair:
            self._at = pair.end()
            return 0x10000 + ((code - 0xD800) << 10) + int(pair[1], 16) - 0xDC00
        return code

    def _hexadecimal(self, digits: int) -> int:
        text = self._text[self._at : self._at + digits]
        if digits == 2 and text.startswith("{"):
            text = self._text[self._at + 1 : self._text.find("}", self._at)]
            self._at += len(text) + 2
        else:
            self._at += digits
        try:
            return int(text, 16)
        except ValueError as error:
            raise UnknownPatternError(f"{self._text}: {text!r} is no hexadecimal number") from error

    def _category(self) -> Ranges:
        name = self._next()
        if name == "{":
            end = self._text.find("}", self._at)
            name, self._at = self._text[self._at : end], end + 1
        if name in _POSIX:
            return _POSIX[name]
        found = [ranges for category, ranges in _categories(self._last).items() if category.startswith(name)]
        if not found and not re.fullmatch("[CLMNPSZ][a-z]?", name):
            raise UnknownPatternError(f"{self._text}: \\p{{{name}}} is not known")
        return _union(*found)

    def _set(self) -> Ranges:
        """The class whose opening bracket has been read."""
        negated = self._take("^")
        found: Ranges = ()
        first = True
        while first or not self._text.startswith("]", self._at):
            first = False
            if self._text.startswith("&&", self._at):
                self._at += 2
                found = self._both(found, self._rest())
                break
            found = _union(found, self._item())
        self._next()
        return self._but(found) if negated else found

    def _rest(self) -> Ranges:
        """The right side of an intersection, up to the end of its class."""
        found: Ranges = ()
        while not self._text.startswith("]", self._at):
            if self._text.startswith("&&", self._at):
                self._at += 2
                return self._both(found, self._rest())
            found = _union(found, self._item())
        return found

    def _item(self) -> Ranges:
        """One character, a run of them, a set, or a class inside the class."""
        if self._take("["):
            return self._set()
        first = self._character()
        if not isinstance(first, int):
            return first
        after = self._text[self._at + 1 : self._at + 2]
        if self._text.startswith("-", self._at) and after and after not in "[]":
            before = self._at
            self._at += 1
            last = self._character()
            if isinstance(last, int):
                if last < first:
                    raise UnknownPatternError(f"{self._text}: a range ends before it begins")
                return ((first, last),)
            self._at = before
        return ((first, first),)

    def _character(self) -> int | Ranges:
        return self._escape() if self._take("\\") else ord(self._next())

    def _but(self, ranges: Ranges) -> Ranges:
        return _complement(ranges, self._last)

    def _both(self, one: Ranges, other: Ranges) -> Ranges:
        return self._but(_union(self._but(one), self._but(other)))

    def _take(self, character: str) -> bool:
        taken = self._text.startswith(character, self._at)
        self._at += taken
        return taken

    def _next(self) -> str:
        if self._at >= len(self._text):
            raise UnknownPatternError(f"{self._text}: the pattern ends too early")
        self._at += 1
        return self._text[self._at - 1]


# ---- sets of code points


def _union(*sets: Iterable[tuple[int, int]]) -> Ranges:
    merged: list[tuple[int, int]] = []
    for first, last in sorted(each for ranges in sets for each in ranges):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return tuple(merged)


def _complement(ranges: Ranges, last: int) -> Ranges:
    found: list[tuple[int, int]] = []
    at = 0
    for first, end in _union(ranges):
        if first > at:
            found.append((at, min(first - 1, last)))
        at = max(at, end + 1)
    return (*found, (at, last)) if at <= last else tuple(found)


def _written(ranges: Ranges, last: int) -> str:
    """The set as a class of Python's; one that matches nothing where it is empty."""
    within = [(first, min(end, last)) for first, end in _union(ranges) if first <= last]
    if not within:
        return "(?!)"
    one: Callable[[int], str] = lambda code: f"\\U{code:08x}"  # noqa: E731 (a name for what is written twice)
    return f"[{''.join(one(first) if first == end else f'{one(first)}-{one(end)}' for first, end in within)}]"


@lru_cache(maxsize=2)
def _categories(last: int) -> Mapping[str, Ranges]:
    """Code points of each general category of Unicode, up to one."""
    found: dict[str, list[tuple[int, int]]] = {}
    first = 0
    for name, run in groupby(map(unicodedata.category, map(chr, range(last + 1)))):
        after = first + sum(1 for _ in run)
        found.setdefault(name, []).append((first, after - 1))
        first = after
    return {name: tuple(runs) for name, runs in found.items()}
