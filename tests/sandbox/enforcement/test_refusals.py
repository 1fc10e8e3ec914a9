"""Messages of refusals: the live checks read back the cause that the gate wrote."""

from __future__ import annotations

import pytest

from mesh.evaluator import Decision, Request
from mesh.evaluator.decide import Cause
from sandbox.enforcement.refusals import cause, cause_in, refusal_message

REQUEST = Request("arn:aws:sts::1:assumed-role/reader/me", "s3:GetObject", "arn:aws:s3:::bucket/a, statement (b)")
DENY = Cause("policy of arn:aws:s3:::bucket (own)", "RefuseOtherReaders")


@pytest.mark.parametrize(
    ("decision", "expected"),
    [
        (Decision(False, "resource", (DENY,)), "s3:GetObject: resource, statement RefuseOtherReaders"),
        (Decision(False, "scp", (Cause("guardrails", "#2"), DENY)), "s3:GetObject: scp, statement #2"),
        (Decision(False, "identity", ()), "s3:GetObject: no identity policy allows it"),
    ],
    ids=["an explicit deny", "the first of two", "no Allow"],
)
def test_the_cause_is_read_back_from_the_message(decision: Decision, expected: str) -> None:
    answered = f"AccessDenied: {refusal_message(REQUEST, decision)}"
    assert cause_in(answered) == cause(REQUEST.action, decision) == expected


def test_a_message_of_another_kind_is_its_own_cause() -> None:
    other = "AccessDenied: glue:GetTable is not decided, therefore refused: no such service"
    assert cause_in(other) == other
    assert cause_in("") == ""
