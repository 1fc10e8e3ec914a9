"""Two sides of a comparison, each read once, and what both come to: changed files, plans, stacks that change."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from cli.changed_files import ChangedFiles, changed_files
from cli.rendered_sides import stacks_between
from cli.revisions import Side
from mesh.findings import Finding
from mesh.folder import PlannedMesh, ReadFolder, read_folder
from mesh.model import Mesh
from mesh.plan import build

if TYPE_CHECKING:
    from mesh.changes.changed_stacks import ChangedStack
    from sandbox.runs.prepared_previews import PreparedPreviews


@dataclass(frozen=True)
class ReadSide:
    """A side as it was read for a day."""

    side: Side
    read: ReadFolder
    as_of: datetime.date

    @property
    def mesh(self) -> Mesh | None:
        """The mesh, as far as it can be used."""
        return self.read.mesh

    @cached_property
    def errors(self) -> tuple[Finding, ...]:
        """Its errors, with their files as the user knows them."""
        return tuple(self.side.placed(self.read.errors))

    @cached_property
    def planned(self) -> PlannedMesh | None:
        """Its plan; None where it has errors."""
        if self.mesh is None or self.errors:
            return None
        return PlannedMesh(self.side.folder, self.mesh, build(self.mesh, self.as_of), self.as_of, self.read.findings)


def read_side(side: Side, as_of: datetime.date) -> ReadSide:
    """A side, read for a day."""
    return ReadSide(side, read_folder(side.folder, as_of), as_of)


@dataclass(frozen=True)
class ComparedSides:
    """Two sides; what they come to is found when it is first asked for, once. `directory` is the command's folder."""

    before: ReadSide
    after: ReadSide
    directory: Path
    prepared: PreparedPreviews | None = None
    """The process that plans stacks, where one was begun before the sides were read."""

    @property
    def names(self) -> tuple[str, str]:
        """Names of the sides, as the user knows them."""
        return self.before.side.name, self.after.side.name

    @cached_property
    def changed(self) -> ChangedFiles:
        """The files that differ."""
        return changed_files(self.before.side, self.after.side, self.directory)

    @cached_property
    def planned(self) -> tuple[PlannedMesh, PlannedMesh] | None:
        """Both plans; None where a side has errors."""
        before, after = self.before.planned, self.after.planned
        return None if before is None or after is None else (before, after)

    @cached_property
    def stacks(self) -> tuple[ChangedStack, ...] | None:
        """The stacks that change; None where a side has errors. Ends the command where a preview fails."""
        return None if self.planned is None else stacks_between(*self.planned, self.changed, self.prepared)
