"""The reads of the sample mesh, decided once a session."""

from __future__ import annotations

import pytest

from mesh.access.chains import DecidedReads
from mesh.access.matrix import Row, matrix
from mesh.plan import Plan


@pytest.fixture(scope="session")
def access(plan: Plan) -> DecidedReads:
    """Reads of the sample mesh."""
    return DecidedReads(plan)


@pytest.fixture(scope="session")
def rows(access: DecidedReads) -> tuple[Row, ...]:
    """The whole matrix of the sample mesh."""
    return tuple(matrix(access))
