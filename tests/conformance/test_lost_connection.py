"""The sentence of Pulumi's SDK about a call that nobody answers, with the cause that it leaves out."""

from __future__ import annotations

import logging
import re
import socket
from pathlib import Path

import grpc
import pytest
from pulumi.runtime import settings
from pulumi.runtime.proto import resource_pb2, resource_pb2_grpc

from tests.conformance.lost_connection import LostConnectionError, tell_the_cause
from tests.conftest import pytest_runtest_call

MAKEFILE = Path(__file__).parents[2] / "Makefile"


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


def test_a_failure_behind_a_call_that_nobody_answers_is_one_that_make_runs_again() -> None:
    """The sentence is gRPC's; the patterns are those of the Makefile."""
    (again,) = re.findall(r"^CONNECTION_LOST := (.*)$", MAKEFILE.read_text("utf-8"), re.MULTILINE)
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        channel = grpc.insecure_channel(f"127.0.0.1:{nobody.getsockname()[1]}")
        with pytest.raises(grpc.RpcError) as lost:
            resource_pb2_grpc.ResourceMonitorStub(channel).SupportsFeature(resource_pb2.SupportsFeatureRequest(id="x"))
    failure = AssertionError("nothing of it")
    run = pytest_runtest_call()
    next(run)
    logging.getLogger("grpc._server").error("Exception calling application: %s", lost.value)
    with pytest.raises(LostConnectionError) as told:
        run.throw(failure)
    assert re.search(again, str(told.value))
    assert told.value.__cause__ is failure
    run = pytest_runtest_call()
    next(run)
    with pytest.raises(AssertionError) as plain:
        run.throw(failure)
    assert plain.value is failure
