"""M15: ends of agreements, from the partners' files as they are written; a moved or dropped date is noticed."""

from __future__ import annotations

import copy
import dataclasses
import datetime
import shutil
from pathlib import Path

import pytest

from mesh.folder import plan_folder
from mesh.plan import Plan
from mesh.proof import mutate, symbolic, written_labels
from mesh.proof.invariants import INVARIANTS
from mesh.proof.mutate import Mutation
from mesh.proof.subject import Subject
from mesh.proof.written_agreements import WrittenAgreement
from mesh.proof.written_labels import WrittenLabels

TINY = Path(__file__).parents[1] / "tiny"
(ENDS,) = (invariant for invariant in INVARIANTS if invariant.id == "M15")
COURIER = "partners/courier.yaml"
INBOX, KEY, WRITER = (
    "policy of bucket tiny-partner-courier--inbox",
    "policy of the key of inbox of courier, account *",
    "role/mesh/delivery/deliver-parcels, mesh",
)


def subject_of(folder: Path, day: datetime.date = datetime.date(2027, 1, 1)) -> Subject:
    planned = plan_folder(folder, day)
    return Subject(planned.plan, written_labels.read(folder, planned.mesh))


def failures(subject: Subject) -> list[str]:
    return [witness.text for claim in ENDS.claims(subject) if (witness := claim.check(subject))]


def test_the_tiny_mesh_ends_what_it_delivers() -> None:
    subject = subject_of(TINY)
    assert subject.written_agreements == (WrittenAgreement("courier", "orders.parcels", datetime.date(2028, 6, 30)),)
    assert len(list(ENDS.claims(subject))) == 11  # five actions twice, and that the plan delivers nothing else
    assert failures(subject) == []


@pytest.mark.parametrize(("day", "claims"), [("2028-06-30", 11), ("2028-07-01", 6)])
def test_of_an_agreement_that_is_over_is_asked_that_nothing_admits_its_writer(day: str, claims: int) -> None:
    subject = subject_of(TINY, datetime.date.fromisoformat(day))
    assert len(list(ENDS.claims(subject))) == claims
    assert failures(subject) == []


def test_a_plan_that_delivers_what_is_over_is_a_witness() -> None:
    """The plan is of a day on which the agreement runs, and is asked as on the day after."""
    subject = subject_of(TINY)
    late = dataclasses.replace(subject.plan, as_of=datetime.date(2028, 7, 1))
    mesh = plan_folder(TINY, datetime.date(2027, 1, 1)).mesh
    (found,) = failures(Subject(late, written_labels.read(TINY, mesh)))
    assert found.endswith("orders.parcels is delivered to courier until 2028-06-30")


@pytest.mark.parametrize(
    ("day", "words"),
    [("2028-06-29", "on the day after its last"), ("2028-07-01", "on its last day")],
)
def test_a_plan_that_carries_another_day_than_is_written_is_a_witness(day: str, words: str) -> None:
    subject = subject_of(TINY)
    planned, mesh = subject.plan, plan_folder(TINY, datetime.date(2027, 1, 1)).mesh
    written = written_labels.read(TINY, mesh)
    (agreement,) = written.agreements
    moved = agreement._replace(expires=datetime.date.fromisoformat(day))
    found = failures(Subject(planned, dataclasses.replace(written, agreements=(moved,))))
    *asked, planned_otherwise = found
    assert asked
    assert all(words in text for text in asked)
    assert "orders.parcels is delivered to courier until 2028-06-30" in planned_otherwise


def test_two_products_of_one_partner_each_have_their_own_day(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(TINY, tmp_path / "mesh"))
    file = folder / COURIER
    more = (
        "  - {product: orders.customers, purpose: Delivery, classifications: [pii, financial], expires: 2029-01-31}\n"
    )
    file.write_text(file.read_text("utf-8") + more, "utf-8")
    subject = subject_of(folder)
    assert len({each.expires for each in subject.written_agreements}) == 2
    assert len(list(ENDS.claims(subject))) == 21
    assert failures(subject) == []


def test_every_mistake_in_a_date_is_noticed(
    plan: Plan, written: WrittenLabels, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mutate, "INVARIANTS", (ENDS,))
    mutation = Mutation(plan, written)
    seen: dict[str, set[str]] = {}
    for policy in mutation.subject.policies:
        if "aws:CurrentTime" in str(policy.document):
            for outcome in mutation.of_policy(policy):
                if "aws:CurrentTime" in outcome.mutant.change:
                    assert outcome.noticed_by == "M15", str(outcome.mutant)
                    seen.setdefault(policy.name, set()).add(outcome.mutant.mistake)
    assert len(seen) == 6, "two inboxes, two keys, two deliveries"
    assert all(mistakes == {"dropped", "moved"} for mistakes in seen.values())


@pytest.mark.skipif(not symbolic.available(), reason="z3 is an extra")
def test_for_all_moments_an_inbox_that_takes_a_day_longer_is_found(plan: Plan, written: WrittenLabels) -> None:
    subject = Subject(plan, written)
    whole = symbolic.prove("M15", subject)
    assert whole is not None
    assert (whole.obligations, whole.failed) == (4, 0)
    policy = subject.policy_of("arn:aws:s3:::aurora-partner-subtitling--inbox")
    assert policy is not None
    changed = copy.deepcopy(dict(policy.document))
    (admits,) = (each for each in changed["Statement"] if each["Sid"].startswith("DeclaredWritersDeliver"))
    admits["Condition"]["DateLessThan"]["aws:CurrentTime"] = "2029-04-02T00:00:00Z"
    with policy.standing_in(changed):
        broken = symbolic.prove("M15", subject)
    assert broken is not None
    assert broken.failed == 1
    assert "after its end" in broken.witnesses[0].text
    assert "is admitted by" in broken.witnesses[0].text
    assert "fault" not in broken.witnesses[0].data
