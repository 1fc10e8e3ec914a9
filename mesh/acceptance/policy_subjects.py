"""Subjects of resource policies: the one resource that a policy is put on, which each of its statements is about.

A service answers a statement about another resource with an error, or takes it and never applies it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple

from mesh.acceptance.emitted import UNKNOWN, EmittedResource
from mesh.acceptance.endpoint_services import service_of
from mesh.acceptance.policy_places import values_of_element


class PolicySubject(NamedTuple):
    """ARNs that a policy of a type may be about, with properties in braces and `*` for what is not known here."""

    arns: tuple[str, ...]
    source: str
    actions: frozenset[str] = frozenset()
    """Actions that such a policy may have, in lower case; empty if all of the service's may."""
    most: int | None = None
    """Resources that one statement may name."""


_OF_TOPICS: Final = (
    "AddPermission DeleteTopic GetDataProtectionPolicy GetTopicAttributes ListSubscriptionsByTopic "
    "ListTagsForResource Publish PutDataProtectionPolicy RemovePermission SetTopicAttributes Subscribe"
)
_OF_QUEUES: Final = (
    "AddPermission CancelMessageMoveTask ChangeMessageVisibility CreateQueue DeleteMessage DeleteQueue "
    "GetQueueAttributes GetQueueUrl ListDeadLetterSourceQueues ListMessageMoveTasks ListQueueTags PurgeQueue "
    "ReceiveMessage RemovePermission SendMessage SetQueueAttributes StartMessageMoveTask TagQueue UntagQueue"
)

SUBJECTS: Final[Mapping[str, PolicySubject]] = {
    "aws:cloudwatch/eventBusPolicy:EventBusPolicy": PolicySubject(
        ("arn:aws:events:*:{account}:event-bus/{eventBusName}", "arn:aws:events:*:{account}:rule/{eventBusName}/*"),
        'EventBridge User Guide, "Permissions for event buses in Amazon EventBridge"',
    ),
    "aws:glue/resourcePolicy:ResourcePolicy": PolicySubject(
        ("arn:aws:glue:*:{account}:*",),
        'Glue Developer Guide, "Resource-based policies for Glue": resources of the catalog that it is attached to',
    ),
    "aws:kms/key:Key": PolicySubject(
        ("*",), 'KMS Developer Guide, "Elements of a key policy", Resource: "*", which means this key'
    ),
    "aws:s3/bucketPolicy:BucketPolicy": PolicySubject(
        ("arn:aws:s3:::{bucket}", "arn:aws:s3:::{bucket}/*"),
        'S3 answers MalformedPolicy, "Policy has invalid resource" (S3 API Reference, PutBucketPolicy)',
    ),
    "aws:sns/topic:Topic": PolicySubject(
        ("arn:aws:sns:*:{account}:{name}",),
        'SNS Developer Guide, "Amazon SNS API permissions: Actions and resources reference"',
        frozenset(f"sns:{name}".lower() for name in _OF_TOPICS.split()),
        most=1,
    ),
    "aws:sqs/queue:Queue": PolicySubject(
        ("arn:aws:sqs:*:{account}:{name}",),
        'SQS Developer Guide, "Overview of managing access in Amazon SQS"; actions: its service reference',
        frozenset(f"sqs:{name}".lower() for name in (*_OF_QUEUES.split(), "*")),
    ),
    "aws:sqs/queuePolicy:QueuePolicy": PolicySubject(
        ("arn:aws:sqs:*:{account}:*",), 'SQS Developer Guide, "Overview of managing access in Amazon SQS"'
    ),
}
"""Type -> what its policy may be about. An endpoint's policy is about the service of the endpoint."""

_PROPERTY: Final = re.compile(r"\{(\w+)\}")
_ENDPOINT: Final = "aws:ec2/vpcEndpoint:VpcEndpoint"


def of_another(resource: EmittedResource, statement: Mapping[str, Any]) -> Iterator[str]:
    """Resources and actions of a statement that its policy may not be about, each with the reason."""
    subject = SUBJECTS.get(resource.type)
    if subject is not None:
        yield from (f"{why} ({subject.source})" for why in _of_another(resource, subject, statement))
    elif resource.type == _ENDPOINT:
        service = service_of(resource)
        for action in values_of_element(statement, "Action") if service else ():
            if action != "*" and action.partition(":")[0].lower() != service:
                yield f"{action} never passes an endpoint of {service}"


def _of_another(resource: EmittedResource, subject: PolicySubject, statement: Mapping[str, Any]) -> Iterator[str]:
    named = [*values_of_element(statement, "Resource"), *values_of_element(statement, "NotResource")]
    own = tuple(_filled_in(arn, resource) for arn in subject.arns)
    if not named:
        yield f"it names no Resource: {' or '.join(own)} is asked for"
    for each in named:
        if not any(_covers(arn, each) for arn in own):
            yield f"{each} is another resource than the policy's own: {' or '.join(own)}"
    if subject.most is not None and len(named) > subject.most:
        yield f"{len(named)} resources: AWS takes {subject.most}"
    for action in values_of_element(statement, "Action") if subject.actions else ():
        if action.lower() not in subject.actions:
            yield f"{action} is no action that such a policy may have"


def _filled_in(arn: str, resource: EmittedResource) -> str:
    """An ARN with the properties of a resource in it, `*` for those that AWS alone knows."""

    def text(match: re.Match[str]) -> str:
        value = resource.account if match[1] == "account" else resource.inputs.get(match[1])
        return value if isinstance(value, str) and value and UNKNOWN not in value else "*"

    return _PROPERTY.sub(text, arn)


@lru_cache(maxsize=4096)
def _pattern(arn: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(part) for part in arn.split("*")), re.DOTALL)


def _covers(arn: str, named: str) -> bool:
    """Whether all that a statement names is the ARN; one of `*` alone is taken for nothing else."""
    return named == arn if arn == "*" else bool(_pattern(arn).fullmatch(named))
