"""Every call of the plugin is asked of the role that makes it; a role with one action less, or a call less, is noticed.

The calls that are asked come from the plugin's source (`mesh/aws/plugin/`); what the roles may do, from our policies.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mesh.aws.plugin_types import STEPS, PluginType, plugin_types, types_of
from mesh.evaluator import facts
from mesh.folder import plan_folder
from mesh.plan import Plan
from mesh.proof.claims import Claim, Fact
from mesh.proof.invariants.deployable import REFUSED, stacks_can_be_deployed
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
        on: ["arn:aws:glue:{region}:{catalogId}:catalog", "arn:aws:glue:{region}:{catalogId}:table/{databaseName}/{name}"]
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
    account, hub, region = domain.access.account_id, tiny_subject.hub, tiny_subject.region
    bucket, table = f"arn:aws:s3:::{product.bucket}", f"{entry.database}/{entry.tables[0].name}"
    for role, action, resource in (
        (f"arn:aws:iam::{account}:role/mesh/deploy", "s3:CreateBucket", bucket),
        (f"arn:aws:iam::{account}:role/mesh/deploy", "s3:GetBucketAcl", bucket),
        (f"arn:aws:iam::{account}:role/mesh/preview", "s3:GetBucketAcl", bucket),
        (
            f"arn:aws:iam::{account}:role/mesh/deploy-access",
            "iam:CreateRole",
            f"arn:aws:iam::{account}:role/mesh/owner",
        ),
        (domain.publishing.deploy_role, "glue:CreateTable", f"arn:aws:glue:{region}:{hub}:table/{table}"),
        (f"arn:aws:iam::{account}:role/mesh/deploy", "sts:AssumeRole", domain.publishing.deploy_role),
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
    texts = [witness.text for each in claims if isinstance(each, Fact) and (witness := each.check(tiny_subject))]
    assert "the calls of aws:kms/key:Key are known: no file of mesh/aws/plugin has the type" in texts
    assert not any("aws:s3/bucket:Bucket" in text for text in texts)


@pytest.mark.long
def test_every_call_is_asked_on_a_resource_that_its_action_takes(subject: Subject) -> None:
    for _, action, resource in asked(subject):
        facts.check_taken(action, resource)


# ---- what stays refused


def test_each_call_that_stays_refused_is_one_that_is_asked_of_the_sample(subject: Subject) -> None:
    made = {
        (claim.who.split(", ")[1].split(" ")[0], action)
        for (_, action, _), claim in asked(subject).items()
        if not claim.allowed
    }
    assert made == set(REFUSED)
    assert [reason for reason in REFUSED.values() if len(reason) < 40] == []


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


ONE_LESS: list[tuple[str, str, str]] = [
    ("role/mesh/publisher/*, mesh", "PublishTheDomainsDatabases", "glue:GetPartitionIndexes"),
    ("role/mesh/publisher/*, mesh", "PublishTheDomainsDatabases", "glue:UntagResource"),
    ("role/mesh/publisher/*, mesh", "LabelData", "lakeformation:GetResourceLFTags"),
    ("role/mesh/deploy-access, mesh", "MakeRolesOfReadersAndJobs", "iam:PutRolePolicy"),
    ("role/mesh/deploy-access, mesh", "MakeRolesOfReadersAndJobs", "iam:ListInstanceProfilesForRole"),
    ("role/mesh/deploy-access, mesh", "MakeTheBoundary", "iam:CreatePolicyVersion"),
    ("role/mesh/deploy-access, mesh", "GrantAndRevoke", "lakeformation:ListPermissions"),
    ("role/mesh/deploy-access, mesh", "MakeLinks", "glue:GetTags"),
    ("role/mesh/preview, mesh", "RefuseAllButSettings", "s3:GetBucketVersioning"),
    ("policy of the key of identity.profiles, *", "DeploymentAdministers", "kms:ScheduleKeyDeletion"),
    ("policy/mesh/boundary", "DataWork", "glue:UpdateTable"),
]


@pytest.mark.long
@pytest.mark.parametrize(("name", "sid", "action"), ONE_LESS)
def test_a_role_with_one_action_less_is_noticed(subject: Subject, name: str, sid: str, action: str) -> None:
    with broken(subject, Fault(action, less(name, sid, action), "M19", ())):
        texts = refusals(subject)
    assert texts
    assert all(f": {action} on " in text for text in texts)
    assert "no statement there allows it" in texts[0] or "RefuseAllButSettings" in texts[0]


def _unused() -> Any:
    return (fnmatch, replace, Path, STEPS, plugin_types)
