"""The provider of one emulated organisation over gRPC: served on the loopback interface, called by another process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from concurrent import futures
from types import MappingProxyType, TracebackType
from typing import Any, Final, Self, cast

import grpc
from google.protobuf import struct_pb2
from pulumi.runtime.proto import provider_pb2_grpc

from sandbox.emulator.provider import AwsProvider, RoleAssumer
from sandbox.engine.grpc_calls import CallContext
from sandbox.engine.wire import to_python, to_struct
from sandbox.runs.organization_questions import ENDED, SERVICE, SIZES

_THREADS: Final = 32
SILENT: Final = "the provider of the emulated organisation does not answer any more"

Answers = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""From a question to its answer."""

NO_QUESTIONS: Final[Mapping[str, Answers]] = MappingProxyType({})


class _PerConnection:
    """A provider for each connection: Pulumi's engine opens one for every `aws.Provider`, configured once."""

    def __init__(self, organization: RoleAssumer) -> None:
        self._organization = organization
        self._lock = threading.Lock()
        self._providers: dict[str, AwsProvider] = {}

    def _of(self, peer: str) -> AwsProvider:
        with self._lock:
            return self._providers.setdefault(peer, AwsProvider(self._organization))

    def __getattr__(self, method: str) -> Callable[[Any, Any], Any]:
        def call(request: Any, context: Any) -> Any:
            return getattr(self._of(context.peer()), method)(request, context)

        return call


class ProviderServer:
    """A context manager: inside, `port` answers Pulumi's `ResourceProvider` service and the questions given.

    Which there are, and who asks them, is in `sandbox/runs/organization_questions.py`.
    """

    def __init__(self, organization: RoleAssumer, questions: Mapping[str, Answers] = NO_QUESTIONS) -> None:
        options = [*SIZES, ("grpc.so_reuseport", 0)]
        self._threads = futures.ThreadPoolExecutor(_THREADS)
        self._server = grpc.server(self._threads, options=options)
        servicer = cast("provider_pb2_grpc.ResourceProviderServicer", _PerConnection(organization))
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, self._server)
        handlers = {name: _handler(answers) for name, answers in questions.items()}
        self._server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(SERVICE, handlers)])
        self.port: Final = self._server.add_insecure_port("127.0.0.1:0")

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end(grace=1)
        self._threads.shutdown()

    def end(self, grace: float | None = None) -> None:
        """Answer nobody any more, whatever is under way when the seconds of grace are over."""
        ended = self._server.stop(grace)
        if grace:
            ended.wait()


def _handler(answers: Answers) -> grpc.RpcMethodHandler[Any, Any]:
    def answer(request: struct_pb2.Struct, _context: object) -> struct_pb2.Struct:
        return to_struct(answers(to_python(request)))

    return grpc.unary_unary_rpc_method_handler(
        answer,
        request_deserializer=struct_pb2.Struct.FromString,
        response_serializer=struct_pb2.Struct.SerializeToString,
    )


class RemoteProviders:
    """Makes providers, living in another process, for the embedded engine; a context manager ends their connections."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._channels: list[grpc.Channel] = []

    def __call__(self, _package: str) -> provider_pb2_grpc.ResourceProviderServicer:
        """A provider of its own, through a connection of its own."""
        options = [*SIZES, ("grpc.use_local_subchannel_pool", 1)]
        channel = grpc.insecure_channel(f"127.0.0.1:{self._port}", options=options)
        self._channels.append(channel)
        return cast("provider_pb2_grpc.ResourceProviderServicer", _Remote(channel))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for channel in self._channels:
            channel.close()
        self._channels.clear()


class _Remote:
    """One connection, called the way the embedded engine calls a provider in its own process."""

    def __init__(self, channel: grpc.Channel) -> None:
        self._stub = provider_pb2_grpc.ResourceProviderStub(channel)

    def __getattr__(self, method: str) -> Callable[[Any, CallContext], Any]:
        def call(request: Any, context: CallContext) -> Any:
            try:
                return getattr(self._stub, method)(request)
            except grpc.RpcError as refused:
                answer: Any = refused
                context.set_trailing_metadata(answer.trailing_metadata() or ())
                context.abort(answer.code(), _said(answer.code(), answer.details()))

        return call


def _said(code: grpc.StatusCode, details: str) -> str:
    """A server that ends refuses new calls, and cancels those that it is at."""
    if code in ENDED:
        return f"{SILENT} ({details})"
    return details
