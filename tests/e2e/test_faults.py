"""AWS refuses, throttles, times out or fails in the middle of a stack: nothing is lost, and the next run converges."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from sandbox.emulator.aws.resource import AwsError
from tests.e2e.ground import Ground, converges, created
from tests.sandbox.emulator.faulty import spared

# The Automation API leaves a coroutine behind when a program is refused.
pytestmark = [pytest.mark.long, pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")]
FAULTS = (
    AwsError("AccessDenied", "not authorized"),
    AwsError("ThrottlingException", "Rate exceeded"),
    AwsError("ReadTimeoutError", "Read timeout on endpoint"),
    AwsError("InternalFailure", "500"),
)
SECOND_CALLS = ("enable_key_rotation", "put_bucket_tagging", "put_event_selectors", "start_logging")
ALLOWED = 3


@dataclass
class Refusing:
    """From the fourth creation of a run on, AWS fails."""

    error: AwsError
    created: int = 0

    def __call__(self, operation: str) -> None:
        if operation.startswith("create_"):
            self.created += 1
            if self.created > ALLOWED:
                raise self.error


@dataclass
class Failing:
    """One operation fails, and how often it has."""

    operation: str
    times: int = 0

    def __call__(self, operation: str) -> None:
        if operation == self.operation:
            self.times += 1
            raise AwsError("AccessDenied", f"not authorized to {operation}")


def test_what_aws_refuses_in_the_middle_is_said_and_the_next_run_converges(ground: Ground) -> None:
    with ground.workspace() as workspace:
        assert not workspace.up(ground.mesh, ["organization"])[0].result.failures
        for fault in FAULTS:
            before = ground.exists()
            ground.faulty.meet = Refusing(fault)
            (run,) = workspace.up(ground.mesh, ["governance"])
            assert any(str(fault) in failure.message for failure in run.result.failures), run.result.failures
            assert ground.exists() == ground.stated()
            assert created(run) == (ground.exists() - before).total()
        ground.faulty.meet = spared
        converges(ground, workspace)


def test_what_is_half_made_when_aws_refuses_is_in_the_state_and_the_next_run_makes_the_rest(ground: Ground) -> None:
    with ground.workspace() as workspace:
        assert not workspace.up(ground.mesh, ["organization"])[0].result.failures
        for operation in SECOND_CALLS if ground.cli is None else SECOND_CALLS[:2]:
            before = ground.exists()
            ground.faulty.meet = failing = Failing(operation)
            (run,) = workspace.up(ground.mesh, ["governance"])
            assert failing.times
            failures = [each.message for each in run.result.failures if not ground.is_behind(each.message)]
            assert [f"not authorized to {operation}" in each for each in failures] == [True] * failing.times
            assert ground.exists() == ground.stated()
            assert created(run) == (ground.exists() - before).total()
        ground.faulty.meet = spared
        converges(ground, workspace)
