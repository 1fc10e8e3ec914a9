"""Documents are compared for all requests: equivalent, narrower, wider, with a request that only one lets through."""

from __future__ import annotations

from typing import Any

import pytest

from mesh.changes.document_changes import document_changes
from mesh.plan import Plan

pytest.importorskip("z3")

from mesh.changes.compared_documents import compare

BUCKET = "arn:aws:s3:::some-bucket"


def allow(*actions: str, resource: str = f"{BUCKET}/*", **condition: Any) -> dict[str, Any]:
    made = {"Sid": "Reads", "Effect": "Allow", "Principal": "*", "Action": list(actions), "Resource": resource}
    return made | ({"Condition": condition} if condition else {})


def deny(*actions: str, resource: str = f"{BUCKET}/*", **condition: Any) -> dict[str, Any]:
    return {**allow(*actions, resource=resource, **condition), "Sid": "Refuses", "Effect": "Deny"}


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def people(*names: str) -> dict[str, Any]:
    return {"aws:PrincipalArn": [f"arn:aws:iam::*:role/mesh/clearance/{name}" for name in names]}


@pytest.mark.parametrize(
    ("before", "after", "reach", "more", "less"),
    [
        ([allow("s3:GetObject")], [allow("s3:GetObject", "s3:GetObject")], "equivalent", "", ""),
        ([allow("s3:Get*", "s3:GetObject")], [allow("s3:Get*")], "equivalent", "", ""),
        ([allow("s3:GetObject", ArnLike=people("a", "b"))], [allow("s3:GetObject", ArnLike=people("b", "a"))],
         "equivalent", "", ""),
        ([allow("s3:GetObject")], [allow("s3:GetObject", "s3:PutObject")], "wider", "s3:PutObject on", ""),
        ([allow("s3:GetObject", ArnLike=people("a"))], [allow("s3:GetObject", ArnLike=people("a", "b"))], "wider",
         "s3:GetObject on arn:aws:s3:::some-bucket/x by arn:aws:iam::111122223333:role/mesh/clearance/b", ""),
        ([allow("s3:GetObject")], [allow("s3:GetObject", resource=f"{BUCKET}/files/*")], "narrower", "",
         "s3:GetObject"),
        ([allow("s3:GetObject")], [allow("s3:PutObject")], "wider and narrower", "s3:PutObject", "s3:GetObject"),
        ([allow("s3:*"), deny("s3:PutObject")], [allow("s3:*")], "wider", "s3:PutObject", ""),
        ([allow("s3:*")], [allow("s3:*"), deny("s3:PutObject")], "narrower", "", "s3:PutObject"),
        ([allow("s3:GetObject"), deny("s3:GetObject")], [deny("s3:GetObject")], "equivalent", "", ""),
        ([allow("s3:GetObject", IpAddress={"aws:SourceIp": "198.51.100.0/24"})],
         [allow("s3:GetObject", IpAddress={"aws:VpcSourceIp": "198.51.100.0/24"})], "wider and narrower", "s3:", "s3:"),
    ],
)  # fmt: skip
def test_the_reach_of_a_document_beside_another_one(
    before: list[dict[str, Any]], after: list[dict[str, Any]], reach: str, more: str, less: str
) -> None:
    found = compare(document(*before), document(*after))
    assert found.reach == reach
    assert found.more.startswith(more)
    assert found.less.startswith(less)
    assert (bool(found.more), bool(found.less)) == (bool(more), bool(less))


def test_what_has_no_encoding_is_said_to_be_changed_and_no_more() -> None:
    one = document(allow("s3:GetObject", StringEquals={"aws:PrincipalTag/team": "${aws:username}"}))
    assert compare(one, document(allow("s3:GetObject"))).reach in ("changed", "wider")
    assert compare(document(allow("s3:GetObject")), one).reach == "changed"


def test_the_same_plan_has_no_document_that_differs(plan: Plan) -> None:
    assert document_changes(plan, plan) == ()
