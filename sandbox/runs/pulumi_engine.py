"""Pulumi's own engine: the real CLI through the Automation API, attached to the provider of an emulated organisation.

The program is the real `__main__.py`, served by this process; the state is a `file://` backend that belongs to one
emulated organisation. What the engine reports becomes the same steps and the same result that the embedded one gives.
"""

from __future__ import annotations

import logging
import shlex
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Final

from mesh.findings import NotPossibleError
from sandbox.engine.driver import Program, RunResult, entry_point
from sandbox.engine.interruption import INTERRUPTED, Interruption
from sandbox.engine.state import stack_outputs
from sandbox.engine.steps import Step
from sandbox.engine.work import Failure
from sandbox.runs.pulumi_backend import Backend
from sandbox.runs.pulumi_events import Events, resources
from sandbox.runs.stack_run import ENTRY_POINT, PROJECT, StackTask, stack_config
from sandbox.runs.states import LOCKED, StateDirectory

if TYPE_CHECKING:
    from pulumi.automation import Stack
    from pulumi.automation.events import EngineEvent

    from sandbox.runs.pulumi_automation import BriefWorkspace

NO_DEFAULT_PROVIDER: Final = ("aws",)
"""As in `Pulumi.yaml`: nothing is made in whatever account the credentials happen to lead to."""

ABSENT: Final = "there is no stack '{}' in the state of this organisation"
UNFIT: Final = (
    "the passphrase in PULUMI_CONFIG_PASSPHRASE does not fit the state of stack '{}'; set the one it was made with"
)


FELL_SILENT: Final = (
    "pulumi said nothing for more than a minute and was ended, as it does when the disk of its state is full; "
    "the next run looks for what it had begun"
)


class PulumiEngine:
    """Pulumi's own engine over the stacks of a backend."""

    def __init__(self, backend: Backend, states: StateDirectory) -> None:
        self._backend, self._states = backend, states

    @property
    def reviews(self) -> bool:
        """Whether there are policies: one about a whole stack is asked in the end, in an update when all is made."""
        return self._backend.policies is not None

    @property
    def exports(self) -> Sequence[str]:
        """Export lines of a shell for Pulumi's own commands."""
        return self._backend.exports

    def typed(self, stack: str) -> str:
        """A preview typed by hand, with the settings of this organisation: its day, and that it is emulated."""
        return f"pulumi preview -s {stack} --config-file {shlex.quote(str(self._backend.settings_of(stack)))}"

    def knows(self, stack: str) -> bool:
        """Whether the backend has the stack."""
        return self._backend.state_of(PROJECT, stack).exists()

    def locked(self, stack: str) -> AbstractContextManager[None]:
        """Nobody else changes the stack meanwhile."""
        return self._states.locked(stack)

    def run(self, task: StackTask) -> RunResult:
        """Does the task; the backend stores the state."""
        program, config = entry_point(ENTRY_POINT), stack_config(task.mesh, emulated=True)
        stack = PulumiStack(self._backend, PROJECT, task.stack, program, config, task.step, task.interruption)
        if task.verb == "up":
            return stack.up(preview=task.preview)
        return stack.refresh() if task.verb == "refresh" else stack.destroy(preview=task.preview)


