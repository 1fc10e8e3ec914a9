"""The sentence of Pulumi's SDK about a call that nobody answers, with the cause that it leaves out."""

from __future__ import annotations

import socket

import grpc
import pytest
from pulumi.runtime import settings
from pulumi.runtime.proto import resource_pb2, resource_pb2_grpc

from tests.conformance.lost_connection import tell_the_cause


def test_a_call_that_nobody_answers_is_told_with_its_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "grpc_error_to_exception", settings.grpc_error_to_exception)
    tell_the_cause()
    tell_the_cause()
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        monitor = resource_pb2_grpc.ResourceMonitorStub(grpc.insecure_channel(f"127.0.0.1:{nobody.getsockname()[1]}"))
        with pytest.raises(grpc.RpcError) as lost:
            monitor.SupportsFeature(resource_pb2.SupportsFeatureRequest(id="secrets"))
    told = str(settings.grpc_error_to_exception(lost.value))
    assert told.startswith("Resource monitor has terminated, shutting down (")
    assert told.count("onnection refused") == 1
