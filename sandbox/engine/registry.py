"""The providers of a run. A provider resource is checked, diffed and configured here, as Pulumi's engine does it."""

# ruff: noqa: ARG002 - providers, components and provider resources are asked the same

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Sequence

from google.protobuf import struct_pb2
from pulumi.runtime.proto import provider_pb2_grpc

from sandbox.engine.grpc_calls import RefusedError
from sandbox.engine.plugin import CheckFailure, CreatedResource, DiffResponse, Plugin
from sandbox.engine.state import EMPTY, ResourceState
from sandbox.engine.urns import package_of, provider_urn
from sandbox.engine.wire import UNKNOWN

Make = Callable[[str], provider_pb2_grpc.ResourceProviderServicer]


class Registry:
    """Answers for provider resources what a `Plugin` answers for all others, and keeps the configured ones."""

    def __init__(self, make: Make) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._checked: dict[str, Plugin] = {}
        self._ready: dict[str, Plugin] = {}
        self._renamed: dict[str, str] = {}

    def find(self, reference: str) -> Plugin | None:
        """The configured provider under `<urn>::<id>`."""
        found = self._ready.get(reference)
        if found is None and (now := self._renamed.get(provider_urn(reference))):
            found = self._ready.get(f"{now}::{reference.rpartition('::')[2]}")
        return found

    def rename(self, old: str, new: str) -> None:
        """Find a provider under the URN it had before, too."""
        self._renamed[old] = new

    def load(self, old: ResourceState) -> None:
        """Configure a provider as the last run left it: what it managed has to be deleted."""
        if self.find(f"{old.urn}::{old.id}") is None:
            self._configure(self._fresh(old.urn, old.type), old.urn, old.id, old.input_message)

    def check(
        self, new: ResourceState, olds: struct_pb2.Struct | None, news: struct_pb2.Struct
    ) -> tuple[struct_pb2.Struct, list[CheckFailure]]:
        """The provider's configuration, checked."""
        plugin = self._fresh(new.urn, new.type)
        inputs, problems = plugin.check_config(new.urn, olds, news)
        self._checked[new.urn] = plugin
        return inputs, problems

    def diff(
        self, urn: str, old: ResourceState, news: struct_pb2.Struct, ignore_changes: Sequence[str]
    ) -> DiffResponse:
        """What changes between the last run's configuration and this one's."""
        plugin = self._checked.get(urn) or self.find(f"{urn}::{old.id}") or self._fresh(urn, old.type)
        return plugin.diff_config(urn, old, news)

    def create(self, new: ResourceState, preview: bool) -> CreatedResource:
        """Configure the provider under a new id, unknown in a preview."""
        id_ = UNKNOWN if preview else str(uuid.uuid4())
        self._configure(self._take(new), new.urn, id_, new.input_message)
        return CreatedResource(id_, new.input_message)

    def update(self, old: ResourceState, new: ResourceState, preview: bool) -> CreatedResource:
        """Configure the provider anew, under the id it has."""
        self._configure(self._take(new), new.urn, old.id, new.input_message)
        return CreatedResource(old.id, new.input_message)

    def read(
        self, new: ResourceState, id_: str, inputs: struct_pb2.Struct | None, state: struct_pb2.Struct | None = None
    ) -> CreatedResource | None:
        """A provider is nothing that could be read."""
        raise RefusedError("provider resources may not be read")

    def same(self, old: ResourceState, new: ResourceState) -> None:
        """Configure the provider as the last run did: a change it calls none stays unseen."""
        self._configure(self._take(new), new.urn, old.id, old.input_message)

    def delete(self, old: ResourceState) -> None:
        """Forget the provider."""
        self._ready.pop(f"{old.urn}::{old.id}", None)

    def _fresh(self, urn: str, type_: str) -> Plugin:
        return Plugin(self._make(package_of(type_)), peer=f"in-process:{urn}")

    def _take(self, new: ResourceState) -> Plugin:
        return self._checked.pop(new.urn, None) or self._fresh(new.urn, new.type)

    def _configure(self, plugin: Plugin, urn: str, id_: str, inputs: struct_pb2.Struct) -> None:
        plugin.configure(urn, id_, inputs)
        with self._lock:
            self._ready[f"{urn}::{id_}"] = plugin


class Components:
    """Answers for components: they have no provider, and change when their inputs do."""

    def check(
        self, new: ResourceState, olds: struct_pb2.Struct | None, news: struct_pb2.Struct
    ) -> tuple[struct_pb2.Struct, list[CheckFailure]]:
        """Anything goes."""
        return news, []

    def diff(
        self, urn: str, old: ResourceState, news: struct_pb2.Struct, ignore_changes: Sequence[str]
    ) -> DiffResponse:
        """Whether the inputs are equal."""
        return DiffResponse(changes=DiffResponse.DIFF_NONE if old.input_message == news else DiffResponse.DIFF_SOME)

    def create(self, new: ResourceState, preview: bool) -> CreatedResource:
        """Nothing to do; the outputs come with `RegisterResourceOutputs`."""
        return CreatedResource("", EMPTY)

    def update(self, old: ResourceState, new: ResourceState, preview: bool) -> CreatedResource:
        """Nothing to do."""
        return CreatedResource("", EMPTY)

    def read(
        self, new: ResourceState, id_: str, inputs: struct_pb2.Struct | None, state: struct_pb2.Struct | None = None
    ) -> CreatedResource | None:
        """There is nothing to read."""
        return None

    def delete(self, old: ResourceState) -> None:
        """Nothing to do."""


Provider = Plugin | Registry | Components
"""Whoever answers for a resource."""
