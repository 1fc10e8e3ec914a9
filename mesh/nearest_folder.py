"""The nearest mesh folder, from a folder upwards, as git finds its own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

DEFAULT_FOLDER: Final = Path("stacks")
FILE: Final = "mesh.yaml"


def nearest_folder(start: Path) -> Path | None:
    """The first folder, from one upwards, that holds mesh.yaml, or the stacks/ in it that does.

    Above, one counts that this user owns, or who owns the folder in which the search begins: in a folder that many may
    write, such as /tmp, anybody could put a mesh, whose pipelines would run here (what git refuses since 2.35.2).
    """
    owners = {os.getuid(), start.stat().st_uid}
    for folder in (start, *start.parents):
        for place in (folder / DEFAULT_FOLDER, folder):
            if (place / FILE).is_file():
                is_known = folder == start or (place / FILE).stat().st_uid in owners
                return place if is_known else None
    return None


def with_stacks(folder: Path) -> Path:
    """The stacks/ in a folder that is no mesh folder and has one; else the folder itself."""
    inside = folder / DEFAULT_FOLDER
    return inside if not (folder / FILE).exists() and (inside / FILE).is_file() else folder
