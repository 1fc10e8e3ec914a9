"""Files that a mesh folder may have: each that the mesh reads or writes there is known to who looks for strays."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

from mesh import schemas, stray_entries
from mesh.beginnings.blueprint import FOLDER as BLUEPRINTS
from mesh.beginnings.proposed_labels import HINTS
from mesh.load import FOLDERS
from mesh.model.exceptions_file import EXCEPTIONS_FILE
from mesh.model.names_lock import NAMES_LOCK_FILE
from tests.conftest import STACKS
from tests.docs.pages import ROOT

TABLE: Final = (ROOT / "README.md").read_text("utf-8").partition("\n## What people write\n")[2].partition("\n## ")[0]


def test_a_mesh_folder_may_have_every_file_that_is_read_or_written_there() -> None:
    titled = {re.search(r"\((\S+)\)", title)[1] for _, title in schemas.TITLES.values()}  # type: ignore[index]
    known = {name for name in titled if "/" not in name} | {EXCEPTIONS_FILE, NAMES_LOCK_FILE}
    assert known == stray_entries.FILES
    assert set(FOLDERS) <= stray_entries.FOLDERS


def test_every_file_of_the_table_for_people_is_one_that_a_mesh_folder_has() -> None:
    named = {path.partition("/")[0] for path in re.findall(r"^\| `stacks/([^`]+)` \|", TABLE, re.MULTILINE)}
    assert {"domains", "mesh.yaml"} < named
    assert named == {each for each in stray_entries.FILES | stray_entries.FOLDERS if each not in ELSEWHERE}


ELSEWHERE: Final = {"blueprints", "offboarded", "pipelines"}
"""Folders that the README tells of elsewhere: templates, records of `mesh offboard`, scripts beside the mesh folder."""


def test_what_is_no_file_of_the_mesh_is_told_only_where_it_is_yaml(tmp_path: Path) -> None:
    for name in ("CODEOWNERS", "README.md", "Pulumi.domain-ads.yaml", ".hidden.yaml", *sorted(stray_entries.FILES)):
        (tmp_path / name).write_text("a: b\n", "utf-8")
    assert stray_entries.findings(tmp_path, ()) == []
    (tmp_path / "notes.yaml").write_text("a: b\n", "utf-8")
    assert [finding.severity for finding in stray_entries.findings(tmp_path, ())] == ["warning"]


def test_the_sample_has_nothing_that_is_stray() -> None:
    assert stray_entries.findings(STACKS, ()) == []


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
