"""The account of a partner that goes: at no moment of a run, and wherever it fails, does it reach out or is reached."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mesh import names
from mesh.evaluator.decide import Request, decide
from mesh.folder import PlannedMesh, plan_folder
from mesh.plan.build import Builder
from mesh.plan.nodes import OrganizationPolicy
from sandbox.emulator.emulated_organization import EmulatedOrganization
from sandbox.emulator.provider import AwsProvider
from sandbox.enforcement.live_world import LiveWorld
from sandbox.engine.driver import RunResult
from sandbox.runs.fresh_organization import emulated
from sandbox.runs.stack_run import StackTask
from sandbox.runs.workspace import EmbeddedEngine
from tests.e2e.ground import TINY
from tests.e2e.journal import DAY
from tests.sandbox.runs.in_memory_states import InMemoryStates
from tests.sandbox.runs.lake_watch import Outcome, WatchedOrganization, failed_at

pytestmark = pytest.mark.long

STACK = "organization"


class Going:
    """An organisation whose partner has an account with something in it, and the mesh without the partner."""

    def __init__(self, organization: EmulatedOrganization, folder: Path) -> None:
        self.organization, self.folder, self.states = organization, folder, InMemoryStates()
        self.file = folder / "partners/courier.yaml"
        self.said = self.file.read_text() + "deletion-protection: false\n"
        self.prepare()
        plan = self.there.plan
        self.world = LiveWorld(plan.perimeter.management_id, plan.perimeter.organization, plan.perimeter.region)
        for account, bucket in ((self.account, "left"), (plan.perimeter.governance_id, "audit")):
            place = {"LocationConstraint": plan.perimeter.region}
            organization.client("s3", account).create_bucket(Bucket=bucket, CreateBucketConfiguration=place)

    def prepare(self) -> None:
        """Deploys the partner's account, and plans the mesh without the partner."""
        self.file.write_text(self.said)
        self.there = plan_folder(self.folder, DAY)
        assert self.run(self.there, WatchedOrganization(self.organization)).failures == []
        self.account = self.there.plan.partners["courier"].access.account_id
        self.file.unlink()
        self.without = plan_folder(self.folder, DAY)

    def run(self, mesh: PlannedMesh, watched: WatchedOrganization) -> RunResult:
        engine = EmbeddedEngine(lambda _: AwsProvider(watched), self.states)
        return engine.run(StackTask("up", mesh, STACK))

    def accounts_of_the_state(self) -> list[str]:
        return [each.urn for each in self.states.load(STACK).resources if each.type.endswith(":Account")]

    def open(self) -> list[str]:
        """What the account reaches, or is reached by, that its own policies refuse."""
        hub = self.there.plan.perimeter.governance_id
        asked = (
            (names.deploy_role(self.account), "s3:GetObject", "arn:aws:s3:::audit/x", "RefuseResourcesOfOtherAccounts"),
            (names.deploy_role(hub), "s3:PutObject", "arn:aws:s3:::left/x", "RefuseAllButTheWriter"),
            (names.deploy_role(hub), "sts:AssumeRole", names.preview_role(self.account), "RefuseAllButTheDeployment"),
        )
        wrong: list[str] = []
        for who, action, resource, sid in asked:
            decision = decide(Request(who, action, resource), self.world)
            if decision.allowed or sid not in {cause.sid for cause in decision.because}:
                wrong.append(f"{action} on {resource}: {decision}")
        return wrong


class Watch:
    """What is open after every call that changes the organisation."""

    def __init__(self, going: Going) -> None:
        self.going, self.moments = going, 0
        self.broken: list[str] = []

    def __call__(self, call: str) -> None:
        self.moments += 1
        self.broken += [f"after {call} ({self.moments}): {wrong}" for wrong in self.going.open()]

    def run(self, failing: int, outcome: Outcome) -> RunResult:
        watched = WatchedOrganization(
            self.going.organization, self, failed_at(failing, outcome), services=("organizations",)
        )
        return self.going.run(self.going.without, watched)

    def failing_everywhere(self, outcome: Outcome) -> int:
        """Runs until one is whole, of which each fails at the next call; their number."""
        for number in range(1, 20):
            if not self.run(min(number, 2), outcome).failures:
                return number
        raise AssertionError("the runs come to no end")


@pytest.fixture(params=[True, False], ids=["with a line", "without a line"])
def going(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Going]:
    folder = Path(shutil.copytree(TINY, tmp_path / "stacks"))
    if not request.param:
        file = folder / "accounts.yaml"
        file.write_text(file.read_text().replace('partners:\n  courier: "410000000072"\n', "partners: {}\n"))
    with emulated(plan_folder(folder, DAY).plan) as organization:
        yield Going(organization, folder)


@pytest.mark.parametrize("outcome", ["refused", "answer lost"])
def test_at_no_moment_is_the_account_without_its_policies_wherever_the_run_fails(
    going: Going, outcome: Outcome
) -> None:
    assert going.open() == []
    watch = Watch(going)
    watch.failing_everywhere(outcome)
    assert watch.broken == []
    assert going.open() == []
    assert not any("courier" in each for each in going.accounts_of_the_state())


def test_policies_that_go_with_the_file_are_noticed(going: Going, monkeypatch: pytest.MonkeyPatch) -> None:
    policies = Builder.partner_policies

    def forgotten(builder: Builder, name: str) -> list[OrganizationPolicy]:
        return [replace(each, retained=False) for each in policies(builder, name)]

    def with_a_file(builder: Builder) -> tuple[str, ...]:
        return tuple(builder.mesh.partners)

    monkeypatch.setattr(Builder, "partner_names", property(with_a_file))
    monkeypatch.setattr(Builder, "partner_policies", forgotten)
    going.prepare()
    watch = Watch(going)
    watch.failing_everywhere("refused")
    assert [each for each in watch.broken if "s3:GetObject on arn:aws:s3:::audit/x" in each]
    assert [each for each in watch.broken if "s3:PutObject on arn:aws:s3:::left/x" in each]
