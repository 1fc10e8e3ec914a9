"""Places of policy documents among what the program emits: each document with its type and its quota."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple, cast

from mesh import quotas
from mesh.acceptance.emitted import UNKNOWN, EmittedResource
from mesh.acceptance.stackset_templates import STACK_SET, TemplateError, template
from mesh.aws.text_length import longest_count
from mesh.evaluator.policies import texts
from mesh.evaluator.policy_types import PolicyType

AN_ARN: Final = "arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555"
"""Text in the place of an ARN that only AWS will say."""
_BODY: Final = "templateBody"
_OF_ORGANIZATION: Final = "aws:organizations/policy:Policy"
_USUAL_KIND: Final = "SERVICE_CONTROL_POLICY"
"""Type of a policy that says none (terraform-provider-aws, website/docs/r/organizations_policy.html.markdown)."""

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
        """Characters that AWS counts, bytes where it says bytes: IAM does not count white space, all others do."""
        body = json.loads(self.text)
        return len(json.dumps(body, separators=(",", ":"))) if self.quota[0] == "iam" else longest_count(self.text)


PLACES: Final[Mapping[str, tuple[str, PolicyType, Quota]]] = {
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
"""Type -> property, type and quota of its document."""
_OF_ORGANIZATIONS: Final[Mapping[str, tuple[PolicyType | None, Quota]]] = {
    "SERVICE_CONTROL_POLICY": (PolicyType.SERVICE_CONTROL, ("scp", "max_chars")),
    "RESOURCE_CONTROL_POLICY": (PolicyType.RESOURCE_CONTROL, ("rcp", "max_chars")),
    "DECLARATIVE_POLICY_EC2": (None, ("declarative", "max_chars")),
    "AISERVICES_OPT_OUT_POLICY": (None, ("opt_out", "max_chars")),
}


def documents(resource: EmittedResource) -> tuple[EmittedDocument, ...]:
    """The documents of a resource that can be read, but for those that only AWS will know."""
    try:
        return tuple(_documents(resource))
    except TemplateError:
        return ()


def unread(resource: EmittedResource) -> Iterator[tuple[str, str]]:
    """Properties that hold a policy document which is not among `documents`, each with the reason."""
    placed = {document.path.partition(".")[0] for document in documents(resource)}
    if resource.type == STACK_SET:
        try:
            template(resource)
        except TemplateError as error:
            yield _BODY, str(error)
        placed.add(_BODY)
    if resource.type == _OF_ORGANIZATION and _language(resource) is None:
        known = ", ".join(_OF_ORGANIZATIONS)
        yield "content", f"policies of type {kind_of(resource)} are not known here: {known} are (mesh/acceptance)"
    for path, value in resource.inputs.items():
        if isinstance(value, str) and value.startswith("{") and '"Statement"' in value and path not in placed:
            yield path, "a policy document stands where none is looked for"


def statements_of(body: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The statements of a document whose grammar is AWS's, which takes one of them without a list, too."""
    statements: Any = body["Statement"]
    return [cast("Mapping[str, Any]", statements)] if isinstance(statements, Mapping) else statements


def values_of_element(statement: Mapping[str, Any], element: str) -> tuple[str, ...]:
    """The texts of an element of a statement; none where it has no such element."""
    return texts(statement[element]) if element in statement else ()


def _documents(resource: EmittedResource) -> Iterator[EmittedDocument]:
    language = _language(resource)
    if resource.type == STACK_SET:
        yield from _of_template(resource)
    elif language is not None:
        yield from _document(resource, "content", *language)
    elif resource.type in PLACES:
        yield from _document(resource, *PLACES[resource.type])


def _language(resource: EmittedResource) -> tuple[PolicyType | None, Quota] | None:
    """Type and quota of a policy of Organizations; None for what is none, or of another kind."""
    return _OF_ORGANIZATIONS.get(kind_of(resource)) if resource.type == _OF_ORGANIZATION else None


def kind_of(resource: EmittedResource) -> str:
    """Type of a policy of Organizations, as they call it."""
    return str(resource.inputs.get("type", _USUAL_KIND))


def _document(
    resource: EmittedResource, path: str, type_: PolicyType | None, quota: Quota
) -> Iterator[EmittedDocument]:
    text = resource.inputs.get(path)
    if isinstance(text, str) and text and text != UNKNOWN:
        yield EmittedDocument(resource, path, type_, text.replace(UNKNOWN, AN_ARN), quota)


# ---- templates of CloudFormation


def _of_template(resource: EmittedResource) -> Iterator[EmittedDocument]:
    for each in template(resource):
        if each.type != "AWS::IAM::Role":
            continue
        found = [("AssumeRolePolicyDocument", PolicyType.TRUST, "trust_policy_chars_default", each.properties)]
        policies = cast("list[dict[str, Any]]", each.properties.get("Policies", []))
        found += [("PolicyDocument", PolicyType.IDENTITY, "role_inline_total_chars", policy) for policy in policies]
        for key, type_, quota, holder in found:
            text = json.dumps(holder[key], separators=(",", ":"))
            yield EmittedDocument(resource, f"{_BODY}.{each.name}.{key}", type_, text, ("iam", quota))
