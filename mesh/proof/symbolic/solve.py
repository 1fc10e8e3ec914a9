"""Is there a request of which a formula holds? z3 says so, or that there is none, or nothing in time.

Each question about a text is about that text alone: it is in a regular set or not. So a request exists when the rest,
Booleans and numbers, has a model in which of each text the sets that it is in, and those that it is not in, have a
text in common. z3 is asked both, one text at a time: asked all at once, it often has no answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from mesh.evaluator.errors import UnknownError
from mesh.evaluator.policies import Policy
from mesh.evaluator.principals import CallerIdentity
from mesh.proof.symbolic.encode import SymbolicRequest
from mesh.proof.symbolic.texts import Formula, SymbolicText, literal, z3

LIMIT: Final = 10_000
"""Milliseconds for one answer of z3; those of the sample take a hundredth of a second."""

_PLAIN: Any = z3.Plus(z3.Union(z3.Range("a", "z"), z3.Range("0", "9"), *(literal(each) for each in ":/-_.")))
_ESCAPE: Final = re.compile(r"\\u\{([0-9a-f]+)\}")

_FEW: Final = 6
"""Members of which it does not pay to look for fewer."""

_Member = tuple[Formula, Any, bool]
"""A Boolean, the set that it stands for, and whether the text is in it."""


class Solver:
    """Formulas about one request. UnknownError when z3 has no answer in time."""

    def __init__(self, request: SymbolicRequest, limit: int = LIMIT) -> None:
        self._request, self._limit = request, limit
        self._solver = z3.SimpleSolver()
        self._solver.set("timeout", limit)

    def add(self, *formulas: Formula) -> None:
        """They hold, too."""
        self._solver.add(*formulas)

    def push(self) -> None:
        """Remember what holds so far."""
        self._solver.push()

    def pop(self) -> None:
        """Forget what was added since."""
        self._solver.pop()

    def find(self, *, plain: bool = False) -> Counterexample | None:
        """A request of which they all hold; `plain`: its texts of plain characters, where there are such."""
        while _possible(self._solver):
            model = self._solver.model()
            texts: dict[str, str] = {}
            if all(self._settle(text, model, texts, plain) for text in self._request.texts):
                return Counterexample(self._request, model, texts)
        return None

    def _settle(self, text: SymbolicText, model: Any, texts: dict[str, str], plain: bool) -> bool:
        """Finds the text that the model asks for, or adds that there is none."""
        members = [
            (holds, regex, truth) for holds, regex in text.atoms.values() if (truth := _truth(model, holds)) is not None
        ]
        found = _text_in(members, self._limit)
        if found is None:
            self._solver.add(z3.Or(*(z3.Not(h) if truth else h for h, _, truth in _core(members, self._limit))))
            return False
        better = _text_of([*_sets(members), _PLAIN], self._limit) if plain else None
        texts[text.name] = found if better is None else better
        return True


def _truth(model: Any, formula: Formula) -> bool | None:
    """None when it does not matter."""
    value = model.eval(formula)
    return True if z3.is_true(value) else False if z3.is_false(value) else None


def _possible(solver: Any) -> bool:
    answer = solver.check()
    if answer not in (z3.sat, z3.unsat):
        raise UnknownError(f"z3 has no answer in time ({solver.reason_unknown()})")
    return bool(answer == z3.sat)


_ANSWERS: dict[tuple[tuple[int, bool], ...], str | None] = {}
_KEPT: Final[list[Any]] = []
"""Of each answer the sets asked about, so that z3 gives their numbers to no others."""


def _sets(members: Sequence[_Member]) -> list[Any]:
    return [regex if truth else z3.Complement(regex) for _, regex, truth in members]


def _text_in(members: Sequence[_Member], limit: int) -> str | None:
    """A text in all the sets that are wanted and in none of the others."""
    known = tuple(sorted((regex.get_id(), truth) for _, regex, truth in members))
    if known not in _ANSWERS:
        _ANSWERS[known] = _text_of(_sets(members), limit) if members else ""
        _KEPT.extend(regex for _, regex, _ in members)
    return _ANSWERS[known]


def _text_of(regexes: Sequence[Any], limit: int) -> str | None:
    solver, text = z3.SimpleSolver(), z3.String("text")
    solver.set("timeout", limit)
    solver.add(z3.InRe(text, z3.Intersect(*regexes) if len(regexes) > 1 else regexes[0]))
    if not _possible(solver):
        return None
    found: str = solver.model().eval(text, model_completion=True).as_string()
    return _ESCAPE.sub(lambda escape: chr(int(escape.group(1), 16)), found)


def _core(members: Sequence[_Member], limit: int) -> Sequence[_Member]:
    """Of the members that have nothing in common as few as have nothing in common either."""
    left = list(members)
    for each in members if len(members) > _FEW else ():
        less = [other for other in left if other is not each]
        if less and _text_in(less, limit) is None:
            left = less
    return left


class Counterexample:
    """A request that was found."""

    def __init__(self, request: SymbolicRequest, model: Any, texts: dict[str, str]) -> None:
        self._model = model
        self.action, self.resource = texts[request.action.name], texts[request.resource.name]
        account, service = texts[request.account.name], texts[request.service.name]
        self.caller = CallerIdentity(account or None, None, service or None)
        self.keys: dict[str, tuple[str, ...]] = {}
        for name, key in request.single.items():
            if self._holds(key.present):
                number = key.read_as == "a number"
                self.keys[name] = (self._number(key.number) if number else texts[key.text.name],)
        for name, several in request.several.items():
            values = tuple(texts[value.name] for there, value in several.places if self._holds(there))
            if values:
                self.keys[name] = values

    def taken_by(self, policy: Policy, effect: str) -> Iterator[int]:
        """Numbers of the statements of that effect that take it, says the evaluator. Raises UnknownError."""
        statements = policy.denies(self.action) if effect == "Deny" else policy.allows(self.action)
        return (s.number for s in statements if s.who(self.caller) and s.applies(self.resource, self.keys))

    def _holds(self, formula: Formula) -> bool:
        return bool(z3.is_true(self._model.eval(formula, model_completion=True)))

    def _number(self, value: Any) -> str:
        number = float(self._model.eval(value, model_completion=True).as_fraction())
        return str(int(number)) if number.is_integer() else str(number)
