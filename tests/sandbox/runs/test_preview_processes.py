"""Stacks that are planned side by side: the same runs in the same order, and what happens when it ends early."""

from __future__ import annotations

import datetime
import json
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import psutil
import pytest

from cli import rendered_sides
from mesh import example
from mesh import folder as mesh_folder
from mesh.folder import plan_folder
from sandbox.engine.analysis import Analyzer
from sandbox.engine.driver import RunResult
from sandbox.engine.steps import Step
from sandbox.engine.work import Failure
from sandbox.runs import preview, run_json
from sandbox.runs.free_cores import cores
from sandbox.runs.preview_processes import PreviewProcesses
from sandbox.runs.stack_run import ENTRY_POINT, OnStep, StackRun, StackTask
from tests.program import sample

DAY = datetime.date(2026, 12, 1)
STACKS = ("one", "two", "three", "four", "five")


def run_of(stack: str, *failures: Failure) -> StackRun:
    step = Step("create", f"urn::{stack}", "aws:s3/bucket:Bucket", "", "")
    return StackRun(stack, str(os.getpid()), True, RunResult([step], [], list(failures), [], [], 0))


def planning(
    special: Mapping[str, Callable[[], None]] | None = None,
    stacks: tuple[str, ...] = STACKS,
    processes: int = 2,
    prepare: Callable[[], None] = lambda: None,
) -> PreviewProcesses[StackRun]:
    """Processes that do something special for some stacks."""

    def plan(stack: str, _: OnStep | None) -> StackRun:
        (special or {}).get(stack, lambda: None)()
        return run_of(stack)

    def lost(stack: str, why: str) -> StackRun:
        return run_of(stack, Failure("", why))

    return PreviewProcesses(plan, lambda run: run, lost, prepare, stacks, processes)


def comparable(runs: list[StackRun]) -> list[object]:
    """What must not depend on who planned it."""
    return [
        (
            run.stack,
            run.account_id,
            [resource.urn for resource in run.result.resources],
            [(step.operation, step.urn) for step in run.result.steps],
            run.result.failures,
            run.result.warnings,
            run.result.logs,
            run.result.outputs,
        )
        for run in runs
    ]


COMPARED = """
import sys
from tests.sandbox.runs.test_preview_processes import compare
compare(sys.argv[1], sys.argv[2:])
"""


def compare(directory: str, stacks: list[str]) -> None:
    """Plan in two processes and in one, and compare; in a process of its own, for gRPC's threads survive no fork."""
    mesh = plan_folder(Path(directory), DAY)
    with preview.previews(mesh, stacks or mesh.plan.stacks) as processes:
        many = processes.runs()
    assert cores() > 1
    one = preview.preview(mesh, stacks or mesh.plan.stacks)
    assert not any(run.result.failures for run in one)
    assert comparable(many) == comparable(one)
    assert json.dumps(run_json.as_json(mesh.plan, many)) == json.dumps(run_json.as_json(mesh.plan, one))


def same_side_by_side(directory: Path, *stacks: str) -> None:
    """Fails where the runs of two processes are not those of one."""
    command = [sys.executable, "-c", COMPARED, str(directory), *stacks]
    subprocess.run(command, check=True, cwd=ENTRY_POINT.parent)


side_by_side = pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="one core plans in one process")


TWO_MESHES = """
import sys
from tests.sandbox.runs.test_preview_processes import compare_two_meshes
compare_two_meshes(sys.argv[1], sys.argv[2])
"""


def compare_two_meshes(directory: str, stack: str) -> None:
    """Plan a stack of one name on two days, side by side and alone; in a process of its own, as `compare` is."""
    meshes = [plan_folder(Path(directory), day) for day in (DAY, DAY + datetime.timedelta(days=1))]
    told: list[str] = []
    with preview.previews_of_meshes([(mesh, [stack]) for mesh in meshes]) as processes:
        many = processes.runs(lambda name, _: told.append(name))
    alone = [preview.preview(mesh, [stack])[0] for mesh in meshes]
    assert set(told) == {stack}
    assert comparable(many) == comparable(alone)


@side_by_side
@pytest.mark.long
def test_side_by_side_a_stack_of_two_meshes_is_planned_for_each() -> None:
    command = [sys.executable, "-c", TWO_MESHES, str(sample.STACKS), "access-playback"]
    subprocess.run(command, check=True, cwd=ENTRY_POINT.parent)


