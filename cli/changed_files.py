"""Changed files between two sides of a comparison, by their paths in the repository."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from cli.revisions import GitRepository, Side
from mesh.findings import NotPossibleError
from mesh.pipeline_scripts import FOLDER


class ChangedFiles(NamedTuple):
    """Paths of files that differ, sorted, and that of the mesh folder; from `top`, where there is a repository."""

    files: tuple[str, ...]
    folder: str
    top: Path | None = None


def changed_files(before: Side, after: Side, directory: Path) -> ChangedFiles:
    """The files that differ: of a revision all of the repository, of two folders those of the mesh and its scripts."""
    if before.top is None:
        folder = os.path.basename(os.path.realpath(after.folder))
        files = "\0".join(_of_folders(before.folder, after.folder, folder))
        return ChangedFiles(tuple(sorted(_names(os.fsencode(files)))), folder)
    repository = _repository(directory)
    revisions = [side.name.partition(":")[0] for side in (before, after) if side.top is not None]
    commits = [repository.commit(revision) for revision in revisions]
    # What `.gitmodules` and settings ask git to leave out counts as well.
    every = ("--no-renames", "--no-ext-diff", "--no-relative", "--ignore-submodules=none")
    listed = repository.git("diff", "--name-only", *every, "-z", *commits, "--")
    found = set(_names(listed))
    if after.top is None:
        found.update(_names(repository.git("ls-files", "--others", "--exclude-standard", "-z")))
    return ChangedFiles(tuple(sorted(found)), repository.inside(directory) or ".", repository.top)


def _repository(directory: Path) -> GitRepository:
    """The repository of a mesh folder, or of the nearest folder above it that is there."""
    here = Path(os.path.realpath(directory))
    while not here.is_dir() and here != here.parent:
        here = here.parent
    top = os.fsdecode(GitRepository(here).git("rev-parse", "--show-toplevel")).rstrip("\n")
    return GitRepository(Path(os.path.realpath(top)))


def _names(listed: bytes) -> list[str]:
    """Names out of git's answer, as Python has those of files: a byte that is no text stands as a surrogate."""
    return [os.fsdecode(name) for name in listed.split(b"\0") if name]


def _of_folders(before: Path, after: Path, folder: str) -> Iterator[str]:
    """Files of two mesh folders, and of the scripts beside them, that are not the same byte by byte."""
    places = ((Path(), folder), (Path("..") / FOLDER, FOLDER))
    for inside, name in places:
        old, new = (_contents(side / inside) for side in (before, after))
        yield from (f"{name}/{path}" for path in {*old, *new} if old.get(path) != new.get(path))


def _contents(folder: Path) -> dict[str, bytes]:
    try:
        found = (path for path in folder.rglob("*") if path.is_file() or path.is_symlink())
        return {path.relative_to(folder).as_posix(): _content(path) for path in found}
    except OSError as error:
        raise NotPossibleError(f"{folder} cannot be read: {error.strerror}") from None


def _content(path: Path) -> bytes:
    """The bytes of a file, and before those of a link where it leads."""
    leads = os.fsencode(os.readlink(path)) if path.is_symlink() else b""
    return leads + (path.read_bytes() if path.is_file() else b"")
