"""The sample mesh in preview, once a session: it takes about four seconds."""

from __future__ import annotations

import pytest

from tests.program import sample


@pytest.fixture(scope="session")
def planned() -> sample.Planned:
    return sample.previewed(sample.mesh())
