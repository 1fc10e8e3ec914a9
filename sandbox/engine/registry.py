"""Registry of the providers of a run: provider resources, and the configured plugin behind each."""

# ruff: noqa: ARG002 - plugins, components and provider resources have the same methods

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Sequence

from google.protobuf import struct_pb2
from pulumi.runtime.proto import provider_pb2_grpc

from sandbox.engine.grpc_calls import RefusedError
from sandbox.engine.plugin import CheckFailure, DiffResponse, Plugin, ProviderAnswer
from sandbox.engine.state import EMPTY, ResourceState
from sandbox.engine.urns import package_of, provider_urn
from sandbox.engine.wire import UNKNOWN

ProviderFactory = Callable[[str], provider_pb2_grpc.ResourceProviderServicer]
"""A maker of providers: one for each provider resource of a package (`aws`)."""


class Registry:
    """The provider of provider resources, as Pulumi's engine has one built in, and the plugins that it configured."""

    def __init__(self, factory: ProviderFactory) -> None:
        self._factory = factory
        self._lock = threading.Lock()
        self._checked: dict[str, Plugin] = {}
        self._configured: dict[str, Plugin] = {}
        self._renamed: dict[str, str] = {}

    def find(self, reference: str) -> Plugin | None:
        """The configured provider of a reference `<urn>::<id>`; None when this run has none."""
        plugin = self._configured.get(reference)
        if plugin is None and (urn := self._renamed.get(provider_urn(reference))):
            plugin = self._configured.get(f"{urn}::{reference.rpartition('::')[2]}")
        return plugin

    def rename(self, old: str, new: str) -> None:
        """Let a provider be found under its old URN as well."""
        self._renamed[old] = new

    def load(self, old: ResourceState) -> None:
        """Configure a provider as the last run did: it has to delete its resources."""
        if self.find(f"{old.urn}::{old.id}") is None:
            self._configure(self._new_plugin(old.urn, old.type), old.urn, old.id, old.input_message)

    def check(
        self, new: ResourceState, olds: struct_pb2.Struct | None, news: struct_pb2.Struct
    ) -> tuple[struct_pb2.Struct, list[CheckFailure]]:
        """The provider's configuration, checked."""
        plugin = self._new_plugin(new.urn, new.type)
        inputs, failures = plugin.check_config(new.urn, olds, news)
        self._checked[new.urn] = plugin
        return inputs, failures

    def diff(
        self, urn: str, old: ResourceState, news: struct_pb2.Struct, ignore_changes: Sequence[str]
    ) -> DiffResponse:
        """The diff of the last run's configuration and this one's."""
        plugin = self._checked.get(urn) or self.find(f"{urn}::{old.id}") or self._new_plugin(urn, old.type)
        return plugin.diff_config(urn, old, news)

    def create(self, new: ResourceState, preview: bool) -> ProviderAnswer:
        """Configure the provider under a new id, unknown in a preview."""
        id_ = UNKNOWN if preview else str(uuid.uuid4())
        self._configure(self._checked_plugin(new), new.urn, id_, new.input_message)
        return ProviderAnswer(id_, new.input_message)

    def update(self, old: ResourceState, new: ResourceState, preview: bool) -> ProviderAnswer:
        """Configure the provider anew, under the id it has."""
        self._configure(self._checked_plugin(new), new.urn, old.id, new.input_message)
        return ProviderAnswer(old.id, new.input_message)

    def read(
        self, new: ResourceState, id_: str, inputs: struct_pb2.Struct | None, state: struct_pb2.Struct | None = None
    ) -> ProviderAnswer | None:
        """Refused: a provider resource exists nowhere but in the state."""
        raise RefusedError("provider resources may not be read")

    def same(self, old: ResourceState, new: ResourceState) -> None:
        """Configure the provider as the last run did: it has called the change none."""
        self._configure(self._checked_plugin(new), new.urn, old.id, old.input_message)

    def delete(self, old: ResourceState) -> None:
        """Forget the provider."""
        self._configured.pop(f"{old.urn}::{old.id}", None)

    def _new_plugin(self, urn: str, type_: str) -> Plugin:
        return Plugin(self._factory(package_of(type_)), peer=f"in-process:{urn}")

    def _checked_plugin(self, new: ResourceState) -> Plugin:
        return self._checked.pop(new.urn, None) or self._new_plugin(new.urn, new.type)

    def _configure(self, plugin: Plugin, urn: str, id_: str, inputs: struct_pb2.Struct) -> None:
        plugin.configure(urn, id_, inputs)
        with self._lock:
            self._configured[f"{urn}::{id_}"] = plugin


class Components:
    """The provider of components, which have none: they change when their inputs do."""

    def check(
        self, new: ResourceState, olds: struct_pb2.Struct | None, news: struct_pb2.Struct
    ) -> tuple[struct_pb2.Struct, list[CheckFailure]]:
        """Accept all inputs."""
        return news, []

    def diff(
        self, urn: str, old: ResourceState, news: struct_pb2.Struct, ignore_changes: Sequence[str]
    ) -> DiffResponse:
        """The diff of the inputs."""
        return DiffResponse(changes=DiffResponse.DIFF_NONE if old.input_message == news else DiffResponse.DIFF_SOME)

    def create(self, new: ResourceState, preview: bool) -> ProviderAnswer:
        """Do nothing; the outputs come with `RegisterResourceOutputs`."""
        return ProviderAnswer("", EMPTY)

    def update(self, old: ResourceState, new: ResourceState, preview: bool) -> ProviderAnswer:
        """Do nothing."""
        return ProviderAnswer("", EMPTY)

    def read(
        self, new: ResourceState, id_: str, inputs: struct_pb2.Struct | None, state: struct_pb2.Struct | None = None
    ) -> ProviderAnswer | None:
        """None: a component exists nowhere but in the state."""
        return None

    def delete(self, old: ResourceState) -> None:
        """Do nothing."""


Provider = Plugin | Registry | Components
"""The provider that the engine calls for a resource."""
