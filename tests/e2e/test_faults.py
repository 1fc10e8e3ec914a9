"""AWS refuses, throttles, times out or fails in the middle of a stack: nothing is lost, and the next run converges."""

from __future__ import annotations

import shutil
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from sandbox.aws.fields import Values
from sandbox.aws.records import Records
from sandbox.aws.resource import Access, AwsError
from sandbox.course import Course
from sandbox.kept import state_directory
from sandbox.organization import EmulatedOrganization
from sandbox.provider import AwsProvider
from sandbox.pulumi_engine import Backend
from sandbox.served import ProviderServer
from sandbox.stacks import Embedded, UnderPulumi
from tests.e2e.journal import fresh, mesh_of

pytestmark = pytest.mark.e2e
TINY = Path(__file__).resolve().parents[1] / "mesh" / "tiny"
STACKS = ["organization", "governance"]
FAULTS = (
    AwsError("AccessDenied", "not authorized"),
    AwsError("ThrottlingException", "Rate exceeded"),
    AwsError("ReadTimeoutError", "Read timeout on endpoint"),
    AwsError("InternalFailure", "500"),
)
ALLOWED = 3


@dataclass
class Faults:
    """From the fourth creation of a run on, AWS fails in one way or another."""

    error: AwsError | None = None
    created: int = 0

    def meet(self, operation: str) -> None:
        if self.error and operation.startswith("create_"):
            self.created += 1
            if self.created > ALLOWED:
                raise self.error


@dataclass(frozen=True)
class FaultyAccess:
    """A role whose calls fail where they are to."""

    access: Access
    faults: Faults

    @property
    def account_id(self) -> str:
        return self.access.account_id

    @property
    def records(self) -> Records:
        return self.access.records

    def call(self, service: str, region: str, operation: str, parameters: Values) -> Values:
        self.faults.meet(operation)
        return self.access.call(service, region, operation, parameters)


@dataclass
class FaultyOrganization:
    """An organisation in which some operations fail."""

    organization: EmulatedOrganization
    faults: Faults = field(default_factory=Faults)

    def assume(self, role_arn: str) -> Access:
        return FaultyAccess(self.organization.assume(role_arn), self.faults)


@contextmanager
def course_of(engine: str, faulty: FaultyOrganization, request: pytest.FixtureRequest) -> Generator[Course]:
    if engine == "embedded":
        yield Course(Embedded(lambda _: AwsProvider(faulty)))
        return
    cli = request.getfixturevalue("cli")
    with state_directory() as states, ProviderServer(faulty) as server:
        yield Course(UnderPulumi(Backend(cli, states.pulumi, server.port, states.passphrase), states))


@pytest.mark.parametrize("engine", ["embedded", "pulumi"])
def test_what_aws_refuses_in_the_middle_is_said_and_the_next_run_converges(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    directory = Path(shutil.copytree(TINY, tmp_path / "stacks"))
    mesh = mesh_of(directory)
    with fresh(directory) as organization:
        faulty = FaultyOrganization(organization)
        with course_of(engine, faulty, request) as course:
            assert not course.up(mesh, ["organization"])[0].result.failures
            created: list[str] = []
            for fault in FAULTS:
                faulty.faults.error, faulty.faults.created = fault, 0
                (run,) = course.up(mesh, ["governance"])
                assert any(str(fault) in failure.message for failure in run.result.failures), run.result.failures
                created += [s.urn for s in run.result.steps if s.operation == "create" and s.type.startswith("aws:")]
            faulty.faults.error = None
            (last,) = course.up(mesh, ["governance"])
            assert last.result.failures == []
            created += [s.urn for s in last.result.steps if s.operation == "create" and s.type.startswith("aws:")]
            (again,) = course.up(mesh, ["governance"])
            assert set(again.operations) == {"same"}
        assert len(created) == len(set(created)) == again.operations["same"], "nothing twice, nothing forgotten"
        in_governance = [
            c.total for c in organization.counts() if c.account_id == mesh.plan.governance.access.account_id
        ]
        assert sum(in_governance) == again.operations["same"]
