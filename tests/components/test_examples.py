"""Every component by itself, as in examples/: in a preview, in an emulated organisation, and again without a change."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import components
from sandbox.emulator.emulated_organization import DEFAULT_ACCOUNT, EmulatedOrganization
from sandbox.emulator.organization_ids import OrganizationIds
from sandbox.emulator.provider import AwsProvider
from sandbox.engine.driver import RunResult, entry_point, run
from sandbox.engine.engine import Engine
from sandbox.engine.state import StackState

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
IDS = OrganizationIds(
    management_account="111111111111",
    organization_id="o-acme123456",
    root_id="r-acme",
    units={"governance": "ou-acme-governan", "domains": "ou-acme-domains1", "partners": "ou-acme-partner1"},
    accounts={"governance": "222222222222", "domain-sales": "333333333333", "partner-auditor": "444444444444"},
)
MAKES = {
    "audit_trail": {"Trail", "BucketObjectLockConfiguration"},
    "break_glass": {"Topic", "TopicSubscription", "EventRule", "EventTarget"},
    "catalog_entry": {"CatalogDatabase", "ResourceLfTag", "Permissions"},
    "check_role": {"Role", "RolePolicy"},
    "draft_database": {"CatalogDatabase", "Permissions"},
    "draft_tables": {"CatalogTable"},
    "publication_role": {"Role", "RolePolicy"},
    "registered_location": {"Resource", "Permissions"},
    "clearance_role": {"Role", "Permissions"},
    "data_lake": {"DataLakeSettings"},
    "data_product": {"Bucket", "Key", "BucketPolicy", "BucketNotification"},
    "account_boundary": {"Policy"},
    "delivery_role": {"Role", "RolePolicy"},
    "staff_role": {"Role", "RolePolicy"},
    "partner_replication": {"BucketReplicationConfig", "MetricAlarm"},
    "account_baseline": {"AccountPublicAccessBlock", "Policy", "Workgroup", "DefaultKmsKey"},
    "account_budget": {"Budget"},
    "default_database": {"CatalogDatabase", "Permissions"},
    "break_glass_group": {"Group", "GroupPolicy"},
    "ci_role": {"Role", "RolePolicy"},
    "location_role": {"Role", "RolePolicy"},
    "forward_role": {"Role", "RolePolicy"},
    "wakeups": {"EventRule", "EventTarget"},
    "heard_publications": {"EventRule", "EventTarget", "MetricAlarm"},
    "publication": {"Function", "Queue", "EventSourceMapping", "MetricAlarm", "LogGroup", "Bucket"},
    "mesh_bus": {"EventBus", "EventBusPolicy"},
    "mesh_catalog": {"DataLakeSettings", "LfTag", "Permissions", "ResourcePolicy"},
    "mesh_role": {"Role", "RolePolicy"},
    "landing_zone": {"Organization", "OrganizationalUnit", "Account", "PolicyAttachment", "StackSet"},
    "inbox_tables": {"CatalogTable"},
    "partner_account": {"Bucket", "Key", "Role", "CatalogDatabase"},
    "permission_sets": {"PermissionSet", "PermissionSetInlinePolicy", "AccountAssignment"},
    "pipeline_role": {"Role", "RolePolicy"},
    "private_bucket": {"Bucket", "BucketPolicy", "BucketVersioning"},
    "private_network": {"Vpc", "Subnet", "RouteTable", "VpcEndpoint", "SecurityGroup", "ResourceShare"},
    "job_baseline": {"SecurityGroup", "Connection", "Bucket"},
    "pipeline": {"Job", "Trigger", "Workflow", "BucketObjectv2", "LogGroup", "MetricAlarm", "EventRule", "Workgroup"},
    "start_role": {"Role", "RolePolicy"},
    "retention_role": {"Role", "RolePolicy"},
    "table_optimizers": {"CatalogTableOptimizer"},
    "resource_link": {"CatalogDatabase", "Permissions"},
}


DEPLOYED_FIRST = ("data_product", "landing_zone", "pipeline")
"""Examples that are deployed in the fast tests; the long ones deploy the others."""
LONG = pytest.mark.long

BUCKETS_BEFORE = {
    "draft_tables": [("domain-sales", "acme-sales--orders-333333333333-eu-west-1-an")],
    "table_optimizers": [("domain-sales", "acme-sales--orders-333333333333-eu-west-1-an")],
    "partner_replication": [("partner-auditor", "acme-partner-auditor--inbox")],
}
"""Buckets of other components that AWS asks for, with the account of each."""


def started(name: str, organization: EmulatedOrganization | None, state: StackState | None = None) -> RunResult:
    engine = Engine(
        project="examples",
        stack=name.replace("_", "-"),
        preview=organization is None,
        state=state or StackState(),
        provider=lambda _: AwsProvider(organization),
        config={"pulumi:disable-default-providers": '["aws"]'},
    )
    result = run(engine, entry_point(EXAMPLES / f"{name}.py"))
    assert result.failures == []
    return result


def kinds(result: RunResult) -> set[str]:
    return {resource.type.rpartition(":")[2] for resource in result.resources if resource.type.startswith("aws:")}


def test_every_component_has_an_example_that_says_what_it_is() -> None:
    files = {path.stem: path for path in EXAMPLES.glob("*.py") if path.stem != "acme"}
    modules = {getattr(components, name).__module__.rpartition(".")[2] for name in components.__all__}
    assert set(files) == modules == set(MAKES)
    for name, path in files.items():
        assert ast.get_docstring(ast.parse(path.read_text("utf-8"))), name
        assert "yaml" not in path.read_text("utf-8"), name


@pytest.mark.parametrize("name", sorted(MAKES))
def test_the_example_previews_what_it_is_about(name: str) -> None:
    assert MAKES[name] <= kinds(started(name, None))


@pytest.mark.parametrize(
    "name", [name if name in DEPLOYED_FIRST else pytest.param(name, marks=LONG) for name in sorted(MAKES)]
)
def test_the_example_deploys_and_a_second_run_changes_nothing(name: str) -> None:
    with EmulatedOrganization(IDS, "eu-west-1") as organization:
        if name != "landing_zone":
            for account in IDS.accounts:
                organization.ensure_account(account)
        for owner, bucket in BUCKETS_BEFORE.get(name, ()):
            organization.client("s3", IDS.account(owner)).create_bucket(
                Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
            )
        state = StackState()
        assert MAKES[name] <= kinds(started(name, organization, state))
        again = started(name, organization, state)
        assert {step.operation for step in again.steps if step.type.startswith("aws:")} == {"same"}
        assert organization.resources_in(DEFAULT_ACCOUNT) == 0
