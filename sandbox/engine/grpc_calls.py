"""gRPC calls without gRPC: the context a provider is given, how it refuses, and an error as the SDK knows it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NoReturn, Protocol

import grpc
from google.protobuf import any_pb2
from pulumi.runtime.proto import provider_pb2, status_pb2

_DETAILS: Final = "grpc-status-details-bin"


class RefusedError(Exception):
    """A provider said no. `trace` is set when it did not say so but fell over: a fault of ours, not of the program."""

    def __init__(self, message: str, code: grpc.StatusCode = grpc.StatusCode.UNKNOWN, trace: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.trace = trace


class PartlyDoneError(RefusedError):
    """The resource exists, but its initialisation failed: it is kept, and the next run updates it."""

    def __init__(self, failure: provider_pb2.ErrorResourceInitFailed) -> None:
        super().__init__("\n".join(failure.reasons) or "resource init failed")
        self.id = failure.id
        self.properties = failure.properties
        self.reasons = tuple(failure.reasons)


class ServiceContext(Protocol):
    """What a provider of ours needs of a gRPC context."""

    def set_trailing_metadata(self, trailing_metadata: tuple[tuple[str, str | bytes], ...], /) -> None:
        """Give the error details (`grpc-status-details-bin`) of an abort that follows."""
        ...

    def abort(self, code: grpc.StatusCode, details: str) -> NoReturn:
        """End the call with an error."""
        ...


def abort_partly_done(context: ServiceContext, failure: provider_pb2.ErrorResourceInitFailed) -> NoReturn:
    """End the call of a provider with what was done of it: the engine keeps the resource, and updates it next time."""
    said = "\n".join(failure.reasons)
    detail = any_pb2.Any()
    detail.Pack(failure)
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=said, details=[detail])
    context.set_trailing_metadata(((_DETAILS, status.SerializeToString()),))
    context.abort(grpc.StatusCode.UNKNOWN, said)


class CallContext:
    """Stands in for a gRPC context where no connection exists; has the methods that a provider of ours uses."""

    def __init__(self, peer: str) -> None:
        self._peer = peer
        self._code = grpc.StatusCode.UNKNOWN
        self._details = ""
        self._trailers: Sequence[tuple[str, str | bytes]] = ()

    def peer(self) -> str:
        """A name of the provider resource this call is for: the same for all its calls, another for every other."""
        return self._peer

    def set_code(self, code: grpc.StatusCode) -> None:
        """Keep the code for an exception that follows."""
        self._code = code

    def set_details(self, details: str) -> None:
        """Keep the message for an exception that follows."""
        self._details = details

    def set_trailing_metadata(self, metadata: Sequence[tuple[str, str | bytes]]) -> None:
        """Keep the error details (`grpc-status-details-bin`) for an abort that follows."""
        self._trailers = metadata

    def invocation_metadata(self) -> Sequence[tuple[str, str | bytes]]:
        """Nothing: a call in process carries no metadata."""
        return ()

    def is_active(self) -> bool:
        """True: a call in process is never cancelled."""
        return True

    def abort(self, code: grpc.StatusCode, details: str) -> NoReturn:
        """End the call with an error."""
        for name, value in self._trailers:
            if name == _DETAILS and isinstance(value, bytes) and (failure := _init_failure(value)):
                raise PartlyDoneError(failure)
        raise RefusedError(details, code)

    def abort_with_status(self, status: grpc.Status) -> NoReturn:
        """End the call with an error and its details."""
        self._trailers = status.trailing_metadata or ()
        self.abort(status.code, status.details)

    def refusal(self, trace: str) -> RefusedError:
        """What an exception in the provider comes to."""
        if self._code is grpc.StatusCode.UNIMPLEMENTED:
            return RefusedError(self._details, self._code)
        return RefusedError(self._details or trace.strip().rpartition("\n")[2], self._code, trace)


def _init_failure(details: bytes) -> provider_pb2.ErrorResourceInitFailed | None:
    failure = provider_pb2.ErrorResourceInitFailed()
    return next((failure for detail in status_pb2.Status.FromString(details).details if detail.Unpack(failure)), None)


class Aborted(grpc.RpcError):
    """An error as a gRPC stub raises it, which is how the SDK knows it."""

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
