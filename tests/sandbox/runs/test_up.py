"""The whole sample mesh deployed into an emulated organisation, and what a change of the YAML then comes to."""

from __future__ import annotations

import datetime
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cli import main as command
from cli.console import counted
from cli.exit_codes import FINE
from cli.protected_failures import told_failures
from mesh import names
from sandbox.emulator.emulated_organization import DEFAULT_ACCOUNT
from sandbox.enforcement.enforced_organization import EnforcedOrganization
from sandbox.engine.steps import Step
from sandbox.runs.fresh_organization import enforced
from sandbox.runs.run_json import as_json
from sandbox.runs.stack_run import StackRun, StackTask
from sandbox.runs.workspace import EmbeddedEngine, Workspace
from tests.mesh_copies import copied
from tests.program import facts, sample
from tests.program.checks import CHECKS
from tests.program.sample import Document, resources
from tests.sandbox.runs.in_memory_states import InMemoryStates

pytestmark = pytest.mark.long

MESH = sample.mesh()
PROFILES = "contracts/identity/profiles.odcs.yaml"


class Deployed:
    """The organisation, what was deployed into it, and the first run of it."""

    def __init__(self, organization: EnforcedOrganization) -> None:
        self.organization = organization
        self.states = InMemoryStates()
        self.workspace = Workspace(EmbeddedEngine.of(organization, self.states))
        self.first = self.workspace.up(MESH)
        self.touched: set[str] = set()

    def up(self, mesh: Any, *stacks: str) -> list[StackRun]:
        self.touched.update(stacks)
        return self.workspace.up(mesh, stacks or None)


@pytest.fixture(scope="module")
def deployed() -> Iterator[Deployed]:
    with enforced(MESH.plan) as organization:
        yield Deployed(organization)


