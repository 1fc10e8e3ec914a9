"""Texts as variables, and the regular sets that a policy or a theorem asks them to be in.

This is the only module that imports z3.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any, Final

from mesh.evaluator.errors import UnknownError
from mesh.evaluator.patterns import ARN_PARTS
from mesh.proof.symbolic.shapes import Shape, ShapePart

z3: Any = importlib.import_module("z3")
"""The module z3, without types: it is an optional extra, and has none."""

# Its Python part need not check arguments, which takes time: z3 itself refuses wrong sorts.
z3.z3.Z3_DEBUG = False

Formula = Any
"""A Boolean expression of z3."""

_REMEMBERED: Final = 16_384
"""Regular expressions kept of each kind; the sample mesh needs some hundreds."""

_STRINGS: Final = z3.ReSort(z3.StringSort())
_CHARACTER: Final = z3.AllChar(_STRINGS)
_TEXT: Final = z3.Full(_STRINGS)
_NO_COLON: Final = z3.Intersect(_CHARACTER, z3.Complement(z3.Re(":")))
_KELVIN: Final = "\u212a"
"""The Kelvin sign, the one letter beyond ASCII whose lower case is an ASCII letter."""


def is_(holds: bool) -> Formula:
    """The formula that always holds, or never."""
    return z3.BoolVal(holds)


def every(formulas: Iterable[Formula]) -> Formula:
    """All formulas hold."""
    return z3.And(*formulas)


def some(formulas: Iterable[Formula]) -> Formula:
    """At least one of the formulas holds."""
    return z3.Or(*formulas)


def negation(formula: Formula) -> Formula:
    """The formula does not hold."""
    return z3.Not(formula)


class SymbolicText:
    """A text of which only the sets are known that it is asked to be in."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.atoms: dict[int, tuple[Formula, Any]] = {}
        """Booleans that say that the text is in a regular set, with the set, by z3's id of it."""

    def is_in(self, regexes: Sequence[Any]) -> Formula:
        """The text is in one of the sets."""
        if not regexes:
            return is_(False)
        regex = _either(regexes)
        return self.atoms.setdefault(regex.get_id(), (z3.Bool(f"{self.name} in {len(self.atoms)}"), regex))[0]

    def equals(self, *texts: str) -> Formula:
        """The text is one of these."""
        return self.has_shape(*((text,) for text in texts))

    def differs(self, *texts: str) -> Formula:
        """The text is none of these."""
        return z3.Not(self.equals(*texts))

    def has_shape(self, *shapes: Shape) -> Formula:
        """The text has one of the shapes."""
        return self.is_in([_one_of(shapes)] if shapes else [])

    def has_no_shape(self, *shapes: Shape, but: Shape, unless: Shape) -> Formula:
        """The text has none of the shapes; and if it has the shape `unless`, it has the shape `but` too."""
        # One set and not four: z3 is asked once for each set.
        none, beyond = (z3.Complement(_one_of(group)) for group in (shapes, (unless,)))
        return self.is_in([z3.Intersect(none, z3.Union(beyond, _one_of((but,))))])

    def is_like(self, *patterns: str) -> Formula:
        """The text matches one of the patterns as `StringLike` does: `*` is any run of characters, `?` is one."""
        return self.has_shape(*(_whole(pattern) for pattern in patterns))

    def is_arn_like(self, *patterns: str) -> Formula:
        """The text matches one of the patterns as `ArnLike` does: a wildcard in the first five parts takes no colon."""
        for pattern in patterns:
            if len(pattern.split(":", 5)) < ARN_PARTS:
                raise UnknownError(f"{pattern!r} is no ARN")
        return self.has_shape(*(_parts(pattern) for pattern in patterns))

    def folds_to(self, *texts: str) -> Formula:
        """The text is one of these, in upper or lower case."""
        return self.is_in([_folded(text) for text in texts])


@lru_cache(maxsize=_REMEMBERED)
def literal(value: str) -> Any:
    """The set of one text."""
    # z3 reads a backslash as the beginning of an escaped character.
    return z3.Re(z3.StringVal(value.replace("\\", r"\u{5c}")))


def _whole(pattern: str) -> Shape:
    return _shape_of(pattern, ShapePart.CHARACTER, ShapePart.ANY)


def _parts(pattern: str) -> Shape:
    *head, last = pattern.split(":", 5)
    parts = (_shape_of(f"{part}:", ShapePart.NO_COLON, ShapePart.WORD) for part in head)
    return (*chain.from_iterable(parts), *_whole(last))


def _shape_of(pattern: str, one: ShapePart, run: ShapePart) -> Shape:
    wild = {"*": run, "?": one}
    return tuple(wild.get(piece, piece) for piece in re.split(r"([*?])", pattern) if piece)


def _either(regexes: Sequence[Any]) -> Any:
    return z3.Union(*regexes) if len(regexes) > 1 else regexes[0]


def _joined(pieces: Sequence[Any]) -> Any:
    return z3.Concat(*pieces) if len(pieces) > 1 else pieces[0]


@lru_cache(maxsize=_REMEMBERED)
def _one_of(shapes: tuple[Shape, ...]) -> Any:
    """The set of texts that have one of the shapes.

    What several begin with stands once: of many ARNs alike z3 would follow each by itself, character by character.
    """
    return _branches([tuple(chain.from_iterable(shape)) for shape in map(_in_pieces, dict.fromkeys(shapes))])


def _in_pieces(shape: Shape) -> Iterator[Sequence[str | ShapePart]]:
    """Each character of a literal by itself, and the parts between."""
    return (part if isinstance(part, str) else (part,) for part in shape)


def _branches(shapes: Sequence[Shape]) -> Any:
    same = 0
    while all(len(shape) > same and shape[same] == shapes[0][same] for shape in shapes):
        same += 1
    begins, rests = shapes[0][:same], [shape[same:] for shape in shapes]
    if not any(rests):
        return _sequence(begins)
    branches: dict[str | ShapePart | None, list[Shape]] = {}
    for rest in rests:
        branches.setdefault(rest[0] if rest else None, []).append(rest)
    ends = _either([_branches(each) for each in branches.values()])
    return _joined([_sequence(begins), ends]) if begins else ends


def _sequence(shape: Shape) -> Any:
    """The set of texts of one shape, neighbouring characters as one literal."""
    pieces: list[Any] = []
    text = ""
    for part in shape:
        if isinstance(part, str):
            text += part
        else:
            pieces += [*([literal(text)] if text else []), _part(part)]
            text = ""
    return _joined([*pieces, literal(text)] if text or not pieces else pieces)


def _part(part: ShapePart) -> Any:
    match part:
        case ShapePart.ACCOUNT:
            return z3.Loop(z3.Range("0", "9"), 12, 12)
        case ShapePart.WORD:
            return z3.Star(_NO_COLON)
        case ShapePart.ANY:
            return _TEXT
        case ShapePart.NO_COLON:
            return _NO_COLON
        case ShapePart.CHARACTER:
            return _CHARACTER


@lru_cache(maxsize=_REMEMBERED)
def _folded(value: str) -> Any:
    """The set of texts that are `value` in lower case; UnknownError beyond ASCII."""
    if not value.isascii():
        raise UnknownError(f"{value!r}: only letters of ASCII are compared without their case")
    letters = ({letter, letter.upper(), *(_KELVIN if letter == "k" else "")} for letter in value.lower())
    pieces = [z3.Union(*(literal(letter) for letter in sorted(s))) if len(s) > 1 else literal(*s) for s in letters]
    return _joined(pieces or [literal("")])
