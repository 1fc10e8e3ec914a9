"""Places of policy documents among what the program emits: each document with its type and its quota."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple, cast

from mesh import quotas
from mesh.acceptance.emitted import UNKNOWN, EmittedResource
from mesh.evaluator.policy_types import PolicyType

AN_ARN: Final = "arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555"
"""Text in the place of an ARN that only AWS will say."""
_AN_ACCOUNT: Final = "111122223333"

Quota = tuple[str, str]
"""Names of a quota in `quotas.json`: service and limit."""


class EmittedDocument(NamedTuple):
    """A policy document, as text, at a property of a resource; `type` is None where its language is not IAM's."""

    resource: EmittedResource
    path: str
    type: PolicyType | None
    text: str
    quota: Quota

    @property
    def limit(self) -> int:
        """Characters that AWS takes."""
        return quotas.limit(*self.quota)

    @property
    def size(self) -> int:
        """Characters that AWS counts: IAM does not count white space, all others do."""
        body = json.loads(self.text)
        return len(json.dumps(body, separators=(",", ":"))) if self.quota[0] == "iam" else len(self.text)


_PLACES: Final[Mapping[str, tuple[str, PolicyType, Quota]]] = {
    "aws:cloudwatch/eventBusPolicy:EventBusPolicy": ("policy", PolicyType.RESOURCE, ("events", "bus_policy_chars")),
    "aws:ec2/vpcEndpoint:VpcEndpoint": ("policy", PolicyType.ENDPOINT, ("vpc", "endpoint_policy_chars")),
    "aws:glue/resourcePolicy:ResourcePolicy": ("policy", PolicyType.RESOURCE, ("glue", "resource_policy_bytes")),
    "aws:iam/groupPolicy:GroupPolicy": ("policy", PolicyType.IDENTITY, ("iam", "group_inline_total_chars")),
    "aws:iam/policy:Policy": ("policy", PolicyType.BOUNDARY, ("iam", "managed_policy_chars")),
    "aws:iam/role:Role": ("assumeRolePolicy", PolicyType.TRUST, ("iam", "trust_policy_chars_default")),
    "aws:iam/rolePolicy:RolePolicy": ("policy", PolicyType.IDENTITY, ("iam", "role_inline_total_chars")),
    "aws:kms/key:Key": ("policy", PolicyType.RESOURCE, ("kms", "key_policy_bytes")),
    "aws:s3/bucketPolicy:BucketPolicy": ("policy", PolicyType.RESOURCE, ("s3", "bucket_policy_bytes")),
    "aws:sns/topic:Topic": ("policy", PolicyType.RESOURCE, ("sns", "topic_policy_bytes")),
    "aws:sqs/queue:Queue": ("policy", PolicyType.RESOURCE, ("sqs", "queue_policy_bytes")),
    "aws:sqs/queuePolicy:QueuePolicy": ("policy", PolicyType.RESOURCE, ("sqs", "queue_policy_bytes")),
    "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy": (
        "inlinePolicy",
        PolicyType.IDENTITY,
        ("iam", "role_inline_total_chars"),
    ),
}
_OF_ORGANIZATIONS: Final[Mapping[str, tuple[PolicyType | None, Quota]]] = {
    "SERVICE_CONTROL_POLICY": (PolicyType.SERVICE_CONTROL, ("scp", "max_chars")),
    "RESOURCE_CONTROL_POLICY": (PolicyType.RESOURCE_CONTROL, ("rcp", "max_chars")),
    "DECLARATIVE_POLICY_EC2": (None, ("declarative", "max_chars")),
    "AISERVICES_OPT_OUT_POLICY": (None, ("opt_out", "max_chars")),
}


def documents(resource: EmittedResource) -> Iterator[EmittedDocument]:
    """The documents of a resource, but for those that only AWS will know."""
    if resource.type == "aws:cloudformation/stackSet:StackSet":
        yield from _of_template(resource)
    elif resource.type == "aws:organizations/policy:Policy":
        type_, quota = _OF_ORGANIZATIONS[resource.inputs["type"]]
        yield from _document(resource, "content", type_, quota)
    elif resource.type in _PLACES:
        yield from _document(resource, *_PLACES[resource.type])


def unplaced(resource: EmittedResource) -> Iterator[str]:
    """Properties that hold a policy document where none is looked for."""
    placed = {document.path.partition(".")[0] for document in documents(resource)}
    for path, value in resource.inputs.items():
        if isinstance(value, str) and value.startswith("{") and '"Statement"' in value and path not in placed:
            yield path


def _document(
    resource: EmittedResource, path: str, type_: PolicyType | None, quota: Quota
) -> Iterator[EmittedDocument]:
    text = resource.inputs.get(path)
    if isinstance(text, str) and text and text != UNKNOWN:
        yield EmittedDocument(resource, path, type_, text.replace(UNKNOWN, AN_ARN), quota)


# ---- templates of CloudFormation


def template(resource: EmittedResource) -> Mapping[str, Any]:
    """Resources of a StackSet's template by their name; an account's id stands where CloudFormation fills one in."""
    return json.loads(resource.inputs["templateBody"], object_hook=_filled_in)["Resources"]


def _filled_in(node: dict[str, Any]) -> Any:
    return node["Fn::Sub"].replace("${AWS::AccountId}", _AN_ACCOUNT) if node.keys() == {"Fn::Sub"} else node


def _of_template(resource: EmittedResource) -> Iterator[EmittedDocument]:
    for name, each in template(resource).items():
        if each["Type"] != "AWS::IAM::Role":
            continue
        properties: dict[str, Any] = each["Properties"]
        found = [("AssumeRolePolicyDocument", PolicyType.TRUST, "trust_policy_chars_default", properties)]
        policies = cast("list[dict[str, Any]]", properties.get("Policies", []))
        found += [("PolicyDocument", PolicyType.IDENTITY, "role_inline_total_chars", each) for each in policies]
        for key, type_, quota, holder in found:
            text = json.dumps(holder[key], separators=(",", ":"))
            yield EmittedDocument(resource, f"templateBody.{name}.{key}", type_, text, ("iam", quota))
