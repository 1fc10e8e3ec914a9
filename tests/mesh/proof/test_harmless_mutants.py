"""Mistakes that let nothing harmful through: each reason holds where it is given, and nowhere else."""

from __future__ import annotations

from typing import Any

import pytest

from mesh.proof.harmless_mutants import (
    NOT_ON_THESE,
    ONLY_HARMLESS,
    SAID_ALREADY,
    TAKES_NO_MORE,
    computed_reason,
)
from mesh.proof.mutants import mutants

KEY = "arn:aws:kms:eu-west-1:111111111111:key/*"
TABLE = "arn:aws:glue:eu-west-1:111111111111:table/a/*"


def allow(actions: list[str], *resources: str, **more: Any) -> dict[str, Any]:
    return {"Sid": "S", "Effect": "Allow", "Action": actions, "Resource": list(resources), **more}


def reasons(*statements: dict[str, Any]) -> dict[str, str | None]:
    """Reasons of the mutants of the first statement."""
    changes = [each for each in mutants("d", list(statements)) if each.number == 0]
    return {f"{each.mutant.change} {each.mutant.mistake}": computed_reason(each, list(statements)) for each in changes}


@pytest.mark.parametrize(
    ("statements", "change", "reason"),
    [
        ((allow(["kms:DescribeKey"], KEY),), "Action kms:DescribeKey to kms:Describe* widened", ONLY_HARMLESS),
        ((allow(["kms:DescribeKey"], KEY),), "Action kms:* added", None),
        (
            (allow(["s3:GetBucketLocation"], "arn:aws:s3:::b"),),
            "Action s3:GetBucketLocation to s3:Get* widened",
            NOT_ON_THESE,
        ),
        ((allow(["s3:GetBucketLocation"], "arn:aws:s3:::b*"),), "Action s3:GetBucketLocation to s3:Get* widened", None),
        ((allow(["s3:GetBucketLocation"], "*"),), "Action s3:GetBucketLocation to s3:Get* widened", None),
        (
            (allow(["s3:ListMultipartUploadParts"], "arn:aws:s3:::b/*"),),
            "Action s3:ListMultipartUploadParts to s3:List* widened",
            NOT_ON_THESE,
        ),
        (
            (allow(["kms:Decrypt"], KEY),),
            "Resource arn:aws:kms:eu-west-1:111111111111:key/* to arn:aws:kms:eu-west-1:111111111111:* widened",
            TAKES_NO_MORE,
        ),
        (
            (allow(["kms:Decrypt"], KEY),),
            "Resource arn:aws:kms:eu-west-1:111111111111:key/* to arn:aws:kms:eu-west-1:*:key/* widened",
            None,
        ),
        ((allow(["kms:Decrypt"], KEY),), "Resource * added", None),
        (
            (allow(["kms:Decrypt", "kms:CreateAlias"], KEY),),
            "Resource arn:aws:kms:eu-west-1:111111111111:key/* to arn:aws:kms:eu-west-1:111111111111:* widened",
            None,
        ),
        (
            (allow(["glue:GetTable"], TABLE),),
            f"Resource {TABLE} to arn:aws:glue:eu-west-1:111111111111:table/* widened",
            None,
        ),
        ((allow(["kms:Decrypt"], KEY),), "Action kms:Decrypt dropped", None),
    ],
)
def test_a_reason_is_computed_where_nothing_harmful_is_added(
    statements: tuple[dict[str, Any], ...], change: str, reason: str | None
) -> None:
    found = {"Action kms:Decrypt dropped": None, **reasons(*statements)}
    assert change in found
    assert found[change] == reason


def test_what_another_statement_says_is_added_by_nobody() -> None:
    change = "Action s3:DeleteObject to s3:Delete* widened"
    own = allow(["s3:DeleteObject"], "*")
    refused = [f"s3:Delete{what}" for what in ("Bucket", "BucketPolicy", "ObjectTagging", "ObjectVersion")]
    deny = {"Sid": "D", "Effect": "Deny", "Action": refused, "Resource": "*"}
    assert reasons(own)[change] is None
    assert reasons(own, deny)[change] == SAID_ALREADY
    # With a condition it refuses some, and a part of the actions is not all of them.
    assert reasons(own, {**deny, "Condition": {"Bool": {"aws:SecureTransport": "false"}}})[change] is None
    assert reasons(own, {**deny, "Action": refused[:1]})[change] is None
    assert reasons(own, {**deny, "Resource": "arn:aws:s3:::b/*"})[change] is None


def test_statements_of_other_kinds_have_no_reason() -> None:
    refusal = {"Sid": "D", "Effect": "Deny", "NotAction": ["kms:DescribeKey"], "Resource": "*"}
    assert set(reasons(refusal).values()) == {None}
    shared = {**allow(["kms:DescribeKey"], KEY), "Principal": "*"}
    assert set(reasons(shared).values()) == {None}
