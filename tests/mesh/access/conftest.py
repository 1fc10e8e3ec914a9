"""The reads of the sample mesh, decided once a session."""

from __future__ import annotations

import pytest

from mesh.access.chains import Access
from mesh.access.matrix import Row, matrix
from mesh.plan import Plan


@pytest.fixture(scope="session")
def access(plan: Plan) -> Access:
    """Reads of the sample mesh."""
    return Access(plan)


@pytest.fixture(scope="session")
def rows(access: Access) -> tuple[Row, ...]:
    """The whole matrix of the sample mesh."""
    return tuple(matrix(access))
