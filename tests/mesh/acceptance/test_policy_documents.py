"""Documents of the tiny mesh as AWS checks them: each rule is broken once, in one place of a real document."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mesh.acceptance.accept import accept_all
from mesh.acceptance.emitted import EmittedResource, emitted
from mesh.acceptance.policy_places import PLACES
from mesh.acceptance.resource_overlap import overlap
from tests.mesh.acceptance.seeded import Change, document, put, refusals, statement, with_wrong
from tests.program.sample import Planned

ROLE = "arn:aws:iam::310000000013:role/mesh/nobody"
SCP, RCP = {"type": "SERVICE_CONTROL_POLICY"}, {"type": "RESOURCE_CONTROL_POLICY"}
EC2, OPT_OUT = {"type": "DECLARATIVE_POLICY_EC2"}, {"type": "AISERVICES_OPT_OUT_POLICY"}

ORG_ALONE = {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}


def in_template(change: Change) -> Change:
    """A change of the permissions of the first role of a StackSet's template."""

    def first(body: dict[str, Any]) -> None:
        roles = [each for each in body["Resources"].values() if each["Type"] == "AWS::IAM::Role"]
        role = next(each for each in roles if each["Properties"].get("Policies"))
        change(role["Properties"]["Policies"][0]["PolicyDocument"]["Statement"][0])

    return document("templateBody", first)


def misspelt(statement_: dict[str, Any]) -> None:
    statement_.pop("NotAction", None)
    statement_["Action"] = "iam:CreateRoll"


def twice(body: dict[str, Any]) -> None:
    body["Statement"] = [body["Statement"][0]] * 2


def alone(change: Change) -> Change:
    """A change of the first statement, which then stands alone and in no list."""

    def changed(body: dict[str, Any]) -> None:
        body["Statement"] = body["Statement"][0]
        change(body["Statement"])

    return changed


