"""The page of exceptions: fresh, whole, and no exception without its reason."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mesh.iam.perimeter import caller_is, caller_is_not
from mesh.iam.statement import Statement, when
from mesh.plan import Plan
from mesh.proof.policy_page import __main__ as generator
from mesh.proof.policy_page.exceptions import exceptions_page
from mesh.proof.subject import Subject
from tests.mesh.iam.conftest import documents_of

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / generator.EXCEPTIONS).read_text("utf-8")
ROWS = {match.group(1) for match in re.finditer(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)}
DEPLOY = "arn:aws:iam::*:role/mesh/deploy"


def test_the_page_of_exceptions_is_as_the_policies_have_it(plan: Plan) -> None:
    assert exceptions_page(plan) == PAGE, "run `make exceptions`"


def test_every_document_that_excepts_a_caller_is_on_the_page(plan: Plan) -> None:
    # Read off the JSON that is deployed, not off the values that the page is made of.
    excepting = {
        str(statement["Sid"])
        for policy in Subject(plan).policies
        for statement in policy.document["Statement"]
        if statement["Effect"] == "Deny"
        for operator, keys in statement.get("Condition", {}).items()
        if "Not" in operator and "aws:PrincipalArn" in keys
    }
    assert excepting == ROWS
    assert len(ROWS) > 25


def test_an_exception_without_a_reason_is_an_error() -> None:
    for exception in (caller_is_not(DEPLOY), when("ArnNotLikeIfExists", "aws:PrincipalArn", DEPLOY)):
        with pytest.raises(ValueError, match="excepted from a refusal with a reason"):
            Statement(sid="A", actions=("s3:*",), resources=("*",), conditions=(exception,))


def test_a_reason_for_nobody_is_an_error() -> None:
    with pytest.raises(ValueError, match="nobody has none"):
        Statement(sid="A", but="A reason.", actions=("s3:*",), resources=("*",))
    with pytest.raises(ValueError, match="nobody has none"):
        Statement(sid="A", but="A reason.", effect="Allow", actions=("s3:*",), conditions=(caller_is(DEPLOY),))


def test_every_reason_is_a_sentence(plan: Plan) -> None:
    reasons = [s.but for _, document in documents_of(plan) for s in document.statements if s.but]
    assert [but for but in reasons if not but.endswith(".") or but[0] == but[0].lower() != "`" or len(but) < 20] == []


def test_no_statement_against_sharing_outside_excepts_anybody(plan: Plan) -> None:
    (inside,) = (p for p in plan.organization.args.policies if p.name == "mesh-identities-stay-inside")
    assert [statement.sid for statement in inside.document.statements if statement.excepted] == []
    assert len(inside.document.statements) >= 10
