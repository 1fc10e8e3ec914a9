"""Faults that only AWS has: what passes is waited for, what stays is said with what to do, and runs converge."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mesh.aws.troubles import troubles_in
from mesh.folder import PlannedMesh
from sandbox.emulator.aws.fields import PropertyValues
from sandbox.emulator.aws.resource import AwsError
from sandbox.runs.workspace import Workspace
from tests.e2e.aws_faults import LastingFault, YoungRoles
from tests.e2e.ground import Ground
from tests.e2e.journal import mesh_of
from tests.sandbox.emulator.faulty import spared

# The Automation API leaves a coroutine behind when a program is refused.
pytestmark = [
    pytest.mark.long,
    pytest.mark.timeout(900),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

Met = dict[str, tuple[LastingFault, ...]]
"""Faults by the stack in whose first run they are met, all of them in the one run."""

BUSY = AwsError("ConcurrentModificationException", "AWS Organizations can't complete your request. Try again later.")
IN_PROGRESS = AwsError("ConcurrentModificationException", "in progress")
UNKNOWN_ROLE = AwsError("InvalidInputException", "Invalid principal")
GONE = AwsError("NoSuchBucket", "The specified bucket does not exist")
SLOW_ORGANIZATIONS = AwsError("TooManyRequestsException", "AWS Organizations can't complete your request: slow down.")
SLOW_IDENTITY_CENTER = AwsError("ThrottlingException", "Rate exceeded")

PASSING: dict[str, Met] = {
    "concurrent modification": {
        "organization": (LastingFault(BUSY, ("create_policy", "attach_policy"), 3),),
        "governance": (LastingFault(IN_PROGRESS, ("put_data_lake_settings", "grant_permissions"), 4),),
    },
    "an organisation that AWS is still making": {
        "organization": (
            LastingFault(AwsError("FinalizingOrganizationException", "busy"), ("create_organizational_unit",), 5),
        ),
    },
    "throttling of Organizations": {
        "organization": (LastingFault(SLOW_ORGANIZATIONS, ("create_account", "attach_policy"), 9),),
    },
    "throttling of Identity Center": {
        "organization": (
            LastingFault(SLOW_IDENTITY_CENTER, ("put_inline_policy_to_permission_set",), 20),
            LastingFault(AwsError("ConflictException", "conflicting operation"), ("create_account_assignment",), 12),
        ),
    },
    "a bucket that is not known everywhere yet": {
        "organization": (),
        "governance": (LastingFault(GONE, ("put_bucket_policy", "put_bucket_versioning"), 3),),
    },
}

STAYING: dict[str, tuple[str, LastingFault]] = {
    "concurrent modification": ("governance", LastingFault(IN_PROGRESS, ("grant_permissions",))),
    "throttling of Organizations": ("organization", LastingFault(SLOW_ORGANIZATIONS, ("attach_policy",))),
    "throttling of Identity Center": ("organization", LastingFault(SLOW_IDENTITY_CENTER, ("create_permission_set",))),
    "a quota of accounts": (
        "organization",
        LastingFault(
            AwsError("ConstraintViolationException", "You have exceeded the allowed number of AWS accounts."),
            ("create_account",),
        ),
    ),
    "a role that Lake Formation does not know": ("governance", LastingFault(UNKNOWN_ROLE, ("grant_permissions",))),
    "a bucket that the state does not know": (
        "governance",
        LastingFault(AwsError("BucketAlreadyOwnedByYou", "you own it"), ("create_bucket",)),
    ),
}
"""What stays until somebody does something: the stack that meets it, each on a ground of its own.

