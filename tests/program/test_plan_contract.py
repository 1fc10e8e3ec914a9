"""Everything that any stack of the sample mesh registers keeps to the contract; and each check can fail."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.program import checks
from tests.program.sample import Document, Found, Planned, resources

Doctor = Callable[[Document], None]


@pytest.mark.parametrize("check", checks.CHECKS, ids=lambda check: check.__name__)
def test_the_sample_mesh_keeps_to_it(check: checks.Check, planned: Planned) -> None:
    assert check(planned.document, planned.plan) == []


def one(document: Document, kind: str, stack: str = "", name: str = "") -> Found:
    return next(r for r in resources(document, kind, stack) if r["name"].startswith(name))


def put(kind: str, *path: Any, value: Any, stack: str = "", name: str = "") -> Doctor:
    """Sets one value of the first such resource; `path` ends at the key."""

    def doctor(document: Document) -> None:
        place: Any = one(document, kind, stack, name)
        for key in path[:-1]:
            place = place[key]
        assert place.get(path[-1]) != value
        place[path[-1]] = value

    return doctor


def drop(kind: str, stack: str = "", name: str = "") -> Doctor:
    """Removes the first such resource."""

    def doctor(document: Document) -> None:
        gone = one(document, kind, stack, name)
        for part in document["stacks"]:
            part["resources"] = [r for r in part["resources"] if r is not gone]

    return doctor


def twice(kind: str, stack: str = "") -> Doctor:
    def doctor(document: Document) -> None:
        found = one(document, kind, stack)
        for part in document["stacks"]:
            if found in part["resources"]:
                part["resources"].append(found)

    return doctor


def alone(kind: str, stack: str) -> Doctor:
    """The last such resource waits for nothing but its parent."""

    def doctor(document: Document) -> None:
        resources(document, kind, stack)[-1]["dependencies"] = []

    return doctor


def behind(kind: str, other: str, stack: str) -> Doctor:
    """The last resource of a kind waits for the first of another."""

    def doctor(document: Document) -> None:
        last, first = resources(document, kind, stack)[-1], resources(document, other, stack)[0]
        assert first is not last
        last["dependencies"] = [*last["dependencies"], first["urn"]]

    return doctor


def unparented(kind: str, stack: str) -> Doctor:
    """Nothing of that kind, and no component around it, waits for anything."""

    def doctor(document: Document) -> None:
        for resource in resources(document, "", stack):
            if resource["type"].endswith(kind) or resource["type"].startswith("mesh:"):
                resource["dependencies"] = []

    return doctor


def statement(kind: str, old: str, new: str, key: str = "policy", stack: str = "") -> Doctor:
    def doctor(document: Document) -> None:
        inputs = one(document, kind, stack)["inputs"]
        assert old in inputs[key]
        inputs[key] = inputs[key].replace(old, new, 1)

    return doctor


def wider_provider(document: Document) -> None:
    found = one(document, checks.PROVIDER, "domain-ads")
    document["stacks"][0]["resources"] += [dict(found, urn=f"{found['urn']}{n}") for n in range(2)]


GRANT, TAG = "lakeformation/permissions:Permissions", "ResourceLfTag"
PROTECTION = checks.what_holds_or_guards_data_is_protected_as_the_plan_says
BUCKETS = checks.every_bucket_is_private_encrypted_versioned_and_logged
STATEMENTS = checks.every_statement_says_what_it_is_for_and_is_whole
LOCATIONS = checks.governance_registers_each_location_for_the_domain_of_its_bucket
SETTINGS = checks.lake_formation_has_one_closed_setting_an_account
LISTS = checks.subnets_have_a_list_of_their_own_and_the_default_one_is_empty
ABOVE = checks.root_users_and_ai_services_are_held_from_above
DESKTOP = {"fromPort": 3389, "toPort": 3389, "cidrBlock": "0.0.0.0/0", "protocol": "tcp"}
JOBS = {"fromPort": 0, "toPort": 65535, "cidrBlocks": ["10.0.0.0/8"], "protocol": "tcp", "self": True}
NETWORK = checks.the_one_network_has_no_way_out
DOORS = checks.endpoints_are_reached_from_the_network_only
SHARES = checks.subnets_are_shared_with_the_domains_and_nobody_else
ORDER = checks.what_is_named_by_its_arn_is_there_before
PROVIDERS = checks.every_provider_assumes_a_role_in_the_one_account_it_may_act_on
PUBLISHES = checks.no_stack_makes_a_table_but_drafts_of_its_own_domain
GRANTS = checks.grants_reach_the_domains_and_are_passed_on_by_nobody_else
ACCOUNTS = checks.every_resource_lands_in_the_account_of_its_stack

MUTANTS: list[tuple[checks.Check, str, Doctor]] = [
    (checks.every_resource_has_an_explicit_provider, "none", put(":Bucket", "provider", value=None)),
    (checks.every_resource_has_an_explicit_provider, "of another stack", put(":Key", "provider", value="urn:x::y")),
    (checks.no_default_provider, "default", put(checks.PROVIDER, "name", value="default_7_51_1")),
    (checks.no_default_provider, "another cloud", put(checks.PROVIDER, "type", value="pulumi:providers:random")),
    (ACCOUNTS, "a product in governance", put(":Bucket", "account", value="200000000002", stack="domain-ads")),
    (ACCOUNTS, "a table in governance", put("CatalogTable", "account", value="200000000002", stack="domain-ads")),
    (ACCOUNTS, "a partner's inbox elsewhere", put(":Bucket", "account", value="310000000013", stack="partner-")),
    (checks.nothing_lands_in_the_default_account, "account", put(":Key", "account", value="123456789012")),
    (
        PUBLISHES,
        "another domain's table",
        put("CatalogTable", "inputs", "databaseName", value="identity__profiles__draft", stack="domain-ads"),
    ),
    (
        PUBLISHES,
        "a name that only begins alike",
        put("CatalogTable", "inputs", "databaseName", value="adsales__x__draft", stack="domain-ads"),
    ),
    (
        PUBLISHES,
        "a table that is no draft",
        put("CatalogTable", "inputs", "databaseName", value="ads__impressions", stack="domain-ads"),
    ),
    (
        PUBLISHES,
        "a partner's table elsewhere",
        put("CatalogTable", "inputs", "databaseName", value="ads__x__draft", stack="partner-"),
    ),
    (PUBLISHES, "in the hub", put("CatalogTable", "inputs", "catalogId", value="200000000002", stack="domain-ads")),
    (PUBLISHES, "a column's label", put(TAG, "inputs", "tableWithColumns", value={"name": "x"}, stack="governance")),
    (
        PROVIDERS,
        "snake case",
        put(checks.PROVIDER, "inputs", "assumeRoles", value='[{"role_arn":"arn:aws:iam::1:role/x"}]'),
    ),
    (PROVIDERS, "no role", put(checks.PROVIDER, "inputs", "assumeRoles", value="[]")),
    (PROVIDERS, "any account", put(checks.PROVIDER, "inputs", "allowedAccountIds", value="[]")),
    (PROVIDERS, "another account", put(checks.PROVIDER, "inputs", "allowedAccountIds", value='["200000000002"]')),
    (PROVIDERS, "no tags", put(checks.PROVIDER, "inputs", "defaultTags", value='{"tags":{}}')),
    (checks.a_stack_has_at_most_two_providers, "three", wider_provider),
    (checks.every_urn_is_used_once, "twice", twice(":Bucket")),
    (
        checks.every_resource_is_the_child_of_a_component,
        "the stack's",
        put(":Bucket", "parent", value="urn:pulumi:governance::mesh::pulumi:pulumi:Stack::mesh-governance"),
    ),
    (checks.every_resource_is_the_child_of_a_component, "an orphan", put("mesh:aws:MeshBus", "parent", value=None)),
    (BUCKETS, "no block", drop("BucketPublicAccessBlock")),
    (BUCKETS, "half a block", put("BucketPublicAccessBlock", "inputs", "ignorePublicAcls", value=False)),
    (BUCKETS, "two policies", twice(":BucketPolicy")),
    (BUCKETS, "an unknown policy", put(":BucketPolicy", "inputs", "policy", value="<unknown>")),
    (
        BUCKETS,
        "versions suspended",
        put("BucketVersioning", "inputs", "versioningConfiguration", "status", value="Suspended"),
    ),
    (
        BUCKETS,
        "owner preferred",
        put("BucketOwnershipControls", "inputs", "rule", "objectOwnership", value="ObjectWriter"),
    ),
    (BUCKETS, "not logged", drop("BucketLogging", "domain-")),
    (BUCKETS, "no lifecycle", drop("BucketLifecycleConfiguration")),
    (
        BUCKETS,
        "S3's key for a product",
        put(
            "BucketServerSideEncryptionConfiguration",
            "inputs",
            "rules",
            value=[{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}],
            stack="domain-ads",
            name="impressions",
        ),
    ),
    (BUCKETS, "not encrypted", drop("BucketServerSideEncryptionConfiguration")),
    (
        checks.every_account_blocks_public_access_and_encrypts_disks,
        "a partner's",
        drop("AccountPublicAccessBlock", "partner-"),
    ),
    (checks.every_account_blocks_public_access_and_encrypts_disks, "disks", drop("EncryptionByDefault", "domain-")),
    (checks.every_key_rotates, "never", put("kms/key:Key", "inputs", "enableKeyRotation", value=False)),
    (PROTECTION, "a bucket", put(":Bucket", "protect", value=False, stack="domain-ads", name="impressions")),
    (
        PROTECTION,
        "a key not retained",
        put(":Key", "retainOnDelete", value=False, stack="domain-ads", name="impressions"),
    ),
    (PROTECTION, "its policy", put(":BucketPolicy", "protect", value=False, stack="domain-ads", name="impressions")),
    (PROTECTION, "a sandbox that is", put(":Bucket", "protect", value=True, stack="domain-ads", name="pacing")),
    (PROTECTION, "a table", put(":CatalogTable", "protect", value=False, stack="domain-ads")),
    (PROTECTION, "the audit trail", put(":Bucket", "protect", value=False, stack="governance", name="audit")),
    (
        checks.every_role_has_the_boundary_and_the_path_of_the_mesh,
        "unbounded",
        put("iam/role:Role", "inputs", "permissionsBoundary", value=None),
    ),
    (
        checks.every_role_has_the_boundary_and_the_path_of_the_mesh,
        "another account's",
        put("iam/role:Role", "inputs", "permissionsBoundary", value="arn:aws:iam::1:policy/mesh/boundary"),
    ),
    (
        checks.every_role_has_the_boundary_and_the_path_of_the_mesh,
        "path",
        put("iam/role:Role", "inputs", "path", value="/"),
    ),
    (STATEMENTS, "no JSON", put("RolePolicy", "inputs", "policy", value="<unknown>")),
    (STATEMENTS, "no Sid", statement("RolePolicy", '"Sid"', '"Id"')),
    (STATEMENTS, "no resource", statement("RolePolicy", '"Resource"', '"Resources"')),
    (
        STATEMENTS,
        "a trust with a resource",
        statement("iam/role:Role", '"Action"', '"Resource":"*","Action"', key="assumeRolePolicy"),
    ),
    (STATEMENTS, "an Allow for everybody", statement("EventBusPolicy", "aws:PrincipalOrgPaths", "aws:PrincipalTag/x")),
    (
        checks.nothing_is_granted_to_whoever_iam_lets_in,
        "principal",
        put(GRANT, "inputs", "principal", value="IAM_ALLOWED_PRINCIPALS", stack="access-ads", name="ads.impressions"),
    ),
    (NETWORK, "a gateway", put("RouteTable", "type", value="aws:ec2/natGateway:NatGateway", stack="governance")),
    (NETWORK, "a route", put("ec2/routeTable:RouteTable", "inputs", "routes", value=[{"cidrBlock": "0.0.0.0/0"}])),
    (NETWORK, "public addresses", put("ec2/subnet:Subnet", "inputs", "mapPublicIpOnLaunch", value=True)),
    (NETWORK, "none", drop("ec2/vpc:Vpc")),
    (NETWORK, "jobs lead out", put("SecurityGroup", "inputs", "egress", value=[DESKTOP], stack="domain-")),
    (NETWORK, "a domain's own", put("SecurityGroup", "type", value="aws:ec2/routeTable:RouteTable", stack="domain-")),
    (DOORS, "to everybody", put("ec2/securityGroup:SecurityGroup", "inputs", "ingress", value=[{"cidrBlocks": []}])),
    (DOORS, "to jobs of others", put("SecurityGroup", "inputs", "ingress", value=[JOBS], stack="domain-")),
    (DOORS, "a default that lets in", drop("DefaultSecurityGroup")),
    (LISTS, "the default one", drop("DefaultNetworkAcl")),
    (LISTS, "no subnets", put("networkAcl:NetworkAcl", "inputs", "subnetIds", value=["x"])),
    (LISTS, "a desktop", put("networkAcl:NetworkAcl", "inputs", "ingress", value=[DESKTOP])),
    (LISTS, "it lets in", put("DefaultNetworkAcl", "inputs", "ingress", value=[DESKTOP])),
    (ABOVE, "no sessions", put("OrganizationsFeatures", "inputs", "enabledFeatures", value=["RootSessions"])),
    (ABOVE, "IAM", put("organization:Organization", "inputs", "awsServiceAccessPrincipals", value=[])),
    (ABOVE, "types", put("organization:Organization", "inputs", "enabledPolicyTypes", value=[])),
    (ABOVE, "at once", put("OrganizationsFeatures", "dependencies", value=[])),
    (SHARES, "outside", put("ram/resourceShare:ResourceShare", "inputs", "allowExternalPrincipals", value=True)),
    (SHARES, "a partner", put("PrincipalAssociation", "inputs", "principal", value="410000000072")),
    (SETTINGS, "none in a domain", drop("DataLakeSettings", "access-ads")),
    (
        SETTINGS,
        "default permissions",
        put("DataLakeSettings", "inputs", "createTableDefaultPermissions", value=[{"permissions": ["ALL"]}]),
    ),
    (SETTINGS, "engines filter", put("DataLakeSettings", "inputs", "allowExternalDataFiltering", value=True)),
    (
        SETTINGS,
        "another administrator",
        put("DataLakeSettings", "inputs", "admins", value=["arn:aws:iam::200000000002:role/mesh/ci/governance"]),
    ),
    (
        SETTINGS,
        "nobody is named",
        put("DataLakeSettings", "inputs", "parameters", value={"CROSS_ACCOUNT_VERSION": "4"}),
    ),
    (
        LOCATIONS,
        "another domain's bucket",
        put("lakeformation/resource:Resource", "inputs", "arn", value="arn:aws:s3:::aurora-identity--x/tables"),
    ),
    (
        LOCATIONS,
        "another domain's role",
        put(
            "lakeformation/resource:Resource",
            "inputs",
            "roleArn",
            value="arn:aws:iam::200000000002:role/mesh/location/identity",
        ),
    ),
    (
        LOCATIONS,
        "another domain's publisher",
        put(
            GRANT,
            "inputs",
            "principal",
            value="arn:aws:iam::200000000002:role/mesh/publisher/publish-identity",
            name="ads.impressions",
            stack="governance",
        ),
    ),
    (
        LOCATIONS,
        "service-linked",
        put("lakeformation/resource:Resource", "inputs", "useServiceLinkedRole", value=True),
    ),
    (
        LOCATIONS,
        "hybrid",
        put("lakeformation/resource:Resource", "inputs", "hybridAccessEnabled", value=True),
    ),
    (
        LOCATIONS,
        "no role",
        put("lakeformation/resource:Resource", "inputs", "roleArn", value=""),
    ),
    (
        GRANTS,
        "to the partners unit",
        put(
            GRANT,
            "inputs",
            "principal",
            value="arn:aws:organizations::100000000001:ou/o-aur0ra5treamx/ou-aur0-partner1",
        ),
    ),
    (GRANTS, "passed on", put(GRANT, "inputs", "permissionsWithGrantOptions", value=["SELECT"], stack="access-ads")),
    (
        GRANTS,
        "not shared",
        put(GRANT, "inputs", "permissionsWithGrantOptions", value=None, stack="governance", name="every"),
    ),
    (
        GRANTS,
        "everybody reads",
        put(GRANT, "inputs", "permissions", value=["SELECT"], stack="access-ads", name="content."),
    ),
    (checks.no_grant_waits_for_another, "hub", behind(GRANT, GRANT, "governance")),
    (checks.no_grant_waits_for_another, "domain", behind(GRANT, GRANT, "access-ads")),
    (checks.no_grant_waits_for_another, "labels", behind(TAG, TAG, "governance")),
    (checks.labels_of_the_catalog_are_made_one_after_the_other, "at once", unparented("lfTag:LfTag", "governance")),
    (checks.nothing_waits_for_a_budget, "a bucket", behind("s3/bucket:Bucket", "budgets/budget:Budget", "domain-ads")),
    (checks.an_assignment_goes_before_its_policy, "alone", alone("AccountAssignment", "organization")),
    (checks.every_workgroup_can_go_when_it_was_used, "kept", put("Workgroup", "inputs", "forceDestroy", value=None)),
    (checks.no_stack_set_is_sent_to_a_unit_without_accounts, "alone", alone("StackInstances", "organization")),
    (
        checks.no_stack_set_is_sent_to_a_unit_without_accounts,
        "a fourth unit",
        put("StackInstances", "inputs", "deploymentTargets", "organizationalUnitIds", value=["ou-a"] * 4),
    ),
    (
        checks.nothing_of_an_iceberg_table_but_its_schema_is_ours,
        "described",
        put(":CatalogTable", "inputs", "description", value="Profiles.", stack="domain-identity", name="profiles-"),
    ),
    (
        checks.what_closes_comes_before_what_opens,
        "a grant first",
        unparented("permissions:Permissions", "governance"),
    ),
    (
        checks.what_closes_comes_before_what_opens,
        "open",
        put(TAG, "inputs", "lfTag", "value", value="false", stack="governance"),
    ),
    (checks.what_closes_comes_before_what_opens, "taken away", put(TAG, "retainOnDelete", value=False)),
    *(
        (ORDER, f"{later} before {earlier}", unparented(later, stack))
        for later, earlier, stack in [
            ("iam/role:Role", "boundary", "access-ads"),
            ("iam/role:Role", "boundary", "governance"),
            (":BucketPolicy", "block", "domain-ads"),
            ("BucketReplicationConfig", "versioning", "domain-ads"),
            ("BucketObjectLockConfiguration", "versioning", "governance"),
            ("cloudtrail/trail:Trail", "policy", "governance"),
            (GRANT, "settings", "governance"),
            (GRANT, "settings", "access-ads"),
            ("lakeformation/resource:Resource", "role", "governance"),
            ("ResourceLfTag", "database", "governance"),
            ("CatalogTable", "bucket", "domain-ads"),
            ("StackInstances", "units", "organization"),
            ("organizations/policy:Policy", "units", "organization"),
            ("OrganizationDelegatedAdminAccount", "account", "organization"),
        ]
    ),
    (
        checks.every_workgroup_keeps_results_in_its_account,
        "not enforced",
        put("Workgroup", "inputs", "configuration", "enforceWorkgroupConfiguration", value=False),
    ),
    (
        checks.every_workgroup_keeps_results_in_its_account,
        "elsewhere",
        put("Workgroup", "inputs", "configuration", "resultConfiguration", "expectedBucketOwner", value="1"),
    ),
]


@pytest.mark.parametrize(
    ("check", "label", "doctor"), MUTANTS, ids=[f"{c.__name__}: {label}" for c, label, _ in MUTANTS]
)
def test_a_plan_that_breaks_it_is_noticed(check: checks.Check, label: str, doctor: Doctor, planned: Planned) -> None:
    document = copy.deepcopy(planned.document)
    doctor(document)
    assert check(document, planned.plan)


def test_every_check_has_been_seen_to_fail() -> None:
    assert {check for check, _, _ in MUTANTS} == set(checks.CHECKS)
