"""A mesh folder on a day: read, checked by every rule, and planned."""

from __future__ import annotations

import datetime
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mesh import stack_settings, stray_entries
from mesh.findings import BadInputError, Finding
from mesh.load import Loaded, load
from mesh.model import Mesh
from mesh.plan import Plan, build, problems


@dataclass(frozen=True, slots=True)
class PlannedMesh:
    """A mesh without errors, its plan for a day, and the findings (lapses and warnings) that do not stop it."""

    directory: Path
    mesh: Mesh
    plan: Plan
    as_of: datetime.date
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadFolder:
    """A mesh folder that was read for a day: the mesh, all its findings in the order of the files, and their places."""

    loaded: Loaded
    findings: tuple[Finding, ...]

    @property
    def mesh(self) -> Mesh | None:
        """The mesh, as far as it can be used."""
        return self.loaded.mesh

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Findings that stop a plan."""
        return tuple(finding for finding in self.findings if finding.severity == "error")


_READ: Final = ContextVar[PlannedMesh | None]("read", default=None)


@contextmanager
def already_read(mesh: PlannedMesh) -> Generator[None]:
    """Inside, `plan_folder` gives this mesh for its folder and day, and reads nothing."""
    before = _READ.set(mesh)
    try:
        yield
    finally:
        _READ.reset(before)


def findings_of(directory: Path, as_of: datetime.date) -> tuple[Mesh | None, list[Finding]]:
    """Findings of a mesh folder on a day, in the order of the files."""
    read = read_folder(directory, as_of)
    return read.mesh, list(read.findings)


def read_folder(directory: Path, as_of: datetime.date) -> ReadFolder:
    """A mesh folder with its findings on a day, and the sources in which later problems have their places."""
    loaded = load(directory)
    return ReadFolder(loaded, tuple(_findings(directory, loaded, as_of)))


def without_errors(directory: Path, as_of: datetime.date) -> tuple[Mesh, Loaded]:
    """The mesh of a folder, and what places its problems; raises BadInputError, with every error, when it has one."""
    loaded = load(directory)
    errors = [finding for finding in _findings(directory, loaded, as_of) if finding.severity == "error"]
    if errors or loaded.mesh is None:
        raise BadInputError(errors)
    return loaded.mesh, loaded


def _findings(directory: Path, loaded: Loaded, as_of: datetime.date) -> list[Finding]:
    findings = [*loaded.findings, *stack_settings.findings(directory)]
    if loaded.mesh is not None:
        findings += loaded.place(problems(loaded.mesh, as_of)) + stray_entries.findings(directory, loaded.sources)
    return sorted(set(findings))


def plan_folder(directory: Path, as_of: datetime.date) -> PlannedMesh:
    """The plan of a mesh folder for a day; raises BadInputError, with every error, when it has one."""
    read = _READ.get()
    if read is not None and read.as_of == as_of and read.directory.resolve() == directory.resolve():
        return read
    mesh, findings = findings_of(directory, as_of)
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors or mesh is None:
        raise BadInputError(errors)
    return PlannedMesh(directory, mesh, build(mesh, as_of), as_of, tuple(findings))
