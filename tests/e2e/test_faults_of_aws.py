"""Faults that only AWS has: what passes is waited for, what stays is said with what to do, and runs converge."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

import pytest

from mesh.aws.troubles import troubles_in
from sandbox.emulator.aws.resource import AwsError
from tests.e2e.ground import Ground, Thing
from tests.sandbox.emulator.faulty import spared

# The Automation API leaves a coroutine behind when a program is refused.
pytestmark = [pytest.mark.long, pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")]


@dataclass
class Fault:
    """An answer of AWS to some operations: to the first `times` calls of each, or to all of them."""

    error: AwsError
    operations: tuple[str, ...]
    times: int = 10**6
    met: Counter[str] = field(default_factory=Counter[str])

    @property
    def unmet(self) -> bool:
        return set(self.met) != set(self.operations)

    def __call__(self, operation: str) -> None:
        if operation in self.operations and self.met[operation] < self.times:
            self.met[operation] += 1
            raise self.error


BUSY = AwsError("ConcurrentModificationException", "AWS Organizations can't complete your request. Try again later.")
PASSING = {
    "organization": (
        Fault(BUSY, ("create_policy", "attach_policy"), 3),
        Fault(AwsError("FinalizingOrganizationException", "being created"), ("create_organizational_unit",), 5),
        Fault(AwsError("TooManyRequestsException", "slow down"), ("create_account", "attach_policy"), 9),
        Fault(AwsError("ThrottlingException", "slow"), ("put_inline_policy_to_permission_set",), 20),
        Fault(AwsError("ConflictException", "conflicting operation"), ("create_account_assignment",), 12),
    ),
    "governance": (
        Fault(AwsError("ConcurrentModificationException", "in progress"), ("put_data_lake_settings",), 4),
        Fault(AwsError("ConcurrentModificationException", "in progress"), ("grant_permissions",), 4),
        # Eventual consistency: a role that was made, or a bucket, is not known everywhere yet.
        Fault(AwsError("InvalidInputException", "Invalid principal"), ("grant_permissions",), 3),
        Fault(AwsError("MalformedPolicyDocumentException", "contains invalid principals"), ("create_key",), 6),
        Fault(AwsError("MalformedPolicy", "Invalid principal in policy"), ("put_bucket_policy",), 3),
        Fault(AwsError("NoSuchBucket", "does not exist"), ("put_bucket_policy", "put_bucket_versioning"), 3),
    ),
}
"""What passes by itself, by the stack in whose first run it is met, all of it in the one run."""

STAYING = {
    "organization": (
        Fault(AwsError("ThrottlingException", "slow"), ("create_permission_set",)),
        Fault(AwsError("ConstraintViolationException", "exceeded the number of accounts"), ("create_account",)),
        Fault(AwsError("TooManyRequestsException", "slow down"), ("attach_policy",)),
    ),
    "governance": (
        Fault(AwsError("BucketAlreadyExists", "not available"), ("create_bucket",)),
        Fault(AwsError("BucketAlreadyOwnedByYou", "you own it"), ("create_bucket",)),
        Fault(AwsError("InvalidInputException", "Invalid principal"), ("grant_permissions",)),
        Fault(AwsError("ConcurrentModificationException", "in progress"), ("grant_permissions",)),
    ),
    # The replication of a delivery is half made: its role is there, and the partner's inbox is not whole.
    "domain-orders": (
        Fault(AwsError("InvalidRequest", "Versioning must be 'Enabled' on the bucket"), ("put_bucket_replication",)),
    ),
}
"""What stays until somebody does something: by the stack, one run each."""


@dataclass
class Every:
    """All of some faults."""

    faults: tuple[Fault, ...]

    def __call__(self, operation: str) -> None:
        for fault in self.faults:
            fault(operation)


def test_what_passes_by_itself_is_waited_for_as_the_plugin_does(ground: Ground) -> None:
    with ground.workspace() as workspace:
        for stack, faults in PASSING.items():
            ground.faulty.meet = Every(tuple(fresh(fault) for fault in faults))
            (run,) = workspace.up(ground.mesh, [stack])
            assert [failure.message for failure in run.result.failures] == []
            assert [(f.error.code, set(f.operations) - set(f.met)) for f in ground.faulty.meet.faults if f.unmet] == []
            assert existing(ground) == stated(ground)


def test_what_stays_is_said_with_what_to_do_and_the_next_run_makes_the_rest(ground: Ground) -> None:
    with ground.workspace() as workspace:
        for stack in ground.mesh.plan.stacks:
            for fault in STAYING.get(stack, ()):
                ground.faulty.meet = fresh(fault)
                messages = [failure.message for failure in workspace.up(ground.mesh, [stack])[0].result.failures]
                assert any(str(fault.error) in message for message in messages), (stack, fault, messages)
                assert [fault.error.code in trouble.codes for trouble in troubles_in(messages)] == [True]
                assert existing(ground) == stated(ground)
            ground.faulty.meet = spared
            assert [failure.message for failure in workspace.up(ground.mesh, [stack])[0].result.failures] == []
        again = workspace.up(ground.mesh)
        assert [run.stack for run in again if set(run.operations) != {"same"}] == []


def fresh(fault: Fault) -> Fault:
    return replace(fault, met=Counter())


def stated(ground: Ground) -> Counter[Thing]:
    """What all states say."""
    known = [stack for stack in ground.mesh.plan.stacks if ground.knows(stack)]
    return sum((ground.stated(stack) for stack in known), Counter[Thing]())


def existing(ground: Ground) -> Counter[Thing]:
    """What is there, in all accounts."""
    return Counter((token, id_) for _, _, token, id_ in ground.faulty.organization.records.live)
