"""Pulumi's own engine: the real CLI through the Automation API, attached to the provider of an emulated organisation.

The program is the real `__main__.py`, served by this process; the state is a `file://` backend that belongs to one
emulated organisation. What the engine reports becomes the same steps and the same result that the embedded one gives.
"""

from __future__ import annotations

import json
import logging
import os
import re
import shlex
import socket
import threading
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from mesh.findings import NotPossibleError
from sandbox.engine.driver import Program, RunResult
from sandbox.engine.interruption import INTERRUPTED, Interruption
from sandbox.engine.state import Operation, ResourceState, stack_outputs
from sandbox.engine.steps import Step
from sandbox.engine.wire import SECRET, SIGNATURE, to_struct
from sandbox.engine.work import Failure
from sandbox.runs.policy_host import PolicyHost
from sandbox.runs.provider_server import SILENT
from sandbox.runs.pulumi_cli import BUILT, Cli
from sandbox.runs.served_organization import alive

if TYPE_CHECKING:
    from pulumi.automation import Stack
    from pulumi.automation.events import DiagnosticEvent, EngineEvent, StepEventMetadata

    from sandbox.runs.pulumi_automation import BriefWorkspace

_MARKUP: Final = re.compile(r"<\{%.*?%\}>")
_ECHOES: Final = re.compile(
    r"^(update|preview|destroy|refresh) (failed|canceled)$|^Resource monitor has terminated|^resource monitor shut down"
)
"""Errors that only say that there was an error."""

_UNANSWERED: Final = re.compile(r"^Cancelling all calls$|^connection error: |^error reading from server: |transport: ")
"""What gRPC says in the CLI when a connection is no more."""

NO_DEFAULT_PROVIDER: Final = ("aws",)
"""As in `Pulumi.yaml`: nothing is made in whatever account the credentials happen to lead to."""

BY_HAND: Final = ("PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE", "PULUMI_DEBUG_PROVIDERS")
"""What a command typed by hand has to be told."""

ABSENT: Final = "there is no stack '{}' in the state of this organisation"
LOCKED: Final = "another update of stack '{}' is under way; nothing was changed, try again when it has ended"
UNFIT: Final = (
    "the passphrase in PULUMI_CONFIG_PASSPHRASE does not fit the state of stack '{}'; set the one it was made with"
)


@dataclass(frozen=True, slots=True)
class Backend:
    """Where the real engine keeps the state of one emulated organisation, and what it needs to run.

    `throw_away` leaves out the writing of the whole state at each step: nobody will ever read it. `policies` are asked
    in every preview and every update; a violation stops it.
    """

    cli: Cli
    directory: Path
    provider_port: int
    passphrase: str
    throw_away: bool = False
    policies: PolicyHost | None = None

    @property
    def environment(self) -> dict[str, str]:
        """What the CLI is given beside the environment of this process."""
        values = {
            "PULUMI_BACKEND_URL": f"file://{self.directory}",
            "PULUMI_CONFIG_PASSPHRASE": self.passphrase,
            "PULUMI_SKIP_UPDATE_CHECK": "1",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_DEBUG_PROVIDERS": f"aws:{self.provider_port}",
        }
        fast = {"PULUMI_EXPERIMENTAL": "1", "PULUMI_SKIP_CHECKPOINTS": "1"} if self.throw_away else {}
        return values | fast | (self.policies.environment if self.policies else {})

    @property
    def packs(self) -> list[str]:
        """The folders of the policy packs."""
        return [str(self.policies.pack)] if self.policies else []

    @property
    def exports(self) -> list[str]:
        """What a shell is told before Pulumi's own commands: where the state is, and who answers for AWS.

        A passphrase that the user has set is theirs to know.
        """
        tools = [f'PATH={shlex.quote(str(BUILT.parent))}:"$PATH"'] if BUILT.parent.is_dir() else []
        theirs = os.environ.get("PULUMI_CONFIG_PASSPHRASE") == self.passphrase
        names = [name for name in BY_HAND if not (theirs and name == "PULUMI_CONFIG_PASSPHRASE")]
        environment = self.environment
        return [f"export {each}" for each in (*tools, *(f"{n}={shlex.quote(environment[n])}" for n in names))]

    def state_of(self, project: str, stack: str) -> Path:
        """The file that holds the state of a stack."""
        return self.directory / ".pulumi" / "stacks" / project / f"{stack}.json"

    def let_go(self, project: str, stack: str) -> None:
        """Remove the CLI's own locks of a stack that are of processes which were killed."""
        for lock in (self.directory / ".pulumi" / "locks" / "organization" / project / stack).glob("*.json"):
            with suppress(OSError, ValueError, KeyError):
                held = json.loads(lock.read_text("utf-8"))
                if held["hostname"] == socket.gethostname() and not alive(held["pid"]):
                    lock.unlink()


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
        return self._run(lambda stack, on_event: stack.up(on_event=on_event, color="never", policy_packs=packs))

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
        events = _Events(self._on_step)
        with self._sentences():
            workspace = self._workspace()
            self._backend.let_go(self._project, self._name)
            stack = self._selected(workspace, existing)
            try:
                with workspace.command.interruptible(self._until), _quiet(self._until):
                    do(stack, events)
            except CommandError as error:
                self._raise_for(error)
                if not events.failures and not self._until.signal:
                    events.failures.append(Failure("", _last_error(str(error))))
            if self._until.signal:  # a destruction that is interrupted is a success to the CLI
                events.failures.append(Failure("", INTERRUPTED))
            deployment = {} if preview else stack.export_stack().deployment or {}
            events.half_made(deployment)
            resources = _resources(deployment, events)
        seconds = time.perf_counter() - started
        outputs = stack_outputs(resources)
        return RunResult(events.steps, resources, events.failures, events.warnings, events.logs, seconds, outputs)

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

        work = self._backend.directory / "work"
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
        """What the CLI refuses before it runs anything is bad input, said in one sentence."""
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


