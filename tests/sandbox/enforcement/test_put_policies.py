"""Policies that calls put: what AWS would not take is answered with its error, and nothing of it is stored."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

import pytest
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st

from mesh.evaluator import UnknownError
from sandbox.enforcement import put_policies
from sandbox.enforcement.aws_call import AwsCall
from sandbox.enforcement.enforced_organization import EnforcedOrganization
from tests.mesh.evaluator.witnesses import WITNESSES
from tests.sandbox.emulator.provider_harness import DOMAIN, IDS, MANAGEMENT, REGION
from tests.sandbox.enforcement.test_gate import FIRST_ROLES, TRUST, allow, policy

_MALFORMED: Final = {
    "identity": [
        w["identity"][-1]
        for w in WITNESSES
        if w["kind"] == "no policy for AWS"
        and w["aws"] == "refuse"
        and "scp" not in w
        and "boundary" not in w
        and "identity" in w
    ],
    "policy": [w["policy"] for w in WITNESSES if w["kind"] == "no policy for AWS" and "policy" in w],
    "trust": [w["trust"] for w in WITNESSES if w["kind"] == "no policy for AWS" and "trust" in w],
    "scp": [w["scp"] for w in WITNESSES if w["kind"] == "no policy for AWS" and "scp" in w],
}
"""Documents that AWS takes nowhere, or not in their place."""

_PUTS: Final = (
    ("s3", "PutBucketPolicy", "Policy", "policy", "MalformedPolicy"),
    ("kms", "PutKeyPolicy", "Policy", "policy", "MalformedPolicyDocumentException"),
    ("kms", "CreateKey", "Policy", "policy", "MalformedPolicyDocumentException"),
    ("secretsmanager", "PutResourcePolicy", "ResourcePolicy", "policy", "MalformedPolicyDocumentException"),
    ("glue", "PutResourcePolicy", "PolicyInJson", "policy", "InvalidInputException"),
    ("events", "PutPermission", "Policy", "policy", "ValidationException"),
    ("ec2", "CreateVpcEndpoint", "PolicyDocument", "policy", "InvalidPolicyDocument"),
    ("ec2", "ModifyVpcEndpoint", "PolicyDocument", "policy", "InvalidPolicyDocument"),
    ("organizations", "PutResourcePolicy", "Content", "policy", "MalformedPolicyDocumentException"),
    ("iam", "PutRolePolicy", "PolicyDocument", "identity", "MalformedPolicyDocument"),
    ("iam", "PutGroupPolicy", "PolicyDocument", "identity", "MalformedPolicyDocument"),
    ("iam", "CreatePolicy", "PolicyDocument", "identity", "MalformedPolicyDocument"),
    ("iam", "CreatePolicyVersion", "PolicyDocument", "identity", "MalformedPolicyDocument"),
    ("sts", "AssumeRole", "Policy", "identity", "MalformedPolicyDocument"),
    ("sso", "PutInlinePolicyToPermissionSet", "InlinePolicy", "identity", "ValidationException"),
    ("iam", "CreateRole", "AssumeRolePolicyDocument", "trust", "MalformedPolicyDocument"),
    ("iam", "UpdateAssumeRolePolicy", "PolicyDocument", "trust", "MalformedPolicyDocument"),
)


def _call(service: str, operation: str, **parameters: Any) -> AwsCall:
    return AwsCall(service, operation, REGION, "", parameters)


@pytest.mark.parametrize(("service", "operation", "member", "place", "code"), _PUTS)
def test_every_put_refuses_what_aws_takes_nowhere(
    service: str, operation: str, member: str, place: str, code: str
) -> None:
    assert len(_MALFORMED[place]) >= 2
    for document in _MALFORMED[place]:
        call = _call(service, operation, **{member: json.dumps(document), "Bucket": "larder"})
        assert put_policies.check(call, MANAGEMENT).startswith(f"{code}: "), document
    assert put_policies.check(_call(service, operation, **{member: "{"}), MANAGEMENT).startswith(f"{code}: ")


@pytest.mark.parametrize("operation", ["SetQueueAttributes", "CreateQueue"])
def test_policies_among_attributes_are_checked(operation: str) -> None:
    for document in _MALFORMED["policy"]:
        queue = _call("sqs", operation, Attributes={"Policy": json.dumps(document)})
        assert put_policies.check(queue, MANAGEMENT).startswith("InvalidAttributeValue: ")
        topic = _call("sns", "SetTopicAttributes", AttributeName="Policy", AttributeValue=json.dumps(document))
        assert put_policies.check(topic, MANAGEMENT).startswith("InvalidParameter: ")
    assert not put_policies.check(_call("sqs", operation, Attributes={"Policy": ""}), MANAGEMENT)


@pytest.mark.parametrize("type_", ["SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"])
def test_control_policies_are_checked_as_what_they_are(type_: str) -> None:
    for document in _MALFORMED["scp"]:
        call = _call("organizations", "CreatePolicy", Type=type_, Content=json.dumps(document))
        if type_ == "SERVICE_CONTROL_POLICY" or "Resource" not in document["Statement"][0]:
            assert put_policies.check(call, MANAGEMENT).startswith("MalformedPolicyDocumentException: ")
    tags = _call("organizations", "CreatePolicy", Type="TAG_POLICY", Content='{"tags": {}}')
    assert not put_policies.check(tags, MANAGEMENT)


def test_a_bucket_policy_names_its_bucket() -> None:
    statement = allow("s3:GetObject", Principal="*", Resource="arn:aws:s3:::pantry/*")
    call = _call("s3", "PutBucketPolicy", Bucket="larder", Policy=json.dumps(policy(statement)))
    assert put_policies.check(call, MANAGEMENT).startswith("MalformedPolicy: ")
    own = {**statement, "Resource": ["arn:aws:s3:::larder", "arn:aws:s3:::larder/*"]}
    right = _call("s3", "PutBucketPolicy", Bucket="larder", Policy=json.dumps(policy(own)))
    assert not put_policies.check(right, MANAGEMENT)


@pytest.mark.long
@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    st.text(max_size=40)
    | st.recursive(
        st.none() | st.text(max_size=3),
        lambda x: st.lists(x) | st.dictionaries(st.sampled_from(["Version", "Statement", "Effect", "x"]), x),
        max_leaves=5,
    ).map(json.dumps)
)
def test_whatever_is_put_is_answered(text: str) -> None:
    for service, operation, member in (
        ("s3", "PutBucketPolicy", "Policy"),
        ("iam", "CreateRole", "AssumeRolePolicyDocument"),
    ):
        try:
            wrong = put_policies.check(_call(service, operation, **{member: text, "Bucket": "larder"}), MANAGEMENT)
        except UnknownError:
            continue
        assert wrong or not text


@pytest.fixture(scope="module")
def organization() -> Iterator[EnforcedOrganization]:
    with EnforcedOrganization(IDS, REGION, FIRST_ROLES, port=0) as opened:
        opened.ensure_account("governance")
        opened.ensure_account("playback")
        opened.client("s3", DOMAIN).create_bucket(
            Bucket="larder", CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        yield opened


def test_the_emulator_answers_with_awss_error_and_stores_nothing(organization: EnforcedOrganization) -> None:
    s3, iam = organization.client("s3", DOMAIN), organization.client("iam", DOMAIN)
    sqs, organizations = organization.client("sqs", DOMAIN), organization.client("organizations")
    kms = organization.client("kms", DOMAIN)
    for document in _MALFORMED["policy"]:
        with pytest.raises(ClientError, match=r"\(MalformedPolicy\)"):
            s3.put_bucket_policy(Bucket="larder", Policy=json.dumps(document))
        with pytest.raises(ClientError, match=r"InvalidAttributeValue"):
            sqs.create_queue(QueueName="parcels", Attributes={"Policy": json.dumps(document)})
        with pytest.raises(ClientError, match=r"MalformedPolicyDocument"):
            kms.create_key(Policy=json.dumps(document))
    with pytest.raises(ClientError, match="NoSuchBucketPolicy"):
        s3.get_bucket_policy(Bucket="larder")
    iam.create_role(RoleName="cook", AssumeRolePolicyDocument=json.dumps(TRUST))
    for document in _MALFORMED["identity"]:
        with pytest.raises(ClientError, match=r"\(MalformedPolicyDocument\)"):
            iam.put_role_policy(RoleName="cook", PolicyName="x", PolicyDocument=json.dumps(document))
    assert iam.list_role_policies(RoleName="cook")["PolicyNames"] == []
    kept = organizations.create_policy(
        Name="kept",
        Description="x",
        Type="SERVICE_CONTROL_POLICY",
        Content=json.dumps(policy({"Effect": "Deny", "Action": "s3:*", "Resource": "*"})),
    )["Policy"]["PolicySummary"]["Id"]
    for document in _MALFORMED["scp"]:
        with pytest.raises(ClientError, match="MalformedPolicyDocument"):
            organizations.update_policy(PolicyId=kept, Content=json.dumps(document))


def test_what_the_evaluator_does_not_know_is_refused_and_said(organization: EnforcedOrganization) -> None:
    older = {
        "Version": "2008-10-17",
        "Statement": [allow("s3:GetObject", Principal="*", Resource="arn:aws:s3:::larder/*")],
    }
    with pytest.raises(ClientError, match=r"not decided, therefore refused.*2008-10-17"):
        organization.client("s3", DOMAIN).put_bucket_policy(Bucket="larder", Policy=json.dumps(older))
