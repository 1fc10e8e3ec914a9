"""A claim goes unasked only where another one implies it."""

from __future__ import annotations

import pytest

from mesh.evaluator.decision import Request
from mesh.plan import Plan
from mesh.proof import same_refusals
from mesh.proof.claims import Claim
from mesh.proof.same_refusals import SameRefusals
from mesh.proof.subject import Subject
from mesh.proof.written_labels import WrittenLabels


@pytest.fixture
def subject(plan: Plan, written: WrittenLabels) -> Subject:
    return Subject(plan, written)


def of_both(subject: Subject) -> tuple[Claim, Claim]:
    """That the bucket keeps somebody of the account out, which holds, and that it keeps the pipeline out."""
    product = next(iter(subject.products))
    strangers = f"arn:aws:iam::{product.account_id}:role/somebody"
    pipeline, found = product.audience.pipeline, f"arn:aws:s3:::{product.bucket}/tables/a"
    first, second = (
        Claim(who, Request(who, "s3:GetObject", found), allowed=False, denied=("resource",))
        for who in (strangers, pipeline)
    )
    return first, second


def test_a_caller_whom_the_statement_looks_at_is_asked_about(subject: Subject) -> None:
    refused, allowed = of_both(subject)
    same = SameRefusals(subject.world)
    assert same.check(refused) is None
    assert same.check(refused) is None
    assert same.check(allowed) is not None


def test_without_a_look_at_the_keys_a_reader_would_pass_for_refused(
    subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused, allowed = of_both(subject)
    monkeypatch.setattr(same_refusals, "_same_for", lambda *_: True)
    same = SameRefusals(subject.world)
    assert same.check(refused) is None
    assert same.check(allowed) is None
