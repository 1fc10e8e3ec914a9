"""Temporary folders that no killed run leaves behind: a lock holds each, and a later run removes what nobody holds.

A process that is killed (SIGKILL, a machine without memory) removes nothing; the kernel releases its locks.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

BEGIN: Final = "mesh-"
HELD: Final = ".held"
"""The file in a folder that its process has locked."""


@contextmanager
def temporary_folder(kind: str) -> Generator[Path]:
    """A new folder, in one called `mesh-<kind>-…`, gone in the end; those of killed runs are removed first."""
    sweep()
    with tempfile.TemporaryDirectory(prefix=f"{BEGIN}{kind}-") as name:
        folder = Path(name)
        # Under its name the file is locked from the first moment: another run takes one that is not for a killed run's.
        with (folder / f"{HELD}.part").open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            (folder / f"{HELD}.part").rename(folder / HELD)
            inside = folder / "in"
            inside.mkdir()
            yield inside


def sweep() -> None:
    """Removes folders of this user that a run held once, and that no process holds any more."""
    for folder in Path(tempfile.gettempdir()).glob(f"{BEGIN}*"):
        # Somebody else's, or one that is removed meanwhile, is not ours to look at.
        with suppress(OSError):
            if folder.lstat().st_uid == os.getuid() and not folder.is_symlink() and not _is_held(folder):
                shutil.rmtree(folder, ignore_errors=True)


def _is_held(folder: Path) -> bool:
    """Whether a process holds it; one without the file of a lock is just being made, or is nobody's of ours."""
    if not (folder / HELD).is_file():
        return True
    with (folder / HELD).open("r+") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