TWO_SIDES = """
import sys
from tests.sandbox.runs.test_preview_processes import render_two_sides
render_two_sides(sys.argv[1], sys.argv[2], sys.argv[3])
"""


def render_two_sides(directory: str, stack: str, meeting_place: str) -> None:
    """Render a stack of two sides, of which each waits until the other has begun: in turn, neither would end."""
    days = [DAY, DAY + datetime.timedelta(days=1)]

    def meet(task: StackTask, _analyzer: Analyzer | None) -> StackRun:
        Path(meeting_place, task.mesh.as_of.isoformat()).touch()
        until = time.monotonic() + 60
        while not all(Path(meeting_place, day.isoformat()).exists() for day in days):
            assert time.monotonic() < until, "the other side did not begin"
            time.sleep(0.01)
        return StackRun.of(task, RunResult([], [], [], [], [], 0))

    with pytest.MonkeyPatch.context() as patches:
        patches.setattr(preview, "_preview", meet)
        sides = [plan_folder(Path(directory), day) for day in days]
        assert rendered_sides.render(sides, [stack]) == [{stack: []}, {stack: []}]


@side_by_side
@pytest.mark.slow
def test_side_by_side_one_stack_of_a_side_does_not_wait_for_the_other_side(tmp_path: Path) -> None:
    command = [sys.executable, "-c", TWO_SIDES, str(sample.STACKS), "access-playback", str(tmp_path)]
    subprocess.run(command, check=True, cwd=ENTRY_POINT.parent)


@side_by_side
@pytest.mark.slow
def test_side_by_side_the_sample_is_planned_as_in_one_process() -> None:
    same_side_by_side(sample.STACKS, "organization", "partner-subtitling", "access-playback", "domain-playback")


@side_by_side
@pytest.mark.long
@pytest.mark.parametrize(("domains", "products", "partners"), [(1, 1, 0), (3, 2, 1), (2, 10, 2)])
def test_side_by_side_a_generated_mesh_is_planned_as_in_one_process(
    tmp_path: Path, domains: int, products: int, partners: int
) -> None:
    example.write(tmp_path / "mesh", domains, products, partners, DAY)
    same_side_by_side(tmp_path / "mesh")


@pytest.mark.slow
def test_the_mesh_is_read_once_however_many_stacks_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    mesh = sample.mesh()
    monkeypatch.setattr(mesh_folder, "load", lambda *_: pytest.fail("the mesh was read again"))
    assert [run.result.failures for run in preview.preview(mesh, ("partner-subtitling", "access-ads"))] == [[], []]


@pytest.mark.long
def test_every_domain_touches_what_the_processes_share_and_most_of_it() -> None:
    program = (
        "import sys; from sandbox.runs import preview; from tests.program import sample;"
        "preview.preview(sample.mesh(), ['access-playback', 'domain-content']);"
        "print(*{name.split('.')[1] for name in sys.modules"
        " if name.startswith('pulumi_aws.') and name.count('.') > 1})"  # a service of which a module is loaded
    )
    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ENTRY_POINT.parent
    )
    assert set(preview.SHARED_SERVICES) <= set(answer.stdout.split())


def test_runs_and_steps_come_in_the_order_of_the_stacks() -> None:
    told: list[str] = []
    with planning({"one": lambda: time.sleep(0.2)}) as processes:
        runs = processes.runs(lambda stack, step: told.append(f"{stack} {step.urn}"))
    assert [run.stack for run in runs] == list(STACKS)
    assert told == [f"{stack} urn::{stack}" for stack in STACKS]
    assert len({run.account_id for run in runs}) == len(STACKS)  # two processes, and those that they fork
    assert str(os.getpid()) not in {run.account_id for run in runs}


def test_a_result_is_made_where_the_stack_is_planned_and_steps_are_told_as_before() -> None:
    told: list[str] = []
    runs = planning()
    made = PreviewProcesses(
        runs.plan, lambda run: (run.account_id, os.getpid()), runs.lost, runs.prepare, runs.stacks, runs.processes
    )
    with made:
        results = made.runs(lambda stack, step: told.append(f"{stack} {step.urn}"))
    assert all(planned_by == str(made_by) and made_by != os.getpid() for planned_by, made_by in results)
    assert told == [f"{stack} urn::{stack}" for stack in STACKS]


def test_what_every_process_would_do_is_done_once_before() -> None:
    prepared: list[int] = []
    with planning(prepare=lambda: prepared.append(os.getpid())) as processes:
        processes.runs()
    assert prepared == [os.getpid()]


