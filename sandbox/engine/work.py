"""Does what was decided: has the provider create, update, read or delete one resource, and keeps the state right."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import NoReturn

from sandbox.engine import wire
from sandbox.engine.grpc_calls import RefusedError
from sandbox.engine.interruption import INTERRUPTED
from sandbox.engine.plugin import CreatedResource
from sandbox.engine.registry import Components, Provider, Registry
from sandbox.engine.snapshot import Snapshot
from sandbox.engine.state import EMPTY, Operation, ResourceState
from sandbox.engine.steps import SAME, DiffVerdict, Step, verdict_of
from sandbox.engine.urns import is_provider, package_of, provider_urn


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a run failed. `trace` is set when a provider fell over instead of refusing: a fault of ours."""

    urn: str
    message: str
    trace: str = ""


class StoppedError(Exception):
    """The run has failed; nothing more is begun."""


Hook = Callable[[str, ResourceState | None, ResourceState | None], None]
"""Runs the hooks of one kind (`before_create`, ...) for a resource, old and new; raises `RefusedError`."""


class Work:
    """The steps of a run."""

    def __init__(
        self, snapshot: Snapshot, registry: Registry, preview: bool, hook: Hook, on_step: Callable[[Step], None] | None
    ) -> None:
        self.snapshot = snapshot
        self.registry = registry
        self.preview = preview
        self.steps: list[Step] = []
        self.failures: list[Failure] = []
        self.warnings: list[Failure] = []
        self.lock = threading.RLock()
        self.stopped = False
        self._hook = hook
        self._on_step = on_step
        self._components = Components()

    # Failing

    def note(self, urn: str, message: str, trace: str = "") -> None:
        """The run has failed, but what is left of it is still worth doing."""
        with self.lock:
            self.failures.append(Failure(urn, message, trace))

    def fail(self, urn: str, message: str, trace: str = "") -> NoReturn:
        """The run has failed and stops."""
        self.note(urn, message, trace)
        self.stop()

    def stop(self) -> NoReturn:
        """Begin nothing more; what is under way is finished."""
        self.stopped = True
        raise StoppedError("the run has failed")

    def interrupt(self) -> None:
        """The same from outside; waits for no lock."""
        if not self.stopped:
            self.failures.append(Failure("", INTERRUPTED))
            self.stopped = True

    def go_on(self) -> None:
        """Raise `StoppedError` once the run has stopped."""
        if self.stopped:
            self.stop()

    def warn(self, urn: str, message: str) -> None:
        """Note what a person should know."""
        with self.lock:
            self.warnings.append(Failure(urn, message))

    @contextmanager
    def failing_as(self, urn: str) -> Generator[None]:
        """What a provider refuses in here is the failure of this resource."""
        try:
            yield
        except RefusedError as refusal:
            self.fail(urn, str(refusal), refusal.trace)

    # Providers

    def provider(self, resource: ResourceState) -> Provider:
        """Who answers for a resource of this run."""
        if not resource.custom:
            return self._components
        if is_provider(resource.type):
            return self.registry
        found = self.registry.find(resource.provider)
        if found is None:
            raise RefusedError(f"unknown provider '{resource.provider}' for resource '{resource.urn}'")
        return found

    def provider_of_old(self, old: ResourceState) -> Provider:
        """Who answers for a resource of the last run: its provider is configured as it was, if this run has not."""
        if old.custom and not is_provider(old.type) and self.registry.find(old.provider) is None:
            kept = self.snapshot.old(provider_urn(old.provider))
            if kept is not None and f"{kept.urn}::{kept.id}" == old.provider:
                self.registry.load(kept)
        return self.provider(old)

    # Steps

    def step(
        self, operation: Operation, resource: ResourceState, verdict: DiffVerdict = SAME, seconds: float = 0.0
    ) -> None:
        """Note a step, and tell who listens; one at a time."""
        step = Step(
            operation,
            resource.urn,
            resource.type,
            resource.provider,
            resource.parent,
            verdict.keys,
            verdict.replaces,
            seconds,
        )
        with self.lock:
            self.steps.append(step)
            if self._on_step:
                self._on_step(step)

    def create(
        self,
        new: ResourceState,
        started: float,
        old: ResourceState | None = None,
        verdict: DiffVerdict = SAME,
        *,
        wait: bool = False,
    ) -> ResourceState:
        """Create it; with `wait` the resource it replaces stays until everything else is done."""
        self.go_on()
        self._hook("before_create", None, new)
        made = self.provider(new).create(new, self.preview)
        operation: Operation = "create" if old is None else "create-replacement"
        done = self.done(new, made, operation, old, started, verdict, wait=wait)
        if done.custom:
            self.after("after_create", None, done)
        return done

    def update(self, new: ResourceState, old: ResourceState, verdict: DiffVerdict, started: float) -> ResourceState:
        """Change it in place."""
        self.go_on()
        new = replace(new, id=old.id)
        self._hook("before_update", old, new)
        made = self.provider(new).update(old, new, self.preview)
        done = self.done(new, made, "update", old, started, verdict)
        if done.custom:
            self.after("after_update", old, done)
        return done

    def same(self, new: ResourceState, old: ResourceState, started: float) -> ResourceState:
        """Leave it as it is: the new inputs, the old id and outputs."""
        new = replace(new, id=old.id)
        if is_provider(new.type):
            self.registry.same(old, new)
        return self.done(new, CreatedResource(old.id, old.output_message), "same", old, started)

    def done(
        self,
        new: ResourceState,
        made: CreatedResource,
        operation: Operation,
        old: ResourceState | None,
        started: float,
        verdict: DiffVerdict = SAME,
        *,
        wait: bool = False,
    ) -> ResourceState:
        """Remember what became of it. A resource that is there but not initialised is remembered, then fails."""
        seconds = time.perf_counter() - started
        hidden = [*new.additional_secret_outputs, *wire.secret_names(new.input_message)]
        new = replace(
            new,
            id=made.id,
            output_message=wire.conceal(made.outputs, hidden) if hidden else made.outputs,
            init_errors=made.reasons,
            operation=operation,
            seconds=seconds,
        )
        with self.lock:
            self.snapshot.keep(new, None if wait else old)
            if wait and old is not None:
                self.snapshot.change(old, replace(old, delete=True))
            self.step(operation, new, verdict, seconds)
        if made.reasons:
            raise RefusedError("\n".join(made.reasons))
        return new

    def delete(
        self, old: ResourceState, operation: Operation, *, goes_with_another: bool = False, first: bool = False
    ) -> None:
        """Delete it. With `first` it stays in the state, marked, until its replacement has been created."""
        self.go_on()
        started = time.perf_counter()
        with self.failing_as(old.urn):
            self._hook("before_delete", old, None)
            if not (self.preview or old.external or old.retain_on_delete or goes_with_another) and old.custom:
                self.provider_of_old(old).delete(old)
        with self.lock:
            if first:
                self.snapshot.change(old, replace(old, pending_replacement=True))
            else:
                self.snapshot.drop(old)
            self.step(operation, old, seconds=time.perf_counter() - started)
        self.after("after_delete", old, None)

    def after(self, kind: str, old: ResourceState | None, new: ResourceState | None) -> None:
        """Run hooks on what is done already: when one fails the run stops, but the state stays."""
        try:
            self._hook(kind, old, new)
        except RefusedError as refusal:
            resource = new or old
            self.note(resource.urn if resource else "", str(refusal), refusal.trace)
            self.stopped = True

    def import_(self, new: ResourceState, old: ResourceState | None, started: float) -> ResourceState:
        """Take over a resource that exists; the inputs are those the provider reads."""
        made = self.provider(new).read(new, new.import_id, None)
        if made is None:
            raise RefusedError(f"resource '{new.import_id}' does not exist")
        if made.inputs is None:
            package = package_of(new.type)
            raise RefusedError(
                f"provider does not support importing resources; please try updating the '{package}' plugin"
            )
        new = replace(new, input_message=made.inputs)
        done = self.done(new, made, "import-replacement" if old else "import", old, started, wait=old is not None)
        if old:
            self.step("replace", new)
        return done

    def keep(self, old: ResourceState) -> None:
        """A refresh leaves components, providers and what waits for its replacement as they are."""
        with self.lock:
            self.snapshot.keep(replace(old, operation="same"), old)
            self.step("same", old)

    def refresh(self, old: ResourceState) -> ResourceState | None:
        """Read a resource as it is now; None when it is gone. It counts as changed when an update would undo it."""
        self.go_on()
        started = time.perf_counter()
        plugin = self.provider_of_old(old)
        made = plugin.read(old, old.id, old.input_message, old.output_message)
        seconds = time.perf_counter() - started
        if made is None:
            with self.lock:
                self.snapshot.drop(old)
                self.step("delete", old, seconds=seconds)
            return None
        if made.reasons:
            self.warn(old.urn, "\n* ".join(("Refreshed resource is in an unhealthy state:", *made.reasons)))
        hidden = [*old.additional_secret_outputs, *wire.secret_names(old.input_message)]
        new = replace(
            old,
            id=made.id,
            input_message=old.input_message if made.inputs is None else made.inputs,
            output_message=wire.conceal(made.outputs, hidden) if hidden else made.outputs,
            init_errors=made.reasons,
            seconds=seconds,
        )
        verdict = self._drift(plugin, old, new)
        new = replace(new, operation="update" if verdict.changed else "same")
        with self.lock:
            self.snapshot.keep(new, old)
            self.step(new.operation, new, verdict, seconds)
        return new

    @staticmethod
    def _drift(plugin: Provider, old: ResourceState, new: ResourceState) -> DiffVerdict:
        if old.external:
            return DiffVerdict(changed=old.output_message != new.output_message)
        return verdict_of(plugin.diff(old.urn, new, old.input_message, old.ignore_changes), (), init_errors=False)

    def read(self, new: ResourceState, old: ResourceState | None, started: float) -> ResourceState:
        """Read a resource that is not ours to manage; one that was, under another id, is deleted in the end."""
        unknown = new.id == wire.UNKNOWN
        made = CreatedResource(new.id, EMPTY) if unknown else self.provider(new).read(new, new.id, new.input_message)
        if made is None:
            raise RefusedError(f"resource '{new.id}' does not exist")
        ours = old is not None and not old.external and old.id != new.id
        done = self.done(new, made, "read-replacement" if ours else "read", old, started, wait=ours)
        if ours:
            self.step("replace", new)
        return done
