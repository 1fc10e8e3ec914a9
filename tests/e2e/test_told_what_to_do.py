"""Answers of AWS as `mesh up` prints them: what each means and what to do, as the page of troubles has it."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from mesh.aws.troubles import troubles
from sandbox.emulator.aws.resource import AwsError
from tests.e2e.aws_faults import OneEach, SingleFault
from tests.e2e.ground import Ground, without_clearance
from tests.sandbox.emulator.faulty import spared_call

pytestmark = [
    pytest.mark.long,
    pytest.mark.timeout(1800),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "on-aws.md").read_text("utf-8")
PATIENCE = 300
CODE = re.compile(r"`([\w.]+)`")

Words = dict[SingleFault, str]
"""By an answer of AWS, words of what to do about it."""


def fault(operation: str, code: str, message: str) -> SingleFault:
    return SingleFault(AwsError(code, message), operation)


AGAIN = "Run the stack again in a minute"
QUOTA = 'Have "default maximum number of accounts" raised in Service Quotas'
OTHERS = "no other of the same account beside it"
OTHER_UPDATE = "Let the other update end"
ROLE_FIRST = "if it stays, deploy the stack that makes the role first"
IMPORT = "`pulumi import` it"

MET: dict[str, Words] = {
    "organization": {
        fault("create_permission_set", "ThrottlingException", "Rate exceeded"): OTHERS,
        fault("create_account_assignment", "ConflictException", "There is a conflicting operation"): AGAIN,
        fault("create_account", "ConstraintViolationException", "exceeded the allowed number of AWS accounts."): QUOTA,
        fault("create_account", "ACCOUNT_LIMIT_EXCEEDED", ""): QUOTA,
        fault("create_account", "EMAIL_ALREADY_EXISTS", ""): "Write another address for this account into the file",
        fault("create_organizational_unit", "FinalizingOrganizationException", "still"): "again in an hour",
        fault("attach_policy", "TooManyRequestsException", "slow down"): "nothing else that changes the organisation",
        fault("create_policy", "ConcurrentModificationException", "Try again later"): OTHER_UPDATE,
        fault(
            "create_stack_set", "OperationInProgressException", "Another Operation on StackSet"
        ): "shows none running",
        fault("create_group", "EntityAlreadyExists", "Group with name mesh-break-glass already exists."): IMPORT,
    },
    "governance": {
        fault("create_bucket", "BucketAlreadyExists", "not available"): "take its line out of `stacks/names.lock.yaml`",
        fault("create_bucket", "BucketAlreadyOwnedByYou", "you own it"): "under the name that the preview shows",
        fault("put_bucket_versioning", "NoSuchBucket", "does not exist"): AGAIN,
        fault("put_bucket_encryption", "SlowDown", "Please reduce your request rate"): OTHERS,
        fault("put_bucket_policy", "MalformedPolicy", "Invalid principal in policy"): ROLE_FIRST,
        fault("create_key", "MalformedPolicyDocumentException", "one or more invalid principals"): ROLE_FIRST,
        fault("create_role", "MalformedPolicyDocument", "Invalid principal in policy"): ROLE_FIRST,
        fault("create_role", "ConcurrentModification", "was modified"): OTHER_UPDATE,
        fault("put_role_policy", "Throttling", "Rate exceeded"): OTHERS,
        fault("create_vpc_endpoint", "RequestLimitExceeded", "Request limit exceeded."): OTHERS,
        fault("create_work_group", "ThrottledException", "slow"): OTHERS,
        fault("grant_permissions", "InvalidInputException", "Invalid principal"): "deploy `access-<d>` first",
    },
    "access-orders": {
        fault("create_database", "AlreadyExistsException", "Database already exists."): IMPORT,
    },
    "domain-orders": {
        fault("put_bucket_replication", "InvalidRequest", "Destination bucket must exist."): "Run `partner-<p>` to its",
        fault("put_bucket_replication", "InvalidRequest", "Versioning must be 'Enabled' on the bucket"): AGAIN,
    },
}
"""Answers where AWS gives them, by the stack whose first runs meet them."""

USED = fault("delete_work_group", "InvalidRequestException", "WorkGroup pii is not empty")


def on_the_page(message: str) -> tuple[str, str]:
    """What a message means and what to do, from the page: of the row with its code, or with its words."""
    found: list[tuple[str, str]] = []
    for line in PAGE.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if len(cells) != 3 or not line.startswith("|"):
            continue
        said, _, says = f" {cells[0]}".partition(" … ")
        codes = CODE.findall(said)
        is_code = any(re.search(rf"\b{re.escape(code)}\b", message) for code in codes) if codes else bool(says)
        if is_code and says.lower() in message.lower():
            found.append((cells[1].strip(), cells[2].strip()))
    (row,) = found
    return row


def printed(ground: Ground, command: subprocess.CompletedProcess[str], stack: str, met: list[SingleFault]) -> None:
    """A run has met faults, said each, and under them what the page says of each, and nothing else."""
    assert command.returncode == 1, command.stderr
    failed = re.findall(rf"^failed {stack}: .*$", command.stdout, re.MULTILINE)
    failed = [line for line in failed if not ground.is_behind(line)]
    assert len(failed) == len(met), failed
    rows = {on_the_page(str(fault.error)) for fault in met}
    every = {(trouble.means, trouble.do) for trouble in troubles()}
    assert {row for row in every | rows if f": {row[0]} {row[1]}\n" in command.stdout} == rows
    # Pulumi's engine takes the blank behind a code without words away.
    said = [str(fault.error).strip() for fault in met]
    assert [error for error in said if not any(error in line for line in failed)] == [], failed


@pytest.mark.parametrize("stack", MET)
def test_a_run_prints_of_each_answer_of_aws_what_to_do_and_the_runs_behind_it_make_the_rest(
    stack: str, ground: Ground
) -> None:
    left = [*MET[stack]]
    with ground.workspace() as workspace, ground.served():
        stacks = [*ground.mesh.plan.stacks]
        for run in workspace.up(ground.mesh, stacks[: stacks.index(stack)]):
            assert run.result.failures == []
        while left:
            ground.faulty.meet_call = faults = OneEach(left)
            command = ground.typed("up", "--stack", stack, patience=PATIENCE)
            assert faults.met, f"nothing is left that could meet {left}"
            printed(ground, command, stack, faults.met)
            assert [each for each in faults.met if MET[stack][each] not in command.stdout] == []
            assert ground.all_there() == ground.all_stated()
            left = [each for each in left if each not in faults.met]
        ground.faulty.meet_call = spared_call
        assert ground.typed("up", "--stack", stack, patience=PATIENCE).returncode == 0
        assert set(workspace.up(ground.mesh, [stack])[0].operations) == {"same"}


def test_a_run_prints_every_row_of_the_table_whichever_call_is_answered_so(ground: Ground) -> None:
    if ground.cli:
        pytest.skip("rows are told from messages, which are the same under each engine")
    # The network has nine endpoints, and none waits for another.
    left = [
        fault("create_vpc_endpoint", trouble.codes[0] if trouble.codes else "Failed", f"Of it: {trouble.says}.")
        for trouble in troubles()
    ]
    with ground.workspace() as workspace, ground.served():
        assert workspace.up(ground.mesh, ["organization"])[0].result.failures == []
        while left:
            ground.faulty.meet_call = met = OneEach(left)
            command = ground.typed("up", "--stack", "governance", patience=PATIENCE)
            assert met.met
            printed(ground, command, "governance", met.met)
            left = [each for each in left if each not in met.met]


def test_a_run_prints_what_to_do_where_a_used_workgroup_is_not_deleted(ground: Ground) -> None:
    with ground.workspace() as workspace, ground.served():
        for run in workspace.up(ground.mesh):
            assert run.result.failures == []
        without = without_clearance(ground.mesh.directory)
        ground.faulty.meet_call = faults = OneEach([USED])
        command = ground.typed("up", "--stack", "domain-shop", patience=PATIENCE)
        printed(ground, command, "domain-shop", faults.met)
        assert "Run the stack once with this version of the mesh, which sets `force_destroy`" in command.stdout
        ground.faulty.meet_call = spared_call
        assert workspace.up(without, ["domain-shop"])[0].result.failures == []