WRONG: list[tuple[str, Change, dict[str, Any] | None, str]] = [
    ("RolePolicy", statement("policy", put("Action", "s3:GetObjcet")), None, "AWS has no action s3:GetObjcet"),
    ("RolePolicy", statement("policy", put("Action", "s4:GetObject")), None, "AWS has no action s4:GetObject"),
    ("RolePolicy", document("policy", twice), None, "stands twice"),
    ("RolePolicy", statement("policy", put("Sid", "Deploy it")), None, "has Sids of letters and digits"),
    ("RolePolicy", put("policy", "{"), None, "it is no JSON"),
    ("RolePolicy", document("policy", alone(put("Action", "s3:GetObjcet"))), None, "AWS has no action s3:GetObjcet"),
    ("BucketPolicy", document("policy", alone(put("Principal", {"AWS": ROLE}))), None, "role that is not made before"),
    ("RolePolicy", statement("policy", put("Resource", "arn:aws:s3:::mesh")), None, "is asked on none of"),
    (
        "BucketPolicy",
        statement("policy", put("Condition", {"StringEqual": {"aws:SourceVpc": "vpc-1"}})),
        None,
        "is no operator that AWS has",
    ),
    (
        "BucketPolicy",
        statement("policy", put("Condition", {"StringEquals": {"aws:SourceVcp": "vpc-1"}})),
        None,
        "is no condition key that AWS has",
    ),
    (
        "BucketPolicy",
        statement("policy", lambda s: s.update(Action="s3:GetObject", Condition={"Null": {"glue:VpcIds": "true"}})),
        None,
        "AWS sends glue:VpcIds with none of the statement's actions",
    ),
    (
        "BucketPolicy",
        statement("policy", lambda s: s.update(Action="s3:GetObject", Resource="arn:aws:s3:::aurora-ads")),
        None,
        "s3:GetObject is asked on none of arn:aws:s3:::aurora-ads",
    ),
    ("BucketPolicy", statement("policy", put("Sid", "a" * 20_480)), None, "AWS takes 20,480"),
    ("BucketPolicy", statement("policy", put("Principal", {"AWS": ROLE})), None, "is a role that is not made before"),
    ("VpcEndpoint", statement("policy", put("Principal", "-")), None, "needs a Principal"),
    (
        "Role",
        statement("assumeRolePolicy", put("Principal", {"AWS": "arn:aws:iam::999999999999:root"})),
        None,
        "is of no account of the mesh",
    ),
    *(
        ("BucketPolicy", statement("policy", put("Principal", {"AWS": f"arn:aws:{name}"})), None, expected)
        for name, expected in (
            ("iam::310000000013:user/anna", "is none that the mesh makes"),
            ("sts::310000000013:federated-user/anna", "is none that the mesh makes"),
            ("iam::410000000072:role/mesh/deploy-access", "is a role that is not made before"),
        )
    ),
    (
        "Role",
        statement("assumeRolePolicy", put("Principal", {"Service": "gleu.amazonaws.com"})),
        None,
        "gleu.amazonaws.com is no service that AWS has",
    ),
    (
        "Role",
        statement("assumeRolePolicy", put("Principal", {"Federated": "arn:aws:iam::200000000002:oidc-provider/x.y"})),
        None,
        "is an identity provider that nothing makes",
    ),
    ("Policy", statement("content", put("Principal", "*")), SCP, "a service control policy has no Principal"),
    ("Policy", statement("content", put("Action", "lambda:*")), RCP, "lambda is no service whose resources an RCP"),
    (
        "Policy",
        document("content", put("ec2_attributes.serial_console_access.status.@@assign", "off")),
        EC2,
        "ec2_attributes.serial_console_access.status is 'off': enabled, disabled is taken",
    ),
    (
        "Policy",
        document("content", put("ec2_attributes.serial_consol_access", {"status": {"@@assign": "disabled"}})),
        EC2,
        "ec2_attributes.serial_consol_access.status is no setting of DECLARATIVE_POLICY_EC2",
    ),
    (
        "Policy",
        document("content", put("ec2_attributes.serial_console_access.status", "disabled")),
        EC2,
        "has no operator: @@assign says its value",
    ),
    (
        "Policy",
        document("content", put("services.default.opt_out_policy.@@assign", "optout")),
        OPT_OUT,
        "services.default.opt_out_policy is 'optout': optIn, optOut is taken",
    ),
    ("Policy", put("type", "TAG_POLICY"), SCP, "content: policies of type TAG_POLICY are not known here"),
    ("Policy", document("content", put("@@operators_allowed_for_child_policies", 7)), EC2, "takes @@all, @@append"),
    ("StackSet", put("templateBody", "Resources: {}"), None, "templateBody: it is no JSON"),
    ("StackSet", put("templateBody", "[]"), None, "templateBody: it has no map of Resources"),
    ("StackSet", document("templateBody", put("Resources.Deploy.Type", "-")), None, "Deploy has no Type"),
    (
        "StackSet",
        document("templateBody", put("Resources.Deploy.Properties.AssumeRolePolicyDocument", "-")),
        None,
        "Deploy has no AssumeRolePolicyDocument",
    ),
    (
        "StackSet",
        document("templateBody", put("Resources.Deploy.Properties.Policies", [{}])),
        None,
        "Deploy: Policies are a list of maps, each with a PolicyDocument",
    ),
    ("StackSet", in_template(misspelt), None, "AWS has no action iam:CreateRoll"),
    (
        "DefaultKmsKey",
        put("keyArn", "arn:aws:kms:eu-west-1:410000000072:alias/mesh/inbox"),
        None,
        "is an alias of another account",
    ),
    (
        "Key",
        statement("policy", lambda s: s.update(Action="kms:*", Effect="Deny")),
        None,
        "role/mesh/deploy kms:PutKeyPolicy, where KMS is told nothing but who the caller is: it locks out",
    ),
    ("Key", statement("policy", put("Action", "kms:GetKeyPolicy")), None, "no statement allows arn:aws:iam::"),
    ("Key", statement("policy", put("Condition", ORG_ALONE)), None, "no statement allows arn:aws:iam::"),
    ("Topic", put("lambda", '{"Statement":[]}'), None, "a policy document stands where none is looked for"),
]


@pytest.mark.parametrize(("type_", "change", "having", "expected"), WRONG)
def test_a_document_that_aws_would_refuse_is_found(
    planned_tiny: Planned, type_: str, change: Change, having: dict[str, Any] | None, expected: str
) -> None:
    found = refusals(with_wrong(planned_tiny, type_, change, having), type_)
    assert any(expected in each for each in found), found


def test_every_document_of_the_tiny_mesh_is_taken(planned_tiny: Planned) -> None:
    accepted = accept_all(emitted(planned_tiny.document), whole=True)
    assert list(accepted.findings()) == []
    assert accepted.documents > 100


@pytest.mark.long
def test_every_document_of_the_sample_is_taken(planned: Planned) -> None:
    accepted = accept_all(emitted(planned.document), whole=True)
    assert list(accepted.findings()) == []
    assert accepted.documents > 300


def test_the_tiny_mesh_has_every_policy_place(planned_tiny: Planned) -> None:
    made = {resource.type for resource in emitted(planned_tiny.document)}
    assert {place for place in PLACES if place not in made} == {"aws:sqs/queuePolicy:QueuePolicy"}


