"""Second run, refresh and removal, as the AWS plugin and AWS have them, under both engines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from components import account_baseline, draft_tables
from mesh import names
from mesh.aws.plugin_notes import on_failure
from mesh.aws.troubles import troubles_in
from sandbox.emulator.aws.resource import AwsError
from sandbox.runs.stack_run import StackRun
from tests.e2e.ground import Ground, without_clearance
from tests.e2e.journal import mesh_of
from tests.sandbox.emulator.faulty import spared
from tests.sandbox.runs.watched_function import WatchedFunction

pytestmark = [pytest.mark.long, pytest.mark.timeout(1200)]

Table = tuple[str, str]
GRANT = "aws:lakeformation/permissions:Permissions"
PUBLISHING = ("organization", "governance", "access-orders", "domain-orders")
"""The stacks that it takes to have tables in the mesh catalog."""
DRAFTING = ("governance", "access-orders", "domain-orders")
BUDGET = "aws:budgets/budget:Budget"
WORKGROUP = "aws:athena/workgroup:Workgroup"
OF_A_DOMAIN = ("organization", "governance", "access-orders", "access-shop", "domain-shop")
"""The stacks that it takes to have a domain without deliveries."""


def done(runs: list[StackRun]) -> Counter[tuple[str, str]]:
    """What was done to AWS resources, apart from what was left as it is: (operation, type)."""
    assert [failure.message for run in runs for failure in run.result.failures] == []
    steps = [step for run in runs for step in run.result.steps if step.type.startswith("aws:")]
    return Counter((step.operation, step.type) for step in steps if step.operation != "same")


class Catalogs:
    """Drafts and published tables of the domain, the pipeline that commits, and the publication function."""

    def __init__(self, ground: Ground, scratch: Path) -> None:
        plan, organization = ground.mesh.plan, ground.faulty.organization
        domain = plan.domains["orders"].access.account_id
        self._drafts: Any = organization.client("glue", domain)
        self._files: Any = organization.client("s3", domain)
        self._hub: Any = organization.client("glue", ground.account)
        self._function = WatchedFunction(organization, ground.mesh, scratch / "function")

    def drafts(self) -> dict[Table, str]:
        """Where Iceberg's drafts point."""
        return {
            (name.removesuffix("__draft"), table): pointer
            for (name, table), pointer in self._pointers(self._drafts).items()
            if name.endswith("__draft")
        }

    def published(self) -> dict[Table, str]:
        """Where the tables of the mesh catalog point."""
        return self._pointers(self._hub)

    def _pointers(self, glue: Any) -> dict[Table, str]:
        return {(database, table["Name"]): _pointer(table) for database, table in _iceberg(glue)}

    def commit(self, suffix: str) -> None:
        """Commits to every draft as Iceberg's clients do, by a whole `TableInput` with the next metadata file.

        Spark's puts its user as the owner there, and leaves the rest out.
        """
        for database, table in _iceberg(self._drafts):
            before = _pointer(table)
            now = f"{before.removesuffix('.metadata.json')}.{suffix}.metadata.json"
            bucket, _, key = before.removeprefix("s3://").partition("/")
            text = self._files.get_object(Bucket=bucket, Key=key)["Body"].read()
            self._files.put_object(Bucket=bucket, Key=now.removeprefix(f"s3://{bucket}/"), Body=text)
            parameters = {**table["Parameters"], "metadata_location": now, "previous_metadata_location": before}
            self._drafts.update_table(
                DatabaseName=database,
                TableInput={
                    "Name": table["Name"],
                    "TableType": "EXTERNAL_TABLE",
                    "Owner": "hadoop",
                    "Parameters": parameters,
                    "StorageDescriptor": table["StorageDescriptor"],
                },
            )

    def publish(self) -> None:
        """Wakes the function, which has no fault."""
        assert self._function.run()


