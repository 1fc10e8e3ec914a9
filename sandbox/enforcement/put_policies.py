"""Policies that calls put: checked as AWS checks them, and answered with each service's own error.

What AWS would not take is never stored, and so never decides anything.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple, cast

from mesh.evaluator import Policy
from mesh.evaluator.errors import MalformedError
from mesh.evaluator.policies import texts
from mesh.evaluator.policy_types import PolicyType
from sandbox.emulator import backends
from sandbox.enforcement.aws_call import AwsCall


class Put(NamedTuple):
    """A policy in a call: its text (a map where the API has one), its type, and the code of AWS's error."""

    policy: Any
    type: PolicyType
    code: str


Finder = Callable[[AwsCall, str], Iterator[Put]]
"""From a call, and the management account, where policies of Organizations are stored."""


def check(call: AwsCall, management: str) -> str:
    """The code and the words of AWS's error for a policy that it would not take, by a colon; empty without one.

    Raises UnknownError for a policy that AWS takes, or may take, and that the evaluator does not know.
    """
    finder = _FINDERS.get(f"{call.service}:{call.operation}")
    for put in finder(call, management) if finder else ():
        try:
            _checked(call, put)
        except MalformedError as error:
            return f"{put.code}: {error}"
    return ""


def _checked(call: AwsCall, put: Put) -> None:
    document = _parsed(put.policy)
    policy = Policy(f"the policy of {call.operation}", lambda: document)
    policy.stands_as(put.type)
    policy.compile()
    if call.service == "s3" and call.operation == "PutBucketPolicy":
        _names_the_bucket(document, call.text("Bucket"))


def _parsed(policy: Any) -> Any:
    if not isinstance(policy, (str, bytes)):
        return policy
    try:
        return json.loads(policy)
    except (ValueError, RecursionError) as error:
        raise MalformedError(f"the policy is no JSON: {error}") from error


def _names_the_bucket(document: Mapping[str, Any], bucket: str) -> None:
    # S3: "Policy has invalid resource" (MalformedPolicy).
    written: Any = document["Statement"]
    statements = cast("Sequence[Mapping[str, Any]]", [written] if isinstance(written, Mapping) else written)
    for statement in statements:
        named: Any = statement.get("Resource", statement.get("NotResource"))
        for resource in texts(named):
            if resource.partition(":::")[2].partition("/")[0] != bucket:
                raise MalformedError(f"Resource {resource!r} is neither the bucket {bucket} nor an object of it")


# ---- where a call has its policies


def _member(name: str, type_: PolicyType, code: str) -> Finder:
    """Calls with the policy in one parameter; without it there is none to check."""

    def find(call: AwsCall, _management: str) -> Iterator[Put]:
        value: Any = call.parameters.get(name)
        if value not in (None, ""):
            yield Put(value, type_, code)

    return find


def _attribute(code: str) -> Finder:
    """Calls to SQS and SNS with the policy among the attributes; an empty one takes the policy away."""

    def find(call: AwsCall, _management: str) -> Iterator[Put]:
        attributes = cast("Mapping[str, Any]", call.parameters.get("Attributes") or {})
        if attributes.get("Policy"):
            yield Put(attributes["Policy"], PolicyType.RESOURCE, code)
        if call.text("AttributeName") == "Policy" and call.text("AttributeValue"):
            yield Put(call.text("AttributeValue"), PolicyType.RESOURCE, code)

    return find


_CONTROLS: Final = {
    "SERVICE_CONTROL_POLICY": PolicyType.SERVICE_CONTROL,
    "RESOURCE_CONTROL_POLICY": PolicyType.RESOURCE_CONTROL,
}


def _of_organizations(call: AwsCall, management: str) -> Iterator[Put]:
    """A policy of Organizations; one that is changed keeps its type. Declarative policies are of another language."""
    type_ = call.text("Type") or _stored_type(call.text("PolicyId"), management)
    content: Any = call.parameters.get("Content")
    if type_ in _CONTROLS and content:
        yield Put(content, _CONTROLS[type_], "MalformedPolicyDocumentException")


def _stored_type(policy_id: str, management: str) -> str:
    stored = next((each for each in backends.organization(management).policies if each.id == policy_id), None)
    return str(stored.type) if stored else ""


