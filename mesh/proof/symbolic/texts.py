"""Texts of which nothing is known, and the regular sets that a policy or a theorem asks them to be in.

The one module that imports z3.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Final

from mesh.evaluator.errors import UnknownError
from mesh.evaluator.patterns import ARN_PARTS
from mesh.proof.symbolic.shapes import Part, Shape

z3: Any = importlib.import_module("z3")
"""Without types: it is an optional extra, and has none."""

Formula = Any
"""A Boolean of z3."""

_STRINGS: Final = z3.ReSort(z3.StringSort())
_CHARACTER: Final = z3.AllChar(_STRINGS)
_TEXT: Final = z3.Full(_STRINGS)
_NO_COLON: Final = z3.Intersect(_CHARACTER, z3.Complement(z3.Re(":")))
_KELVIN: Final = "\u212a"
"""The one letter beyond ASCII that is an ASCII letter in lower case."""


def is_(holds: bool) -> Formula:
    """Always, or never."""
    return z3.BoolVal(holds)


def every(formulas: Iterable[Formula]) -> Formula:
    """All of them hold."""
    return z3.And(*formulas)


def some(formulas: Iterable[Formula]) -> Formula:
    """One of them holds."""
    return z3.Or(*formulas)


def negation(formula: Formula) -> Formula:
    """It does not hold."""
    return z3.Not(formula)


class SymbolicText:
    """A text of which nothing is known but which sets of texts it is asked to be in."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.atoms: dict[int, tuple[Formula, Any]] = {}
        """What it is asked, by the number that z3 gives a regular expression: a Boolean that stands for it, and it."""

    def is_in(self, regexes: Sequence[Any]) -> Formula:
        """It is in one of the sets."""
        if not regexes:
            return is_(False)
        regex = _either(regexes)
        return self.atoms.setdefault(regex.get_id(), (z3.Bool(f"{self.name} in {len(self.atoms)}"), regex))[0]

    def equals(self, *texts: str) -> Formula:
        """It is one of these."""
        return self.is_in([literal(each) for each in texts])

    def differs(self, *texts: str) -> Formula:
        """It is none of these."""
        return z3.Not(self.equals(*texts))

    def has_shape(self, *shapes: Shape) -> Formula:
        """It has one of the shapes."""
        return self.is_in([_shape(shape) for shape in shapes])

    def has_no_shape(self, *shapes: Shape, but: Shape, unless: Shape) -> Formula:
        """It has none of the shapes; and if it has the shape `unless`, it has the shape `but` too.

        One set and not four, which z3 is asked about more often.
        """
        none, beyond = (z3.Complement(_either([_shape(each) for each in some])) for some in (shapes, (unless,)))
        return self.is_in([z3.Intersect(none, z3.Union(beyond, _shape(but)))])

    def is_like(self, *patterns: str) -> Formula:
        """`StringLike` one of them: `*` is any run of characters, `?` is one."""
        return self.is_in([_whole(each) for each in patterns])

    def is_arn_like(self, *patterns: str) -> Formula:
        """`ArnLike` one of them: part by part, so a wildcard of the first five parts takes no colon."""
        for pattern in patterns:
            if len(pattern.split(":", 5)) < ARN_PARTS:
                raise UnknownError(f"{pattern!r} is no ARN")
        return self.is_in([_parts(each) for each in patterns])

    def folds_to(self, *texts: str) -> Formula:
        """It is one of these, whatever its case."""
        return self.is_in([_folded(each) for each in texts])


@cache
def literal(value: str) -> Any:
    """The set of one text; z3 reads a backslash as the beginning of a character's number."""
    return z3.Re(z3.StringVal(value.replace("\\", r"\u{5c}")))


@cache
def _whole(pattern: str) -> Any:
    return _regex(pattern, _CHARACTER, _TEXT)


@cache
def _parts(pattern: str) -> Any:
    *head, last = pattern.split(":", 5)
    parts = [_regex(f"{part}:", _NO_COLON, z3.Star(_NO_COLON)) for part in head]
    return z3.Concat(*parts, _whole(last))


def _regex(pattern: str, one: Any, run: Any) -> Any:
    wild = {"*": run, "?": one}
    pieces = [wild[piece] if piece in wild else literal(piece) for piece in re.split(r"([*?])", pattern) if piece]
    return _joined(pieces or [literal("")])


def _either(regexes: Sequence[Any]) -> Any:
    return z3.Union(*regexes) if len(regexes) > 1 else regexes[0]


def _joined(pieces: Sequence[Any]) -> Any:
    return z3.Concat(*pieces) if len(pieces) > 1 else pieces[0]


@cache
def _shape(shape: Shape) -> Any:
    return _joined([_part(part) for part in shape])


def _part(part: str | Part) -> Any:
    match part:
        case Part.ACCOUNT:
            return z3.Loop(z3.Range("0", "9"), 12, 12)
        case Part.WORD:
            return z3.Star(_NO_COLON)
        case Part.ANY:
            return _TEXT
        case _:
            return literal(part)


@cache
def _folded(value: str) -> Any:
    """What is this text in lower case; UnknownError beyond ASCII."""
    if not value.isascii():
        raise UnknownError(f"{value!r}: only letters of ASCII are compared without their case")
    letters = ({letter, letter.upper(), *(_KELVIN if letter == "k" else "")} for letter in value.lower())
    pieces = [z3.Union(*(literal(each) for each in sorted(s))) if len(s) > 1 else literal(*s) for s in letters]
    return _joined(pieces or [literal("")])
