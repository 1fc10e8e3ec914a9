"""Copies of a mesh to change: its folder, and the scripts of its pipelines where they stand beside it."""

from __future__ import annotations

import shutil
from pathlib import Path


def copied(mesh: Path, to: Path | str) -> Path:
    """A copy of a mesh folder at a path, with `pipelines/` beside it if the mesh has it there."""
    folder = Path(shutil.copytree(mesh, to))
    beside = Path(mesh).resolve().parent / "pipelines"
    if beside.is_dir():
        shutil.copytree(beside, folder.resolve().parent / "pipelines", dirs_exist_ok=True)
    return folder
