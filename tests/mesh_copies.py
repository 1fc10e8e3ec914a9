"""Copies of a mesh to change: its folder, and the scripts of its pipelines where they stand beside it."""

from __future__ import annotations

import shutil
from pathlib import Path

from mesh.load import load
from mesh.model import Mesh


def copied(mesh: Path, to: Path | str) -> Path:
    """A copy of a mesh folder at a path, with `pipelines/` beside it if the mesh has it there."""
    folder = Path(shutil.copytree(mesh, to))
    beside = Path(mesh).resolve().parent / "pipelines"
    if beside.is_dir():
        shutil.copytree(beside, folder.resolve().parent / "pipelines", dirs_exist_ok=True)
    return folder


def edit(file: Path, *pairs: tuple[str, str]) -> None:
    """Puts new texts in the place of old ones, each of which stands there once."""
    text = file.read_text("utf-8")
    for old, new in pairs:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    file.write_text(text, "utf-8")


def mesh_of(folder: Path) -> Mesh:
    """The mesh of a folder without errors."""
    loaded = load(folder)
    assert [finding for finding in loaded.findings if finding.severity == "error"] == []
    assert loaded.mesh is not None
    return loaded.mesh
