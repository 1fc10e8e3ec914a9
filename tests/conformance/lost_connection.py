"""Cause of "Resource monitor has terminated", which the SDK of Pulumi says of any call that finds nobody."""

from __future__ import annotations

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
