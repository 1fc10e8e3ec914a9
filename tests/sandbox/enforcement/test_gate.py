"""The gate in front of moto: what is stored decides, at once, on both roads."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from sandbox.emulator.emulated_organization import DEFAULT_ACCOUNT
from sandbox.enforcement.enforced_organization import OPERATOR_STEPS_IN, EnforcedOrganization
from sandbox.enforcement.seeding import FirstRoles
from sandbox.rehearsal.credentials import session_credentials
from tests.sandbox.emulator.provider_harness import DOMAIN, GOVERNANCE, IDS, MANAGEMENT, REGION

CI = f"arn:aws:iam::{GOVERNANCE}:role/mesh/ci/domain-{DOMAIN}"
BUCKET = "guarded"


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(action: Any, **members: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, **members}


ITS_OWN = {"Fn::Sub": f"arn:aws:iam::{GOVERNANCE}:role/mesh/ci/domain-${{AWS::AccountId}}"}
TRUST = policy(allow("sts:AssumeRole", Principal={"AWS": CI}))
OF_ITS_OWN = policy(allow("sts:AssumeRole", Principal={"AWS": ITS_OWN}))
ISSUER = "tokens.example"
TEMPLATE = json.dumps(
    {
        "Conditions": {"InGovernance": {"Fn::Equals": [{"Ref": "AWS::AccountId"}, GOVERNANCE]}},
        "Resources": {
            "Provider": {
                "Type": "AWS::IAM::OIDCProvider",
                "Properties": {"Url": f"https://{ISSUER}", "ClientIdList": ["sts.amazonaws.com"]},
                "Condition": "InGovernance",
            },
            "Ci": {
                "Type": "AWS::IAM::Role",
                "Properties": {
                    "Path": "/mesh/ci/",
                    "RoleName": f"domain-{DOMAIN}",
                    "AssumeRolePolicyDocument": policy(allow("sts:AssumeRole", Principal={"AWS": MANAGEMENT})),
                    "ManagedPolicyArns": [],
                    "Policies": [
                        {"PolicyName": "mesh", "PolicyDocument": policy(allow("sts:AssumeRole", Resource="*"))}
                    ],
                },
                "Condition": "InGovernance",
            },
            "Deploy": {
                "Type": "AWS::IAM::Role",
                "Properties": {
                    "Path": "/mesh/",
                    "RoleName": "deploy",
                    "AssumeRolePolicyDocument": OF_ITS_OWN,
                    "ManagedPolicyArns": ["arn:aws:iam::aws:policy/AdministratorAccess"],
                    "Policies": [],
                },
            },
        },
    }
)
FIRST_ROLES = FirstRoles(TEMPLATE, json.dumps({"Resources": {}}))


@pytest.fixture(scope="module")
def organization() -> Iterator[EnforcedOrganization]:
    with EnforcedOrganization(IDS, REGION, FIRST_ROLES, port=0) as opened:
        opened.ensure_account("governance")
        opened.ensure_account("playback")
        s3 = opened.client("s3", DOMAIN)
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.put_object(Bucket=BUCKET, Key="a", Body=b"x")
        iam = opened.client("iam", DOMAIN)
        iam.create_role(RoleName="reader", AssumeRolePolicyDocument=json.dumps(TRUST))
        reads = policy(allow(["s3:GetObject", "s3:ListBucket"], Resource="*"))
        iam.put_role_policy(RoleName="reader", PolicyName="reads", PolicyDocument=json.dumps(reads))
        yield opened
        assert opened.resources_in(DEFAULT_ACCOUNT) == 0


def reader(organization: EnforcedOrganization, service: str = "s3", *, served: bool = False) -> Any:
    """A client of the role `reader`: in this process, or over HTTP as a user would make it."""
    keys = session_credentials(f"arn:aws:iam::{DOMAIN}:role/reader", REGION)
    if not served:
        return organization._clients.own(service, REGION, keys)
    return boto3.client(
        service,
        endpoint_url=organization.endpoint,
        region_name=REGION,
        aws_access_key_id=keys.access_key,
        aws_secret_access_key=keys.secret_key,
        aws_session_token=keys.token,
        config=Config(retries={"total_max_attempts": 1}, signature_version="s3v4" if service == "s3" else None),
    )


ROADS = pytest.mark.parametrize("served", [False, True], ids=["in this process", "over HTTP"])


@ROADS
def test_what_the_roles_policy_allows_is_answered_and_nothing_else(
    organization: EnforcedOrganization, served: bool
) -> None:
    s3 = reader(organization, served=served)
    assert s3.get_object(Bucket=BUCKET, Key="a")["Body"].read() == b"x"
    with pytest.raises(ClientError, match=r"AccessDenied.*not authorized to perform: s3:PutObject.*no identity policy"):
        s3.put_object(Bucket=BUCKET, Key="b", Body=b"x")
    with pytest.raises(ClientError, match=r"AccessDenied.*glue:GetDatabases"):
        reader(organization, "glue", served=served).get_databases()


@ROADS
def test_a_bucket_policy_counts_from_the_call_after_it(organization: EnforcedOrganization, served: bool) -> None:
    owner, s3 = organization.client("s3", DOMAIN), reader(organization, served=served)
    deny = {
        "Sid": "NotYou",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{BUCKET}/*",
        "Condition": {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{DOMAIN}:role/reader"}},
    }
    owner.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(policy(deny)))
    with pytest.raises(ClientError, match=r"explicit deny in resource .*statement NotYou"):
        s3.get_object(Bucket=BUCKET, Key="a")
    owner.delete_bucket_policy(Bucket=BUCKET)
    assert s3.get_object(Bucket=BUCKET, Key="a")["Body"].read() == b"x"


def test_a_control_policy_binds_the_accounts_below_its_unit(organization: EnforcedOrganization) -> None:
    client = organization.client("organizations")
    content = policy({"Sid": "NoReading", "Effect": "Deny", "Action": "s3:GetObject", "Resource": "*"})
    made = client.create_policy(
        Name="none", Description="-", Type="SERVICE_CONTROL_POLICY", Content=json.dumps(content)
    )["Policy"]["PolicySummary"]["Id"]
    client.attach_policy(PolicyId=made, TargetId=DOMAIN)
    try:
        with pytest.raises(ClientError, match=r"explicit deny in scp .*statement NoReading"):
            reader(organization).get_object(Bucket=BUCKET, Key="a")
    finally:
        client.detach_policy(PolicyId=made, TargetId=DOMAIN)
    assert reader(organization).get_object(Bucket=BUCKET, Key="a")


def test_a_document_that_the_evaluator_does_not_know_refuses_and_says_so(organization: EnforcedOrganization) -> None:
    from sandbox.emulator import backends

    # Stored behind the gate's back: no call that puts a policy takes it.
    strange = {**allow("s3:*", Resource="*"), "Principal": "*", "Condition": {"StringAlike": {"aws:username": "x"}}}
    backends.bucket(BUCKET).policy = json.dumps(policy(strange)).encode()
    try:
        with pytest.raises(ClientError, match=r"not decided, therefore refused: .*StringAlike"):
            reader(organization).get_object(Bucket=BUCKET, Key="a")
    finally:
        backends.bucket(BUCKET).policy = None


def test_a_role_is_taken_by_whom_it_trusts(organization: EnforcedOrganization) -> None:
    deploy = f"arn:aws:iam::{GOVERNANCE}:role/mesh/deploy"
    with pytest.raises(ClientError, match=r"not authorized to perform: sts:AssumeRole .*because no resource policy"):
        reader(organization, "sts").assume_role(RoleArn=deploy, RoleSessionName="me")


def test_the_operator_is_let_through_on_the_first_step_of_a_road_only(organization: EnforcedOrganization) -> None:
    gate = organization.gate
    assert set(gate.exempted) == {OPERATOR_STEPS_IN}
    operator = organization._clients.own("sts", REGION, organization._operator)
    before = gate.exempted.total()
    assert operator.assume_role(RoleArn=CI, RoleSessionName="me")["Credentials"]
    assert gate.exempted.total() == before + 1
    with pytest.raises(ClientError, match=r"sts:AssumeRole"):
        operator.assume_role(RoleArn=f"arn:aws:iam::{DOMAIN}:role/mesh/deploy", RoleSessionName="me")


def test_calls_are_reported_once_whether_they_are_decided_or_let_through(organization: EnforcedOrganization) -> None:
    gate = organization.gate
    operator = organization._clients.own("sts", REGION, organization._operator)
    gate.mark_reported()
    assert gate.unreported() == (0, {})
    reader(organization).get_object(Bucket=BUCKET, Key="a")
    with pytest.raises(ClientError, match="AccessDenied"):
        reader(organization).put_object(Bucket=BUCKET, Key="b", Body=b"x")
    operator.assume_role(RoleArn=CI, RoleSessionName="me")
    assert gate.unreported() == (2, {OPERATOR_STEPS_IN: 1})
    gate.mark_reported()
    assert gate.unreported() == (0, {})


def test_a_session_policy_bounds_its_session(organization: EnforcedOrganization) -> None:
    trusted = organization.assume(CI)
    role = f"arn:aws:iam::{DOMAIN}:role/mesh/deploy"
    only_lists = json.dumps(policy(allow("s3:ListBucket", Resource="*")))
    answer = trusted.call(
        "sts", REGION, "assume_role", {"RoleArn": role, "RoleSessionName": "narrow", "Policy": only_lists}
    )
    given = answer["Credentials"]
    keys = (given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
    from sandbox.emulator.clients import Credentials

    narrow = organization._clients.own("s3", REGION, Credentials(*keys))
    assert narrow.list_objects_v2(Bucket=BUCKET)["KeyCount"] == 1
    with pytest.raises(ClientError, match=r"s3:GetObject.*no session policy"):
        narrow.get_object(Bucket=BUCKET, Key="a")


def test_nobody_reads_without_a_signature(organization: EnforcedOrganization) -> None:
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(f"{organization.endpoint}/{BUCKET}/a")


def test_a_presigned_url_is_its_signers(organization: EnforcedOrganization) -> None:
    s3 = reader(organization, served=True)
    good = s3.generate_presigned_url("get_object", Params={"Bucket": BUCKET, "Key": "a"})
    with urllib.request.urlopen(good) as answer:
        assert answer.read() == b"x"
    bad = s3.generate_presigned_url("put_object", Params={"Bucket": BUCKET, "Key": "b"})
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(urllib.request.Request(bad, data=b"x", method="PUT"))


@pytest.mark.parametrize("path", ["/moto-api/reset", "/moto-api/data.json", "/latest/meta-data/iam/"])
def test_motos_own_back_doors_are_shut(organization: EnforcedOrganization, path: str) -> None:
    with pytest.raises(urllib.error.HTTPError, match=r"40[034]"):
        urllib.request.urlopen(urllib.request.Request(f"{organization.endpoint}{path}", method="POST", data=b""))
    assert organization.account_ids()["management"] == MANAGEMENT
    assert reader(organization).get_object(Bucket=BUCKET, Key="a")


def test_a_moto_header_moves_nobody_into_another_account(organization: EnforcedOrganization) -> None:
    s3 = reader(organization, served=True)

    def elsewhere(request: Any, **_: Any) -> None:
        request.headers["x-moto-account-id"] = GOVERNANCE

    s3.meta.events.register("before-send.s3", elsewhere)
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.create_bucket(Bucket="stray", CreateBucketConfiguration={"LocationConstraint": REGION})
