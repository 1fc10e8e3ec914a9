"""Cause of "Resource monitor has terminated", which the SDK of Pulumi says of any call that finds nobody."""

from __future__ import annotations

import logging

import grpc
from pulumi.runtime import settings


def tell_the_cause() -> None:
    """Has the SDK add to its sentence what gRPC says, so that a test that meets it can be understood."""
    was = settings.grpc_error_to_exception

    def with_the_cause(error: grpc.RpcError) -> Exception:
        told = was(error)
        cause = getattr(error, "debug_error_string", str)()
        return type(told)(f"{told} ({cause})") if "has terminated" in str(told) else told

    if was.__name__ != with_the_cause.__name__:
        settings.grpc_error_to_exception = with_the_cause


class LostConnectionError(Exception):
    """A test failed after the engine was gone, which gRPC says in its log alone; `make e2e` runs such a test again."""


class LostConnections(logging.Handler):
    """Keeps what gRPC logs of calls that found nobody."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keeps a record's text, where it is of such a call."""
        if "Failed to connect to remote host" in record.getMessage():
            self.told.append(record.getMessage())
