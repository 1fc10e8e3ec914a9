"""The known limits of docs/proofs.md are still so; who mends one takes it from the page, and its test from here."""

from __future__ import annotations

import pytest

from mesh.access import from_plan
from mesh.evaluator.decide import Request, decide
from mesh.evaluator.errors import DoubtError
from mesh.evaluator.patterns import resource_like
from mesh.evaluator.principals import CallerIdentity, principal
from mesh.plan import Plan
from tests.docs.pages import ROOT, Page

ACCOUNT = "310000000013"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/Admin"
LIMITS = Page(ROOT / "docs" / "proofs.md").text.partition("## Known limits")[2]


def test_a_star_at_the_end_of_a_part_of_an_arn_is_not_decided() -> None:
    assert "a `*` at the end of a part of an ARN" in LIMITS
    with pytest.raises(DoubtError):
        resource_like("arn:aws:lambda:eu-west-1:*:payslip")(f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:payslip")


def test_the_owner_of_a_request_on_no_resource_is_not_decided(plan: Plan) -> None:
    assert "the owner of a request on no resource" in LIMITS
    with pytest.raises(DoubtError):
        decide(Request(ROLE, "s3:ListAllMyBuckets", "*"), from_plan.world(plan))


def test_not_principal_by_halves_is_not_decided() -> None:
    assert "`NotPrincipal` by halves" in LIMITS
    all_but = principal({"Effect": "Deny", "NotPrincipal": {"AWS": ROLE}, "Action": "s3:*"})
    with pytest.raises(DoubtError):
        all_but(CallerIdentity(ACCOUNT, ROLE, None))
