"""Every call of the plugin is asked of the role that makes it; a role with one action less, or a call less, is noticed.

The calls that are asked come from the plugin's source (`mesh/aws/plugin/`); what the roles may do, from our policies.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Final

import pytest

from mesh.aws.plugin_table import plugin_types, types_of
from mesh.aws.plugin_types import STEPS, PluginType
from mesh.evaluator import facts
from mesh.evaluator.policies import texts
from mesh.folder import plan_folder
from mesh.plan import Plan
from mesh.proof.claims import Claim, Fact
from mesh.proof.invariants.deployable import REFUSED, WITHOUT_ITS_POLICY, stacks_can_be_deployed
from mesh.proof.subject import Subject
from tests.mesh.conftest import DAY, TINY
from tests.mesh.proof.seeded import Bench, Fault, Json, broken

THREE = """
source: {repository: hashicorp/terraform-provider-aws, commit: 5f2286d6d836, version: 6.48.0, read: 2026-11-28}
types:
  aws:s3/bucket:Bucket:
    file: internal/service/s3/bucket.go
    create:
      - {call: s3:CreateBucket, on: "arn:aws:s3:::{bucket}"}
      - {call: s3:PutBucketObjectLockConfiguration, on: "arn:aws:s3:::{bucket}", when: objectLockEnabled}
    read: [{call: s3:GetBucketAcl, on: "arn:aws:s3:::{bucket}"}]
    delete: [{call: s3:DeleteBucket, on: "arn:aws:s3:::{bucket}"}]
    import: bucket
  aws:iam/role:Role:
    file: internal/service/iam/role.go
    create:
      - call: iam:CreateRole
        on: "arn:aws:iam::{account}:role{path}{name}"
        keys: {iam:PermissionsBoundary: "{permissionsBoundary}"}
    read: [{call: iam:GetRole, on: "arn:aws:iam::{account}:role{path}{name}", forgiven: "of a test alone"}]
    import: name
  aws:glue/catalogTable:CatalogTable:
    file: internal/service/glue/catalog_table.go
    create:
      - call: glue:CreateTable
        on:
          - "arn:aws:glue:{region}:{catalogId}:catalog"
          - "arn:aws:glue:{region}:{catalogId}:table/{databaseName}/{name}"
    read: []
    import: catalogId:databaseName:name
