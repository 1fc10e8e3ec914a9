"""What the tests under Pulumi's own engine need: the CLI, or the reason why there is none."""

from __future__ import annotations

import logging
from collections.abc import Generator
from pathlib import Path

import pytest

from mesh.findings import NotPossibleError
from sandbox.runs.pulumi_cli import Cli, find
from tests.e2e.ground import Ground, opened


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


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, object, object]:
    """Says of a failure that a lost connection is behind it, whatever the assertion that met it says."""
    heard, log = LostConnections(), logging.getLogger("grpc")
    log.addHandler(heard)
    try:
        return (yield)
    except Exception as error:
        if heard.told:
            raise LostConnectionError("\n".join(heard.told)) from error
        raise
    finally:
        log.removeHandler(heard)


@pytest.fixture(scope="session")
def cli() -> Cli:
    """The Pulumi CLI; without one the test is skipped, with the sentence that `mesh up --engine pulumi` would say."""
    try:
        return find()
    except NotPossibleError as reason:
        pytest.skip(str(reason))


@pytest.fixture(params=["embedded", pytest.param("pulumi", marks=pytest.mark.e2e)])
def ground(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[Ground]:
    """Where faults happen, under each engine."""
    pulumi = request.getfixturevalue("cli") if request.param == "pulumi" else None
    with opened(tmp_path, pulumi) as ground:
        yield ground
