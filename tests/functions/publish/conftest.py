"""An organisation with one product and its pipeline."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.functions.publish.organization import Harbour, harbour
from tests.functions.publish.writers import Writer


@pytest.fixture
def organization(tmp_path: Path) -> Iterator[Harbour]:
    with harbour(tmp_path) as made:
        yield made


@pytest.fixture
def writer(organization: Harbour) -> Writer:
    return Writer(organization)