A run goes on without what fails, so a second fault in the same organisation would find nothing left to be made.
"""


def deployed(workspace: Workspace, mesh: PlannedMesh, stacks: list[str]) -> None:
    """Deploys stacks without a failure."""
    assert [failure.message for run in workspace.up(mesh, stacks) for failure in run.result.failures] == []


def before(ground: Ground, stack: str) -> list[str]:
    """The stacks that are deployed before one."""
    stacks = [*ground.mesh.plan.stacks]
    return stacks[: stacks.index(stack)]


def failing(ground: Ground, workspace: Workspace, mesh: PlannedMesh, stack: str) -> list[str]:
    """Messages of a run that fails; each tells of one and the same trouble."""
    (run,) = workspace.up(mesh, [stack])
    messages = [failure.message for failure in run.result.failures if not ground.is_behind(failure.message)]
    assert messages
    assert {len(troubles_in([message])) for message in messages} == {1}, messages
    return messages


def advice(messages: list[str]) -> str:
    """What a person is told to do."""
    (trouble,) = troubles_in(messages)
    return trouble.do


def converges(ground: Ground, workspace: Workspace, mesh: PlannedMesh, stack: str) -> None:
    """The next run makes the rest, and the one behind it has nothing to do."""
    deployed(workspace, mesh, [stack])
    assert ground.all_there() == ground.all_stated()
    (again,) = workspace.up(mesh, [stack])
    assert set(again.operations) == {"same"}


@pytest.mark.parametrize("kind", PASSING)
def test_what_passes_by_itself_is_waited_for_as_the_plugin_does(kind: str, ground: Ground) -> None:
    with ground.workspace() as workspace:
        for stack, faults in PASSING[kind].items():
            met = [replace(fault, met=fault.met.copy()) for fault in faults]
            ground.faulty.meet = lambda operation, met=met: [fault(operation) for fault in met] and None
            deployed(workspace, ground.mesh, [stack])
            assert [(fault.error.code, fault.unmet()) for fault in met if fault.unmet()] == []
        assert ground.all_there() == ground.all_stated()


def test_a_role_that_was_made_a_moment_ago_is_waited_for_wherever_it_is_named(ground: Ground) -> None:
    ground.faulty.meet_call = young = YoungRoles(3)
    with ground.workspace() as workspace:
        deployed(workspace, ground.mesh, [*ground.mesh.plan.stacks])
        assert young.operations >= {"grant_permissions", "put_bucket_policy"}, young.operations
        assert ground.all_there() == ground.all_stated()


@pytest.mark.parametrize("kind", STAYING)
def test_what_stays_is_said_with_what_to_do_and_the_next_run_makes_the_rest(kind: str, ground: Ground) -> None:
    stack, fault = STAYING[kind]
    ground.faulty.meet = met = replace(fault, met=fault.met.copy())
    with ground.workspace() as workspace:
        deployed(workspace, ground.mesh, before(ground, stack))
        messages = failing(ground, workspace, ground.mesh, stack)
        assert [message for message in messages if str(fault.error) not in message] == []
        assert met.unmet() == set()
        assert ground.all_there() == ground.all_stated()
        ground.faulty.meet = spared
        converges(ground, workspace, ground.mesh, stack)


def test_a_bucket_name_that_somebody_else_has_is_given_up_as_the_run_says(ground: Ground) -> None:
    plan = ground.mesh.plan
    name = plan.governance.audit.bucket
    with ground.workspace() as workspace:
        deployed(workspace, ground.mesh, ["organization"])
        stranger: Any = ground.faulty.organization.client("s3", plan.partners["courier"].access.account_id)
        place = {"LocationConstraint": plan.perimeter.region}
        stranger.create_bucket(Bucket=name, CreateBucketConfiguration=place)
        (message,) = failing(ground, workspace, ground.mesh, "governance")
        assert "BucketAlreadyExists" in message
        assert ground.all_there() == ground.all_stated()
        assert "take its line out of `stacks/names.lock.yaml`" in advice([message])
        lock = ground.mesh.directory / "names.lock.yaml"
        lines = lock.read_text().splitlines(keepends=True)
        lock.write_text("".join(line for line in lines if line.split() != ["audit:", name]))
        mesh = mesh_of(ground.mesh.directory)
        assert mesh.plan.governance.audit.bucket != name
        converges(ground, workspace, mesh, "governance")


class HalfAnInbox:
    """A partner's inbox whose versions cannot be switched on; S3 refuses to replicate into it, which moto does not."""

    def __init__(self, ground: Ground) -> None:
        self.organization = ground.faulty.organization
        partner = ground.mesh.plan.partners["courier"]
        self.account, self.inbox = partner.access.account_id, partner.partner.inbox
        self.half = True

    def __call__(self, operation: str, parameters: PropertyValues) -> None:
        if operation == "put_bucket_versioning" and parameters["Bucket"] == self.inbox and self.half:
            raise GONE
        if operation == "put_bucket_replication":
            (rule,) = parameters["ReplicationConfiguration"]["Rules"]
            assert rule["Destination"]["Bucket"].endswith(f":{self.inbox}")
            s3: Any = self.organization.client("s3", self.account)
            if s3.get_bucket_versioning(Bucket=self.inbox).get("Status") != "Enabled":
                raise AwsError("InvalidRequest", "Destination bucket must have versioning enabled.")


def test_a_replication_to_half_an_inbox_is_whole_once_the_partners_stack_has_run_to_its_end(ground: Ground) -> None:
    ground.faulty.meet_call = inbox = HalfAnInbox(ground)
    with ground.workspace() as workspace:
        deployed(workspace, ground.mesh, before(ground, "partner-courier"))
        assert "in a minute" in advice(failing(ground, workspace, ground.mesh, "partner-courier"))
        others = [stack for stack in before(ground, "domain-orders") if stack.startswith("access-")]
        deployed(workspace, ground.mesh, others)
        (message,) = failing(ground, workspace, ground.mesh, "domain-orders")
        assert "versioning" in message
        assert ground.all_there() == ground.all_stated()
        assert advice([message]) == "Run `partner-<p>` to its end, then this stack again."
        inbox.half = False
        deployed(workspace, ground.mesh, ["partner-courier"])
        converges(ground, workspace, ground.mesh, "domain-orders")
