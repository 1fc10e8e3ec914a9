"""Shapes of the texts that match a pattern: the characters that may stand at each place.

A pattern with open repeats has more shapes than are made here; those that are made match it. What depends on its
neighbours (a look-ahead, a word boundary, a reference back) has no shape and is refused.
"""

from __future__ import annotations

import importlib
import math
import re
import string
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Final

from sandbox.sample_rows.value_spaces import text_space

TextShape = tuple[str, ...]

MOST_SHAPES: Final = 96
LONGEST_TEXT: Final = 4096

_PRINTABLE: Final = "".join(map(chr, range(32, 127)))
_WORD: Final = string.ascii_lowercase + string.digits + string.ascii_uppercase + "_"
_CATEGORIES: Final = {"DIGIT": string.digits, "WORD": _WORD, "SPACE": " "}
_ANY: Final = string.ascii_lowercase + string.digits
_RANGE: Final = 256
_REFUSED: Final = {
    "ASSERT": "a look-ahead or look-behind",
    "ASSERT_NOT": "a look-ahead or look-behind",
    "GROUPREF": "a reference back to a group",
    "GROUPREF_EXISTS": "a condition on a group",
}

# Python has the parser of `re` in this module since 3.11, and no public name for it.
_parser: Final[Any] = importlib.import_module("re._parser")


class UnsupportedPatternError(ValueError):
    """No text can be made of a pattern; the message goes on from "the pattern …"."""


_NAMED_GROUP: Final = re.compile(r"\(\?<(?![=!])")


@lru_cache(maxsize=2048)
def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern of ECMA-262, as the standard has them, for Python; raises UnsupportedPatternError."""
    try:
        return re.compile(_NAMED_GROUP.sub("(?P<", pattern))
    except (re.error, OverflowError, RecursionError) as error:
        raise UnsupportedPatternError(f"cannot be read ({error})") from error


@lru_cache(maxsize=2048)
def shapes(pattern: str, least: int = 0, most: int = LONGEST_TEXT) -> tuple[TextShape, ...]:
    """Shapes of texts of `least` to `most` characters in which a pattern is found; none when no such text was made.

    Raises UnsupportedPatternError.
    """
    wanted = compiled(pattern)
    tree: Any = _parser.parse(wanted.pattern)
    made = _sequence(tree, least, most)
    fitting = [shape for shape in made if least <= len(shape) <= most and _matches(wanted, shape)]
    return apart(fitting)


def _matches(pattern: re.Pattern[str], shape: TextShape) -> bool:
    """Whether a pattern is found in the first, the last and another text of a shape: its anchors may forbid it."""
    space = text_space((shape,))
    return all(pattern.search(space.at(number)) for number in {0, space.size // 2, space.size - 1})


def _sequence(items: Iterable[Any], least: int, most: int) -> list[TextShape]:
    made: list[TextShape] = [()]
    for operation, argument in items:
        choices = _item(str(operation), argument, least, most)
        made = _fewer([(*before, *after) for before in made for after in choices if len(before) + len(after) <= most])
    return made


def _fewer(made: Sequence[TextShape]) -> list[TextShape]:
    """At most so many shapes, of all lengths."""
    by_length = sorted(dict.fromkeys(made), key=len)
    if len(by_length) <= MOST_SHAPES:
        return by_length
    return [by_length[n * (len(by_length) - 1) // (MOST_SHAPES - 1)] for n in range(MOST_SHAPES)]


def _item(operation: str, argument: Any, least: int, most: int) -> Sequence[TextShape]:
    match operation:
        case "LITERAL" | "NOT_LITERAL" | "ANY" | "IN":
            return _one_character(operation, argument)
        case "AT" if "BOUNDARY" in str(argument):
            raise UnsupportedPatternError("has a word boundary (\\b)")
        case "AT":
            return [()]
        case "BRANCH":
            return _fewer([shape for branch in argument[1] for shape in _sequence(branch, least, most)])
        case "SUBPATTERN":
            return _sequence(argument[3], least, most)
        case "ATOMIC_GROUP":
            return _sequence(argument, least, most)
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            low, high, items = argument
            return _repeat(low, high, items, least, most)
        case _:
            raise UnsupportedPatternError(f"has {_REFUSED.get(operation, operation.lower())}")


def _one_character(operation: str, argument: Any) -> list[TextShape]:
    match operation:
        case "LITERAL":
            return [(chr(argument),)]
        case "NOT_LITERAL":
            return [(_PRINTABLE.replace(chr(argument), ""),)]
        case "ANY":
            return [(_ANY,)]
        case _:
            return _class(argument)


def _repeat(low: int, high: int, items: Any, least: int, most: int) -> list[TextShape]:
    once = _sequence(items, 0, most)
    top = min(int(high), most, max(low + 8, least + 8))
    wanted = set(range(low, min(top, low + 12) + 1)) | set(range(max(low, top - 24), top + 1))
    made: list[TextShape] = [()] if low == 0 else []
    so_far: list[TextShape] = [()]
    for number in range(1, top + 1):
        so_far = _fewer([(*a, *b) for a in so_far for b in once if len(a) + len(b) <= most])
        if number in wanted:
            made += so_far
    return _fewer(made)


def _class(items: Sequence[Any]) -> list[TextShape]:
    negated = str(items[0][0]) == "NEGATE"
    characters = "".join(_characters(str(kind), argument) for kind, argument in items[1 if negated else 0 :])
    if negated:
        characters = "".join(one for one in _PRINTABLE if one not in characters)
    unique = "".join(dict.fromkeys(characters))
    return [(unique,)] if unique else []


def _characters(kind: str, argument: Any) -> str:
    if kind == "LITERAL":
        return chr(argument)
    if kind == "RANGE":
        low, high = argument
        return "".join(map(chr, range(low, min(high, low + _RANGE) + 1)))
    name = str(argument).removeprefix("CATEGORY_")
    if name.startswith("NOT_"):
        return "".join(one for one in _PRINTABLE if one not in _CATEGORIES[name.removeprefix("NOT_")])
    return _CATEGORIES[name]


def apart(made: Iterable[TextShape]) -> tuple[TextShape, ...]:
    """Shapes no two of which have a text in common; of two that have, the one with more texts stays."""
    kept: dict[int, list[TextShape]] = {}
    for shape in sorted(made, key=lambda one: math.prod(map(len, one)), reverse=True):
        beside = kept.setdefault(len(shape), [])
        if not any(all(set(a) & set(b) for a, b in zip(shape, other, strict=True)) for other in beside):
            beside.append(shape)
    return tuple(shape for length in sorted(kept) for shape in kept[length])


def common(some: Iterable[TextShape], others: Sequence[TextShape]) -> tuple[TextShape, ...]:
    """Shapes of the texts that are of a shape of both."""
    made: list[TextShape] = []
    for one in some:
        for other in others:
            if len(one) == len(other):
                both = tuple("".join(c for c in a if c in b) for a, b in zip(one, other, strict=True))
                if all(both):
                    made.append(both)
    return apart(made)
