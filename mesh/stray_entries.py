"""Files and folders in a mesh folder that nothing reads: a misspelt `domains/` would leave all of it out in silence."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from mesh.findings import Finding, near_names, nearest

FOLDERS: Final = frozenset({"domains", "partners", "clearances", "contracts", "pipelines", "blueprints", "offboarded"})
"""Folders that a mesh folder has; `mesh new` reads templates in `blueprints`, `mesh offboard` writes `offboarded`."""

FILES: Final = frozenset({"mesh.yaml", "accounts.yaml", "names.lock.yaml", "exceptions.yaml"})

FLAT: Final = ("domains", "partners", "clearances")
"""Folders whose files stand in them, and not in folders below."""

STAGE: Final = ".new"
"""Folder in the mesh folder of the files that `mesh new` writes, from the first to the last; not read by the mesh."""

JOURNAL: Final = "journal.json"
"""File in it that says where they belong, there once all of them are complete."""

_YAML: Final = (".yaml", ".yml")


def findings(directory: Path, read: Iterable[str]) -> list[Finding]:
    """An error for an entry that is nearly called as one that is read, a warning for other YAML that nothing reads.

    `read` are the files of the mesh, by their paths in it: what they link to is read, too.
    """
    return [
        *_unfinished(directory),
        *_beside(directory, read),
        *(finding for folder in FLAT for finding in _below(directory, folder)),
    ]


def _unfinished(directory: Path) -> Iterator[Finding]:
    if (directory / STAGE / JOURNAL).is_file():
        message = (
            "an interrupted `mesh new` left files here that are not at their places yet; `mesh new resume` completes it"
        )
        yield Finding(os.path.join(directory, STAGE), 1, 1, message, "warning")


def _beside(directory: Path, read: Iterable[str]) -> Iterator[Finding]:
    for entry in _entries(directory):
        known, kind = (FOLDERS, "folder") if os.path.isdir(entry.path) else (FILES, "file")
        is_yaml = _holds_yaml(Path(entry.path)) if os.path.isdir(entry.path) else entry.name.lower().endswith(_YAML)
        if entry.name in known or not is_yaml:
            continue
        stands = f"nothing reads this {kind}"
        near = near_names(entry.name, known, most=1, cutoff=0.8)
        if near and not os.path.lexists(directory / near[0]):
            yield Finding(os.path.join(directory, entry.name), 1, 1, f"{stands}; did you mean '{near[0]}'? Rename it")
        elif near:
            message = f"{stands}, and '{near[0]}' stands beside it; move what belongs there, and remove this one"
            yield Finding(os.path.join(directory, entry.name), 1, 1, message)
        elif not entry.name.startswith("Pulumi.") and not _is_linked_to(entry, directory, read):
            remedy = f"a mesh folder has {_said(known)}; move it out of the mesh folder, or remove it"
            yield Finding(os.path.join(directory, entry.name), 1, 1, f"{stands}; {remedy}", "warning")


def _below(directory: Path, folder: str) -> Iterator[Finding]:
    for entry in _entries(directory / folder):
        path = os.path.join(directory, folder, entry.name)
        if os.path.isdir(entry.path) and _holds_yaml(Path(entry.path)):
            message = f"nothing reads this folder; a file of {folder} stands in '{folder}' itself: move it there"
            yield Finding(path, 1, 1, message)
        elif not os.path.isdir(entry.path) and ".yaml." in entry.name:
            stem = entry.name.partition(".")[0]
            near = nearest(entry.name, [f"{stem}.yaml"])
            message = f"nothing reads this file, whose name ends otherwise than in .yaml{near}"
            yield Finding(path, 1, 1, message, "warning")


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    """Entries of a folder that are not hidden, in order; none where it cannot be read, which is told elsewhere."""
    try:
        with os.scandir(folder) as entries:
            return sorted((each for each in entries if not each.name.startswith(".")), key=lambda each: each.name)
    except OSError:
        return []


def _is_linked_to(entry: os.DirEntry[str], directory: Path, read: Iterable[str]) -> bool:
    place = os.path.realpath(entry.path)
    real = (os.path.realpath(directory / file) for file in read)
    return any(file == place or file.startswith(place + os.sep) for file in real)


def _holds_yaml(folder: Path) -> bool:
    return any(name.lower().endswith(_YAML) for _, _, names in os.walk(folder) for name in names)


def _said(known: frozenset[str]) -> str:
    return ", ".join(sorted(known))
