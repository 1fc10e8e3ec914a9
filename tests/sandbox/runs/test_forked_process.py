"""Forks of the processes that plan: they share what is there, and end with whoever began them."""

from __future__ import annotations

import os
import signal
import time

import psutil
import pytest

from tests.sandbox.runs.test_preview_processes import STACKS, planning


def test_a_process_plans_its_first_stack_itself_and_forks_that_share_what_it_has_then_for_the_others() -> None:
    cached: list[str] = []

    def first() -> None:
        cached.append("first")

    def later() -> None:
        assert cached == ["first"]
        cached.append("later")  # and is gone with the process

    processes = planning({"four": first, "five": first, **dict.fromkeys(STACKS[:3], later)})
    processes.begin_with = ("four", "five")
    with processes:
        runs = processes.runs()
    assert [run.stack for run in runs] == list(STACKS)
    assert cached == []


def test_no_fork_is_left_when_it_ends_early() -> None:
    others = psutil.Process().children(recursive=True)
    forks: list[psutil.Process] = []

    def interrupted(*_: object) -> None:
        begun = [child for child in psutil.Process().children(recursive=True) if child not in others]
        if not forks and len(begun) == 4:
            forks.extend(begun)
            raise KeyboardInterrupt

    def plan() -> None:
        with planning({stack: lambda: time.sleep(60) for stack in STACKS[2:]}) as processes:
            signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)
            processes.runs()

    before = signal.signal(signal.SIGALRM, interrupted)
    try:
        with pytest.raises(KeyboardInterrupt):
            plan()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert len(forks) == 4
    _, alive = psutil.wait_procs(forks, timeout=10)
    assert not alive


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_a_fork_that_a_signal_ends_fails_its_stack_as_a_process_does(number: signal.Signals) -> None:
    with planning({"five": lambda: os.kill(os.getpid(), number)}) as processes:
        runs = processes.runs()
    (failure,) = [failure for run in runs for failure in run.result.failures]
    assert failure.message.startswith(f"the process that planned it ended with signal {int(number)} (")
    assert runs[-1].result.failures == [failure]
