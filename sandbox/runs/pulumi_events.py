"""Events and state of Pulumi's own engine, as the steps and resources of the embedded one."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, cast

from sandbox.engine.analysis import PolicyDiagnostic
from sandbox.engine.state import Operation, ResourceState
from sandbox.engine.steps import Step
from sandbox.engine.wire import SECRET, SIGNATURE, to_struct
from sandbox.engine.work import Failure
from sandbox.runs.provider_server import SILENT

if TYPE_CHECKING:
    from pulumi.automation.events import DiagnosticEvent, EngineEvent, PolicyEvent, StepEventMetadata

_MARKUP: Final = re.compile(r"<\{%.*?%\}>")
_ECHOES: Final = re.compile(
    r"^(update|preview|destroy|refresh) (failed|canceled)$|^Resource monitor has terminated|^resource monitor shut down"
)
"""Errors that only say that there was an error."""

_UNANSWERED: Final = re.compile(
    r"^CANCELLED$|^Cancelling all calls$|^connection error: |^error reading from server: |transport: "
)
"""What gRPC says in the CLI when a connection is no more."""


class Events:
    """Turns the engine's events into steps, failures and warnings. Called from threads of the SDK."""

    def __init__(self, on_step: Callable[[Step], None] | None) -> None:
        self.steps: list[Step] = []
        self.failures: list[Failure] = []
        self.warnings: list[Failure] = []
        self.logs: list[tuple[str, str]] = []
        self.diagnostics: list[PolicyDiagnostic] = []
        self._on_step = on_step
        self._begun: dict[str, float] = {}
        self._read: set[str] = set()
        self._failed: list[StepEventMetadata] = []
        self._lock = threading.Lock()

    def __call__(self, event: EngineEvent) -> None:
        """One more event."""
        with self._lock:
            if event.resource_pre_event:
                begins = event.resource_pre_event.metadata
                self._begun[begins.urn] = time.perf_counter()
                # A refresh that finds a resource gone ends as `delete`.
                self._read.update([begins.urn] if begins.op.value == "refresh" else [])
            elif event.res_outputs_event:
                self._done(event.res_outputs_event.metadata)
            elif event.res_op_failed_event:
                self._failed.append(event.res_op_failed_event.metadata)
            elif event.diagnostic_event:
                self._told(event.diagnostic_event)
            elif event.policy_event:
                self._policy(event.policy_event)

    def half_made(self, deployment: Mapping[str, Any]) -> None:
        """Steps that failed, and whose resource the state has all the same."""
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
            kept="" if metadata.urn in self._read else _kept(metadata),
        )
        self.steps.append(step)
        if self._on_step:
            self._on_step(step)

    def _policy(self, policy: PolicyEvent) -> None:
        mandatory = policy.enforcement_level == "mandatory"
        said = PolicyDiagnostic(
            policy.resource_urn or "", policy.policy_name, _plain(policy.message), mandatory=mandatory
        )
        self.diagnostics.append(said)
        if mandatory:
            self._fail(said.urn, said.failure)

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


def _kept(metadata: StepEventMetadata) -> str:
    """The id of what is retained, where a step takes it out of the state."""
    old = metadata.old
    stays = metadata.op.value == "delete" and old is not None and old.custom and old.retain_on_delete
    return old.id if stays and old else ""


def _plain(message: str) -> str:
    return _MARKUP.sub("", message).strip().removeprefix("error: ").removeprefix("Preview failed: ")


def resources(deployment: Mapping[str, Any], events: Events) -> list[ResourceState]:
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
