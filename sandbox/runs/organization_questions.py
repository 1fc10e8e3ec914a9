"""Questions to an organisation that another process serves, over gRPC: what can be asked, and how long one waits.

`mesh as` is this module and little else: what answers, with all of the emulator, is `sandbox/runs/provider_server.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import grpc
from google.protobuf import struct_pb2

from mesh.findings import NotPossibleError, OurFaultError
from sandbox.engine.wire import to_python, to_struct

IDENTITY: Final = "Identity"
INVENTORY: Final = "Inventory"
AS: Final = "As"
ASSIGNMENTS: Final = "Assignments"
READING: Final = "Reading"
CHECK: Final = "Check"
CLOCK: Final = "Clock"
FILL: Final = "Fill"
JOBS: Final = "Jobs"
QUERY: Final = "Query"
STOP: Final = "Stop"
SERVICE: Final = "mesh.Organization"
SIZES: Final[list[tuple[str, Any]]] = [
    ("grpc.max_receive_message_length", 400 << 20),
    ("grpc.max_send_message_length", 400 << 20),
]
"""As large as Pulumi's engine allows."""

ENDED: Final = frozenset({grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED})
"""Nobody is at the port, or who was there ends, and with that what it was at: no client of ours cancels."""

_RAISED: Final = "Exception calling application: "
"""Words of gRPC before what a handler raised."""

PATIENCE: Final = 20.0
"""Seconds for an organisation on this machine to answer; one that has ended refuses at once."""


class BusyError(NotPossibleError):
    """An organisation that is there, and does not answer in time."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"the organisation that is kept here is busy, and gave no answer in {seconds:g} seconds; "
            "type the command again"
        )


def ask(
    port: int, name: str, question: Mapping[str, Any] = MappingProxyType({}), patience: float | None = None
) -> dict[str, Any] | None:
    """The answer of the organisation behind a port; None where nobody answers any more.

    Raises BusyError where there is no answer within so many seconds, by default `PATIENCE`, and OurFaultError where
    what was to answer failed.
    """
    seconds = PATIENCE if patience is None else patience
    with grpc.insecure_channel(f"127.0.0.1:{port}", options=SIZES) as channel:
        call = channel.unary_unary(
            f"/{SERVICE}/{name}",
            request_serializer=struct_pb2.Struct.SerializeToString,
            response_deserializer=struct_pb2.Struct.FromString,
        )
        try:
            return to_python(call(to_struct(question), timeout=seconds))
        except grpc.RpcError as error:
            answer: Any = error
            if answer.code() == grpc.StatusCode.DEADLINE_EXCEEDED:
                raise BusyError(seconds) from None
            if answer.code() in ENDED:
                return None
            why = " ".join(str(answer.details()).removeprefix(_RAISED).split())
            raise OurFaultError(
                f"the organisation that is kept here failed to answer ({name}: {why}), which is a fault of ours, not "
                "of your input: please report it, with the last lines of the terminal of `mesh up --serve`"
            ) from None
