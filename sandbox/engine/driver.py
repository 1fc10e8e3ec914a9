"""Runs a Pulumi program against an engine in this process, the way Pulumi's own Python language host does."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import runpy
import sys
import time
from collections.abc import Awaitable, Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from pulumi.runtime import run_in_stack, set_all_config
from pulumi.runtime.settings import ROOT, Settings, configure

from sandbox.engine.engine import Engine
from sandbox.engine.state import ResourceState, stack_outputs
from sandbox.engine.steps import Step
from sandbox.engine.work import Failure, StoppedError

P = ParamSpec("P")
T = TypeVar("T")
Program = Callable[[], Awaitable[None] | None]


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a run came to. It succeeded when there are no failures."""

    steps: list[Step]
    resources: list[ResourceState]
    """Of this run, each behind what it depends on."""
    failures: list[Failure]
    warnings: list[Failure]
    logs: list[tuple[str, str]]
    """`(level, message)` of what the program logged."""
    seconds: float
    outputs: dict[str, Any] = field(default_factory=dict[str, Any])
    """The stack's outputs, as on the wire."""


def run(engine: Engine, program: Program, *, parallel: int = 16) -> RunResult:
    """Run the program. What the engine or a provider refuses is in the result; what the program raises is raised.

    Either way the engine's state is right afterwards, and nothing of the run is left in the SDK.
    """
    started = time.perf_counter()
    try:
        with _tuned():
            contextvars.copy_context().run(_drive, engine, program, parallel)
    except Exception:
        if not engine.failures:
            raise
    finally:
        engine.close()
    return _result(engine, started)


def refresh(engine: Engine) -> RunResult:
    """Bring the state to what is there, without the program; what a provider refuses is in the result."""
    return _without_program(engine, engine.refresh)


def destroy(engine: Engine) -> RunResult:
    """Delete everything in the state, without the program; what is protected, or refused, is in the result."""
    return _without_program(engine, engine.destroy)


def _without_program(engine: Engine, do: Callable[[], None]) -> RunResult:
    started = time.perf_counter()
    try:
        with suppress(StoppedError):
            do()
    finally:
        engine.close()
    return _result(engine, started)


def _result(engine: Engine, started: float) -> RunResult:
    resources = engine.resources()
    seconds = time.perf_counter() - started
    return RunResult(
        engine.steps, resources, engine.failures, engine.warnings, engine.logs, seconds, stack_outputs(resources)
    )


def entry_point(path: Path) -> Program:
    """The program in a `__main__.py`, run as a script with its directory first on the module path."""

    def program() -> None:
        directory = str(path.parent.resolve())
        sys.path.insert(0, directory)
        try:
            runpy.run_path(str(path), run_name="__main__")
        finally:
            sys.path.remove(directory)

    return program


def _drive(engine: Engine, program: Program, parallel: int) -> None:
    """In a context of its own: the SDK keeps its settings in context variables."""
    ROOT.set(None)
    settings = Settings(
        project=engine.project,
        stack=engine.stack,
        monitor=engine,
        engine=engine,
        parallel=parallel,
        dry_run=engine.preview,
        organization=engine.organization,
    )
    configure(settings)
    set_all_config(engine.config, engine.secret_config)
    loop = asyncio.new_event_loop()
    loop.set_default_executor(_InOrder(engine, parallel) if engine.preview else ThreadPoolExecutor(parallel))
    loop.set_exception_handler(_passed_over)
    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(run_in_stack(program))
    finally:
        _close(loop)


def _passed_over(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What failed is in the result; the futures that the SDK leaves behind would say it again, once each."""


class _InOrder(ThreadPoolExecutor):
    """One call after the other, so that a preview comes out the same each time.

    Once the engine calls back into the program, a call may have to wait for a later one: then each has a thread.
    """

    def __init__(self, engine: Engine, parallel: int) -> None:
        super().__init__(1)
        self._engine = engine
        self._several = ThreadPoolExecutor(parallel)

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Run it in turn."""
        if self._engine.calls_back:
            return self._several.submit(fn, *args, **kwargs)
        return super().submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the threads of both kinds."""
        self._several.shutdown(wait, cancel_futures=cancel_futures)
        super().shutdown(wait, cancel_futures=cancel_futures)


def _close(loop: asyncio.AbstractEventLoop) -> None:
    """Wait for what is still under way, so that nothing of it is forgotten, and for the threads."""
    try:
        pending = asyncio.all_tasks(loop)
        for task in pending:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*pending, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.run_until_complete(loop.shutdown_default_executor())
    finally:
        asyncio.set_event_loop(None)
        loop.close()


@contextmanager
def _tuned() -> Generator[None]:
    """A program makes some 70 KB of objects per resource that all live to its end: looking at them is wasted time."""
    thresholds = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(50_000, 50, 1000)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()
