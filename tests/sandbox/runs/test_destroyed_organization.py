"""An organisation whose stack is destroyed: accounts keep the roles by which they are administered."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from mesh.folder import plan_folder
from mesh.plan import Plan
from sandbox.emulator import backends
from sandbox.emulator.aws.cloudformation import STACK_INSTANCES
from sandbox.emulator.aws.resource import Call
from sandbox.runs.fresh_organization import emulated
from sandbox.runs.workspace import EmbeddedEngine, Workspace
from tests.e2e.ground import TINY
from tests.e2e.journal import DAY
from tests.sandbox.runs.in_memory_states import InMemoryStates

FIRST = {"/mesh/deploy", "/mesh/preview"}


def first_roles(plan: Plan) -> dict[str, set[str]]:
    accounts = {stack: access.account_id for stack, access in plan.access.items() if stack != "organization"}
    return {
        stack: {f"{role.path}{role.name}" for role in backends.iam(account).roles.values()} & FIRST
        for stack, account in accounts.items()
    }


@pytest.mark.long
def test_accounts_keep_their_first_roles_when_the_organization_is_destroyed(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(TINY, tmp_path / "stacks"))
    (folder / "mesh.yaml").write_text((folder / "mesh.yaml").read_text() + "defaults: {deletion-protection: false}\n")
    mesh = plan_folder(folder, DAY)
    states = InMemoryStates()
    with emulated(mesh.plan) as organization:
        workspace = Workspace(EmbeddedEngine.of(organization, states))
        [up] = workspace.up(mesh, ["organization"])
        assert up.result.failures == []
        state = states.load("organization").resources
        [instances] = [one for one in state if one.type == STACK_INSTANCES.token and one.urn.endswith("::bootstrap")]
        assert instances.inputs["retainStacks"] is True
        assert set(map(frozenset, first_roles(mesh.plan).values())) == {frozenset(FIRST)}

        [destroyed] = workspace.destroy(mesh, ["organization"])
        assert destroyed.result.failures == []
        assert set(map(frozenset, first_roles(mesh.plan).values())) == {frozenset(FIRST)}

        # What AWS would do without: the roles go with the stacks that brought them.
        session = organization.assume(mesh.plan.organization.access.deploy_role)
        inputs = {**instances.inputs, "retainStacks": False}
        call = Call(session, STACK_INSTANCES, mesh.plan.perimeter.region, inputs, id=instances.id)
        STACK_INSTANCES.delete(replace(call))
        assert set(map(frozenset, first_roles(mesh.plan).values())) == {frozenset()}
