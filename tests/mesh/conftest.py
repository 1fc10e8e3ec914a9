"""The tiny mesh: valid, of two domains and a partner; tests break one thing of it."""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from mesh.folder import findings_of

HERE = Path(__file__).parent
TINY = HERE / "tiny"
Findings = Callable[[Path], list[str]]
DAY = datetime.date(2027, 1, 1)


def _findings(root: Path, as_of: datetime.date = DAY) -> list[str]:
    """Every finding about a mesh folder, placed relative to it, sorted."""
    return sorted(str(finding).replace(f"{root}/", "") for finding in findings_of(root, as_of)[1])


@pytest.fixture(scope="session")
def findings() -> Findings:
    """`findings(folder)`: every finding about a mesh folder on the tests' day, placed relative to it, sorted."""
    return _findings


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A copy of the tiny mesh, to break."""
    return Path(shutil.copytree(TINY, tmp_path / "mesh"))
