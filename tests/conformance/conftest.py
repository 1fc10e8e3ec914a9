"""Pulumi's own engine, once for each test file."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from mesh.findings import NotPossibleError
from sandbox.runs.pulumi_cli import find
from tests.conformance.real import RealEngine, real_engine


@pytest.fixture(scope="module")
def pulumi_engine() -> Generator[RealEngine]:
    try:
        find()
    except NotPossibleError as missing:
        pytest.skip(str(missing))
    with real_engine() as engine:
        yield engine
