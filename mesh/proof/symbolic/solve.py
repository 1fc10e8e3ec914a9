"""Search for a request for which formulas hold: z3 finds one, proves that there is none, or runs out of time.

A formula says of a text (an action, an ARN, the value of a key) only that it is in a regular set, or is not; a Boolean
stands for each such set. The search has two steps. z3 assigns the Booleans and the numbers. Then, for each text by
itself, z3 looks for a string that is in the sets whose Boolean is true and in none of the others. A text without one
excludes this combination of Booleans, and the first step is repeated. Asked about all texts at once, z3 often has no
answer in time.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from typing import Any, Final

from mesh.evaluator.errors import UnknownError
from mesh.evaluator.moments import at_one_moment
from mesh.evaluator.policies import Policy
from mesh.evaluator.principals import CallerIdentity
from mesh.proof.symbolic.addresses import address_for
from mesh.proof.symbolic.encode import SymbolicKey, SymbolicRequest
from mesh.proof.symbolic.texts import Formula, SymbolicText, literal, z3

LIMIT: Final = 10_000
"""Milliseconds for one answer of z3; those of the sample mesh take about ten."""

_PLAIN: Any = z3.Plus(z3.Union(z3.Range("a", "z"), z3.Range("0", "9"), *(literal(sign) for sign in ":/-_.")))
_ESCAPE: Final = re.compile(r"\\u\{([0-9a-f]+)\}")

_SMALL_CORE: Final = 6
"""Sets without a common text, up to this many, are not reduced to fewer: the search costs more than it saves."""

_Membership = tuple[Formula, Any, bool]
"""A Boolean, the regular set that it stands for, and whether the text is in the set."""


class Solver:
    """Formulas about one request. Raises UnknownError when z3 has no answer in time."""

    def __init__(self, request: SymbolicRequest, limit: int = LIMIT) -> None:
        self._request, self._limit = request, limit
        self._solver = z3.SimpleSolver()
        self._solver.set("timeout", limit)

    def add(self, *formulas: Formula) -> None:
        """Adds formulas that have to hold, too."""
        self._solver.add(*formulas)

    def push(self) -> None:
        """Remembers the formulas so far."""
        self._solver.push()

    def pop(self) -> None:
        """Forgets the formulas added since the last `push`."""
        self._solver.pop()

    def find(self, *, plain: bool = False) -> Counterexample | None:
        """A request for which all formulas hold; `plain`: with texts of plain characters, where there are such."""
        while _possible(self._solver):
            model = self._solver.model()
            texts: dict[str, str] = {}
            if all(self._settle(text, model, texts, plain) for text in self._request.texts):
                return Counterexample(self._request, model, texts)
        return None

    def _settle(self, text: SymbolicText, model: Any, texts: dict[str, str], plain: bool) -> bool:
        """Finds a text for its Booleans in the model, or excludes their combination."""
        members = [
            (holds, regex, truth) for holds, regex in text.atoms.values() if (truth := _truth(model, holds)) is not None
        ]
        value = _ANSWERS.text_in(members, self._limit)
        if value is None:
            self._solver.add(z3.Or(*(z3.Not(h) if truth else h for h, _, truth in _core(members, self._limit))))
            return False
        plain_value = _text_of([*_sets(members), _PLAIN], self._limit) if plain else None
        texts[text.name] = value if plain_value is None else plain_value
        return True


def _truth(model: Any, formula: Formula) -> bool | None:
    """The value of a formula in a model; None when the model leaves it open."""
    value = model.eval(formula)
    return True if z3.is_true(value) else False if z3.is_false(value) else None


def _possible(solver: Any) -> bool:
    answer = solver.check()
    if answer not in (z3.sat, z3.unsat):
        raise UnknownError(f"z3 has no answer in time ({solver.reason_unknown()})")
    return bool(answer == z3.sat)


def _sets(members: Sequence[_Membership]) -> list[Any]:
    return [regex if truth else z3.Complement(regex) for _, regex, truth in members]


class _Answers:
    """Answers of z3 about combinations of regular sets, for theorems ask for many of them again.

    An answer is found by z3's ids of its sets. It holds on to the sets as long as it is kept: z3 gives the id of a
    freed expression to another one. The answer that has been unused for longest goes first.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: OrderedDict[tuple[tuple[int, bool], ...], tuple[str | None, list[Any]]] = OrderedDict()

    def text_in(self, members: Sequence[_Membership], limit: int) -> str | None:
        """A text that is in a set exactly if its membership says so; None when there is none."""
        key = tuple(sorted((regex.get_id(), truth) for _, regex, truth in members))
        if key in self._known:
            self._known.move_to_end(key)
        else:
            answer = _text_of(_sets(members), limit) if members else ""
            self._known[key] = answer, [regex for _, regex, _ in members]
            if len(self._known) > self._most:
                self._known.popitem(last=False)
        return self._known[key][0]


