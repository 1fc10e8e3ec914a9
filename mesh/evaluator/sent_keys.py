"""Condition keys that services send with their actions: one table, with its sources.

A statement whose condition tests a key that none of its actions sends does nothing, or denies everything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, Literal

from mesh.evaluator import facts
from mesh.evaluator.errors import UnknownError
from mesh.evaluator.patterns import like
from mesh.evaluator.policies import texts

# ---- whose a resource is

OWNER_NOT_SENT: Final = frozenset(
    """
    ec2:accepttransitgatewaypeeringattachment ec2:acceptvpcendpointconnections ec2:acceptvpcpeeringconnection
    ec2:copyfpgaimage ec2:copyimage ec2:copysnapshot ec2:createtransitgatewaypeeringattachment ec2:createvolume
    ec2:createvpcendpoint ec2:createvpcpeeringconnection ec2:deletetransitgatewaypeeringattachment
    ec2:deletevpcpeeringconnection ec2:rejecttransitgatewaypeeringattachment ec2:rejectvpcendpointconnections
    ec2:rejectvpcpeeringconnection
    es:acceptinboundconnection guardduty:acceptadministratorinvitation macie2:acceptinvitation
    detective:acceptinvitation securityhub:acceptadministratorinvitation ds:acceptshareddirectory
    auditmanager:updateassessmentframeworkshare
    route53:associatevpcwithhostedzone route53:createvpcassociationauthorization
    route53:deletevpcassociationauthorization route53:disassociatevpcfromhostedzone route53:listhostedzonesbyvpc
    """.split()
)
"""Actions without `aws:ResourceAccount`, `aws:ResourceOrgID` and `aws:ResourceOrgPaths` (IAM User Guide, "AWS global
condition context keys": "The following actions don't support this key").

Of EventBridge the page excepts PutEvents on a bus of another account that was a rule's target before March 2, 2023; no
bus of a mesh is. Every other call of EventBridge sends them (aws-samples/data-perimeter-policy-examples, guidance of
events: PutEvents was reviewed, and the policy of an endpoint needs nothing more than `aws:ResourceOrgID`). An older
edition excepts all of EventBridge: the mesh's own policies rest on neither (`mesh/aws/resource_owners.py`).
"""

_OWNER_NOT_SENT_BY: Final = frozenset({"ebs"})
"""Services of which no action sends them (same page: "Amazon Elastic Block Store: all actions")."""

OWNER_SENT_WITHOUT_A_RESOURCE: Final = frozenset(
    "access-analyzer account athena budgets ce cloudformation cloudshell cloudtrail cloudwatch codebuild config "
    "dynamodb ec2 ecr elasticmapreduce events firehose glue health iam kinesis kms lakeformation lambda logs "
    "organizations ram resource-groups s3 sagemaker secretsmanager servicequotas sns sqs ssm states sts tag "
    "xray".split()
)
"""Services that name their caller's account as the resource's where an action takes no resource, or makes one: same
page, "This key is always included in the request context for most service actions"; and AWS's own sample refuses every
action by this key (aws-samples/data-perimeter-policy-examples, `resource_perimeter_scp`, `"Action": "*"`), for
accounts that go on calling these. Those that a mesh may use; of any other service it is not known.
"""

_NAMES_NOBODYS: Final = frozenset({"sns:publish", "s3:listallmybuckets", "s3:listdirectorybuckets"})
"""Actions on no resource of which it is not known all the same: a message to a telephone, a list of all buckets."""


@lru_cache(maxsize=4096)
def owner_is_sent(action: str, on_a_resource: bool) -> Literal["sent", "not sent", "unsaid"]:
    """Whether an action (lower case) sends whose the resource is; where it names none, often no page says."""
    service = action.partition(":")[0]
    if action in OWNER_NOT_SENT or service in _OWNER_NOT_SENT_BY:
        return "not sent"
    if on_a_resource:
        return "sent"
    known = service in OWNER_SENT_WITHOUT_A_RESOURCE and action not in _NAMES_NOBODYS
    return "sent" if known else "unsaid"


# ---- statements

_ENDPOINT_OWNER: Final = frozenset({"aws:vpceaccount", "aws:vpceorgid", "aws:vpceorgpaths"})
_EVERYWHERE: Final = facts.GLOBAL_KEYS - facts.OWNER_KEYS - _ENDPOINT_OWNER - {"aws:tagkeys"}


def check(name: str, document: Mapping[str, Any]) -> None:
    """UnknownError for a statement whose condition tests a key that none of its actions sends."""
    statements: Sequence[Mapping[str, Any]] = document["Statement"]
    for statement in statements:
        for key in unsent(statement):
            raise UnknownError(
                f"{name}, statement {statement.get('Sid')}: AWS sends {key} with none of the statement's actions"
            )


def unsent(statement: Mapping[str, Any]) -> Iterator[str]:
    """Condition keys of a statement that none of its actions sends."""
    if "Action" not in statement:  # all but a few actions: some action sends every key
        return
    patterns = tuple(pattern.lower() for pattern in texts(statement["Action"]))
    conditions: Mapping[str, Mapping[str, Any]] = statement.get("Condition") or {}
    for keys in conditions.values():
        yield from (key for key in keys if not _sent_by_any(patterns, key.lower()))


def _sent_by_any(patterns: Sequence[str], key: str) -> bool:
    if "*" in patterns or key in _EVERYWHERE or key in facts.CROSS_SERVICE_KEYS or "." in key.partition(":")[0]:
        return True
    return any(_sends(action, key) for pattern in patterns for action in _actions(pattern))


@lru_cache(maxsize=4096)
def _actions(pattern: str) -> tuple[str, ...]:
    service, _, name = pattern.partition(":")
    matches = like(name)
    return tuple(f"{service}:{each}" for each in facts.actions_of(service) if matches(each.lower()))


@lru_cache(maxsize=65_536)
def _sends(action: str, key: str) -> bool:
    """Whether an action sends a condition key (lower case)."""
    service, _, name = action.partition(":")
    if key in facts.OWNER_KEYS:
        return owner_is_sent(action.lower(), on_a_resource=True) == "sent"
    if key in _ENDPOINT_OWNER:
        return service in facts.TELL_THE_ENDPOINT
    if key.startswith(("aws:principaltag/", "aws:resourcetag/")):
        return True
    return any(_is(key, known) for known in facts.keys_of_action(service, name))


def _is(key: str, known: str) -> bool:
    """Whether a key is one of the reference's, which has `aws:RequestTag/${TagKey}` for a family."""
    form = re.split(r"[$<]", known.lower())[0]
    return key == known.lower() or (form != known.lower() and key.startswith(form) and key != form)
