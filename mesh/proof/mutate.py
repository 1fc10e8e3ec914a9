"""Mutation testing of the policies: each part of a document and each grant is dropped in turn, and is to be noticed.

A statement whose loss no invariant notices is dead or unproven. Only claims that the statement could decide are checked
again: those whose action, caller and resource it names.
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
from mesh.proof.equivalent_mutants import REASONS
from mesh.proof.invariants import INVARIANTS
from mesh.proof.subject import Subject
from mesh.proof.written_labels import WrittenLabels


@dataclass(frozen=True, slots=True)
class Mutant:
    """A document that has lost one statement, one condition of it (`operator key`), or one grant."""

    document: str
    sid: str
    condition: str = ""

    def __str__(self) -> str:
        what = f"{self.condition} of {self.sid}" if self.condition else self.sid
        return f"{self.document}: {what}"


@dataclass(frozen=True, slots=True)
class MutationOutcome:
    """A mutant with the invariant that noticed the loss, or the reason why none has to."""

    mutant: Mutant
    noticed_by: str | None
    reason: str | None = None

    @property
    def survives(self) -> bool:
        """Whether the mutant survives: no invariant notices the loss, and no reason is written down."""
        return self.noticed_by is None and self.reason is None


class Mutation:
    """All mutants of a plan, and the claims that are checked again for each."""

    def __init__(self, plan: Plan, written: WrittenLabels) -> None:
        self.subject = Subject(plan, written)
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
        """The outcome of every mutant, document by document."""
        for policy in self.subject.policies:
            yield from self._of_policy(policy)
        yield from self._of_grants()

    def of_statements(self) -> Iterator[tuple[Mutant, tuple[str, ...]]]:
        """Mutants that have lost a statement, each with all invariants that fail without it."""
        for policy in self.subject.policies:
            for number, statement in enumerate(policy.document["Statement"]):
                positions = self._deciding.get((id(policy), number), array("I"))
                failing = self._failing(policy, _without(policy.document, number), positions)
                yield Mutant(policy.name, str(statement["Sid"])), failing

    @cached_property
    def _deciding(self) -> dict[tuple[int, int], array[int]]:
        """Positions of the claims that each statement could decide, by the policy's id and the statement's number."""
        deciding: dict[tuple[int, int], array[int]] = {}
        for position, (_, claim) in enumerate(self._claims):
            if isinstance(claim, Claim):
                for policy, number in examine(claim.request, self.subject.world).touched():
                    deciding.setdefault((id(policy), number), array("I")).append(position)
        return deciding

    # ---- documents

    def _of_policy(self, policy: Policy) -> Iterator[MutationOutcome]:
        document = policy.document
        for number, statement in enumerate(document["Statement"]):
            sid = str(statement["Sid"])
            positions = self._deciding.get((id(policy), number), array("I"))
            yield self._outcome(Mutant(policy.name, sid), policy, _without(document, number), positions)
            for operator, keys in statement.get("Condition", {}).items():
                for key in keys:
                    mutated = _without_condition(document, number, operator, key)
                    yield self._outcome(Mutant(policy.name, sid, f"{operator} {key}"), policy, mutated, positions)

    def _outcome(
        self, mutant: Mutant, policy: Policy, document: Mapping[str, Any], positions: array[int]
    ) -> MutationOutcome:
        noticed = next(iter(self._failing(policy, document, positions, at_most=1)), None)
        return MutationOutcome(mutant, noticed, None if noticed else reason(mutant))

    def _failing(
        self, policy: Policy, document: Mapping[str, Any], positions: array[int], at_most: int = len(INVARIANTS)
    ) -> tuple[str, ...]:
        """The invariants that fail with another document in the policy's place."""
        failing: dict[str, None] = {}
        with policy.standing_in(document):
            self._forget(policy)
            for position in positions:
                invariant, claim = self._claims[position]
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
        # Accounts keep, by action, the statements of their control policies: those of the document before.
        if id(policy) in self._controls:
            for account in self.subject.world.accounts.values():
                account.selected.clear()
                account.opened.clear()

    # ---- grants

    def _of_grants(self) -> Iterator[MutationOutcome]:
        claims = [(name, claim) for name, claim in self._claims if not isinstance(claim, Claim)]
        whole = self.subject.lakes
        for account, lake in whole.lakes.items():
            for grant in lake.grants:
                rest = tuple(other for other in lake.grants if other is not grant)
                mutated = dataclasses.replace(lake, grants=rest)
                self.subject.put_lakes(
                    Lakes([mutated, *(other for other in whole.lakes.values() if other is not lake)])
                )
                noticed = next((name for name, claim in claims if claim.check(self.subject)), None)
                mutant = Mutant(f"Lake Formation of {account}", grant.name)
                yield MutationOutcome(mutant, noticed, None if noticed else reason(mutant))
        self.subject.put_lakes(whole)


def _without(document: Mapping[str, Any], number: int) -> dict[str, Any]:
    statements = [statement for index, statement in enumerate(document["Statement"]) if index != number]
    return {**document, "Statement": statements}


def _without_condition(document: Mapping[str, Any], number: int, operator: str, key: str) -> dict[str, Any]:
    mutated: dict[str, Any] = copy.deepcopy(dict(document))
    del mutated["Statement"][number]["Condition"][operator][key]
    return mutated


def reason(mutant: Mutant) -> str | None:
    """The written reason why no invariant has to notice a loss; None when there is none."""
    matches: Callable[[str, str], bool] = fnmatch.fnmatchcase
    for document, sid, condition, why in REASONS:
        if matches(mutant.document, document) and matches(mutant.sid, sid) and matches(mutant.condition, condition):
            return why
    return None