_MALFORMED, _RESOURCE, _IDENTITY = "MalformedPolicyDocument", PolicyType.RESOURCE, PolicyType.IDENTITY

_FINDERS: Final[Mapping[str, Finder]] = {
    "s3:PutBucketPolicy": _member("Policy", _RESOURCE, "MalformedPolicy"),
    "s3:PutAccessPointPolicy": _member("Policy", _RESOURCE, "MalformedPolicy"),
    "kms:CreateKey": _member("Policy", _RESOURCE, "MalformedPolicyDocumentException"),
    "kms:PutKeyPolicy": _member("Policy", _RESOURCE, "MalformedPolicyDocumentException"),
    "sqs:CreateQueue": _attribute("InvalidAttributeValue"),
    "sqs:SetQueueAttributes": _attribute("InvalidAttributeValue"),
    "sns:CreateTopic": _attribute("InvalidParameter"),
    "sns:SetTopicAttributes": _attribute("InvalidParameter"),
    "iam:CreateRole": _member("AssumeRolePolicyDocument", PolicyType.TRUST, _MALFORMED),
    "iam:UpdateAssumeRolePolicy": _member("PolicyDocument", PolicyType.TRUST, _MALFORMED),
    "iam:CreatePolicy": _member("PolicyDocument", _IDENTITY, _MALFORMED),
    "iam:CreatePolicyVersion": _member("PolicyDocument", _IDENTITY, _MALFORMED),
    "iam:PutRolePolicy": _member("PolicyDocument", _IDENTITY, _MALFORMED),
    "iam:PutUserPolicy": _member("PolicyDocument", _IDENTITY, _MALFORMED),
    "iam:PutGroupPolicy": _member("PolicyDocument", _IDENTITY, _MALFORMED),
    "sts:AssumeRole": _member("Policy", PolicyType.SESSION, _MALFORMED),
    "sts:GetFederationToken": _member("Policy", PolicyType.SESSION, _MALFORMED),
    "organizations:CreatePolicy": _of_organizations,
    "organizations:UpdatePolicy": _of_organizations,
    "organizations:PutResourcePolicy": _member("Content", _RESOURCE, "MalformedPolicyDocumentException"),
    "glue:PutResourcePolicy": _member("PolicyInJson", _RESOURCE, "InvalidInputException"),
    "events:PutPermission": _member("Policy", _RESOURCE, "ValidationException"),
    "secretsmanager:PutResourcePolicy": _member("ResourcePolicy", _RESOURCE, "MalformedPolicyDocumentException"),
    "ec2:CreateVpcEndpoint": _member("PolicyDocument", PolicyType.ENDPOINT, "InvalidPolicyDocument"),
    "ec2:ModifyVpcEndpoint": _member("PolicyDocument", PolicyType.ENDPOINT, "InvalidPolicyDocument"),
    "sso:PutInlinePolicyToPermissionSet": _member("InlinePolicy", _IDENTITY, "ValidationException"),
    "ecr:SetRepositoryPolicy": _member("policyText", PolicyType.REPOSITORY, "InvalidParameterException"),
    "ecr:PutRegistryPolicy": _member("policyText", _RESOURCE, "InvalidParameterException"),
    "lambda:PutResourcePolicy": _member("Policy", _RESOURCE, "InvalidParameterValueException"),
    "logs:PutResourcePolicy": _member("policyDocument", _RESOURCE, "InvalidParameterException"),
    "logs:PutDestinationPolicy": _member("accessPolicy", _RESOURCE, "InvalidParameterException"),
    "dynamodb:PutResourcePolicy": _member("Policy", _RESOURCE, "ValidationException"),
    "kinesis:PutResourcePolicy": _member("Policy", _RESOURCE, "InvalidArgumentException"),
    "backup:PutBackupVaultAccessPolicy": _member("Policy", _RESOURCE, "InvalidParameterValueException"),
    "ssm:PutResourcePolicy": _member("Policy", _RESOURCE, "MalformedResourcePolicyDocumentException"),
    "cloudtrail:PutResourcePolicy": _member("ResourcePolicy", _RESOURCE, "ResourcePolicyNotValidException"),
}
"""Calls that put a policy, each with its parameter, its type and the error of the service's API reference."""