@pytest.fixture(scope="module")
def document(deployed: Deployed) -> Document:
    found = as_json(MESH.plan, deployed.first)
    retained = {r.urn: r.retain_on_delete for run in deployed.first for r in run.result.resources}
    for resource in resources(found):
        resource["retainOnDelete"] = retained[resource["urn"]]
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the sample mesh to change."""
    return copied(sample.STACKS, tmp_path / "stacks")


def edit(folder: Path, file: str, old: str, new: str, after: str = "") -> None:
    path = folder / file
    text = path.read_text("utf-8")
    start = text.index(after)
    assert old in text[start:], (file, old)
    path.write_text(text[:start] + text[start:].replace(old, new, 1), "utf-8")


def lock(folder: Path) -> None:
    """Writes the locks of a mesh folder, as `mesh lock` does."""
    assert command.run(["lock", str(folder)]) == FINE


def changes(runs: list[StackRun]) -> list[Step]:
    """What was done to AWS resources; fails when something failed."""
    for run in runs:
        assert not run.result.failures, (run.stack, run.result.failures)
    return [s for run in runs for s in run.result.steps if s.type.startswith("aws:") and s.operation != "same"]


def short(steps: list[Step]) -> list[tuple[str, str, str]]:
    return sorted((step.operation, step.type.rpartition(":")[2], step.name) for step in steps)


@pytest.fixture
def restored(deployed: Deployed) -> Iterator[Deployed]:
    """For tests that change a stack: afterwards it is as the sample mesh says again."""
    deployed.touched.clear()
    yield deployed
    changes(deployed.workspace.up(MESH, [stack for stack in MESH.plan.stacks if stack in deployed.touched]))


# ---- the first run


def test_the_first_run_creates_everything_that_the_preview_shows(deployed: Deployed, planned: sample.Planned) -> None:
    assert [run.stack for run in deployed.first] == list(MESH.plan.stacks)
    made = Counter((step.operation, step.urn) for step in changes(deployed.first))
    shown = Counter(("create", r["urn"]) for r in resources(planned.document) if r["type"].startswith("aws:"))
    assert made == shown


def test_what_was_registered_is_what_the_plan_says_with_the_keys_that_aws_made(document: Document) -> None:
    keys = {
        MESH.plan.domains[part["stack"].removeprefix("domain-")].products[key["name"]].bucket: key["outputs"]["arn"]
        for part in document["stacks"]
        for key in part["resources"]
        if key["type"].endswith("kms/key:Key") and "mesh:aws:DataProduct$" in key["urn"]
    }
    assert len(keys) == sum(len(domain.products) for domain in MESH.plan.domains.values())
    assert all(re.fullmatch(r"arn:aws:kms:eu-west-1:\d{12}:key/[0-9a-f-]{36}", arn) for arn in keys.values())
    expected, found = Counter(facts.planned(MESH.plan, keys, update=True)), Counter(facts.registered(document))
    assert sorted((expected - found).elements()) == []
    assert sorted((found - expected).elements()) == []


def test_nothing_is_left_unknown_by_an_update(document: Document) -> None:
    assert "<unknown>" not in json.dumps(document)
    assert "<key-arn>" not in json.dumps(document)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_deployed_mesh_keeps_to_the_contract(check: Any, document: Document) -> None:
    assert check(document, MESH.plan) == []


@pytest.mark.parametrize("domain", sorted(MESH.plan.domains))
def test_no_domains_deployment_acts_in_the_account_of_the_mesh_catalog(domain: str, document: Document) -> None:
    for stack in (f"domain-{domain}", f"access-{domain}"):
        providers = resources(document, "pulumi:providers:aws", stack)
        accounts = {account for each in providers for account in json.loads(each["inputs"]["allowedAccountIds"])}
        assert accounts == {MESH.plan.domains[domain].access.account_id}, stack


def test_nothing_lands_in_the_default_account(deployed: Deployed) -> None:
    assert deployed.organization.resources_in(DEFAULT_ACCOUNT) == 0
    for name, account in deployed.organization.account_ids().items():
        assert deployed.organization.resources_in(account) > 10, name


def test_something_in_the_default_account_would_be_noticed(deployed: Deployed) -> None:
    from moto.sqs.models import sqs_backends

    queues = sqs_backends[DEFAULT_ACCOUNT]["eu-west-1"].queues
    queues["stray"] = object()
    try:
        assert deployed.organization.resources_in(DEFAULT_ACCOUNT) == 1
    finally:
        del queues["stray"]


@pytest.mark.parametrize("domain", sorted(MESH.plan.domains))
def test_a_domains_deploy_role_finds_its_buckets_and_roles(domain: str, deployed: Deployed) -> None:
    plan = MESH.plan.domains[domain]
    s3, iam, kms = (deployed.organization.client(service, plan.access.account_id) for service in ("s3", "iam", "kms"))
    expected = {plan.account.log_bucket, plan.account.results_bucket, *(p.bucket for p in plan.products.values())}
    # One by one: whether the perimeter refuses the list of all of them, AWS's pages do not say.
    for bucket in expected:
        s3.head_bucket(Bucket=bucket)
    roles = {role["Arn"] for role in iam.list_roles(PathPrefix="/mesh/")["Roles"]}
    assert roles >= {r.arn for r in (*plan.pipelines.values(), *plan.clearances.values())}
    for name, product in plan.products.items():
        key = kms.describe_key(KeyId=f"alias/{names.key_alias(name)}")["KeyMetadata"]
        policy = s3.get_bucket_policy(Bucket=product.bucket)["Policy"]
        assert json.loads(policy) == json.loads(product.bucket_policy.text({"<key-arn>": key["Arn"]}))
        rule = s3.get_bucket_encryption(Bucket=product.bucket)["ServerSideEncryptionConfiguration"]["Rules"][0]
        assert rule["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key["Arn"]}
        assert kms.get_key_rotation_status(KeyId=key["Arn"])["KeyRotationEnabled"] is True


def test_the_catalog_of_governance_holds_every_published_database_and_no_other(deployed: Deployed) -> None:
    glue = deployed.organization.client("glue", MESH.plan.perimeter.governance_id)
    found = {d["Name"] for page in glue.get_paginator("get_databases").paginate() for d in page["DatabaseList"]}
    assert found == {entry.database for domain in MESH.plan.domains.values() for entry in domain.catalog.values()}


def test_drafts_are_published_as_they_were_made_or_not_at_all(deployed: Deployed) -> None:
    """Its first metadata file woke the function, as its role, through the rules, buses and the queue."""
    drafts = {
        (database.removesuffix("__draft"), table): pointer
        for domain in MESH.plan.domains.values()
        for (database, table), pointer in _pointers(deployed, domain.access.account_id).items()
    }
    published = _pointers(deployed, MESH.plan.perimeter.governance_id)
    assert published
    assert published.items() <= drafts.items(), "a draft that has to have rows is refused as yet"
    runs = deployed.organization.gate.deliveries.functions.invocations
    assert [run.error for run in runs if run.error] == []


def _pointers(deployed: Deployed, account: str) -> dict[tuple[str, str], str]:
    glue: Any = deployed.organization.client("glue", account)
    return {
        (database["Name"], table["Name"]): table["Parameters"]["metadata_location"]
        for page in glue.get_paginator("get_databases").paginate()
        for database in page["DatabaseList"]
        if "TargetDatabase" not in database
        for table in glue.get_tables(DatabaseName=database["Name"])["TableList"]
        if table.get("Parameters", {}).get("table_type") == "ICEBERG"
    }


def test_every_control_policy_is_attached_where_the_plan_says(deployed: Deployed) -> None:
    client, p = deployed.organization.client("organizations"), MESH.plan.perimeter
    accounts = deployed.organization.account_ids()
    units = {"root": p.root, "governance": p.governance_unit, "domains": p.domains_unit, "partners": p.partners_unit}
    for policy in MESH.plan.organization.args.policies:
        for name in policy.targets:
            target = units.get(name) or accounts[name]
            found = client.list_policies_for_target(TargetId=target, Filter=policy.type)["Policies"]
            (summary,) = [each for each in found if each["Name"] == policy.name]
            content = client.describe_policy(PolicyId=summary["Id"])["Policy"]["Content"]
            assert json.loads(content) == policy.document.as_json()


# ---- changes


def test_a_second_run_changes_nothing(deployed: Deployed) -> None:
    runs = deployed.up(MESH)
    assert short(changes(runs)) == []
    assert sum(run.operations["same"] for run in runs) == sum(run.operations["create"] for run in deployed.first)


@pytest.mark.parametrize(
    ("stack", "file", "old", "new", "change"),
    [
        (
            "domain-identity",
            "domains/identity.yaml",
            "retention: 400 days",
            "retention: 500 days",
            ("BucketLifecycleConfiguration", "device-graph"),
        ),
        (
            "governance",
            PROFILES,
            "Who watches inside",
            "Everybody who watches inside",
            ("CatalogDatabase", "identity.profiles"),
        ),
    ],
    ids=["a longer retention", "a product's purpose"],
)
def test_one_changed_value_updates_one_resource(
    stack: str, file: str, old: str, new: str, change: tuple[str, str], restored: Deployed, folder: Path
) -> None:
    edit(folder, file, old, new)
    assert short(changes(restored.up(sample.mesh(folder), stack))) == [("update", *change)]


NICKNAME = "      - {name: nickname, logicalType: string, physicalType: string, description: Short name.}\n"


def test_a_column_in_the_middle_gets_the_next_id_and_no_other_id_changes(deployed: Deployed, folder: Path) -> None:
    edit(folder, PROFILES, "      - name: profile_name\n", NICKNAME + "      - name: profile_name\n")
    lock(folder)
    task = StackTask("up", sample.mesh(folder), "domain-identity", preview=True)
    result = deployed.workspace.engine.run(task)
    assert result.failures == []
    (table,) = [resource for resource in result.resources if resource.urn.endswith("::profiles-profiles")]
    schema = table.inputs["openTableFormatInput"]["icebergInput"]["icebergTableInput"]["schema"]
    columns = [(field["name"], field["id"]) for field in schema["fields"]]
    assert columns[:4] == [("profile_id", 1), ("account_id", 2), ("nickname", 17), ("profile_name", 3)]
    assert schema["schemaId"] == 1


def test_a_lock_that_was_lost_and_written_anew_is_refused_where_its_ids_are_others(
    deployed: Deployed, folder: Path
) -> None:
    edit(folder, PROFILES, "      - name: profile_name\n", NICKNAME + "      - name: profile_name\n")
    (folder / "contracts/identity/profiles.lock.yaml").unlink()
    lock(folder)
    before = deployed.states.load("domain-identity").to_json()
    (run,) = deployed.up(sample.mesh(folder), "domain-identity")
    assert run.preview
    (failure,) = run.result.failures
    assert failure.urn.endswith("::profiles-profiles")
    assert "'nickname' has the id 3, by which data files know 'profile_name'" in failure.message
    assert deployed.states.load("domain-identity").to_json() == before


def test_a_label_on_one_more_column_leaves_the_labels_of_the_others_alone(restored: Deployed, folder: Path) -> None:
    edit(
        folder,
        PROFILES,
        "        required: true\n",
        "        required: true\n        classification: pii\n",
        after="name: avatar",
    )
    lock(folder)
    labelled = sample.mesh(folder)
    assert short(changes(restored.up(labelled, "governance"))) == [("update", "Function", "publication")]
    assert short(changes(restored.up(labelled, "domain-identity"))) == []
    restored.organization.gate.deliveries.sweep()
    lake = restored.organization.client("lakeformation", MESH.plan.perimeter.governance_id)
    table = {
        "DatabaseName": "identity__profiles",
        "Name": "profiles",
        "ColumnNames": ["avatar", "is_kids", "profile_name"],
    }
    held = lake.get_resource_lf_tags(Resource={"TableWithColumns": table})["LFTagsOnColumns"]
    found = {column["Name"]: {t["TagKey"]: t["TagValues"] for t in column["LFTags"]} for column in held}
    closed, is_open = {"financial": ["false"], "pii": ["true"]}, {"financial": ["false"], "pii": ["false"]}
    assert found == {"avatar": closed, "is_kids": is_open, "profile_name": closed}


def test_a_new_product_creates_what_belongs_to_it_and_nothing_else(restored: Deployed, folder: Path) -> None:
    edit(folder, "domains/content.yaml", "  rights:", "  posters: {kind: analytics, ports: [table]}\n  rights:")
    text = (folder / "contracts/content/rights.odcs.yaml").read_text("utf-8")
    text = text.replace("content.rights", "content.posters").replace("dataProduct: rights", "dataProduct: posters")
    (folder / "contracts/content/posters.odcs.yaml").write_text(text, "utf-8")
    edit(
        folder, "domains/content.yaml", "ports: [table]", "ports: [table], deletion-protection: false", after="posters"
    )
    lock(folder)
    made: dict[str, list[tuple[str, str, str]]] = {}
    for stack, kinds in (
        ("access-content", {"Role", "RolePolicy", "CatalogDatabase", "Permissions"}),
        ("domain-content", {"Bucket", "BucketPolicy", "Key", "CatalogTable", "CatalogTableOptimizer"}),
    ):
        made[stack] = short(changes(restored.up(sample.mesh(folder), stack)))
        assert {operation for operation, _, _ in made[stack]} == {"create"}
        assert [each for each in made[stack] if not each[2].startswith(("posters", "content.posters"))] == []
        assert {kind for _, kind, _ in made[stack]} >= kinds
    for stack in reversed(made):  # tables of drafts go before their database
        gone = short(changes(restored.up(MESH, stack)))
        assert gone == [("delete", kind, name) for _, kind, name in made[stack]]


def test_a_product_without_protection_is_deleted_with_all_that_belongs_to_it(restored: Deployed, folder: Path) -> None:
    edit(
        folder,
        "domains/ads.yaml",
        "  pacing-simulations: {kind: internal, ports: [files], retention: 90 days, deletion-protection: false}\n",
        "",
    )
    (folder / "contracts/ads/pacing-simulations.odcs.yaml").unlink()
    gone = short(changes(restored.up(sample.mesh(folder), "domain-ads")))
    assert {(operation, name) for operation, _, name in gone} == {("delete", "pacing-simulations")}
    s3 = restored.organization.client("s3", MESH.plan.domains["ads"].access.account_id)
    with pytest.raises(ClientError, match="404"):
        s3.head_bucket(Bucket="aurora-ads--pacing-simulations")


def test_a_protected_product_is_not_deleted_and_everything_stays(deployed: Deployed, folder: Path) -> None:
    edit(folder, "domains/identity.yaml", "  login-risk: {kind: internal, ports: [table], retention: 180 days}\n", "")
    (folder / "contracts/identity/login-risk.odcs.yaml").unlink()
    before = deployed.states.load("domain-identity").to_json()
    (run,) = deployed.up(sample.mesh(folder), "domain-identity")
    refused = {failure.urn.rpartition(":")[2] for failure in run.result.failures}
    assert refused
    assert all(name.startswith("login-risk") for name in refused)
    assert all("because it is protected" in failure.message for failure in run.result.failures)
    told = list(told_failures([run]))
    number = counted(len(run.result.failures), "protected resource")
    assert told[0] == f"\ndomain-identity: {number} would be deleted; none was:"
    assert "put it back with 'deletion-protection: false', `mesh up`, take it out of the file again" in told[-1]
    assert run.preview
    assert deployed.states.load("domain-identity").to_json() == before
    s3 = deployed.organization.client("s3", MESH.plan.domains["identity"].access.account_id)
    assert json.loads(s3.get_bucket_policy(Bucket="aurora-identity--login-risk")["Policy"])["Statement"]
    assert short(changes(deployed.up(MESH, "domain-identity"))) == []


def test_protection_is_taken_off_first_and_then_the_product_goes(restored: Deployed, folder: Path) -> None:
    edit(folder, "domains/identity.yaml", "retention: 180 days}", "retention: 180 days, deletion-protection: false}")
    lifted = short(changes(restored.up(sample.mesh(folder), "domain-identity")))
    assert lifted == [("update", "Bucket", "login-risk")], "a bucket that is not protected goes with what is in it"
    text = (folder / "domains/identity.yaml").read_text("utf-8")
    (folder / "domains/identity.yaml").write_text(re.sub(r"  login-risk: .*\n", "", text), "utf-8")
    (folder / "contracts/identity/login-risk.odcs.yaml").unlink()
    gone = short(changes(restored.up(sample.mesh(folder), "domain-identity")))
    assert {operation for operation, _, _ in gone} == {"delete"}
    assert {"Bucket", "Key", "CatalogTable", "BucketPolicy"} <= {kind for _, kind, _ in gone}


def test_an_expired_agreement_is_closed_on_both_sides(restored: Deployed) -> None:
    late = sample.mesh(day=datetime.date(2029, 1, 15))
    partner = short(changes(restored.up(late, "partner-ad-measurement")))
    assert partner == [("update", "BucketPolicy", "ad-measurement"), ("update", "Key", "ad-measurement")]
    domain = short(changes(restored.up(late, "domain-ads")))
    assert sorted(domain) == [
        ("delete", "MetricAlarm", "impressions-ad-measurement"),
        ("update", "BucketReplicationConfig", "impressions"),
    ]
    access = short(changes(restored.up(late, "access-ads")))
    assert access == [("update", "RolePolicy", "impressions")]
    organization = short(changes(restored.up(late, "organization")))
    closed = [each for each in organization if each[1] == "Policy"]
    assert closed == [("update", "Policy", "mesh-partner-ad-measurement-one-writer")]
    assert {(op, kind) for op, kind, _ in organization} <= {("update", "Policy"), ("delete", "AccountAssignment")}
    s3 = restored.organization.client("s3", MESH.plan.domains["ads"].access.account_id)
    rules = s3.get_bucket_replication(Bucket="aurora-ads--impressions")["ReplicationConfiguration"]["Rules"]
    assert [rule["Status"] for rule in rules] == ["Disabled"]
    inbox = restored.organization.client("s3", MESH.plan.partners["ad-measurement"].access.account_id)
    policy = json.loads(inbox.get_bucket_policy(Bucket="aurora-partner-ad-measurement--inbox")["Policy"])
    assert not [each for each in policy["Statement"] if each["Sid"].startswith("DeclaredWritersDeliver")]
    assert not any("delivery" in json.dumps(statement) for statement in policy["Statement"])
