"""What AWS keeps of a destroyed organisation: it is listed with its ids, and imported by them it is the same again."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Awaitable, Mapping
from pathlib import Path

import pulumi
import pytest

from cli import summary
from mesh.aws.plugin_notes import is_imported
from mesh.folder import PlannedMesh, plan_folder
from sandbox.emulator.emulated_organization import EmulatedOrganization
from sandbox.emulator.provider import AwsProvider
from sandbox.engine import driver
from sandbox.engine.engine import Engine
from sandbox.runs.fresh_organization import emulated
from sandbox.runs.stack_run import ENTRY_POINT, PROJECT, StackRun, stack_config
from sandbox.runs.workspace import EmbeddedEngine, Workspace
from tests.e2e.ground import TINY
from tests.e2e.journal import DAY
from tests.sandbox.runs.in_memory_states import InMemoryStates

pytestmark = pytest.mark.long

STACK = "organization"
PAGE = (Path(__file__).resolve().parents[3] / "docs" / "on-aws.md").read_text("utf-8")
Ids = Mapping[tuple[str, str], str]
KEPT = {
    "aws:organizations/organization:Organization": 1,
    "aws:organizations/organizationalUnit:OrganizationalUnit": 3,
    "aws:organizations/account:Account": 4,
    "aws:cloudformation/stackSet:StackSet": 2,
    "aws:cloudformation/stackInstances:StackInstances": 2,
}


@pytest.fixture
def unprotected(tmp_path: Path) -> PlannedMesh:
    folder = Path(shutil.copytree(TINY, tmp_path / "stacks"))
    (folder / "mesh.yaml").write_text((folder / "mesh.yaml").read_text() + "defaults: {deletion-protection: false}\n")
    return plan_folder(folder, DAY)


def kept(run: StackRun) -> Ids:
    """Ids of what AWS keeps, by type and name."""
    return {(step.type, step.name): step.kept for step in run.result.steps if step.kept}


def importing(ids: Ids) -> driver.Program:
    """The program, in which what has an id is imported by it."""
    whole = driver.entry_point(ENTRY_POINT)

    def imported(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
        id_ = ids.get((args.type_, args.name))
        if id_ is None:
            return None
        options = pulumi.ResourceOptions.merge(args.opts, pulumi.ResourceOptions(import_=id_))
        return pulumi.ResourceTransformResult(args.props, options)

    def program() -> Awaitable[None] | None:
        pulumi.runtime.register_resource_transform(imported)
        return whole()

    return program


def run(organization: EmulatedOrganization, states: InMemoryStates, mesh: PlannedMesh, ids: Ids) -> driver.RunResult:
    state = states.load(STACK)
    engine = Engine(
        project=PROJECT,
        stack=STACK,
        preview=False,
        state=state,
        provider=lambda _: AwsProvider(organization),
        config=stack_config(mesh, emulated=True),
    )
    result = driver.run(engine, importing(ids))
    states.save(STACK, state)
    return result


def done(result: driver.RunResult) -> Counter[tuple[str, str]]:
    assert [failure.message for failure in result.failures] == []
    steps = [step for step in result.steps if step.type.startswith("aws:")]
    return Counter((step.operation, step.type) for step in steps if step.operation != "same")


def test_what_is_kept_is_listed_and_imported_by_its_ids_it_is_the_same_again(
    unprotected: PlannedMesh, capsys: pytest.CaptureFixture[str]
) -> None:
    states = InMemoryStates()
    with emulated(unprotected.plan) as organization:
        workspace = Workspace(EmbeddedEngine.of(organization, states))
        [up] = workspace.up(unprotected, [STACK])
        assert up.result.failures == []
        before = {(one.type, one.name): one.id for one in states.load(STACK).resources if one.type in KEPT}
        [destroyed] = workspace.destroy(unprotected, [STACK])
        ids = kept(destroyed)
        assert ids == before
        assert Counter(token for token, _ in ids) == KEPT
        assert all(is_imported(token) for token, _ in ids)

        summary.show_destroyed([destroyed], [STACK], None, 1.0)
        said = capsys.readouterr().out
        for (token, name), id_ in ids.items():
            assert f"  {STACK}: {token} {name} {id_}\n" in said

            if token.startswith("aws:cloudformation/"):
                assert f"| `{token}` | `{name}` | `{id_}` |" in PAGE

        again = done(run(organization, states, unprotected, ids))
        assert {token: number for (operation, token), number in again.items() if operation == "import"} == KEPT
        assert {token for operation, token in again if operation == "create"}.isdisjoint(KEPT)
        # `retainStacks` is of the program alone: an import does not find it, the run behind it puts it there.
        assert {operation for operation, _ in done(run(organization, states, unprotected, {}))} <= {"update"}
        assert done(run(organization, states, unprotected, {})) == Counter()
        there = {(one.type, one.name): one for one in states.load(STACK).resources if one.type in KEPT}
        assert {key: one.id for key, one in there.items()} == before
        assert all(one.inputs["retainStacks"] for (token, _), one in there.items() if token.endswith("Instances"))
