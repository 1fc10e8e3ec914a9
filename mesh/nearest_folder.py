"""The nearest mesh folder, from a folder upwards, as git finds its own."""

from __future__ import annotations

from pathlib import Path
from typing import Final

DEFAULT_FOLDER: Final = Path("stacks")
FILE: Final = "mesh.yaml"


def nearest_folder(start: Path) -> Path | None:
    """The first folder, from one upwards, that holds mesh.yaml, or the stacks/ in it that does."""
    for folder in (start, *start.parents):
        for place in (folder / DEFAULT_FOLDER, folder):
            if (place / FILE).is_file():
                return place
    return None


def with_stacks(folder: Path) -> Path:
    """The stacks/ in a folder that is no mesh folder and has one; else the folder itself."""
    inside = folder / DEFAULT_FOLDER
    return inside if not (folder / FILE).exists() and (inside / FILE).is_file() else folder
