"""Driver of a run: a Pulumi program against an engine in this process, as Pulumi's Python language host does it."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import runpy
import sys
import time
from collections.abc import Awaitable, Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from inspect import isawaitable
from pathlib import Path
from typing import Any, TypeVar

from pulumi.runtime import run_in_stack, set_all_config
from pulumi.runtime.settings import ROOT, SETTINGS, Settings, configure

from sandbox.engine.analysis import PolicyDiagnostic
from sandbox.engine.engine import Engine
from sandbox.engine.light_outputs import light_outputs
from sandbox.engine.program_callbacks import ProgramCallbacks, ThreadNeededError
from sandbox.engine.state import ResourceState, stack_outputs
from sandbox.engine.steps import Step
from sandbox.engine.work import Failure, StoppedError

T = TypeVar("T")
Program = Callable[[], Awaitable[None] | None]
_SDK: Any = SETTINGS
"""Of the context that one is in; what makes its properties has no types."""


@dataclass(frozen=True, slots=True)
class RunResult:
    """The result of a run; it succeeded when there are no failures."""

    steps: list[Step]
    resources: list[ResourceState]
    """The resources of this run, each after those that it depends on."""
    failures: list[Failure]
    warnings: list[Failure]
    logs: list[tuple[str, str]]
    """Messages of the program, as `(level, message)`."""
    seconds: float
    outputs: dict[str, Any] = field(default_factory=dict[str, Any])
    """The stack's outputs, as on the wire."""
    diagnostics: list[PolicyDiagnostic] = field(default_factory=list[PolicyDiagnostic])
    """What policies said, where they were asked."""


def run(engine: Engine, program: Program, *, parallel: int = 16) -> RunResult:
    """Run the program. Refusals of the engine and of providers are in the result; the program's exceptions are raised.

    Either way the engine's state is right afterwards, and nothing of the run is left in the SDK.
    """
    started = time.perf_counter()
    try:
        with _rare_garbage_collection():
            contextvars.copy_context().run(_drive, engine, program, parallel)
    except Exception:
        if not engine.failures:
            raise
    finally:
        engine.close()
    return _result(engine, started)


def refresh(engine: Engine) -> RunResult:
    """Bring the state to the resources as they are, without the program; refusals are in the result."""
    return _without_program(engine, engine.refresh)


def destroy(engine: Engine) -> RunResult:
    """Delete every resource in the state, without the program; protected and refused ones are in the result."""
    return _without_program(engine, engine.destroy)


def _without_program(engine: Engine, operation: Callable[[], None]) -> RunResult:
    started = time.perf_counter()
    try:
        with suppress(StoppedError):
            operation()
    finally:
        engine.close()
    return _result(engine, started)


def _result(engine: Engine, started: float) -> RunResult:
    resources = engine.resources()
    seconds = time.perf_counter() - started
    return RunResult(
        engine.steps,
        resources,
        engine.failures,
        engine.warnings,
        engine.logs,
        seconds,
        stack_outputs(resources),
        engine.diagnostics,
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
    """Run the program in a context of its own: the SDK keeps its settings in context variables."""
    ROOT.set(None)  # the stack resource of an earlier run in this process
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
    loop = _InTurn(engine) if engine.preview else asyncio.new_event_loop()
    _SDK.callbacks = callbacks = ProgramCallbacks(engine, loop)
    engine.call_back(callbacks.answer)
    loop.set_default_executor(ThreadPoolExecutor(parallel))
    loop.set_exception_handler(_ignore_exception)
    asyncio.set_event_loop(loop)
    try:
        with light_outputs() if engine.preview else nullcontext():
            loop.run_until_complete(run_in_stack(lambda: _settled(program, engine.preview)))
    finally:
        _close(loop)


async def _settled(program: Program, preview: bool) -> None:
    """Run the program, and wait until nothing that it began is outstanding, or something has failed.

    The SDK would wait for it, too, but looks at all that is outstanding whenever one thing of it is done.
    """
    with _short_stack_traces() if preview else nullcontext():
        ended = program()
    if isawaitable(ended):
        await ended
    await asyncio.sleep(0)
    while outstanding := _outstanding():
        done, _ = await asyncio.wait(outstanding, return_when=asyncio.FIRST_EXCEPTION)
        if any(task.cancelled() or task.exception() for task in done):
            return


def _outstanding() -> set[asyncio.Future[Any]]:
    begun: list[asyncio.Future[Any]] = [*_SDK.outputs, *_SDK.rpc_manager.rpcs]
    return {future for future in begun if not future.done()}


def _ignore_exception(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Ignore a failed future that the SDK leaves behind: the failure is in the result already."""


class _InTurn(asyncio.SelectorEventLoop):
    """A loop in which the program's calls of the engine are made at once, one after the other, without a thread.

    So a preview is the same each time, and little is outstanding: what the SDK does at each of its waits grows with it.
    Once the engine calls back into the program, a call may have to wait for the loop: then each has a thread.
    """

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self._engine = engine

    def run_in_executor(self, executor: Any, func: Callable[..., T], *args: Any) -> asyncio.Future[T]:
        """Make the call, or give it a thread."""
        if not self._engine.calls_back:
            done: asyncio.Future[T] = self.create_future()
            try:
                done.set_result(func(*args))
            except ThreadNeededError:
                return super().run_in_executor(executor, func, *args)
            except Exception as error:  # noqa: BLE001 (the future has it, as that of a thread would)
                done.set_exception(error)
            return done
        return super().run_in_executor(executor, func, *args)


def _close(loop: asyncio.AbstractEventLoop) -> None:
    """Wait for the tasks under way, whose results belong into the state, and for the threads."""
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
def _rare_garbage_collection() -> Generator[None]:
    """Inside, Python rarely collects garbage: a program makes 70 KB of objects a resource that all live to its end.

    What somebody has frozen before stays frozen, and what is made inside is then free to collect.
    """
    thresholds, frozen = gc.get_threshold(), gc.get_freeze_count()
    if not frozen:
        gc.freeze()
    gc.set_threshold(50_000, 50, 1000)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        if not frozen:
            gc.unfreeze()


@contextmanager
def _short_stack_traces() -> Generator[None]:
    """Inside, stack traces have one frame unless more are asked for: the SDK sends one along with each resource.

    Nothing here reads it, and it costs a good part of the resource: a file name made an URL for each frame.
    """
    before = getattr(sys, "tracebacklimit", None)
    sys.tracebacklimit = 1
    try:
        yield
    finally:
        if before is None:
            del sys.tracebacklimit
        else:
            sys.tracebacklimit = before
