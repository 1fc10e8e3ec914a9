"""What a proof is worth: drop each statement, each condition and each grant, and see whether an invariant fails.

A statement whose loss nothing notices is either dead or unproven. Only claims that the statement could decide are
asked again: those whose action, caller and resource it names.
"""

from __future__ import annotations

import copy
import dataclasses
import fnmatch
from array import array
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from mesh.access.lake import Lakes
from mesh.evaluator.decide import examine
from mesh.evaluator.errors import UnknownError
from mesh.evaluator.policies import Policy
from mesh.plan import Plan
from mesh.proof.claims import AnyClaim, Claim
from mesh.proof.invariants import INVARIANTS
from mesh.proof.subject import Subject
from mesh.proof.survivors import REASONS


@dataclass(frozen=True, slots=True)
class Mutant:
    """One loss: of a statement, a condition of it (`operator key`), or a grant."""

    document: str
    sid: str
    condition: str = ""

    def __str__(self) -> str:
        what = f"{self.condition} of {self.sid}" if self.condition else self.sid
        return f"{self.document}: {what}"


@dataclass(frozen=True, slots=True)
class MutationOutcome:
    """What came of a mutant: the invariant that noticed, or the written reason why none has to."""

    mutant: Mutant
    noticed_by: str | None
    reason: str | None = None

    @property
    def survives(self) -> bool:
        """Whether the loss is neither noticed nor explained."""
        return self.noticed_by is None and self.reason is None


class Mutation:
    """Every claim of every invariant, and which of them each statement could decide."""

    def __init__(self, plan: Plan) -> None:
        self.subject = Subject(plan)
        self._claims: list[tuple[str, AnyClaim]] = [
            (invariant.id, claim) for invariant in INVARIANTS for claim in invariant.claims(self.subject)
        ]
        self._controls = {
            id(policy)
            for account in self.subject.world.accounts.values()
            for node in (*account.service_control, *account.resource_control)
            for policy in node
        }

    def run(self) -> Iterator[MutationOutcome]:
        """Every mutant with what came of it, document by document."""
        for policy in self.subject.policies:
            yield from self._of_policy(policy)
        yield from self._of_grants()

    def of_statements(self) -> Iterator[tuple[Mutant, tuple[str, ...]]]:
        """Every statement, with all invariants that fail without it."""
        for policy in self.subject.policies:
            for number, statement in enumerate(policy.document["Statement"]):
                asked = self._touching.get((id(policy), number), array("I"))
                failing = self._failing(policy, _without(policy.document, number), asked)
                yield Mutant(policy.name, str(statement["Sid"])), failing

    @cached_property
    def _touching(self) -> dict[tuple[int, int], array[int]]:
        """Of each statement, by policy and number, the claims that it could decide."""
        found: dict[tuple[int, int], array[int]] = {}
        for place, (_, claim) in enumerate(self._claims):
            if isinstance(claim, Claim):
                for policy, number in examine(claim.request, self.subject.world).touched():
                    found.setdefault((id(policy), number), array("I")).append(place)
        return found

    # ---- documents

    def _of_policy(self, policy: Policy) -> Iterator[MutationOutcome]:
        document = policy.document
        for number, statement in enumerate(document["Statement"]):
            sid = str(statement["Sid"])
            asked = self._touching.get((id(policy), number), array("I"))
            yield self._outcome(Mutant(policy.name, sid), policy, _without(document, number), asked)
            for operator, keys in statement.get("Condition", {}).items():
                for key in keys:
                    mutated = _without_condition(document, number, operator, key)
                    yield self._outcome(Mutant(policy.name, sid, f"{operator} {key}"), policy, mutated, asked)

    def _outcome(
        self, mutant: Mutant, policy: Policy, document: Mapping[str, Any], asked: array[int]
    ) -> MutationOutcome:
        noticed = next(iter(self._failing(policy, document, asked, at_most=1)), None)
        return MutationOutcome(mutant, noticed, None if noticed else reason(mutant))

    def _failing(
        self, policy: Policy, document: Mapping[str, Any], asked: array[int], at_most: int = len(INVARIANTS)
    ) -> tuple[str, ...]:
        """The invariants that fail with another document in the policy's place."""
        failing: dict[str, None] = {}
        with policy.standing_in(document):
            self._forget(policy)
            for place in asked:
                invariant, claim = self._claims[place]
                if invariant not in failing and self._fails(claim):
                    failing[invariant] = None
                    if len(failing) == at_most:
                        break
        self._forget(policy)
        return tuple(failing)

    def _fails(self, claim: AnyClaim) -> bool:
        try:
            return claim.check(self.subject) is not None
        except UnknownError:
            return True

    def _forget(self, policy: Policy) -> None:
        if id(policy) in self._controls:
            for account in self.subject.world.accounts.values():
                account.selected.clear()

    # ---- grants

    def _of_grants(self) -> Iterator[MutationOutcome]:
        claims = [(name, claim) for name, claim in self._claims if not isinstance(claim, Claim)]
        whole = self.subject.lakes
        for account, lake in whole.lakes.items():
            for grant in lake.grants:
                rest = tuple(each for each in lake.grants if each is not grant)
                less = dataclasses.replace(lake, grants=rest)
                self.subject.put_lakes(Lakes([less, *(each for each in whole.lakes.values() if each is not lake)]))
                noticed = next((name for name, claim in claims if claim.check(self.subject)), None)
                mutant = Mutant(f"Lake Formation of {account}", grant.name)
                yield MutationOutcome(mutant, noticed, None if noticed else reason(mutant))
        self.subject.put_lakes(whole)


def _without(document: Mapping[str, Any], number: int) -> dict[str, Any]:
    statements = [each for place, each in enumerate(document["Statement"]) if place != number]
    return {**document, "Statement": statements}


def _without_condition(document: Mapping[str, Any], number: int, operator: str, key: str) -> dict[str, Any]:
    mutated: dict[str, Any] = copy.deepcopy(dict(document))
    del mutated["Statement"][number]["Condition"][operator][key]
    return mutated


def reason(mutant: Mutant) -> str | None:
    """Why a loss need not be noticed, where somebody has written it down."""
    matches: Callable[[str, str], bool] = fnmatch.fnmatchcase
    for document, sid, condition, why in REASONS:
        if matches(mutant.document, document) and matches(mutant.sid, sid) and matches(mutant.condition, condition):
            return why
    return None
