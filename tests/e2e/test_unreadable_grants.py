"""An account that does not see the grants it passed on: one way survives it, the other harms nothing else."""

from __future__ import annotations

from collections import Counter

import pytest

from sandbox.emulator.provider import AwsProvider
from sandbox.runs.workspace import EmbeddedEngine, Workspace
from tests.e2e.ground import Ground
from tests.e2e.journal import mesh_of
from tests.sandbox.emulator.unreadable import UnreadableOrganization

pytestmark = pytest.mark.long
STACKS = ["organization", "governance", "access-shop"]
GRANT = "aws:lakeformation/permissions:Permissions"


@pytest.fixture
def workspace(ground: Ground) -> Workspace:
    if ground.cli:
        pytest.skip("the fault is Lake Formation's, whatever engine asks")
    organization = UnreadableOrganization(ground.faulty.organization)
    return Workspace(EmbeddedEngine(lambda _: AwsProvider(organization), ground.states))


def granted(ground: Ground) -> Counter[str]:
    """The live grants by account."""
    live = ground.faulty.organization.records.live
    return Counter(account for account, _, token, _ in live if token == GRANT)


def test_the_hub_grants_to_each_role_and_reads_what_it_granted(ground: Ground, workspace: Workspace) -> None:
    file = ground.mesh.directory / "mesh.yaml"
    file.write_text(f"{file.read_text('utf-8')}granted-by: hub\n", "utf-8")
    mesh = mesh_of(ground.mesh.directory)
    runs = workspace.up(mesh, STACKS)
    assert [failure.message for run in runs for failure in run.result.failures] == []
    again = workspace.up(mesh, STACKS)
    assert {operation for run in again for operation in run.operations} == {"same"}


def test_a_domain_that_cannot_read_back_has_granted_all_the_same_and_made_everything_else(
    ground: Ground, workspace: Workspace
) -> None:
    runs = workspace.up(ground.mesh, STACKS)
    plan, failed = ground.mesh.plan.domains["shop"], runs[-1].result.failures
    passed_on = sum(len(role.grants) for role in (*plan.clearances.values(), *plan.pipelines.values()))
    assert len(failed) == passed_on
    assert all("waiting for state to become 'AVAILABLE'" in failure.message for failure in failed)
    assert granted(ground)[plan.access.account_id] == passed_on + len(plan.links) + 1, "and the one on `default`"
