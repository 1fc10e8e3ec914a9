"""The walks of ARCHITECTURE.md are walked: their functions are called, in their order, and no file stands between."""

from __future__ import annotations

import datetime
import io
import sys
from typing import Any, NamedTuple

import pytest

from cli import exit_codes, main
from mesh.access.bulk import Decider
from mesh.folder import plan_folder
from mesh.iam.statement import KEY_ARN
from sandbox.runs.fresh_organization import emulated
from sandbox.runs.stack_run import StackRun
from sandbox.runs.workspace import EmbeddedEngine, Workspace
from tests.cli.test_way_to_the_provider import seen as seen
from tests.docs.pages import ROOT
from tests.docs.walks import Called, Step, Trace, defined, functions, out_of_order, walk
from tests.sandbox.runs.in_memory_states import InMemoryStates

MOST = 8
WALKS = ("profiles", "up", "decide")
REQUEST = (
    b'{"principal": "arn:aws:iam::330000000039:role/mesh/clearance/pii", "action": "s3:GetObject",'
    b' "resource": "arn:aws:s3:::aurora-identity--profiles/files/a"}\n'
)


@pytest.mark.parametrize("name", WALKS)
def test_a_walk_has_at_most_eight_files_each_once_and_names_what_is_there(name: str) -> None:
    steps = walk(name)
    assert 0 < len(steps) <= MOST
    assert len({step.file for step in steps}) == len(steps)
    assert [name for step in steps for name in step.names if name not in defined(ROOT / step.file)] == []
    assert all(step.names for step in steps)


# ---- from YAML to the bucket policy sent


class Deployed(NamedTuple):
    """A run of the stack `domain-identity`, and the calls of the walk's functions in it."""

    run: StackRun
    calls: list[Called]
    policy: str
    """The bucket policy as the plan has it, with the key's ARN that AWS gave."""


@pytest.fixture(scope="module")
def deployed() -> Deployed:
    mesh = plan_folder(ROOT / "stacks", datetime.date(2026, 12, 1))
    trace = Trace(frozenset(functions(walk("profiles"))))
    with emulated(mesh.plan) as organization:
        workspace = Workspace(EmbeddedEngine.of(organization, InMemoryStates()))
        before = workspace.up(mesh, ["organization", "governance", "access-identity"])
        (run,) = trace.during(lambda: workspace.up(mesh, ["domain-identity"]))
    assert [failure for each in (*before, run) for failure in each.result.failures] == []
    key = next(r for r in run.result.resources if r.type == "aws:kms/key:Key" and r.name == "profiles")
    policy = mesh.plan.domains["identity"].products["profiles"].bucket_policy.text({KEY_ARN: key.outputs["arn"]})
    return Deployed(run, trace.calls, policy)


@pytest.mark.long
def test_the_functions_of_the_walk_are_called_for_the_product_in_that_order(deployed: Deployed) -> None:
    about = [call for call in deployed.calls if call.function[1] == "load" or "profiles" in call.about]
    assert out_of_order(functions(walk("profiles")[1:]), about) == []


@pytest.mark.long
@pytest.mark.parametrize("place", [-2, -1], ids=["the document", "the bucket"])
def test_no_file_stands_between_those_of_the_walk(deployed: Deployed, place: int) -> None:
    files, (file, names) = [step.file for step in walk("profiles")], walk("profiles")[place]
    start, last = files[3], (file, names[-1])
    call = next(c for c in deployed.calls if c.function == last and "profiles" in c.about and start in c.way)
    assert set(call.way[: call.way.index(start)]) <= set(files), call.way


@pytest.mark.long
def test_what_is_sent_is_the_document_of_the_plan(deployed: Deployed) -> None:
    (sent,) = (
        resource.inputs["policy"]
        for resource in deployed.run.result.resources
        if resource.type == "aws:s3/bucketPolicy:BucketPolicy" and resource.name == "profiles"
    )
    assert sent == deployed.policy
    assert KEY_ARN not in sent


# ---- from mesh up to the provider


def test_the_walk_of_mesh_up_is_the_way_that_a_call_takes(seen: dict[str, list[str]]) -> None:
    assert [step.file for step in walk("up")] == seen["Create"]


# ---- a line of mesh decide


@pytest.fixture(scope="module")
def traces() -> list[Trace]:
    """The command as it is typed, with three lines alike on stdin: the whole of it, and each line by itself."""
    watched = frozenset(functions(walk("decide")))
    whole, lines, answer = Trace(watched), list[Trace](), Decider.answer

    def traced(decider: Decider, line: bytes) -> Any:
        lines.append(Trace(watched))
        return lines[-1].during(lambda: answer(decider, line))

    class Stdin:
        buffer = io.BufferedReader(io.BytesIO(REQUEST * 3))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", Stdin)
        patch.setattr(Decider, "answer", traced)
        command = ["decide", "--dir", str(ROOT / "stacks"), "--as-of", "2026-12-01"]
        assert whole.during(lambda: main.run(command)) == exit_codes.FINE
    return [whole, *lines]


def test_a_line_enters_the_files_of_the_walk_and_no_others(traces: list[Trace]) -> None:
    _, first, second, third = traces
    assert second.files == third.files == {step.file for step in walk("decide")[1:]}
    assert first.files > second.files, "documents are compiled when a request first touches them"


def test_the_functions_of_a_decision_are_called_in_the_order_of_the_walk(traces: list[Trace]) -> None:
    whole, first, *_ = traces
    command, line = functions(walk("decide"))[:1], functions(walk("decide"))[1:]
    assert out_of_order(command, whole.calls) == []
    assert out_of_order(line, first.calls) == []


# ---- a walk that is not walked


def test_a_walk_in_another_order_or_with_a_file_too_few_would_be_noticed(traces: list[Trace]) -> None:
    steps = walk("decide")[1:]
    assert out_of_order(reversed(functions(steps)), traces[1].calls)
    assert traces[2].files != {step.file for step in steps[:-1]}
    assert out_of_order(functions([Step("mesh/evaluator/decide.py", ("nowhere",))]), traces[1].calls)
