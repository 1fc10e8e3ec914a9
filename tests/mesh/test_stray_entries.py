"""Stray entries of a mesh folder: what a command reads or writes there is not among them."""

from __future__ import annotations

from pathlib import Path

import pytest

from mesh import stray_entries
from mesh.beginnings.blueprint import FOLDER as BLUEPRINTS
from mesh.beginnings.proposed_labels import HINTS


@pytest.mark.parametrize("folder", [BLUEPRINTS, "offboarded", "pipelines"])
def test_a_folder_that_a_command_reads_or_writes_is_not_stray(tmp_path: Path, folder: str) -> None:
    (tmp_path / folder).mkdir()
    (tmp_path / folder / HINTS).write_text("pii: [email]\n")
    assert stray_entries.findings(tmp_path, []) == []


def test_a_folder_of_templates_that_is_misspelt_is_told(tmp_path: Path) -> None:
    (tmp_path / "blueprint").mkdir()
    (tmp_path / "blueprint" / HINTS).write_text("pii: [email]\n")
    (found,) = stray_entries.findings(tmp_path, [])
    assert "did you mean 'blueprints'? Rename it" in str(found)
