"""What the tests under Pulumi's own engine need: the CLI, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from mesh.findings import NotPossibleError
from sandbox.runs.pulumi_cli import Cli, find
from tests.e2e.ground import Ground, opened


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