class _Events:
    """Turns the engine's events into steps, failures and warnings. Called from threads of the SDK."""

    def __init__(self, on_step: Callable[[Step], None] | None) -> None:
        self.steps: list[Step] = []
        self.failures: list[Failure] = []
        self.warnings: list[Failure] = []
        self.logs: list[tuple[str, str]] = []
        self._on_step = on_step
        self._begun: dict[str, float] = {}
        self._failed: list[StepEventMetadata] = []
        self._lock = threading.Lock()

    def __call__(self, event: EngineEvent) -> None:
        """One more event."""
        with self._lock:
            if event.resource_pre_event:
                self._begun[event.resource_pre_event.metadata.urn] = time.perf_counter()
            elif event.res_outputs_event:
                self._done(event.res_outputs_event.metadata)
            elif event.res_op_failed_event:
                self._failed.append(event.res_op_failed_event.metadata)
            elif event.diagnostic_event:
                self._told(event.diagnostic_event)
            elif event.policy_event and event.policy_event.enforcement_level == "mandatory":
                policy = event.policy_event
                self._fail(policy.resource_urn or "", f"[{policy.policy_name}] {_plain(policy.message)}")

    def half_made(self, deployment: Mapping[str, Any]) -> None:
        """What failed but is there, says the state, was done as well."""
        there = {record["urn"] for record in deployment.get("resources") or () if record.get("initErrors")}
        for metadata in self._failed:
            if metadata.urn in there:
                self._done(metadata)

    def _done(self, metadata: StepEventMetadata) -> None:
        state = metadata.new or metadata.old
        began = self._begun.get(metadata.urn)
        step = Step(
            operation=cast("Operation", metadata.op.value),
            urn=metadata.urn,
            type=metadata.type,
            provider=metadata.provider,
            parent=state.parent if state else "",
            keys=tuple(metadata.diffs or ()),
            replaces=tuple(metadata.keys or ()),
            seconds=time.perf_counter() - began if began else 0.0,
        )
        self.steps.append(step)
        if self._on_step:
            self._on_step(step)

    def _told(self, diagnostic: DiagnosticEvent) -> None:
        message, urn = _plain(diagnostic.message), diagnostic.urn or ""
        if diagnostic.severity == "error":
            self._fail(urn, message)
        elif diagnostic.severity == "warning":
            self.warnings.append(Failure(urn, message))
        elif not diagnostic.ephemeral and diagnostic.severity != "debug":
            self.logs.append((diagnostic.severity, message))

    def _fail(self, urn: str, message: str) -> None:
        if _UNANSWERED.search(message):
            message = f"{SILENT} ({message})"
        failure = Failure(urn, message)
        if not _ECHOES.match(message) and failure not in self.failures:
            self.failures.append(failure)


def _plain(message: str) -> str:
    return _MARKUP.sub("", message).strip().removeprefix("error: ").removeprefix("Preview failed: ")


def _last_error(output: str) -> str:
    """The last line that the CLI printed as an error, for what came with no event."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line.partition("error: ")[2] for line in lines if "error: " in line]
    return (errors or lines or ["pulumi ended without saying why"])[-1]


def _resources(deployment: Mapping[str, Any], events: _Events) -> list[ResourceState]:
    """The resources in the state, each with the operation that this run did to it."""
    operations = {step.urn: step for step in events.steps if step.operation not in ("replace", "delete-replaced")}
    return [_resource(record, operations.get(record["urn"])) for record in deployment.get("resources") or ()]


def _resource(record: Mapping[str, Any], step: Step | None) -> ResourceState:
    by_property: Mapping[str, list[str]] = record.get("propertyDependencies") or {}
    return ResourceState(
        urn=record["urn"],
        type=record["type"],
        custom=bool(record.get("custom")),
        id=record.get("id", ""),
        parent=record.get("parent", ""),
        provider=record.get("provider", ""),
        input_message=to_struct(_secrets(record.get("inputs") or {})),
        output_message=to_struct(_secrets(record.get("outputs") or {})),
        dependencies=tuple(record.get("dependencies") or ()),
        property_dependencies={key: tuple(urns or ()) for key, urns in by_property.items()},
        protect=bool(record.get("protect")),
        retain_on_delete=bool(record.get("retainOnDelete")),
        deleted_with=record.get("deletedWith", ""),
        external=bool(record.get("external")),
        delete=bool(record.get("delete")),
        pending_replacement=bool(record.get("pendingReplacement")),
        init_errors=tuple(record.get("initErrors") or ()),
        operation=step.operation if step else "same",
        seconds=step.seconds if step else 0.0,
    )


def _secrets(value: Any) -> Any:
    """The state keeps a secret as its JSON text; on the wire it is a value."""
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value)
        if members.get(SIGNATURE) == SECRET and "plaintext" in members:
            return {SIGNATURE: SECRET, "value": json.loads(members["plaintext"])}
        return {key: _secrets(item) for key, item in members.items()}
    if isinstance(value, list):
        return [_secrets(item) for item in cast("list[Any]", value)]
    return value
