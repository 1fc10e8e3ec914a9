"""A process that imports the program early: the same runs, errors raised again, and nothing left when it ends."""

from __future__ import annotations

import datetime
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from mesh import example
from mesh.folder import PlannedMesh, plan_folder
from sandbox.engine.steps import Step
from sandbox.runs import preview
from sandbox.runs.prepared_previews import LARGEST, MOST, PreparedPreviews
from sandbox.runs.stack_run import ENTRY_POINT
from tests.conftest import DAY, TINY
from tests.sandbox.runs.test_preview_processes import comparable, side_by_side

pytestmark = side_by_side
STACK = "access-shop"
SCRIPT = "import sys; from tests.sandbox.runs import test_prepared_previews as tests; getattr(tests, sys.argv[1])()"


def in_a_process_of_its_own(name: str) -> None:
    """Run a function of this module where no thread is, as a command has it."""
    done = subprocess.run([sys.executable, "-c", SCRIPT, name], cwd=ENTRY_POINT.parent, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def two_days() -> list[tuple[PlannedMesh, list[str]]]:
    return [(plan_folder(TINY, day), [STACK]) for day in (DAY, DAY + datetime.timedelta(days=1))]


def nothing(_stack: str, _step: Step) -> None:
    """Tells nobody."""


def plans_as_others_do() -> None:
    told: list[str] = []
    with PreparedPreviews() as prepared:
        meshes = two_days()
        assert prepared.takes(meshes)
        runs = prepared.runs(meshes, lambda stack, _: told.append(stack))
    assert runs is not None
    assert not psutil.Process().children()
    alone = [preview.preview(mesh, stacks)[0] for mesh, stacks in meshes]
    assert comparable(runs) == comparable(alone)
    assert told == [STACK] * sum(len(run.result.steps) for run in alone)


def raises_what_was_raised() -> None:
    preview.stack_config = None  # pyright: ignore[reportAttributeAccessIssue] (the process is to fail)
    with pytest.raises(TypeError, match="not callable"), PreparedPreviews() as prepared:
        prepared.runs(two_days(), nothing)


def is_gone() -> None:
    with PreparedPreviews() as prepared:
        (process,) = psutil.Process().children()
        meshes = two_days()
        os.kill(process.pid, signal.SIGKILL)
        assert prepared.runs(meshes, nothing) is None
        assert not prepared.takes(meshes)


def leaves_nothing() -> None:
    children: list[psutil.Process] = []

    def waits(*_: object) -> None:
        time.sleep(60)

    preview._preview = waits  # pyright: ignore[reportPrivateUsage, reportAttributeAccessIssue] (it is to be busy)

    def interrupted(*_: object) -> None:
        begun = psutil.Process().children(recursive=True)
        if len(begun) == 3:  # the process, and the two that plan
            children.extend(begun)
            raise KeyboardInterrupt

    def planning() -> None:
        with PreparedPreviews() as prepared:
            meshes = two_days()
            signal.setitimer(signal.ITIMER_REAL, 0.1, 0.1)
            prepared.runs(meshes, nothing)

    signal.signal(signal.SIGALRM, interrupted)
    with pytest.raises(KeyboardInterrupt):
        planning()
    signal.setitimer(signal.ITIMER_REAL, 0)
    assert len(children) == 3
    psutil.wait_procs(children, timeout=10)
    assert not any(child.is_running() for child in children)


@pytest.mark.slow
@pytest.mark.parametrize("function", [plans_as_others_do, raises_what_was_raised, is_gone, leaves_nothing])
def test_a_prepared_process(function: object) -> None:
    in_a_process_of_its_own(getattr(function, "__name__", ""))


def test_a_mesh_that_takes_longer_to_send_than_to_import_for_is_not_sent(tmp_path: Path) -> None:
    small = plan_folder(TINY, DAY)
    many = [f"access-{number}" for number in range(MOST + 1)]
    example.write(tmp_path / "stacks", LARGEST // 2, 1, 0, DAY)
    large = plan_folder(tmp_path / "stacks", DAY)
    assert len(large.plan.stacks) > LARGEST
    process = PreparedPreviews()
    assert not process.takes([(small, [STACK])])  # which has not begun
    process = PreparedPreviews(_process=Alive())  # pyright: ignore[reportArgumentType] (as a process is)
    assert process.takes([(small, [STACK])])
    assert not process.takes([(small, many)])
    assert not process.takes([(large, [STACK])])
    assert not process.takes([(small, [])])


class Alive:
    """A process that is there."""

    def is_alive(self) -> bool:
        return True
