"""Work of a run on one resource: the provider creates, updates, reads or deletes it, and the snapshot follows."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import NoReturn

import grpc
from google.protobuf import struct_pb2

from sandbox.engine import wire
from sandbox.engine.grpc_calls import RefusedError
from sandbox.engine.interruption import INTERRUPTED
from sandbox.engine.plugin import ProviderAnswer
from sandbox.engine.registry import Components, Provider, Registry
from sandbox.engine.snapshot import Snapshot
from sandbox.engine.state import EMPTY, Operation, ResourceState
from sandbox.engine.steps import SAME, DiffVerdict, Step, verdict_of
from sandbox.engine.urns import is_provider, package_of, provider_urn


@dataclass(frozen=True, slots=True)
class Failure:
    """A reason why a run failed. `trace` is set when a provider raised instead of refusing: a fault of ours."""

    urn: str
    message: str
    trace: str = ""


class StoppedError(Exception):
    """Raised once the run has stopped, so that no other resource is begun."""


Hook = Callable[[str, ResourceState | None, ResourceState | None], None]
"""A call of the hooks of one kind (`before_create`, ...) for a resource, old and new; raises `RefusedError`."""


class LeftOutError(Exception):
    """A resource has failed, and the run goes on without it."""


class Work:
    """The steps of a run, done by the providers and kept in the snapshot."""

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
        self.goes_on = False
        """Whether a run goes on without a resource that a provider refuses, as `pulumi up --continue-on-error` does."""
        self.left_out: set[str] = set()
        self._hook = hook
        self._on_step = on_step
        self._components = Components()

    # Failures

    def add_failure(self, urn: str, message: str, trace: str = "") -> None:
        """Fail the run, and go on with the rest of it."""
        with self.lock:
            self.failures.append(Failure(urn, message, trace))

    def fail(self, urn: str, message: str, trace: str = "") -> NoReturn:
        """Fail the run, and stop it."""
        self.add_failure(urn, message, trace)
        self.stop()

    def stop(self) -> NoReturn:
        """Begin no other resource; calls under way are finished."""
        self.stopped = True
        raise StoppedError("the run has failed")

    def interrupt(self) -> None:
        """Stop the run from a signal handler, which may wait for no lock."""
        if not self.stopped:
            self.failures.append(Failure("", INTERRUPTED))
            self.stopped = True

    def raise_if_stopped(self) -> None:
        """Raise `StoppedError` once the run has stopped."""
        if self.stopped:
            self.stop()

    def warn(self, urn: str, message: str) -> None:
        """Add a warning for the person who reads the result."""
        with self.lock:
            self.warnings.append(Failure(urn, message))

    @contextmanager
    def failing_as(self, urn: str) -> Generator[None]:
        """Inside, a refusal of a provider is the failure of this resource, and stops the run."""
        try:
            yield
        except RefusedError as refusal:
            self.fail(urn, str(refusal), refusal.trace)

    @contextmanager
    def going_on_without(self, urn: str) -> Generator[None]:
        """Inside, a refusal of a provider is the failure of this resource; where the run goes on, it leaves it out."""
        try:
            yield
        except RefusedError as refusal:
            if not self.goes_on or refusal.trace or refusal.code == grpc.StatusCode.UNAVAILABLE:
                self.fail(urn, str(refusal), refusal.trace)
            self.add_failure(urn, str(refusal))
            self.left_out.add(urn)
            raise LeftOutError(urn) from refusal

    def is_behind(self, urn: str, awaited: Iterable[str]) -> bool:
        """Whether a resource waits for one that is left out; then it is left out, too."""
        behind = not self.left_out.isdisjoint(awaited)
        if behind:
            self.left_out.add(urn)
        return behind

    # Providers

    def provider(self, resource: ResourceState) -> Provider:
        """The provider of a resource of this run."""
        if not resource.custom:
            return self._components
        if is_provider(resource.type):
            return self.registry
        plugin = self.registry.find(resource.provider)
        if plugin is None:
            raise RefusedError(f"unknown provider '{resource.provider}' for resource '{resource.urn}'")
        return plugin

    def provider_of_old(self, old: ResourceState) -> Provider:
        """The provider of a resource of the last run, configured as it was then, unless this run has configured it."""
        if old.custom and not is_provider(old.type) and self.registry.find(old.provider) is None:
            provider = self.snapshot.old(provider_urn(old.provider))
            if provider is not None and f"{provider.urn}::{provider.id}" == old.provider:
                self.registry.load(provider)
        return self.provider(old)

    # Steps

    def add_step(
        self,
        operation: Operation,
        resource: ResourceState,
        verdict: DiffVerdict = SAME,
        seconds: float = 0.0,
        kept: str = "",
    ) -> None:
        """Add a step, and give it to `on_step`; one at a time."""
        step = Step(
            operation,
            resource.urn,
            resource.type,
            resource.provider,
            resource.parent,
            verdict.keys,
            verdict.replaces,
            seconds,
            kept,
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
        delete_later: bool = False,
    ) -> ResourceState:
        """Create the resource; with `delete_later` the one that it replaces stays until the run ends."""
        self.raise_if_stopped()
        self._hook("before_create", None, new)
        answer = self.provider(new).create(new, self.preview)
        operation: Operation = "create" if old is None else "create-replacement"
        new = self.record(new, answer, operation, old, started, verdict, delete_later=delete_later)
        if new.custom:
            self.run_after_hooks("after_create", None, new)
        return new

    def update(self, new: ResourceState, old: ResourceState, verdict: DiffVerdict, started: float) -> ResourceState:
        """Change the resource in place."""
        self.raise_if_stopped()
        new = replace(new, id=old.id)
        self._hook("before_update", old, new)
        answer = self.provider(new).update(old, new, self.preview)
        new = self.record(new, answer, "update", old, started, verdict)
        if new.custom:
            self.run_after_hooks("after_update", old, new)
        return new

    def same(self, new: ResourceState, old: ResourceState, started: float) -> ResourceState:
        """Leave the resource as it is: the new inputs with the old id and outputs."""
        new = replace(new, id=old.id)
        if is_provider(new.type):
            self.registry.same(old, new)
        return self.record(new, ProviderAnswer(old.id, old.output_message), "same", old, started)

    def record(
        self,
        new: ResourceState,
        answer: ProviderAnswer,
        operation: Operation,
        old: ResourceState | None,
        started: float,
        verdict: DiffVerdict = SAME,
        *,
        delete_later: bool = False,
    ) -> ResourceState:
        """Put the resource into the snapshot as the provider answered; one that is not initialised fails after that."""
        seconds = time.perf_counter() - started
        new = replace(
            new,
            id=answer.id,
            output_message=_with_secrets(new, answer.outputs),
            init_errors=answer.reasons,
            operation=operation,
            seconds=seconds,
        )
        with self.lock:
            self.snapshot.keep(new, None if delete_later else old)
            if delete_later and old is not None:
                self.snapshot.change(old, replace(old, delete=True))
            self.add_step(operation, new, verdict, seconds)
        if answer.reasons:
            raise RefusedError("\n".join(answer.reasons))
        return new

    def delete(
        self,
        old: ResourceState,
        operation: Operation,
        *,
        deleted_with_another: bool = False,
        replacement_follows: bool = False,
    ) -> None:
        """Delete the resource. With `replacement_follows` its state stays, marked, until the replacement is created."""
        self.raise_if_stopped()
        started = time.perf_counter()
        with self.failing_as(old.urn):
            self._hook("before_delete", old, None)
            if not (self.preview or old.external or old.retain_on_delete or deleted_with_another) and old.custom:
                self.provider_of_old(old).delete(old)
        with self.lock:
            if replacement_follows:
                self.snapshot.change(old, replace(old, pending_replacement=True))
            else:
                self.snapshot.drop(old)
            stays = operation == "delete" and old.custom and old.retain_on_delete and not old.external
            self.add_step(operation, old, seconds=time.perf_counter() - started, kept=old.id if stays else "")
        self.run_after_hooks("after_delete", old, None)

    def run_after_hooks(self, kind: str, old: ResourceState | None, new: ResourceState | None) -> None:
        """Run the hooks after an operation: one that fails stops the run, and the operation stays recorded."""
        try:
            self._hook(kind, old, new)
        except RefusedError as refusal:
            resource = new or old
            self.add_failure(resource.urn if resource else "", str(refusal), refusal.trace)
            self.stopped = True

    def import_(self, new: ResourceState, old: ResourceState | None, started: float) -> ResourceState:
        """Import a resource that exists; its inputs are those that the provider reads."""
        answer = self.provider(new).read(new, new.import_id, None)
        if answer is None:
            raise RefusedError(f"resource '{new.import_id}' does not exist")
        if answer.inputs is None:
            package = package_of(new.type)
            raise RefusedError(
                f"provider does not support importing resources; please try updating the '{package}' plugin"
            )
        new = replace(new, input_message=answer.inputs)
        operation: Operation = "import-replacement" if old else "import"
        new = self.record(new, answer, operation, old, started, delete_later=old is not None)
        if old:
            self.add_step("replace", new)
        return new

    def keep_unread(self, old: ResourceState) -> None:
        """Keep a resource that a refresh does not read: a component, a provider, one that waits for its replacement."""
        with self.lock:
            self.snapshot.keep(replace(old, operation="same"), old)
            self.add_step("same", old)

    def refresh(self, old: ResourceState) -> ResourceState | None:
        """Read a resource as it is now; None when it is gone. A difference that an update would undo is an update."""
        self.raise_if_stopped()
        started = time.perf_counter()
        plugin = self.provider_of_old(old)
        answer = plugin.read(old, old.id, old.input_message, old.output_message)
        seconds = time.perf_counter() - started
        if answer is None:
            with self.lock:
                self.snapshot.drop(old)
                self.add_step("delete", old, seconds=seconds)
            return None
        if answer.reasons:
            self.warn(old.urn, "\n* ".join(("Refreshed resource is in an unhealthy state:", *answer.reasons)))
        new = replace(
            old,
            id=answer.id,
            input_message=old.input_message if answer.inputs is None else answer.inputs,
            output_message=_with_secrets(old, answer.outputs),
            init_errors=answer.reasons,
            seconds=seconds,
        )
        verdict = self._drift(plugin, old, new)
        new = replace(new, operation="update" if verdict.changed else "same")
        with self.lock:
            self.snapshot.keep(new, old)
            self.add_step(new.operation, new, verdict, seconds)
        return new

    @staticmethod
    def _drift(plugin: Provider, old: ResourceState, new: ResourceState) -> DiffVerdict:
        if old.external:
            return DiffVerdict(changed=old.output_message != new.output_message)
        return verdict_of(plugin.diff(old.urn, new, old.input_message, old.ignore_changes), (), init_errors=False)

    def read(self, new: ResourceState, old: ResourceState | None, started: float) -> ResourceState:
        """Read a resource that the stack does not manage; one managed so far under another id is deleted in the end."""
        unknown = new.id == wire.UNKNOWN
        answer = ProviderAnswer(new.id, EMPTY) if unknown else self.provider(new).read(new, new.id, new.input_message)
        if answer is None:
            raise RefusedError(f"resource '{new.id}' does not exist")
        managed = old is not None and not old.external and old.id != new.id
        operation: Operation = "read-replacement" if managed else "read"
        new = self.record(new, answer, operation, old, started, delete_later=managed)
        if managed:
            self.add_step("replace", new)
        return new


def _with_secrets(resource: ResourceState, outputs: struct_pb2.Struct) -> struct_pb2.Struct:
    """The outputs, secret where the program or an input of the same name says so."""
    names = [*resource.additional_secret_outputs, *wire.secret_names(resource.input_message)]
    return wire.conceal(outputs, names) if names else outputs
