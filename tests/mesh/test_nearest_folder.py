"""The nearest mesh folder: here, above, in `stacks/`; and none that somebody else put above."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mesh.nearest_folder import nearest_folder, with_stacks


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """A repository: `stacks/mesh.yaml` beside another folder."""
    (tmp_path / "stacks" / "domains").mkdir(parents=True)
    (tmp_path / "pipelines" / "ads").mkdir(parents=True)
    (tmp_path / "stacks" / "mesh.yaml").write_text("name: tiny\n")
    return tmp_path


@pytest.mark.parametrize("folder", [".", "stacks", "stacks/domains", "pipelines", "pipelines/ads"])
def test_it_is_found_from_every_folder_of_the_repository(top: Path, folder: str) -> None:
    assert nearest_folder(top / folder) in (top / "stacks", top / folder, top / folder / "stacks")
    assert (nearest_folder(top / folder) or top).joinpath("mesh.yaml").samefile(top / "stacks" / "mesh.yaml")


def test_the_nearest_of_two_is_taken(top: Path) -> None:
    inner = top / "pipelines" / "ads"
    (inner / "mesh.yaml").write_text("name: inner\n")
    assert nearest_folder(inner) == inner
    assert nearest_folder(top / "pipelines") == top / "stacks"


def test_one_of_another_user_counts_here_and_not_above(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever stands in a folder has chosen it; what lies above, in /tmp for one, anybody may have put there."""
    real, theirs = os.stat, top / "stacks" / "mesh.yaml"
    mine = os.getuid()

    def stat(self: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        found = real(self, follow_symlinks=follow_symlinks)
        values = list(found)
        values[4] = mine + 1 if self == theirs else found.st_uid
        return os.stat_result(values)

    monkeypatch.setattr(Path, "stat", stat)
    assert nearest_folder(top / "pipelines") is None
    assert nearest_folder(top) == top / "stacks"


def test_a_folder_of_a_repository_stands_for_its_stacks(top: Path) -> None:
    assert with_stacks(top) == top / "stacks"
    assert with_stacks(top / "stacks") == top / "stacks"
    assert with_stacks(top / "nowhere") == top / "nowhere"