class PulumiStack:
    """One stack under Pulumi's own engine."""

    def __init__(
        self,
        backend: Backend,
        project: str,
        stack: str,
        program: Program,
        config: Mapping[str, str],
        on_step: Callable[[Step], None] | None = None,
        until: Interruption | None = None,
    ) -> None:
        self._backend, self._project, self._name = backend, project, stack
        self._program, self._config = program, config
        self._on_step = on_step
        self._until = until or Interruption()

    def up(self, *, preview: bool = False) -> RunResult:
        """Deploy the program, or say what that would do."""
        packs = self._backend.packs
        if preview:
            return self._run(
                lambda stack, on_event: stack.preview(on_event=on_event, color="never", policy_packs=packs)
            )
        return self._run(
            lambda stack, on_event: stack.up(
                on_event=on_event, color="never", policy_packs=packs, continue_on_error=True
            )
        )

    def refresh(self) -> RunResult:
        """Read everything as it is into the state."""
        return self._run(lambda stack, on_event: stack.refresh(on_event=on_event, color="never"), existing=True)

    def destroy(self, *, preview: bool = False) -> RunResult:
        """Delete everything in the state, or say what that would do."""
        if preview:
            return self._run(
                lambda stack, on_event: stack.preview_destroy(on_event=on_event, color="never"),
                existing=True,
                preview=True,
            )
        return self._run(lambda stack, on_event: stack.destroy(on_event=on_event, color="never"), existing=True)

    def _run(
        self,
        do: Callable[[Stack, Callable[[EngineEvent], None]], object],
        *,
        existing: bool = False,
        preview: bool = False,
    ) -> RunResult:
        """`existing` refuses a stack that there is not; a preview leaves the state as it is, which is not read then."""
        from pulumi.automation import CommandError

        started = time.perf_counter()
        events = Events(self._on_step)
        with self._sentences():
            workspace = self._workspace()

            def hear(event: EngineEvent) -> None:
                workspace.command.heard()
                events(event)

            self._backend.let_go(self._project, self._name)
            stack = self._selected(workspace, existing)
            try:
                with workspace.command.interruptible(self._until), _quiet(self._until):
                    do(stack, hear)
            except CommandError as error:
                self._raise_for(error)
                if not events.failures and not self._until.signal:
                    events.failures.append(Failure("", _last_error(str(error))))
            if workspace.command.fell_silent:
                events.failures.append(Failure("", FELL_SILENT))
            if self._until.signal:  # a destruction that is interrupted is a success to the CLI
                events.failures.append(Failure("", INTERRUPTED))
            deployment = {} if preview else stack.export_stack().deployment or {}
            events.half_made(deployment)
            done = resources(deployment, events)
        seconds = time.perf_counter() - started
        outputs = stack_outputs(done)
        return RunResult(
            events.steps, done, events.failures, events.warnings, events.logs, seconds, outputs, events.diagnostics
        )

    def _selected(self, workspace: BriefWorkspace, existing: bool) -> Stack:
        from pulumi.automation import StackSettings
        from pulumi.automation._stack import StackInitMode

        from sandbox.runs.pulumi_automation import BriefStack

        known = self._backend.state_of(self._project, self._name).exists()
        if existing and not known:
            raise NotPossibleError(ABSENT.format(self._name))
        stack = BriefStack(self._name, workspace, StackInitMode.SELECT if known else StackInitMode.CREATE)
        try:
            settings = workspace.stack_settings(self._name)
        except FileNotFoundError:
            settings = StackSettings()
        settings.config = {**self._config, "pulumi:disable-default-providers": list(NO_DEFAULT_PROVIDER)}
        workspace.save_stack_settings(self._name, settings)
        return stack

    def _workspace(self) -> BriefWorkspace:
        from pulumi.automation import ProjectSettings

        from sandbox.runs.pulumi_automation import BriefWorkspace, Command

        work = self._backend.work
        work.mkdir(parents=True, exist_ok=True)
        return BriefWorkspace(
            work_dir=str(work),
            pulumi_home=str(self._backend.directory / "home"),
            program=self._program,
            env_vars=self._backend.environment,
            project_settings=ProjectSettings(name=self._project, runtime="python", main=str(work)),
            pulumi_command=Command(self._backend.cli),
        )

    @contextmanager
    def _sentences(self) -> Generator[None]:
        """Errors of the CLI before it runs anything are bad input, each one sentence."""
        from pulumi.automation import CommandError

        try:
            yield
        except CommandError as error:
            self._raise_for(error)
            raise NotPossibleError(f"stack '{self._name}': {_last_error(str(error))}") from error

    def _raise_for(self, error: Exception) -> None:
        from pulumi.automation import ConcurrentUpdateError, StackNotFoundError

        if isinstance(error, StackNotFoundError):
            raise NotPossibleError(ABSENT.format(self._name)) from error
        if isinstance(error, ConcurrentUpdateError):
            raise NotPossibleError(LOCKED.format(self._name)) from error
        if "incorrect passphrase" in str(error):
            raise NotPossibleError(UNFIT.format(self._name)) from error


@contextmanager
def _quiet(until: Interruption) -> Generator[None]:
    """The CLI that ends lets go of the program, which the SDK's server logs with a trace: it is what was asked for."""

    def uncalled(_record: logging.LogRecord) -> bool:
        return not until.signal

    logger = logging.getLogger("grpc._server")
    logger.addFilter(uncalled)
    try:
        yield
    finally:
        logger.removeFilter(uncalled)


def _last_error(output: str) -> str:
    """The last line that the CLI printed as an error, for what came with no event."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line.partition("error: ")[2] for line in lines if "error: " in line]
    return (errors or lines or ["pulumi ended without saying why"])[-1]
