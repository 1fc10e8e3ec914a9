"""One table says which condition keys a service sends; a planned policy that tests another is an error."""

from __future__ import annotations

from typing import Any

import pytest

from mesh.access.from_plan import PlannedPolicy
from mesh.aws.resource_owners import TELL_NO_OWNER
from mesh.evaluator import UnknownError, facts, sent_keys
from mesh.evaluator.sent_keys import owner_is_sent, unsent
from mesh.iam import network
from mesh.iam.statement import Statement, document, when

ORGANIZATION = "o-cases0001"


def _found(actions: Any, *keys: str) -> list[str]:
    return list(unsent({"Action": actions, "Condition": {"StringEquals": dict.fromkeys(keys, "x")}}))


@pytest.mark.parametrize(
    ("action", "key"),
    [
        ("s3:GetObject", "events:source"),
        ("s3:GetObject", "kms:ViaService"),
        ("s3:GetObject", "s3:prefix"),
        ("s3:Get*", "glue:VpcIds"),
        ("sqs:SendMessage", "aws:TagKeys"),
        ("sqs:SendMessage", "aws:RequestTag/team"),
        ("glue:CreateJob", "aws:VpceOrgID"),
        ("ec2:CopySnapshot", "aws:ResourceOrgID"),
        (["route53:AssociateVPCWithHostedZone", "ec2:CreateVolume"], "aws:ResourceAccount"),
    ],
)
def test_a_key_that_no_action_of_the_statement_sends_is_found(action: Any, key: str) -> None:
    assert _found(action, key) == [key]


@pytest.mark.parametrize(
    ("action", "key"),
    [
        ("s3:ListBucket", "s3:prefix"),
        ("s3:*", "s3:prefix"),
        (["s3:GetObject", "s3:ListBucket"], "s3:prefix"),
        ("kms:Decrypt", "kms:ViaService"),
        ("events:PutEvents", "events:source"),
        ("events:PutEvents", "aws:ResourceOrgID"),
        ("sqs:TagQueue", "aws:TagKeys"),
        ("iam:CreateRole", "aws:RequestTag/team"),
        ("s3:PutObject", "aws:VpceOrgID"),
        ("glue:CreateJob", "aws:PrincipalArn"),
        ("glue:CreateJob", "lambda:SourceFunctionArn"),
        ("*", "events:source"),
        ("sts:AssumeRoleWithWebIdentity", "token.actions.githubusercontent.com:sub"),
    ],
)
def test_a_key_that_one_of_the_actions_sends_is_right(action: Any, key: str) -> None:
    assert not _found(action, key)


def test_a_planned_policy_that_tests_an_unsent_key_is_an_error() -> None:
    statement = Statement(
        sid="RefuseEvents",
        actions=("s3:PutObject",),
        resources=("*",),
        conditions=(when("StringEquals", "events:source", "mesh"),),
    )
    policy = PlannedPolicy("events of a bucket", lambda: document(statement))
    with pytest.raises(UnknownError, match=r"statement RefuseEvents: AWS sends events:source with none"):
        policy.denies("s3:putobject")


def test_whose_the_resource_is_is_one_fact() -> None:
    # The endpoints, the wall around identities and the evaluator read the same table.
    for service in network.SERVICES:
        sent = {owner_is_sent(f"{service}:{name.lower()}", True) for name in facts.actions_of(service)}
        named = facts.requests(service, "eu-west-1", "121212121212")
        assert (named and sent == {"sent"}) or service in network.WITHOUT_AN_OWNER, service
    assert owner_is_sent("events:putevents", True) == "sent"
    assert "events:*" in TELL_NO_OWNER


def test_actions_of_the_table_are_aws_s() -> None:
    for action in sent_keys.OWNER_NOT_SENT:
        assert facts.known_action(action) == action
