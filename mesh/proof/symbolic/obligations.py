"""Obligations of a theorem: no request gets through. A counterexample is one that does."""

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
    """An obligation: every request for which the assumptions hold is denied by a policy, or is allowed by none.

    `actions` are the actions (patterns) of the requests.
    """

    what: str
    request: SymbolicRequest
    actions: tuple[str, ...]
    assumptions: tuple[Formula, ...] = ()
    outcome: Literal["denied", "not admitted"] = "denied"

    def check(self, limit: int = LIMIT) -> Witness | None:
        """A witness that gets through, or says why z3 cannot decide; None when the obligation holds."""
        try:
            counterexample = self._escape(limit)
        except UnknownError as error:
            return Witness(f"{self.what}: cannot be proven: {error}", {"cannot be proven": str(error)})
        return self._witness(counterexample) if counterexample else None

    @property
    def _effect(self) -> str:
        return "Deny" if self.outcome == "denied" else "Allow"

    def _escape(self, limit: int) -> Counterexample | None:
        if not self.request.policies:
            raise UnknownError("there is no policy to ask")
        assumed = frozenset({*self.request.single, *self.request.several})
        statements = self.request.statements(self._effect, self.actions)
        # Statements that name the keys of the assumptions come first: they are the likeliest to decide.
        nearest = sorted(statements, key=lambda taken: len(taken.keys) - 2 * len(taken.keys & assumed))
        solver = Solver(self.request, limit)
        solver.add(*self.assumptions, self.request.asks(*self.actions), self.request.formed)
        search = _past_all if self.outcome == "denied" else _by_one
        counterexample = search(solver, self.request, nearest)
        return _simplified(solver, counterexample, self.request) if counterexample else None

    def _witness(self, request: Counterexample) -> Witness:
        agrees, outcome = self._judged(request)
        who = request.caller.itself or next(iter(request.keys.get("aws:principalarn", ())), "a caller without an ARN")
        keys = ", ".join(f"{key}={' '.join(values)}" for key, values in request.keys.items()) or "no key"
        by = " and ".join(policy.name for policy in self.request.policies)
        text = f"{who}: {request.action} on {request.resource or 'a resource'} with {keys} {outcome} {by}"
        fault = "" if agrees else "; the evaluator says otherwise, which is a fault of the proof itself"
        context = {key: values[0] if len(values) == 1 else list(values) for key, values in request.keys.items()}
        data: dict[str, Any] = {
            "principal": who,
            "action": request.action,
            "resource": request.resource,
            "context": context,
            "came": f"{outcome} {by}",
            "because": [],
            **({} if agrees else {"fault": "z3 and the evaluator disagree"}),
        }
        return Witness(f"{self.what}: {text}{fault}", data)

    def _judged(self, request: Counterexample) -> tuple[bool, str]:
        """Whether the evaluator agrees that the request gets through, and the words for how it does."""
        denied = self.outcome == "denied"
        try:
            taken = any(True for policy in self.request.policies for _ in request.taken_by(policy, self._effect))
        except UnknownError as error:
            return False, f"(which the evaluator cannot decide: {error}) gets past"
        return taken != denied, "is not refused by" if denied else "is admitted by"


def _past_all(solver: Solver, asked: SymbolicRequest, statements: Sequence[Taken]) -> Counterexample | None:
    """A request that no statement takes; None when there is none.

    Statements are put to z3 one at a time, for z3 answers few of them faster than all. z3 finds a request that those so
    far do not take; the evaluator says which of the others takes it; that one is put to z3 next.
    """
    left = list(statements)
    if left:
        solver.add(negation(left.pop(0).holds), asked.filled)
    while (request := solver.find()) and left:
        taking = _taking(request, left)
        for statement in [taking] if taking else list(left):
            left.remove(statement)
            solver.add(negation(statement.holds), asked.filled)
    return request


def _taking(request: Counterexample, statements: Sequence[Taken]) -> Taken | None:
    """The first statement that takes a request, says the evaluator; None when it cannot tell, or none does."""
    try:
        policies = {id(s.policy): s.policy for s in statements}
        taken = {(key, number) for key, policy in policies.items() for number in request.taken_by(policy, "Deny")}
    except UnknownError:
        return None
    return next((s for s in statements if (id(s.policy), s.number) in taken), None)


def _by_one(solver: Solver, asked: SymbolicRequest, statements: Sequence[Taken]) -> Counterexample | None:
    """A request that one of the statements takes; None when there is none."""
    for statement in statements:
        solver.push()
        solver.add(statement.holds, asked.filled)
        if request := solver.find():
            return request
        solver.pop()
    return None


def _simplified(solver: Solver, counterexample: Counterexample, request: SymbolicRequest) -> Counterexample:
    """A counterexample with few keys, in plain characters, for people to read. The solver keeps what it was told."""
    for wish in _wishes(request):
        solver.push()
        solver.add(wish)
        if solver.find() is None:
            solver.pop()
    return solver.find(plain=True) or counterexample


def _wishes(request: SymbolicRequest) -> Iterator[Formula]:
    """Formulas that make a counterexample simple: no service, no account, no key."""
    yield from (text.equals("") for text in (request.service, request.account))
    yield from (key.absent for key in request.single.values())
    yield from (negation(there) for several in request.several.values() for there, _ in several.places)
