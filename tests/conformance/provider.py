"""The provider that both engines use: the embedded one calls it as an object, Pulumi's own over gRPC."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent import futures
from typing import Any

import grpc
from google.protobuf import empty_pb2
from google.protobuf.message import Message
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from sandbox.engine.wire import to_python
from tests.conformance.outcome import plain
from tests.sandbox.engine.engine_harness import Cloud, MemoryProvider

_LOCK = threading.Lock()
_COMPARED = ("id", "olds", "old_inputs", "news", "properties", "inputs", "preview", "ignoreChanges", "timeout")
_STRUCTS = ("olds", "old_inputs", "news", "properties", "inputs")


class NumberedCloud(Cloud):
    """A cloud that numbers resources by name: an id does not depend on the order in which an engine creates them."""

    def __init__(self, things: dict[str, dict[str, Any]] | None = None) -> None:
        super().__init__(things={key: dict(value) for key, value in (things or {}).items()})
        self.numbers: Counter[str] = Counter()

    def take_requests(self) -> dict[str, tuple[Any, ...]]:
        """The requests that the provider got since the last call of this, by URN."""
        by_urn: dict[str, list[Any]] = {}
        for method, request in self.requests:
            by_urn.setdefault(request.urn, []).append((method, _compared(request)))
        self.requests.clear()
        return {urn: tuple(requests) for urn, requests in by_urn.items()}


class NumberedProvider(MemoryProvider):
    """The in-memory provider of the engine's own tests, with numbered ids and the methods of a served plugin."""

    def Handshake(self, request: Any, context: Any) -> provider_pb2.ProviderHandshakeResponse:
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=self.cloud.takes_secrets)

    def Attach(self, request: Any, context: Any) -> empty_pb2.Empty:
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: Any, context: Any) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version="7.51.1")

    def Cancel(self, request: Any, context: Any) -> empty_pb2.Empty:
        return empty_pb2.Empty()

    def Create(self, request: Any, context: Any) -> provider_pb2.CreateResponse:
        if request.preview:
            return super().Create(request, context)
        with _LOCK:
            assert isinstance(self.cloud, NumberedCloud)
            self.cloud.made = self.cloud.numbers[request.name]
            try:
                return super().Create(request, context)
            finally:
                self.cloud.numbers[request.name] = self.cloud.made


class Served(provider_pb2_grpc.ResourceProviderServicer):
    """Providers, one for each connection: Pulumi's engine opens one for each provider resource."""

    def __init__(self) -> None:
        self.make: Callable[[], provider_pb2_grpc.ResourceProviderServicer] | None = None
        self._by_peer: dict[str, provider_pb2_grpc.ResourceProviderServicer] = {}

    def use(self, make: Callable[[], provider_pb2_grpc.ResourceProviderServicer]) -> None:
        """Make the providers of the next run with this function."""
        self.make = make
        self._by_peer.clear()

    def _call(self, method: str, request: Message, context: grpc.ServicerContext) -> Any:
        assert self.make is not None
        with _LOCK:
            provider = self._by_peer.get(context.peer()) or self.make()
            self._by_peer[context.peer()] = provider
        return getattr(provider, method)(request, context)

    def serve(self) -> tuple[grpc.Server, int]:
        """A server on loopback, and its port."""
        server = grpc.server(futures.ThreadPoolExecutor(16))
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(self, server)
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        return server, port


def _forwarding(method: str) -> Callable[[Served, Message, grpc.ServicerContext], Any]:
    def call(self: Served, request: Message, context: grpc.ServicerContext) -> Any:
        return self._call(method, request, context)

    return call


for _method in provider_pb2.DESCRIPTOR.services_by_name["ResourceProvider"].methods:
    setattr(Served, _method.name, _forwarding(_method.name))


def _compared(request: Any) -> dict[str, Any]:
    """The fields that both engines have to send alike. Pulumi's sends an empty message where ours sends none."""
    sent = {field.name: value for field, value in request.ListFields() if field.name in _COMPARED}
    values = {
        name: to_python(value) if name in _STRUCTS else list(value) if name == "ignoreChanges" else value
        for name, value in sent.items()
    }
    return {name: plain(value) for name, value in values.items() if value}
