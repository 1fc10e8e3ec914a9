"""A stack as a process sends it: resources as JSON, found alone what is found of all at once, and failures."""

from __future__ import annotations

import pickle

from mesh.acceptance.accept import accept
from mesh.folder import plan_folder
from sandbox.engine.driver import RunResult
from sandbox.engine.state import ResourceState
from sandbox.engine.steps import Step
from sandbox.engine.work import Failure
from sandbox.runs.emitted_stacks import document, emitted_stack
from sandbox.runs.run_json import as_json
from sandbox.runs.stack_run import StackRun
from tests.conftest import DAY, TINY

PLAN = plan_folder(TINY, DAY).plan
URN = "urn:pulumi:s::p::aws:s3/bucket:Bucket::audit"


def run_of(*failures: Failure) -> StackRun:
    resources = [ResourceState(urn=URN, type="aws:s3/bucket:Bucket", custom=True)]
    steps = [Step("create", URN, "aws:s3/bucket:Bucket", "", "")]
    return StackRun("governance", "200000000002", True, RunResult(steps, resources, list(failures), [], [], 0))


def test_what_is_sent_is_the_document_and_what_is_found_in_it() -> None:
    made = pickle.loads(pickle.dumps(emitted_stack(PLAN, run_of())))
    assert made.created == 1
    assert made.run.result.resources == made.run.result.steps == []
    whole = as_json(PLAN, [run_of()])
    assert document(PLAN, [made]) == whole
    assert accept(whole, whole=False, own=made.own) == accept(whole, whole=False)


def test_of_a_stack_that_failed_the_failures_are_sent() -> None:
    failure = Failure(URN, "it is refused")
    made = emitted_stack(PLAN, run_of(failure))
    assert made.run.result.failures == [failure]
    assert (made.created, made.resources, made.own) == (0, [], ())
