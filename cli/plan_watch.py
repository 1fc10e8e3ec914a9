"""`mesh plan --watch`: plans again what a saved file changes, and prints it, until Ctrl-C."""

from __future__ import annotations

import datetime
import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import typer

from cli.changed_files import ChangedFiles
from cli.console import answer, counted, say
from cli.options import chosen, day
from cli.rendered_sides import stacks_between
from mesh.findings import BadInputError
from mesh.folder import PlannedMesh, plan_folder
from mesh.nearest_folder import DEFAULT_FOLDER
from mesh.pipeline_scripts import ENDINGS, FOLDER

PAUSE: Final = 0.25
"""Seconds between two looks at the files; a look at a thousand of them takes some milliseconds."""

Seen = Mapping[str, tuple[int, int, int]]
"""Of each file its time, size and inode: an editor that puts a new file in an old one's place changes the last."""


def watch(directory: Path, as_of: datetime.datetime | None, stacks: list[str] | None) -> None:
    """Prints what each saved file changes of the plan since the one before it; returns at Ctrl-C."""
    seen, before = _files(directory), _planned(directory, as_of)
    if before:
        chosen(before, stacks)
    say(f"watching {counted(len(seen), 'file')} of {directory}: what you save is planned again; Ctrl-C ends it")
    try:
        while True:
            now = _settled(directory, seen)
            changed, seen = _changed(seen, now), now
            answer(f"\n{', '.join(changed)}")
            after = _planned(directory, as_of)
            if after is None:
                continue
            if before is None:
                answer("the mesh can be planned again; what is saved from here on is compared with this")
            else:
                _tell(before, after, changed, stacks)
            before = after
    except KeyboardInterrupt:
        say("\nended")


def _planned(directory: Path, as_of: datetime.datetime | None) -> PlannedMesh | None:
    """The mesh as it lies there; None, with every finding told, where it has errors."""
    try:
        return plan_folder(directory, day(as_of))
    except BadInputError as error:
        for finding in error.findings:
            say(str(finding))
        return None


def _tell(before: PlannedMesh, after: PlannedMesh, changed: Sequence[str], stacks: list[str] | None) -> None:
    """Prints the stacks that become others, each with its resources."""
    folder = DEFAULT_FOLDER.name
    try:
        found = stacks_between(before, after, ChangedFiles(tuple(changed), folder))
    except typer.Exit:  # a preview failed, and has said so
        return
    wanted = {*chosen(after, stacks), *(set(before.plan.stacks) - set(after.plan.stacks) if not stacks else ())}
    told = [each for each in found if each.stack.stack in wanted]
    for each in told:
        answer("\n".join(each.lines()))
    answer(f"{counted(len(told), 'stack')} of {len(after.plan.stacks)} changed" if told else "no stack changes")


def _settled(directory: Path, seen: Seen) -> Seen:
    """The files as they are once they are others than before, and have not changed for a moment."""
    last, now = seen, _files(directory)
    while now == seen or now != last:
        time.sleep(PAUSE)
        last, now = now, _files(directory)
    return now


def _changed(before: Seen, after: Seen) -> list[str]:
    names = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
    return [os.path.relpath(name) for name in names]


def _files(directory: Path) -> Seen:
    """Files that a mesh is made of, with what tells that one was written."""
    found: dict[str, tuple[int, int, int]] = {}
    for top in (directory, directory / FOLDER, directory / ".." / FOLDER):
        for folder, _, names in os.walk(top):
            for name in names:
                path = os.path.normpath(os.path.join(folder, name))
                if name.endswith(ENDINGS) and not name.startswith("."):
                    try:
                        status = os.stat(path)
                    except OSError:  # it was removed meanwhile, or leads nowhere, which the plan tells
                        continue
                    found[path] = (status.st_mtime_ns, status.st_size, status.st_ino)
    return found
