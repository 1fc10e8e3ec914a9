"""What the tests under Pulumi's own engine need: the CLI, or the reason why there is none."""

from __future__ import annotations

import pytest

from mesh.findings import NotPossibleError
from sandbox.pulumi_cli import Cli, find


@pytest.fixture(scope="session")
def cli() -> Cli:
    """The Pulumi CLI; without one the test is skipped, with the sentence that `mesh up --engine pulumi` would say."""
    try:
        return find()
    except NotPossibleError as reason:
        pytest.skip(str(reason))