"""
"""Three types, of which the tests know every call."""

Asked = tuple[str, str, str]
"""(ARN of the role, action, resource)."""


@pytest.fixture(scope="module")
def subject(plan: Plan) -> Subject:
    return Subject(plan)


@pytest.fixture(scope="module")
def tiny_subject() -> Subject:
    return Subject(plan_folder(TINY, DAY).plan)


def asked(subject: Subject, types: Mapping[str, PluginType] | None = None) -> dict[Asked, Claim]:
    claims = [each for each in stacks_can_be_deployed(subject, types) if isinstance(each, Claim)]
    return {(each.request.principal, each.request.action, each.request.resource): each for each in claims}


def refusals(subject: Subject) -> list[str]:
    witnesses = (claim.check(subject) for claim in asked(subject).values())
    return [witness.text for witness in witnesses if witness]


# ---- what is asked


def test_every_resource_is_asked_about_by_its_own_deployment_and_reads_by_the_preview_too(
    tiny_subject: Subject,
) -> None:
    plan, claims = tiny_subject.plan, asked(tiny_subject, types_of(THREE, "here"))
    domain = next(each for each in plan.domains.values() if each.catalog)
    product, entry = next(iter(domain.products.values())), next(iter(domain.catalog.values()))
    account, region = domain.access.account_id, tiny_subject.region
    bucket, table = f"arn:aws:s3:::{product.bucket}", f"{entry.database}__draft/{entry.tables[0].name}"
    for role, action, resource in (
        (f"arn:aws:iam::{account}:role/mesh/deploy", "s3:CreateBucket", bucket),
        (f"arn:aws:iam::{account}:role/mesh/deploy", "s3:GetBucketAcl", bucket),
        (f"arn:aws:iam::{account}:role/mesh/preview", "s3:GetBucketAcl", bucket),
        (
            f"arn:aws:iam::{account}:role/mesh/deploy-access",
            "iam:CreateRole",
            f"arn:aws:iam::{account}:role/mesh/owner",
        ),
        (
            f"arn:aws:iam::{account}:role/mesh/deploy",
            "glue:CreateTable",
            f"arn:aws:glue:{region}:{account}:table/{table}",
        ),
    ):
        assert claims.pop((role, action, resource)).allowed
    assert (f"arn:aws:iam::{account}:role/mesh/preview", "s3:CreateBucket", bucket) not in claims
    assert (f"arn:aws:iam::{account}:role/mesh/deploy", "s3:PutBucketObjectLockConfiguration", bucket) not in claims
    # What the plugin passes over, no role needs.
    assert "iam:GetRole" not in {action for _, action, _ in claims}
    audit = f"arn:aws:s3:::{plan.governance.audit.bucket}"
    assert (plan.governance.access.deploy_role, "s3:PutBucketObjectLockConfiguration", audit) in claims


def test_a_call_sends_the_keys_of_its_row_and_of_the_tags_that_it_puts(tiny_subject: Subject) -> None:
    claims = asked(tiny_subject, types_of(THREE, "here"))
    made = next(claim for (_, action, _), claim in claims.items() if action == "iam:CreateRole")
    account = made.request.resource.split(":")[4]
    assert made.request.context["iam:PermissionsBoundary"] == f"arn:aws:iam::{account}:policy/mesh/boundary"
    assert set(made.request.context["aws:TagKeys"]) == {"mesh", "mesh:owner", "mesh:stack"}


def test_a_type_without_a_row_is_a_finding(tiny_subject: Subject) -> None:
    claims = stacks_can_be_deployed(tiny_subject, types_of(THREE, "here"))
    found = [witness.text for each in claims if isinstance(each, Fact) and (witness := each.check(tiny_subject))]
    assert "the calls of aws:kms/key:Key are known: no file of mesh/aws/plugin has the type" in found
    assert not any("aws:s3/bucket:Bucket" in text for text in found)


@pytest.mark.long
def test_every_call_is_asked_on_a_resource_that_its_action_takes(subject: Subject) -> None:
    for _, action, resource in asked(subject):
        facts.check_taken(action, resource)


# ---- what is not simply allowed


def test_each_exception_is_a_call_that_is_asked_of_the_sample_and_has_a_reason(subject: Subject) -> None:
    made = {
        (claim.who.split(", ")[1].split(" ")[0], action)
        for (_, action, _), claim in asked(subject).items()
        if not claim.allowed
    }
    assert made == {*REFUSED, *WITHOUT_ITS_POLICY}
    assert [reason for reason in (*REFUSED.values(), *WITHOUT_ITS_POLICY.values()) if len(reason) < 40] == []


# ---- a role with one action less


def less(name: str, sid: str, action: str) -> Callable[[Bench], None]:
    """A break: an action that a statement no longer names, of those that it allows or does not refuse."""

    def breaks(bench: Bench) -> None:
        def edit(statement: Json) -> None:
            element = "Action" if "Action" in statement else "NotAction"
            named: list[str] = statement[element]
            assert action in named
            statement[element] = [each for each in named if each != action]

        bench.statement(name, sid, edit)

    return breaks


DECIDES: Final = "role/mesh/deploy-access, mesh"
ONE_LESS: Final = (
    (DECIDES, "MakeRolesOfReadersAndJobs", "iam:PutRolePolicy"),
    (DECIDES, "MakeRolesOfReadersAndJobs", "iam:ListInstanceProfilesForRole"),
    (DECIDES, "MakeTheBoundary", "iam:CreatePolicyVersion"),
    (DECIDES, "GrantAndRevoke", "lakeformation:ListPermissions"),
    (DECIDES, "MakeLinks", "glue:GetTags"),
    ("role/mesh/preview, mesh", "RefuseAllButSettings", "s3:GetBucketVersioning"),
    ("policy of the key of *", "DeploymentAdministers", "kms:ScheduleKeyDeletion"),
    ("mesh-actions-of-accounts", "RefuseOtherActionsOfAccounts", "iam:TagRole"),
    ("mesh-actions-of-data", "RefuseOtherActionsOfData", "s3:PutBucketTagging"),
)


def test_the_tiny_mesh_can_be_deployed(tiny_subject: Subject) -> None:
    assert refusals(tiny_subject) == []


@pytest.mark.parametrize(("name", "sid", "action"), ONE_LESS)
def test_a_role_with_one_action_less_is_noticed(tiny_subject: Subject, name: str, sid: str, action: str) -> None:
    with broken(tiny_subject, Fault(action, less(name, sid, action), "M19", ())):
        found = refusals(tiny_subject)
    assert found
    assert [text for text in found if f": {action} on " not in text] == []
    assert "no statement there allows it" in found[0] or f"by {sid} in " in found[0]


# ---- a type with one call less

BESIDE: Final = {
    "kms:CancelKeyDeletion": "a person takes a deletion back",
    "kms:DisableKey": "a person closes a key that is lost",
}
"""What deploying roles are granted and no call of the plugin asks, with what it is for."""
GRANTS: Final = (
    (DECIDES, "*", "/deploy-access"),
    ("policy of the key of *", "DeploymentAdministers", "/deploy"),
)
"""Statements that name what deployments may do, by document and Sid, and how the roles of those are called."""


def idle(subject: Subject, types: Mapping[str, PluginType]) -> set[str]:
    """Actions that deploying roles are granted, and that no call of the table asks."""
    calls = {(role, action) for role, action, _ in asked(subject, types)}
    found: set[str] = set()
    for document, sid, path in GRANTS:
        actions = {action for role, action in calls if path in role}
        policies = [policy for policy in subject.policies if fnmatchcase(policy.name, document)]
        assert policies
        statements = [each for policy in policies for each in policy.document["Statement"] if sid in ("*", each["Sid"])]
        found |= {action for each in statements for action in texts(each["Action"])} - actions
    return found - {*BESIDE}


def without(token: str, action: str) -> Mapping[str, PluginType]:
    """The table with a call left out of a type."""
    types = dict(plugin_types())
    kept = {step: tuple(c for c in getattr(types[token], step) if c.action != action) for step in STEPS}
    types[token] = replace(types[token], **kept)
    return types


def test_what_a_deployment_is_granted_some_call_asks(tiny_subject: Subject) -> None:
    assert idle(tiny_subject, plugin_types()) == set()


@pytest.mark.parametrize(
    ("token", "action"),
    [
        ("aws:iam/policy:Policy", "iam:ListPolicyVersions"),
        ("aws:iam/policy:Policy", "iam:UntagPolicy"),
        ("aws:iam/role:Role", "iam:ListInstanceProfilesForRole"),
        ("aws:iam/role:Role", "iam:PutRolePermissionsBoundary"),
        ("aws:iam/role:Role", "iam:UpdateAssumeRolePolicy"),
        ("aws:kms/key:Key", "kms:GetKeyRotationStatus"),
        ("aws:kms/key:Key", "kms:ScheduleKeyDeletion"),
        ("aws:lakeformation/permissions:Permissions", "lakeformation:RevokePermissions"),
    ],
)
def test_a_call_left_out_of_the_table_is_noticed(tiny_subject: Subject, token: str, action: str) -> None:
    assert idle(tiny_subject, without(token, action)) == {action}
