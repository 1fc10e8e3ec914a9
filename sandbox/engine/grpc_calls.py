"""gRPC calls without gRPC: the context of a provider's call, its refusals, and an error as the SDK expects it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NoReturn, Protocol

import grpc
from google.protobuf import any_pb2
from pulumi.runtime.proto import provider_pb2, status_pb2

_DETAILS: Final = "grpc-status-details-bin"


class RefusedError(Exception):
    """A refusal of a provider. `trace` is set when it raised instead: a fault of ours, not of the program."""

    def __init__(self, message: str, code: grpc.StatusCode = grpc.StatusCode.UNKNOWN, trace: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.trace = trace


class PartlyDoneError(RefusedError):
    """A resource that exists but failed to initialise: the engine keeps it, and the next run updates it."""

    def __init__(self, failure: provider_pb2.ErrorResourceInitFailed) -> None:
        super().__init__("\n".join(failure.reasons) or "resource init failed")
        self.id = failure.id
        self.properties = failure.properties
        self.reasons = tuple(failure.reasons)


class ServiceContext(Protocol):
    """The part of a gRPC context that our providers use."""

    def set_trailing_metadata(self, trailing_metadata: tuple[tuple[str, str | bytes], ...], /) -> None:
        """Give the error details (`grpc-status-details-bin`) of an abort that follows."""
        ...

    def abort(self, code: grpc.StatusCode, details: str) -> NoReturn:
        """End the call with an error."""
        ...


def abort_partly_done(context: ServiceContext, failure: provider_pb2.ErrorResourceInitFailed) -> NoReturn:
    """End the call of a provider with a half-made resource: the engine keeps it, and updates it in the next run."""
    message = "\n".join(failure.reasons)
    detail = any_pb2.Any()
    detail.Pack(failure)
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=message, details=[detail])
    context.set_trailing_metadata(((_DETAILS, status.SerializeToString()),))
    context.abort(grpc.StatusCode.UNKNOWN, message)


class CallContext:
    """A gRPC context without a connection, with the methods that providers use."""

    def __init__(self, peer: str) -> None:
        self._peer = peer
        self._code = grpc.StatusCode.UNKNOWN
        self._details = ""
        self._trailers: Sequence[tuple[str, str | bytes]] = ()

    def peer(self) -> str:
        """A name for the provider resource that the call is for: one name for all its calls, as a connection has."""
        return self._peer

    def set_code(self, code: grpc.StatusCode) -> None:
        """Keep the code for an exception that follows, as the generated stub of a missing method raises it."""
        self._code = code

    def set_details(self, details: str) -> None:
        """Keep the message for an exception that follows."""
        self._details = details

    def set_trailing_metadata(self, metadata: Sequence[tuple[str, str | bytes]]) -> None:
        """Keep the error details (`grpc-status-details-bin`) for an abort that follows."""
        self._trailers = metadata

    def abort(self, code: grpc.StatusCode, details: str) -> NoReturn:
        """End the call with an error."""
        for name, value in self._trailers:
            if name == _DETAILS and isinstance(value, bytes) and (failure := _init_failure(value)):
                raise PartlyDoneError(failure)
        raise RefusedError(details, code)

    def refusal(self, trace: str) -> RefusedError:
        """The refusal that an exception in the provider becomes."""
        if self._code is grpc.StatusCode.UNIMPLEMENTED:
            return RefusedError(self._details, self._code)
        return RefusedError(self._details or trace.strip().rpartition("\n")[2], self._code, trace)


def _init_failure(details: bytes) -> provider_pb2.ErrorResourceInitFailed | None:
    failure = provider_pb2.ErrorResourceInitFailed()
    return next((failure for detail in status_pb2.Status.FromString(details).details if detail.Unpack(failure)), None)


class Aborted(grpc.RpcError):
    """An error as a gRPC stub raises it: the SDK expects no other."""

    def __init__(self, code: grpc.StatusCode, details: str) -> None:
        super().__init__(details)
        self._code = code
        self._details = details

    def code(self) -> grpc.StatusCode:
        """The gRPC code."""
        return self._code

    def details(self) -> str:
        """The message."""
        return self._details
