"""Every way in which a real system got its policies wrong is noticed, with a witness that a person can read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mesh.plan import Plan
from mesh.proof.claims import Witness
from mesh.proof.invariants import INVARIANTS
from mesh.proof.subject import Subject
from mesh.proof.written_labels import WrittenLabels
from tests.mesh.proof.seeded import FAULTS, Fault, broken

BY_ID = {invariant.id: invariant for invariant in INVARIANTS}


@pytest.fixture(scope="module")
def subject(plan: Plan, written: WrittenLabels) -> Subject:
    return Subject(plan, written)


def witnesses(subject: Subject, invariant: str) -> Iterator[Witness]:
    return (witness for claim in BY_ID[invariant].claims(subject) if (witness := claim.check(subject)))


@pytest.fixture(scope="module")
def unbroken(subject: Subject) -> dict[str, Witness | None]:
    """What each invariant that a fault names finds in the documents as they are generated."""
    return {name: next(witnesses(subject, name), None) for name in sorted({fault.noticed_by for fault in FAULTS})}


@pytest.mark.long
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_seeded_fault_is_noticed_by_its_invariant_and_by_nothing_before_it(
    subject: Subject, unbroken: dict[str, Witness | None], fault: Fault
) -> None:
    assert unbroken[fault.noticed_by] is None
    with broken(subject, fault):
        witness = next(witnesses(subject, fault.noticed_by), None)
    assert witness, f"{fault.noticed_by} notices nothing"
    assert [part for part in fault.says if part not in witness.text] == [], witness.text


@pytest.mark.long
def test_documents_are_whole_again_after_every_fault(subject: Subject) -> None:
    before = dict(subject.documents), subject.world, subject.lakes
    for fault in FAULTS:
        with broken(subject, fault):
            pass
    assert (dict(subject.documents), subject.world, subject.lakes) == before
    assert {name: next(witnesses(subject, name), None) for name in ("I3", "I6", "I13", "I20")} == dict.fromkeys(
        ("I3", "I6", "I13", "I20")
    )


def test_faults_are_many_and_each_is_named_once() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)
    assert len(FAULTS) >= 60
