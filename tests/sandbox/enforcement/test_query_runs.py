"""Executions of Athena: a short one has ended when its caller has the id, a long one goes on and can be stopped."""

from __future__ import annotations

import threading
import time
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.athena.query_errors import OF_THE_QUERY, OF_THE_SYSTEM
from sandbox.emulator.athena_queries import CANCELLED, RUNNING, Outcome, ended, queued, stopped
from sandbox.emulator.aws.resource import AwsError
from sandbox.enforcement import query_runs
from sandbox.enforcement.query_runs import QueryRuns, _Started
from sandbox.enforcement.refusals import UNDECIDED


class Runs(QueryRuns):
    """Executions that take as long as `release` is not set."""

    def __init__(self) -> None:
        super().__init__(None, None)  # type: ignore[arg-type]
        self.release = threading.Event()
        self.begun: list[str] = []

    def _run(self, started: _Started) -> Outcome:
        self.begun.append(started.execution.id)
        self._stops[started.execution.id] = self.release.set
        self.release.wait(30)
        return Outcome("SUCCEEDED")

    def start(self, name: str) -> Any:
        execution = SimpleNamespace(id=name, end_time=0.0)
        queued(execution)
        started = self._under_way[name] = _Started(execution, "1", "key")
        self._waiting.append(started)
        return execution


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> Runs:
    monkeypatch.setattr(query_runs, "PATIENCE", 0.2)
    return Runs()


def until(what: Any) -> None:
    deadline = time.monotonic() + 20
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_short_one_has_ended_when_its_caller_goes_on(runs: Runs) -> None:
    runs.release.set()
    execution = runs.start("short")
    runs.run_waiting()
    assert execution.outcome.state == "SUCCEEDED"
    assert runs.under_way("key") == []


def test_a_long_one_leaves_its_caller_and_is_stopped(runs: Runs) -> None:
    execution = runs.start("long")
    runs.run_waiting()
    assert execution.outcome.state == RUNNING
    assert runs.under_way("key") == ["long"]
    runs.stop("long")
    until(lambda: runs.under_way("key") == [])
    assert execution.outcome.state == CANCELLED


def test_a_long_one_holds_up_no_other(runs: Runs) -> None:
    first = runs.start("first")
    runs.run_waiting()
    second = runs.start("second")
    runs.run_waiting()
    assert (first.outcome.state, second.outcome.state) == (RUNNING, RUNNING)
    runs.release.set()
    until(lambda: runs.under_way("key") == [])
    assert (first.outcome.state, second.outcome.state) == ("SUCCEEDED", "SUCCEEDED")


def test_one_that_has_just_ended_stays_as_it_ended(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stop comes when the outcome is kept, and the execution is still under way for who runs it."""
    kept, stop = threading.Event(), threading.Event()

    def slow(execution: Any, outcome: Outcome) -> bool:
        first = ended(execution, outcome)
        kept.set()
        stop.wait(20)
        return first

    monkeypatch.setattr(query_runs, "ended", slow)
    runs.release.set()
    execution = runs.start("late")
    runs.run_waiting()
    assert kept.wait(20)
    at = execution.end_time
    assert runs.under_way("key") == ["late"]
    runs.stop("late")
    assert not stopped(execution)
    stop.set()
    until(lambda: runs.under_way("key") == [])
    assert (execution.outcome, execution.end_time) == (Outcome("SUCCEEDED"), at)


def test_one_that_is_stopped_says_by_whom_whatever_comes_of_it(runs: Runs) -> None:
    waiting = runs.start("waiting")
    runs.stop("waiting")
    runs.run_waiting()
    running = runs.start("running")
    runs.run_waiting()
    assert stopped(running), "the emulator hears of it first"
    runs.stop("running")
    until(lambda: runs.under_way("key") == [])
    for execution in (waiting, running):
        assert (execution.outcome.state, execution.outcome.reason) == (CANCELLED, "Query cancelled by user")
        assert execution.end_time
    assert "waiting" not in runs.begun


class FailingRuns(QueryRuns):
    """Executions that fail of an error of AWS."""

    def __init__(self, error: AwsError) -> None:
        super().__init__(None, None)  # type: ignore[arg-type]
        self._error = error

    def catalog(self, account: str, key: str) -> Any:
        return None

    def _answer(self, execution: Any, place: Any, catalog: Any) -> Any:
        raise self._error


@pytest.mark.parametrize(
    ("error", "category", "reason"),
    [
        (AwsError("AccessDenied", "not yours"), OF_THE_QUERY, "AccessDenied: not yours"),
        (AwsError("InternalFailure", "moto failed"), OF_THE_SYSTEM, "GENERIC_INTERNAL_ERROR: the emulator failed ("),
        (AwsError("NotImplemented", "no such API"), OF_THE_SYSTEM, "GENERIC_INTERNAL_ERROR: the emulator failed ("),
        (
            AwsError("AccessDenied", f"s3:PutObject is {UNDECIDED}: why"),
            OF_THE_SYSTEM,
            "GENERIC_INTERNAL_ERROR: the emulator failed (",
        ),
    ],
    ids=["a refusal", "a failure of the emulator", "an API that is not there", "a call that was not decided"],
)
def test_a_fault_of_ours_is_none_of_the_query(error: AwsError, category: int, reason: str) -> None:
    execution = SimpleNamespace(id="one", workgroup=None, config={}, context={})
    queued(execution)
    outcome = FailingRuns(error)._run(_Started(execution, "1", "key"))
    assert (outcome.state, outcome.category) == ("FAILED", category)
    assert outcome.reason.startswith(reason)
    assert str(error) in outcome.reason
