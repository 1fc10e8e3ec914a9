"""A goal of a theorem: nobody gets through, or a request that does, on which the evaluator has to agree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from mesh.evaluator.errors import UnknownError
from mesh.proof.claims import Witness
from mesh.proof.symbolic.encode import SymbolicRequest, Taken
from mesh.proof.symbolic.solve import LIMIT, Counterexample, Solver
from mesh.proof.symbolic.texts import Formula, negation


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """Of every request for which `given` holds: one of the policies denies it, or none of them allows it.

    `actions` are the actions (patterns) that it may ask for.
    """

    what: str
    request: SymbolicRequest
    actions: tuple[str, ...]
    given: tuple[Formula, ...] = ()
    outcome: Literal["denied", "not admitted"] = "denied"

    def check(self, limit: int = LIMIT) -> Witness | None:
        """None when it holds; otherwise who gets through, or why nobody can tell."""
        try:
            found = self._escape(limit)
        except UnknownError as error:
            return Witness(f"{self.what}: cannot be proven: {error}", {"cannot be proven": str(error)})
        return self._witness(found) if found else None

    @property
    def _effect(self) -> str:
        return "Deny" if self.outcome == "denied" else "Allow"

    def _escape(self, limit: int) -> Counterexample | None:
        if not self.request.policies:
            raise UnknownError("there is no policy to ask")
        said = frozenset({*self.request.single, *self.request.several})
        statements = self.request.statements(self._effect, self.actions)
        nearest = sorted(statements, key=lambda each: len(each.keys) - 2 * len(each.keys & said))
        solver = Solver(self.request, limit)
        solver.add(*self.given, self.request.asks(*self.actions), self.request.formed)
        found = _past_all(solver, nearest) if self.outcome == "denied" else _by_one(solver, nearest)
        return _simpler(solver, found, self.request) if found else None

    def _witness(self, found: Counterexample) -> Witness:
        agrees, came = self._judged(found)
        who = found.caller.itself or next(iter(found.keys.get("aws:principalarn", ())), "a caller without an ARN")
        given = ", ".join(f"{key}={' '.join(values)}" for key, values in found.keys.items())
        by = " and ".join(policy.name for policy in self.request.policies)
        text = f"{who}: {found.action} on {found.resource or 'a resource'} with {given or 'no key'} {came} {by}"
        fault = "" if agrees else "; the evaluator says otherwise, which is a fault of the proof itself"
        context = {key: next(iter(each)) if len(each) == 1 else list(each) for key, each in found.keys.items()}
        data: dict[str, Any] = {
            "principal": who,
            "action": found.action,
            "resource": found.resource,
            "context": context,
            "came": f"{came} {by}",
            "because": [],
            **({} if agrees else {"fault": "z3 and the evaluator disagree"}),
        }
        return Witness(f"{self.what}: {text}{fault}", data)

    def _judged(self, found: Counterexample) -> tuple[bool, str]:
        """Whether the evaluator agrees that the request gets through, and how."""
        denied, came = self.outcome == "denied", "is not refused by" if self.outcome == "denied" else "is admitted by"
        try:
            taken = any(True for each in self.request.policies for _ in found.taken_by(each, self._effect))
        except UnknownError as error:
            return False, f"(which the evaluator cannot decide: {error}) gets past"
        return taken != denied, came


def _past_all(solver: Solver, statements: Sequence[Taken]) -> Counterexample | None:
    """A request that gets past every statement.

    They are put to z3 one at a time, those that are about what is given first, each when it takes what got past
    those before (the nearest always); which one does, the evaluator says. A request that is found is past all of them.
    """
    left = list(statements)
    if left:
        solver.add(negation(left.pop(0).holds))
    while (found := solver.find()) and left:
        taking = _taking(found, left)
        for each in [taking] if taking else list(left):
            left.remove(each)
            solver.add(negation(each.holds))
    return found


def _taking(found: Counterexample, statements: Sequence[Taken]) -> Taken | None:
    try:
        taken = {(id(each.policy), number) for each in statements for number in found.taken_by(each.policy, "Deny")}
    except UnknownError:
        return None
    return next((each for each in statements if (id(each.policy), each.number) in taken), None)


def _by_one(solver: Solver, statements: Sequence[Taken]) -> Counterexample | None:
    """A request that one of the statements takes."""
    for each in statements:
        solver.push()
        solver.add(each.holds)
        if found := solver.find():
            return found
        solver.pop()
    return None


def _simpler(solver: Solver, found: Counterexample, request: SymbolicRequest) -> Counterexample:
    """One of those that get through with little in it, in plain characters. What it was asked stays in the solver."""
    for wish in _wishes(request):
        solver.push()
        solver.add(wish)
        if solver.find() is None:
            solver.pop()
    return solver.find(plain=True) or found


def _wishes(request: SymbolicRequest) -> Iterator[Formula]:
    yield from (text.equals("") for text in (request.service, request.account))
    yield from (key.absent for key in request.single.values())
    yield from (negation(there) for several in request.several.values() for there, _ in several.places)
