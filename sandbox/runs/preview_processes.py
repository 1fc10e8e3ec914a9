"""Stacks planned side by side, each process one after the other, with the results as one process would give them.

The processes are forked: what was read and planned is there, and nothing of it is sent. That is safe in a process
without other threads alone, so they begin before anything else does.
"""

from __future__ import annotations

import gc
import os
import signal
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from types import TracebackType
from typing import Final, Self

from sandbox.runs.stack_run import OnStep, StackRun

PlanStack = Callable[[str, OnStep | None], StackRun]
Lost = Callable[[str, str], StackRun]
"""The run of a stack whose process is gone, of the stack's name and a sentence."""
SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def cores() -> int:
    """The cores that this process may use; 1 where it cannot fork, or has other threads already."""
    if not hasattr(os, "fork") or threading.active_count() > 1:
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(slots=True)
class _Planner:
    """A process that plans stacks; `stack` is the one that it is at."""

    process: ForkProcess
    connection: Connection
    stack: str = ""


@dataclass(slots=True)
class PreviewProcesses:
    """A context manager: inside, `runs` plans the stacks; at its end, also an early one, no process is left."""

    plan: PlanStack
    lost: Lost
    stacks: Sequence[str]
    processes: int
    _planners: list[_Planner] = field(default_factory=list[_Planner])

    def __enter__(self) -> Self:
        number = min(self.processes, len(self.stacks))
        if number > 1:
            gc.freeze()  # a collection would write to every object, and so copy the pages that the processes share
            before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
            try:
                for _ in range(number):
                    self._planners.append(self._begin())
            finally:
                signal.pthread_sigmask(signal.SIG_SETMASK, before)
                gc.unfreeze()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for planner in self._planners:
            if planner.stack or error is not None:
                planner.process.terminate()
            planner.connection.close()
        for planner in self._planners:
            planner.process.join()

    def runs(self, on_step: OnStep | None = None) -> list[StackRun]:
        """Every stack's run, in the order of the stacks, in which `on_step` is told of the steps, too."""
        if not self._planners:
            return [self.plan(stack, on_step) for stack in self.stacks]
        return list(self._in_order(on_step))

    def _begin(self) -> _Planner:
        context = get_context("fork")
        ours, theirs = context.Pipe()
        # Its copies of our ends are closed: a process whose parent is gone then reads an end of file, and goes, too.
        inherited = [ours, *(planner.connection for planner in self._planners)]
        process = context.Process(target=_serve, args=(self.plan, theirs, inherited), daemon=True)
        process.start()
        theirs.close()
        return _Planner(process, ours)

    def _in_order(self, on_step: OnStep | None) -> Iterator[StackRun]:
        done: dict[str, StackRun] = {}
        answers = self._answers()
        for stack in self.stacks:
            while stack not in done:
                answered = next(answers, None)
                if answered is None:  # no process is left that could
                    done[stack] = self.plan(stack, None)
                else:
                    done[answered.stack] = answered
            run = done.pop(stack)
            if on_step:
                for step in run.result.steps:
                    on_step(stack, step)
            yield run

    def _answers(self) -> Iterator[StackRun]:
        """Runs as they are done; raises what a process raised."""
        waiting = list(reversed(self.stacks))
        for planner in self._planners:
            _send(planner, waiting)
        while busy := {planner.connection: planner for planner in self._planners if planner.stack}:
            for connection in wait(list(busy)):
                planner = busy[connection]  # pyright: ignore[reportArgumentType] (a connection of those that were given)
                yield self._answer(planner)
                _send(planner, waiting)

    def _answer(self, planner: _Planner) -> StackRun:
        stack, planner.stack = planner.stack, ""
        try:
            answer = planner.connection.recv()
        except (EOFError, ConnectionResetError):
            planner.process.join()
            return self.lost(stack, _ended(planner.process.exitcode or 0))
        if isinstance(answer, Exception):
            raise answer
        return answer


def _send(planner: _Planner, waiting: list[str]) -> None:
    """Give a process the next stack, unless it is gone."""
    if waiting and planner.process.is_alive():
        with suppress(BrokenPipeError):
            planner.connection.send(waiting[-1])
            planner.stack = waiting.pop()


def _ended(code: int) -> str:
    how = f"signal {-code} ({signal.strsignal(-code)})" if code < 0 else f"code {code}"
    return f"the process that planned it ended with {how}, and said nothing; plan it alone with --stack to see why"


def _serve(plan: PlanStack, connection: Connection, inherited: Sequence[Connection]) -> None:
    """Plan what is asked for, until nobody asks any more; a signal to all processes is the first one's to answer."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
    for other in inherited:
        other.close()
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while True:
            connection.send(_planned(plan, connection.recv()))
            gc.collect()
            gc.freeze()  # what a program has imported stays: the next collection need not look at it


def _planned(plan: PlanStack, stack: str) -> StackRun | Exception:
    try:
        return plan(stack, None)
    except Exception as error:  # noqa: BLE001 (it is raised again where the results are)
        error.add_note(traceback.format_exc())
        return error
