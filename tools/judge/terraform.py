"""Plan -> Terraform: one folder a stack, so that scanners of Terraform read what the mesh emits.

A translation for reading and nothing else: nobody applies it. Where the plan has a value that AWS says, the
translation has a reference to the resource that it comes from, which is how a scanner connects them.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple, cast

from tools.judge.planned import AN_ARN, UNKNOWN, Planned

TYPES: Final = {
    "aws:cloudtrail/trail:Trail": "aws_cloudtrail",
    "aws:s3/bucketObjectv2:BucketObjectv2": "aws_s3_object",
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig": "aws_s3_bucket_replication_configuration",
}
"""Types that Terraform calls otherwise."""

MAPS: Final = frozenset(
    {
        "arguments",
        "code",
        "defaultArguments",
        "dimensions",
        "nonOverridableArguments",
        "parameters",
        "properties",
        "tags",
        "tagsAll",
        "variables",
    }
)
"""Properties that are maps; any other object is a block."""

BLOCKS: Final = {
    "advancedEventSelectors": "advanced_event_selector",
    "fieldSelectors": "field_selector",
    "notifications": "notification",
    "rules": "rule",
    "noncurrentVersionTransitions": "noncurrent_version_transition",
    "transitions": "transition",
}
"""Blocks of which Pulumi says the plural."""


class AttributeOf(NamedTuple):
    """A value that AWS says: what kind of resource says it, in which attribute."""

    type: str | tuple[str, ...]
    attribute: str = "id"


TARGETS: Final = (
    "aws:glue/workflow:",
    "aws:lambda/function:",
    "aws:sfn/stateMachine:",
    "aws:sns/topic:",
    "aws:sqs/queue:",
)
"""What rules of EventBridge send to."""

SOURCES: Final = {
    "accountId": AttributeOf("aws:organizations/account:"),
    "alarmActions": AttributeOf("aws:sns/topic:", "arn"),
    "arn": AttributeOf(TARGETS, "arn"),
    "defaultNetworkAclId": AttributeOf("aws:ec2/vpc:", "default_network_acl_id"),
    "eventSourceArn": AttributeOf("aws:sqs/queue:", "arn"),
    "functionName": AttributeOf("aws:lambda/function:", "function_name"),
    "keyArn": AttributeOf("aws:kms/key:", "arn"),
    "kmsKeyArn": AttributeOf("aws:kms/key:", "arn"),
    "kmsKeyId": AttributeOf("aws:kms/key:", "arn"),
    "kmsMasterKeyId": AttributeOf("aws:kms/key:", "arn"),
    "organizationalUnitIds": AttributeOf("aws:organizations/organizationalUnit:"),
    "parentId": AttributeOf("aws:organizations/organiz"),
    "permissionSetArn": AttributeOf("aws:ssoadmin/permissionSet:", "arn"),
    "policyId": AttributeOf("aws:organizations/policy:"),
    "principal": AttributeOf("aws:iam/role:", "arn"),
    "resourceArn": AttributeOf("aws:ec2/subnet:", "arn"),
    "resourceShareArn": AttributeOf("aws:ram/resourceShare:", "arn"),
    "role": AttributeOf("aws:iam/role:", "arn"),
    "routeTableId": AttributeOf("aws:ec2/routeTable:"),
    "routeTableIds": AttributeOf("aws:ec2/routeTable:"),
    "securityGroupIdLists": AttributeOf("aws:ec2/securityGroup:"),
    "securityGroupIds": AttributeOf("aws:ec2/securityGroup:"),
    "sourceArn": AttributeOf("aws:cloudwatch/eventRule:", "arn"),
    "subnetId": AttributeOf("aws:ec2/subnet:"),
    "subnetIds": AttributeOf("aws:ec2/subnet:"),
    "targetId": AttributeOf("aws:organizations/"),
    "targetKeyId": AttributeOf("aws:kms/key:", "arn"),
    "topic": AttributeOf("aws:sns/topic:", "arn"),
    "vpcId": AttributeOf("aws:ec2/vpc:"),
}
"""By property: where a value comes from that AWS says."""

NAMED: Final = {
    "bucket": AttributeOf("aws:s3/bucket:"),
    "group": AttributeOf("aws:iam/group:", "name"),
    "role": AttributeOf("aws:iam/role:", "name"),
    "s3BucketName": AttributeOf("aws:s3/bucket:"),
    "targetBucket": AttributeOf("aws:s3/bucket:"),
}
"""By property: what is called by its name, in the same account."""


class NotTranslatedError(Exception):
    """A value of the plan of which the translation does not know where it comes from."""


def terraform_type(pulumi_type: str) -> str:
    """`aws:s3/bucketPolicy:BucketPolicy` -> `aws_s3_bucket_policy`."""
    if pulumi_type in TYPES:
        return TYPES[pulumi_type]
    _, module, name = pulumi_type.split(":")
    service = module.partition("/")[0]
    return f"aws_{_snake(name)}" if service == "ec2" else f"aws_{service}_{_snake(name)}"


def _snake(text: str) -> str:
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", text).lower()


def translate(planned: list[Planned]) -> dict[str, str]:
    """By stack: its resources in Terraform's language."""
    stacks = {each.stack: [one for one in planned if one.stack == each.stack] for each in planned}
    return {stack: Translation(of_stack).text() for stack, of_stack in stacks.items()}