def _iceberg(glue: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    for database in glue.get_databases()["DatabaseList"]:
        if "TargetDatabase" in database:
            continue
        for table in glue.get_tables(DatabaseName=database["Name"])["TableList"]:
            if table.get("Parameters", {}).get("table_type") == "ICEBERG":
                yield database["Name"], table


def _pointer(table: dict[str, Any]) -> str:
    return table["Parameters"]["metadata_location"]


def test_a_commit_and_a_publication_stay_where_they_are(ground: Ground, tmp_path: Path) -> None:
    """The draft's pointer is the client's, that of the mesh catalog the last publication's, whatever is deployed."""
    with ground.workspace() as workspace:
        assert {operation for operation, _ in done(workspace.up(ground.mesh, PUBLISHING))} == {"create"}
        assert done(workspace.up(ground.mesh, DRAFTING)) == Counter()
        catalogs = Catalogs(ground, tmp_path)
        assert catalogs.published() == {}
        catalogs.commit("published")
        catalogs.publish()
        published = catalogs.published()
        assert published == catalogs.drafts()
        assert published
        catalogs.commit("committed")
        committed = catalogs.drafts()
        assert all(".published.committed." in pointer for pointer in committed.values())
        assert done(workspace.refresh(ground.mesh, DRAFTING)) == Counter()
        assert done(workspace.up(ground.mesh, DRAFTING)) == Counter()
        assert (catalogs.drafts(), catalogs.published()) == (committed, published)
        catalogs.publish()
        assert catalogs.published() == committed


def test_without_what_is_ignored_an_update_moves_the_pointer_back(
    ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draft_tables, "OF_THE_POINTER", ())
    with ground.workspace() as workspace:
        done(workspace.up(ground.mesh, PUBLISHING))
        catalogs = Catalogs(ground, tmp_path)
        catalogs.commit("committed")
        done(workspace.refresh(ground.mesh, ["domain-orders"]))
        committed: list[dict[Table, str]] = []

        def meanwhile(operation: str) -> None:
            if operation == "update_table":
                catalogs.commit("meanwhile")
                committed.append(catalogs.drafts())

        ground.faulty.meet = meanwhile
        updated = done(workspace.up(ground.mesh, ["domain-orders"]))
        assert committed
        assert updated["update", "aws:glue/catalogTable:CatalogTable"] == len(committed)
        assert catalogs.drafts() != committed[-1], "a commit is undone"


def test_an_account_that_refuses_budgets_yet_gets_everything_else(ground: Ground) -> None:
    def too_young(operation: str) -> None:
        if operation == "create_budget":
            raise AwsError("AccessDeniedException", "ask the payer account to enable budgets first")

    with ground.workspace() as workspace:
        done(workspace.up(ground.mesh, ["organization"]))
        ground.faulty.meet = too_young
        (run,) = workspace.up(ground.mesh, ["governance"])
        assert [
            failure.message for failure in run.result.failures if "enable budgets first" not in failure.message
        ] == []
        assert {token for token, _ in ground.exists()} >= {GRANT, "aws:cloudtrail/trail:Trail"}
        ground.faulty.meet = spared
        assert done(workspace.up(ground.mesh, ["governance"])) == Counter({("create", BUDGET): 1})


def test_one_grant_that_fails_stops_no_other(ground: Ground) -> None:
    plan = ground.mesh.plan
    published = sum(len(domain.catalog) for domain in plan.domains.values())
    wanted = len(plan.governance.catalog.grants) + len(plan.governance.registered) + published
    seen: list[str] = []

    def third(operation: str) -> None:
        seen.extend([operation] if operation == "grant_permissions" else [])
        if operation == "grant_permissions" and len(seen) == 3:
            raise AwsError("AccessDeniedException", "Insufficient Lake Formation permission(s)")

    with ground.workspace() as workspace:
        done(workspace.up(ground.mesh, ["organization"]))
        ground.faulty.meet = third
        (run,) = workspace.up(ground.mesh, ["governance"])
        assert len(run.result.failures) == 1
        assert sum(number for (token, _), number in ground.exists().items() if token == GRANT) == wanted - 1
        ground.faulty.meet = spared
        assert done(workspace.up(ground.mesh, ["governance"])) == Counter({("create", GRANT): 1})


def _used(ground: Ground) -> None:
    """Asks something in the workgroup of a clearance."""
    account = ground.mesh.plan.domains["shop"].access.account_id
    athena: Any = ground.faulty.organization.client("athena", account)
    athena.start_query_execution(QueryString="SELECT 1", WorkGroup=names.workgroup("pii"))


def test_a_used_workgroup_can_be_removed(ground: Ground) -> None:
    with ground.workspace() as workspace:
        done(workspace.up(ground.mesh, OF_A_DOMAIN))
        _used(ground)
        without = without_clearance(ground.mesh.directory)
        assert done(workspace.up(without, OF_A_DOMAIN))["delete", WORKGROUP] == 1
        assert done(workspace.up(without, OF_A_DOMAIN)) == Counter()


def test_a_used_workgroup_that_the_program_does_not_force_is_refused_and_told(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account_baseline, "FORCE", False)
    with ground.workspace() as workspace:
        done(workspace.up(ground.mesh, OF_A_DOMAIN))
        _used(ground)
        runs = workspace.up(without_clearance(ground.mesh.directory), OF_A_DOMAIN)
        (failure,) = [failure for run in runs for failure in run.result.failures if "WorkGroup" in failure.message]
        (trouble,) = troubles_in([failure.message])
        assert "force_destroy" in trouble.do
        told = [*on_failure(WORKGROUP, failure.message)]
        assert told[0].startswith("AWS deletes it not while a query is in its history")


def test_removing_a_clearance_works_in_this_order_assignments_policy_permission_set(ground: Ground) -> None:
    with ground.workspace() as workspace:
        done(workspace.up(ground.mesh, ["organization"]))
        without = without_clearance(ground.mesh.directory)
        (run,) = workspace.up(without, ["organization"])
        done([run])
        gone = [step.type.rpartition(":")[2] for step in run.result.steps if step.operation == "delete"]
        people = [kind for kind in gone if kind in ("AccountAssignment", "PermissionSetInlinePolicy", "PermissionSet")]
        assert people == ["AccountAssignment", "PermissionSetInlinePolicy", "PermissionSet"]
        assert done(workspace.up(without, ["organization"])) == Counter()


def test_a_unit_without_accounts_is_no_difference(ground: Ground) -> None:
    """Neither where there never was one, nor where the only one is let go and its line is removed."""
    mesh = _without_partner(ground)
    with ground.workspace() as workspace:
        done(workspace.up(mesh, ["organization"]))
        assert done(workspace.refresh(mesh, ["organization"])) == Counter()
        assert done(workspace.up(mesh, ["organization"])) == Counter()


def _without_partner(ground: Ground) -> Any:
    folder = ground.mesh.directory
    (folder / "partners" / "courier.yaml").unlink()
    accounts = folder / "accounts.yaml"
    said = accounts.read_text()
    accounts.write_text(said.replace('partners:\n  courier: "410000000072"\n', "partners: {}\n"))
    assert accounts.read_text() != said
    return mesh_of(folder)


def test_a_partner_that_goes_is_no_difference_while_its_account_has_a_line_nor_without(ground: Ground) -> None:
    folder = ground.mesh.directory
    partner = folder / "partners" / "courier.yaml"
    partner.write_text(partner.read_text() + "deletion-protection: false\n")
    policies = ("aws:organizations/policy:Policy", "aws:organizations/policyAttachment:PolicyAttachment")
    with ground.workspace() as workspace:
        done(workspace.up(mesh_of(folder), ["organization"]))
        said = partner.read_text()
        partner.unlink()
        let_go = mesh_of(folder)
        gone = done(workspace.up(let_go, ["organization"]))
        assert [gone["delete", token] for token in policies] == [0, 0]
        assert gone["delete", "aws:organizations/account:Account"] == 1
        assert done(workspace.refresh(let_go, ["organization"])) == Counter()
        assert done(workspace.up(let_go, ["organization"])) == Counter()
        partner.write_text(said)
        closed = _without_partner(ground)
        gone = done(workspace.up(closed, ["organization"]))
        assert [gone["delete", token] for token in policies] == [2, 2]
        assert done(workspace.up(closed, ["organization"])) == Counter()


def test_what_aws_keeps_of_a_stack_is_told_with_its_id(ground: Ground) -> None:
    settings = ground.mesh.directory / "mesh.yaml"
    settings.write_text(settings.read_text() + "defaults: {deletion-protection: false}\n")
    mesh = mesh_of(ground.mesh.directory)
    with ground.workspace() as workspace:
        (run,) = workspace.up(mesh, ["organization"])
        kept = {one.urn: one.id for one in run.result.resources if one.retain_on_delete}
        assert len(kept) == 12
        (destroyed,) = workspace.destroy(mesh, ["organization"])
        assert destroyed.result.failures == []
        assert {step.urn: step.kept for step in destroyed.result.steps if step.kept} == kept
