"""The sample mesh, read, planned, decided and previewed once a session; and which tests begin first."""

from __future__ import annotations

import datetime
import logging
import signal
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

from mesh.access.chains import DecidedReads
from mesh.access.matrix import Row, matrix
from mesh.load import load
from mesh.model import Mesh
from mesh.plan import Plan, build
from mesh.proof import written_labels
from mesh.proof.written_labels import WrittenLabels
from tests.conformance.lost_connection import LostConnectionError, LostConnections
from tests.program.sample import Planned, previewed
from tests.program.sample import mesh as sample_run

# A busy machine is no fault of what is tested.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

TESTS = Path(__file__).resolve().parent
STACKS = TESTS.parent / "stacks"
TINY = TESTS / "mesh" / "tiny"
DAY = datetime.date(2027, 1, 1)


def pytest_configure() -> None:
    """Commands in tests hear Ctrl-C, also where a shell without job control started this in the background."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests with a time limit of their own are the long ones, then those of whole commands; no worker ends on them."""
    items.sort(key=lambda item: (item.get_closest_marker("timeout") is None, item.path.parent != TESTS))


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
def sample() -> Mesh:
    """The sample mesh of `stacks/`."""
    return load(STACKS).usable()


@pytest.fixture(scope="session")
def plan(sample: Mesh) -> Plan:
    """The plan of the sample mesh."""
    return build(sample, DAY)


@pytest.fixture(scope="session")
def written(sample: Mesh) -> WrittenLabels:
    """The labels of the sample mesh, as its contracts are written."""
    return written_labels.read(STACKS, sample)


@pytest.fixture(scope="session")
def access(plan: Plan) -> DecidedReads:
    """Reads of the sample mesh."""
    return DecidedReads(plan)


@pytest.fixture(scope="session")
def rows(access: DecidedReads) -> tuple[Row, ...]:
    """The whole matrix of the sample mesh."""
    return tuple(matrix(access))


@pytest.fixture(scope="session")
def planned() -> Planned:
    """What `mesh plan --json` prints of the sample mesh; it takes about four seconds."""
    return previewed(sample_run())


@pytest.fixture(scope="session")
def planned_tiny() -> Planned:
    """What `mesh plan --json` prints of the tiny mesh, which has a resource of each type that the sample has."""
    return previewed(sample_run(TINY, DAY))