class Translation:
    """The resources of one stack, and how they are called in Terraform."""

    def __init__(self, planned: list[Planned]) -> None:
        self._planned = planned
        self._by_urn = {each.urn: each for each in planned}
        self._addresses: dict[str, str] = {}
        seen: Counter[str] = Counter()
        for each in planned:
            address = f"{terraform_type(each.type)}.{re.sub(r'[^A-Za-z0-9_]', '_', each.name)}"
            seen[address] += 1
            self._addresses[each.urn] = address if seen[address] == 1 else f"{address}__{seen[address]}"
        self._called = {
            (
                each.account,
                each.type.rpartition(":")[0] + ":",
                each.inputs.get("bucket") or each.inputs.get("name"),
            ): each
            for each in planned
        }

    def text(self) -> str:
        """All resources."""
        return "\n".join(line for each in self._planned for line in self._resource(each))

    def places(self) -> dict[str, Planned]:
        """By Terraform's address: the resource of the plan."""
        return {self._addresses[each.urn]: each for each in self._planned}

    def _resource(self, each: Planned) -> Iterator[str]:
        kind, _, name = self._addresses[each.urn].partition(".")
        yield f'resource "{kind}" "{name}" {{'
        yield from self._body(each, each.inputs)
        if each.protect:
            yield from ("lifecycle {", "prevent_destroy = true", "}")
        yield "}"

    def _body(self, each: Planned, values: Mapping[str, Any]) -> Iterator[str]:
        for key, value in values.items():
            blocks = _blocks(key, value)
            for block in blocks:
                yield f"{BLOCKS.get(key, _snake(key))} {{"
                yield from self._body(each, block)
                yield "}"
            if not blocks:
                yield f"{_snake(key)} = {self._value(each, key, value)}"

    def _value(self, each: Planned, key: str, value: Any) -> str:
        if isinstance(value, list):
            return f"[{', '.join(self._value(each, key, item) for item in cast('list[Any]', value))}]"
        if isinstance(value, dict):
            items = cast("dict[str, Any]", value).items()
            return f"{{{', '.join(f'{_quoted(name)} = {self._value(each, name, item)}' for name, item in items)}}}"
        if value == UNKNOWN:
            return self._reference(each, key)
        return self._text(each, key, value) if isinstance(value, str) else json.dumps(value)

    def _reference(self, each: Planned, key: str) -> str:
        """The resource from which a value comes: among those it depends on, the nearest of the right type."""
        if key not in SOURCES:
            raise NotTranslatedError(f"{each.urn}: nothing says where {key} comes from")
        source = SOURCES[key]
        found = [self._by_urn[urn] for urn in each.dependencies if urn in self._by_urn]
        found = [one for one in found if one.type.startswith(source.type)]
        if not found:
            raise NotTranslatedError(f"{each.urn}: {key} comes from no {source.type} on which it depends")
        nearest = min(found, key=lambda one: (one.parent != each.parent, one.name != each.name))
        attribute = source.attribute
        if nearest.type == "aws:organizations/organization:Organization":
            attribute = "roots[0].id"
        return f"{self._addresses[nearest.urn]}.{attribute}"

    def _text(self, each: Planned, key: str, text: str) -> str:
        """A text, or the resource that it names."""
        source = NAMED.get(key)
        named = self._called.get((each.account, str(source.type), text)) if source else None
        if source is None or named is None or named is each:
            return _quoted(text.replace(UNKNOWN, AN_ARN))
        return f"{self._addresses[named.urn]}.{source.attribute}"


def _blocks(key: str, value: Any) -> list[Mapping[str, Any]]:
    """The blocks that a property is, none where it is a plain value."""
    if isinstance(value, dict) and key not in MAPS:
        return [cast("Mapping[str, Any]", value)]
    items = cast("list[Any]", value) if isinstance(value, list) else []
    return items if items and all(isinstance(item, dict) for item in items) else []


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")
