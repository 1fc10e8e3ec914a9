"""Sample of bad input, laid over a mesh folder: its files take the place of those there, `absent.txt` names others."""

from __future__ import annotations

import shutil
from pathlib import Path

OURS = ("expected.txt", "absent.txt")


def lay(sample: Path, folder: Path) -> None:
    """Puts the files of a sample into a mesh folder, and takes away those that it says are absent."""
    shutil.copytree(sample, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*OURS))
    absent = sample / "absent.txt"
    for name in absent.read_text("utf-8").split() if absent.exists() else ():
        (folder / name).unlink()
