"""Rules on what is sent out: nothing to other companies, copies to partners alone, and rules see all that is made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, Final

from mesh_guardrails.accounts_of_stack import stack_of
from mesh_guardrails.document_reading import UNKNOWN_TEXT
from mesh_guardrails.nested import first, items
from mesh_guardrails.rule import Parameter, RegisteredResource, Rule, StackRule
from mesh_guardrails.type_tokens import token, tokens

REPLICATION: Final = token("s3/bucketReplicationConfig")
_SUBSCRIPTION: Final = token("sns/topicSubscription")
_FIREHOSE: Final = token("kinesis/firehoseDeliveryStream")
AWAY: Final = tokens(
    "appflow/connectorProfile",
    "appflow/flow",
    "cloudwatch/eventApiDestination",
    "cloudwatch/eventConnection",
    "datasync/locationAzureBlob",
    "datasync/locationHdfs",
    "datasync/nfsLocation",
    "datasync/locationObjectStorage",
    "datasync/locationSmb",
    "dms/endpoint",
    "transfer/connector",
    "transfer/server",
)
_STREAMS_AWAY: Final = ("httpEndpointConfiguration", "snowflakeConfiguration", "splunkConfiguration")
TEMPLATES: Final = tokens(
    "cloudcontrol/resource",
    "cloudformation/stack",
    "cloudformation/stackSet",
    "serverlessrepository/cloudFormationStack",
    "servicecatalog/provisionedProduct",
)


def sent_away(resource: RegisteredResource) -> Iterator[str]:
    """Messages on what sends to an address on the internet, or to another company's service."""
    if resource.type in AWAY:
        yield f"'{resource.name}' ({resource.type}) sends to, or fetches from, outside; leave it out"
    elif resource.type == _SUBSCRIPTION:
        if str(resource.props.get("protocol")) in ("http", "https", "sms", "application"):
            yield f"'{resource.name}' sends messages to an address outside; subscribe a queue, a function or an email"
    elif named := [name for name in _STREAMS_AWAY if resource.props.get(name)]:
        yield f"'{resource.name}' streams to another company ({named[0]}); stream to a bucket of the mesh"


def copied_elsewhere(resource: RegisteredResource, destinations: Sequence[str]) -> Iterator[str]:
    """Messages on a replication to a bucket that is no partner's inbox, or whose owner is not made sure of."""
    for rule in _replication_rules(resource):
        destination = first(rule.get("destination")) or first(rule.get("destinations"))
        bucket = str(destination.get("bucket"))
        if bucket != UNKNOWN_TEXT and not any(fnmatchcase(bucket, each) for each in destinations):
            yield (
                f"'{resource.name}' copies objects to {bucket}; deliver to a partner's inbox "
                f"({', '.join(destinations)}), or leave the rule out"
            )
        elif not destination.get("account") or not destination.get("accessControlTranslation"):
            yield (
                f"'{resource.name}' copies objects to {bucket} whoever owns it; say the account, and "
                "accessControlTranslation with owner Destination"
            )


def unseen(resource: RegisteredResource, packages: Sequence[str], templates: Sequence[str]) -> Iterator[str]:
    """Messages on a resource that makes others which no rule sees: of another package, or by a template."""
    package = resource.type.partition(":")[0]
    if resource.provider and package not in packages:
        yield (
            f"'{resource.name}' ({resource.type}) is of the package '{package}', which no rule reads; make it with "
            f"{' or '.join(packages)}"
        )
    elif resource.type in TEMPLATES and f"{stack_of(resource)}/{resource.props.get('name')}" not in templates:
        yield f"'{resource.name}' makes resources by a template, which no rule reads; declare them in the program"


def _replication_rules(resource: RegisteredResource) -> Sequence[Mapping[str, Any]]:
    if resource.type == REPLICATION:
        return resource.props.get("rules") or ()
    names = ("replicationConfiguration", "replicationConfigurations")
    written = [each for name in names for each in items(resource.props.get(name))]
    return [rule for each in written for rule in items(each.get("rules"))]


def _patterns(name: str, description: str, default: list[str]) -> Parameter:
    return Parameter(name, description, {"type": "array", "items": {"type": "string"}}, default)


RULES: Final = (
    Rule(
        name="no-delivery-to-the-outside",
        theme="perimeter",
        severity="critical",
        description="Nothing of the mesh sends to an address on the internet, or to another company.",
        check=sent_away,
        types=frozenset({*AWAY, _SUBSCRIPTION, _FIREHOSE}),
        equivalents=("prowler:sns_subscription_not_using_http_endpoints", "checkov:CKV_AWS_164"),
    ),
    Rule(
        name="replication-goes-to-inboxes",
        theme="partners",
        severity="critical",
        description="Objects are copied to the inboxes of partners only, each to the account that owns it.",
        check=copied_elsewhere,
        types=frozenset({REPLICATION, *tokens("s3/bucket", "s3/bucketV2")}),
        parameters=(
            _patterns(
                "destinations",
                "Patterns of the ARNs of buckets to copy to: inboxes, in their account's namespace or older than it.",
                ["arn:aws*:s3:::*-partner-*--inbox", "arn:aws*:s3:::*-partner-*--inbox-????????????-*-an"],
            ),
        ),
    ),
    Rule(
        name="no-resource-beside-the-rules",
        theme="perimeter",
        severity="high",
        description="Every resource is of a package that the rules read, and none is made by a template.",
        check=unseen,
        parameters=(
            _patterns("packages", "Packages of resources that may be made.", ["aws", "mesh", "pulumi"]),
            _patterns(
                "templates",
                "Templates that may be, each as <stack>/<name>.",
                ["organization/mesh-bootstrap", "organization/mesh-bootstrap-access"],
            ),
        ),
    ),
)
STACK_RULES: Final[tuple[StackRule, ...]] = ()