@pytest.mark.parametrize(("stacks", "processes"), [(("one",), 8), (STACKS, 1), ((), 2)])
def test_one_stack_or_one_core_needs_no_other_process(stacks: tuple[str, ...], processes: int) -> None:
    with planning(stacks=stacks, processes=processes, prepare=lambda: pytest.fail("forks")) as planned:
        assert [run.account_id for run in planned.runs()] == [str(os.getpid()) for _ in stacks]


def test_a_process_with_other_threads_does_not_fork() -> None:
    ended = threading.Event()
    thread = threading.Thread(target=ended.wait)
    thread.start()
    try:
        assert cores() == 1
    finally:
        ended.set()
        thread.join()


def test_a_process_that_is_killed_fails_its_stack_with_one_sentence_and_the_rest_is_planned() -> None:
    with planning({"two": lambda: os.kill(os.getpid(), signal.SIGKILL)}) as processes:
        runs = processes.runs()
    assert [run.stack for run in runs] == list(STACKS)
    assert [failure.message for run in runs for failure in run.result.failures] == [
        "the process that planned it ended with signal 9 (Killed), and said nothing; "
        "plan it alone with --stack to see why"
    ]


def test_when_every_process_is_gone_this_one_plans_the_rest() -> None:
    own = os.getpid()

    def die() -> None:
        assert os.getpid() != own
        os._exit(7)

    with planning({"one": die, "two": die}) as processes:
        runs = processes.runs()
    assert [len(run.result.failures) for run in runs] == [1, 1, 0, 0, 0]
    assert "ended with code 7" in runs[0].result.failures[0].message
    assert {run.account_id for run in runs[2:]} == {str(own)}


def refuse() -> None:
    raise LookupError("it is gone")


class UnportableError(Exception):
    """An exception that cannot be sent."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(one + other)


def test_what_a_program_raises_is_raised_with_the_trace_that_it_had_there() -> None:
    with pytest.raises(LookupError, match="it is gone") as raised, planning({"three": refuse}) as processes:
        processes.runs()
    assert "in refuse" in "".join(raised.value.__notes__)


def test_what_cannot_be_sent_is_raised_as_what_it_said() -> None:
    def unportable() -> None:
        raise UnportableError("it is ", "gone")

    with (
        pytest.raises(RuntimeError, match="UnportableError: it is gone"),
        planning({"three": unportable}) as processes,
    ):
        processes.runs()
    with pytest.raises(TypeError):
        pickle.loads(pickle.dumps(UnportableError("a", "b")))


def test_the_first_stack_in_order_that_raises_is_raised() -> None:
    def late() -> None:
        time.sleep(0.2)
        raise ValueError("the first")

    with pytest.raises(ValueError, match="the first"), planning({"one": late, "two": refuse}) as processes:
        processes.runs()


def test_no_process_is_left_when_it_ends_early() -> None:
    others = psutil.Process().children()
    children: list[psutil.Process] = []

    def interrupted() -> None:
        with planning({stack: lambda: time.sleep(60) for stack in STACKS}):
            children.extend(child for child in psutil.Process().children() if child not in others)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert len(children) == 2
    assert not any(child.is_running() for child in children)


def begun_by(process: subprocess.Popen[Any]) -> list[psutil.Process]:
    """The processes of a command, once there are some."""
    while process.poll() is None:
        if children := psutil.Process(process.pid).children():
            return children
        time.sleep(0.05)
    return pytest.fail("it ended without a process of its own")


@side_by_side
@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.long)])
def test_a_signal_ends_the_command_and_all_of_its_processes(number: signal.Signals) -> None:
    command = [sys.executable, "-m", "cli.main", "plan", "--as-of", DAY.isoformat(), "--json"]
    process = subprocess.Popen(
        command,
        cwd=ENTRY_POINT.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    children = begun_by(process)
    time.sleep(0.5)
    os.killpg(process.pid, number) if number == signal.SIGINT else process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 128 + number
    assert out == ""
    assert "Traceback" not in err
    _, alive = psutil.wait_procs(children, timeout=10)
    assert not alive


@side_by_side
@pytest.mark.long
def test_processes_end_when_the_command_is_killed() -> None:
    command = [sys.executable, "-m", "cli.main", "plan", "--as-of", DAY.isoformat()]
    process = subprocess.Popen(command, cwd=ENTRY_POINT.parent, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    children = begun_by(process)
    process.kill()
    process.wait()
    _, alive = psutil.wait_procs(children, timeout=60)
    assert not alive
