"""Proof of every invariant, request by request and, with z3, for all strings; witnesses for one that does not hold."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mesh.plan import Plan
from mesh.proof import symbolic
from mesh.proof.claims import AnyClaim, Claim, Witness, refused_by
from mesh.proof.invariants import INVARIANTS, Invariant
from mesh.proof.same_refusals import SameRefusals
from mesh.proof.subject import Subject
from mesh.proof.written_labels import WrittenLabels

SHOWN = 5
"""The most witnesses kept of an invariant that fails."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvariantResult:
    """The result of one invariant; `checked` counts the requests and facts decided.

    `symbolic` is its proof for all strings by z3; None when z3 was not asked.
    """

    invariant: Invariant
    checked: int
    failed: int
    witnesses: tuple[Witness, ...]
    seconds: float
    symbolic: symbolic.Proof | None = None

    @property
    def holds(self) -> bool:
        """Whether every claim held, and there was one."""
        return self.checked > 0 and not self.failed

    @property
    def method(self) -> str:
        """Method of the proof, in words."""
        return f"enumeration; z3: {self.symbolic.over}" if self.symbolic else "enumeration"

    def as_json(self) -> dict[str, Any]:
        """The result as `mesh prove --json` prints it."""
        return {
            "id": self.invariant.id,
            "title": self.invariant.title,
            "holds": self.holds,
            "method": self.method,
            "checked": self.checked,
            "witness": self.witnesses[0].data | {"text": self.witnesses[0].text} if self.witnesses else None,
            **({"beyond": self.invariant.beyond} if self.invariant.beyond else {}),
        }


def prove(
    plan: Plan, written: WrittenLabels, invariants: tuple[Invariant, ...] = INVARIANTS
) -> Iterator[InvariantResult]:
    """Results of the invariants, each as soon as it is decided; for all strings too where z3 is installed."""
    subject, solver = Subject(plan, written), symbolic.available()
    return (_prove(invariant, subject, solver) for invariant in invariants)


def _prove(invariant: Invariant, subject: Subject, solver: bool) -> InvariantResult:
    started = time.perf_counter()
    checked, failed = 0, 0
    witnesses: list[Witness] = []
    asked: dict[str, AnyClaim] = {}
    refusals = SameRefusals(subject.world)
    for claim in invariant.claims(subject):
        checked += 1
        if isinstance(claim, Claim):
            action = claim.request.action.lower()
            if action not in asked and claim.refuses:
                asked[action] = claim
            witness = refusals.check(claim)
        else:
            for action in refused_by(claim):
                asked.setdefault(action, claim)
            witness = claim.check(subject)
        if witness:
            failed += 1
            if len(witnesses) < SHOWN:
                witnesses.append(witness)
    subject.asked[invariant.id] = asked
    proof = symbolic.prove(invariant.id, subject) if solver else None
    if proof:
        failed += proof.failed
        witnesses += proof.witnesses[: SHOWN - len(witnesses)]
    return InvariantResult(
        invariant=invariant,
        checked=checked,
        failed=failed,
        witnesses=tuple(witnesses),
        seconds=time.perf_counter() - started,
        symbolic=proof,
    )