_ANSWERS: Final = _Answers(16_384)


_TEXT: Final = z3.String("text")
_OF_TEXTS: Final = z3.SimpleSolver()
"""Asked about one text after another: it keeps what it has worked out of the regular sets, which come again."""


def _text_of(regexes: Sequence[Any], limit: int) -> str | None:
    _OF_TEXTS.set("timeout", limit)
    _OF_TEXTS.push()
    try:
        _OF_TEXTS.add(z3.InRe(_TEXT, z3.Intersect(*regexes) if len(regexes) > 1 else regexes[0]))
        if not _possible(_OF_TEXTS):
            return None
        value: str = _OF_TEXTS.model().eval(_TEXT, model_completion=True).as_string()
    finally:
        _OF_TEXTS.pop()
    return _ESCAPE.sub(lambda escape: chr(int(escape.group(1), 16)), value)


def _core(members: Sequence[_Membership], limit: int) -> Sequence[_Membership]:
    """Sets that have no text in common either, as few of them as leaving out one after the other finds."""
    core = list(members)
    for member in members if len(members) > _SMALL_CORE else ():
        rest = [other for other in core if other is not member]
        if rest and _ANSWERS.text_in(rest, limit) is None:
            core = rest
    return core


class Counterexample:
    """A request for which the formulas hold, read from a model of z3."""

    def __init__(self, request: SymbolicRequest, model: Any, texts: dict[str, str]) -> None:
        self._model = model
        self.action, self.resource = texts[request.action.name], texts[request.resource.name]
        account, service = texts[request.account.name], texts[request.service.name]
        self.caller = CallerIdentity(account or None, None, service or None)
        self.keys: dict[str, tuple[str, ...]] = {}
        for name, key in request.single.items():
            if self._holds(key.present):
                self.keys[name] = (self._value(key, texts),)
        at_one_moment(self.keys, dict(self.keys))
        for name, several in request.several.items():
            values = tuple(texts[value.name] for there, value in several.places if self._holds(there))
            if values:
                self.keys[name] = values

    def taken_by(self, policy: Policy, effect: str) -> Iterator[int]:
        """Numbers of the statements of that effect that take the request, says the evaluator. Raises UnknownError."""
        statements = policy.denies(self.action) if effect == "Deny" else policy.allows(self.action)
        return (s.number for s in statements if s.who(self.caller) and s.applies(self.resource, self.keys))

    def _holds(self, formula: Formula) -> bool:
        return bool(z3.is_true(self._model.eval(formula, model_completion=True)))

    def _value(self, key: SymbolicKey, texts: dict[str, str]) -> str:
        match key.read_as:
            case "a number":
                return self._number(key.number)
            case "an address":
                return address_for({ranges: self._holds(formula) for ranges, formula in key.ranges.items()})
            case _:
                return texts[key.text.name]

    def _number(self, value: Any) -> str:
        number = float(self._model.eval(value, model_completion=True).as_fraction())
        return str(int(number)) if number.is_integer() else str(number)
