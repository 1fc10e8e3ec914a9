"""A stack that is planned before the processes begin, so that they share what it caches, and stacks without one."""

from __future__ import annotations

import gc
import os
from typing import Any

import psutil
import pytest

from sandbox.engine.analysis import Analyzer
from sandbox.engine.driver import RunResult
from sandbox.runs import preview
from sandbox.runs.stack_run import StackRun, StackTask
from tests.program import sample
from tests.sandbox.runs.test_preview_processes import planning, refuse


def planned_here(task: StackTask, _analyzer: Analyzer | None) -> StackRun:
    """A run whose account is the process."""
    return StackRun(task.stack, str(os.getpid()), True, RunResult([], [], [], [], [], 0))


def refused_for_partners(task: StackTask, analyzer: Analyzer | None) -> StackRun:
    if task.stack.startswith("partner-"):
        refuse()
    return planned_here(task, analyzer)


@pytest.fixture(autouse=True)
def without_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preview, "_preview", planned_here)
    monkeypatch.setattr(preview, "load_program", lambda: None)


def run_sample(processes: int, analyzer: Any = None) -> list[StackRun]:
    with preview.previews(sample.mesh(), sample.mesh().plan.stacks, processes, analyzer) as running:
        return running.runs()


def test_of_many_stacks_one_of_a_partner_is_planned_before_the_processes_begin() -> None:
    runs = run_sample(len(sample.mesh().plan.stacks) // preview.MANY)
    first = next(stack for stack in sample.mesh().plan.stacks if stack.startswith("partner-"))
    assert [run.stack for run in runs] == list(sample.mesh().plan.stacks)
    assert [run.stack for run in runs if run.account_id == str(os.getpid())] == [first]
    assert not gc.get_freeze_count()


def test_of_few_stacks_none_waits_for_another() -> None:
    runs = run_sample(len(sample.mesh().plan.stacks) // preview.MANY + 1)
    assert str(os.getpid()) not in {run.account_id for run in runs}


def test_where_policies_are_asked_none_is_planned_before_for_a_connection_survives_no_fork() -> None:
    assert str(os.getpid()) not in {run.account_id for run in run_sample(2, analyzer=object())}


def test_what_the_first_of_many_stacks_raises_is_raised_with_its_trace_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preview, "_preview", refused_for_partners)
    with pytest.raises(LookupError, match="it is gone") as raised:
        run_sample(2)
    assert "in refuse" in "".join(raised.value.__notes__)


@pytest.mark.parametrize("forks_at_once", [False, True])
def test_a_process_forks_for_its_first_stack_too_where_it_has_everything(forks_at_once: bool) -> None:
    others = psutil.Process().children()
    runs = planning()
    runs.forks_at_once = forks_at_once
    with runs:
        begun = {str(child.pid) for child in psutil.Process().children() if child not in others}
        planned_by = {run.account_id for run in runs.runs()}
    assert len(begun) == 2
    assert begun & planned_by == (set() if forks_at_once else begun)


def test_when_what_comes_before_fails_nothing_stays_frozen() -> None:
    with pytest.raises(LookupError), planning(prepare=refuse):
        pytest.fail("it began")
    assert not gc.get_freeze_count()
