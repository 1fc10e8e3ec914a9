"""The pack as Pulumi's policy host runs it: one process for all tests of the rules, asked over gRPC."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Generator
from pathlib import Path
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import analyzer_pb2_grpc

from sandbox.runs.policy_host import PACK, policy_host
from tests.policies.told_programs import NO_MESH


@pytest.fixture(scope="session")
def pack() -> Generator[Any]:
    """A stub of the pack's server; who configures it, configures it back."""
    pytest.importorskip("pulumi_policy")
    with policy_host() as host:
        script = Path(host.environment["PATH"].split(":")[0], "pulumi-analyzer-policy-python")
        command = [str(script), "127.0.0.1:1", str(host.pack), "-toolchain=pip", "-virtualenv=../.venv"]
        process = subprocess.Popen(command, cwd=PACK, env={**os.environ, **NO_MESH}, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            with grpc.insecure_channel(f"127.0.0.1:{process.stdout.readline().strip()}") as channel:
                yield analyzer_pb2_grpc.AnalyzerStub(channel)
        finally:
            process.kill()
            process.wait()