@pytest.mark.parametrize(
    ("account", "made"),
    [("310000000013", True), ("320000000021", True), ("200000000002", False), ("100000000001", False)],
)
def test_a_stacksets_role_is_in_the_accounts_of_its_units(planned_tiny: Planned, account: str, made: bool) -> None:
    named = {"AWS": f"arn:aws:iam::{account}:role/mesh/deploy-access"}
    every = with_wrong(planned_tiny, "BucketPolicy", statement("policy", put("Principal", named)))
    assert [each.why for each in accept_all(every, whole=True).refusals if "not made before" in each.why] == (
        [] if made else [f"principal {named['AWS']} is a role that is not made before"]
    )


@pytest.mark.parametrize("key", ["aws:PrincipalOrgPaths", "aws:SourceVpce", "kms:ViaService"])
def test_a_refusal_by_what_kms_may_not_send_locks_out_unless_the_check_is_bypassed(
    planned_tiny: Planned, key: str
) -> None:
    refuses = {"Effect": "Deny", "Principal": "*", "Action": "kms:*", "Resource": "*", "Sid": "RefuseOthers"}
    refuses["Condition"] = {("ForAllValues:" if key.endswith("Paths") else "") + "StringNotLike": {key: "x"}}  # pyright: ignore[reportArgumentType]

    def add(inputs: dict[str, Any]) -> None:
        document("policy", lambda body: body["Statement"].append(refuses))(inputs)

    def bypass(inputs: dict[str, Any]) -> None:
        add(inputs)
        inputs["bypassPolicyLockoutSafetyCheck"] = True

    (found,) = refusals(with_wrong(planned_tiny, "Key", add), "Key")
    assert found.startswith("policy: RefuseOthers refuses arn:aws:iam::")
    assert refusals(with_wrong(planned_tiny, "Key", bypass), "Key") == []


def role(name: str, named: str, *needs: str) -> EmittedResource:
    body = {"Sid": "A", "Effect": "Allow", "Principal": {"AWS": named}, "Action": "sts:AssumeRole"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [body]})
    return EmittedResource(
        "s", name, "aws:iam/role:Role", name, "1" * 12, {"name": name, "path": "/", "assumeRolePolicy": text}, needs
    )


def test_a_role_is_named_only_by_what_depends_on_it() -> None:
    account, first = "arn:aws:iam::111111111111:root", "arn:aws:iam::111111111111:role/first"
    loose = accept_all([role("first", account), role("second", first)], whole=True)
    assert [each.why for each in loose.refusals] == [f"principal {first} is a role that is not made before"]
    chained = [role("first", account), role("second", account, "first"), role("third", first, "second")]
    assert accept_all(chained, whole=True).refusals == ()


def test_of_a_part_of_the_mesh_nothing_is_said_of_roles_of_other_stacks() -> None:
    assert accept_all([role("second", "arn:aws:iam::222222222222:role/x")], whole=False).refusals == ()


@pytest.mark.parametrize(
    ("resource", "form", "meet"),
    [
        ("arn:aws:s3:::b", "arn:${Partition}:s3:::${BucketName}", True),
        ("arn:aws:s3:::b/*", "arn:${Partition}:s3:::${BucketName}", False),
        ("arn:aws:s3:::b/*", "arn:${Partition}:s3:::${BucketName}/${ObjectName}", True),
        ("arn:aws:s3:::b*", "arn:${Partition}:s3:::${BucketName}/${ObjectName}", True),
        ("arn:aws:s3:::b", "arn:${Partition}:s3:::${BucketName}/${ObjectName}", False),
        ("arn:aws:glue:*:*:table/a__*/*", "arn:${P}:glue:${R}:${A}:table/${DatabaseName}/${TableName}", True),
        ("arn:aws:glue:*:*:catalog", "arn:${P}:glue:${R}:${A}:table/${DatabaseName}/${TableName}", False),
        ("arn:aws:iam::*:role/${aws:PrincipalTag/x}", "arn:${P}:iam::${A}:role/${RoleNameWithPath}", True),
        ("arn:aws:events:*", "arn:${P}:events:${R}:${A}:rule/${RuleName}", True),
        ("arn:aws:kms:eu-west-1:*:key/?bc", "arn:${P}:kms:${R}:${A}:key/${KeyId}", True),
    ],
)
def test_a_pattern_meets_the_form_of_a_resource(resource: str, form: str, meet: bool) -> None:
    assert overlap(resource, form) is meet
