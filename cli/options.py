"""What most commands start with: the mesh folder, the day, the plan; findings told on the way."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from cli.console import say
from mesh.findings import BadInputError, Finding
from mesh.load import load
from mesh.model import Mesh
from mesh.plan import Plan, build, problems

Folder = Annotated[Path, typer.Argument(help="The mesh folder.", metavar="DIR", show_default=True)]
FolderOption = Annotated[Path, typer.Option("--dir", "-C", help="The mesh folder.", metavar="DIR")]
AsOf = Annotated[
    datetime.datetime | None,
    typer.Option("--as-of", help="The day that counts as today, for reviews and expiries.", formats=["%Y-%m-%d"]),
]
Json = Annotated[bool, typer.Option("--json", help="The result as one JSON document on stdout.")]


@dataclass(frozen=True, slots=True)
class Read:
    """A mesh that can be planned, with what was found that does not stop it."""

    directory: Path
    mesh: Mesh
    plan: Plan
    as_of: datetime.date
    findings: tuple[Finding, ...]


def day(as_of: datetime.datetime | None) -> datetime.date:
    """The day that counts as today."""
    return as_of.date() if as_of else datetime.datetime.now(datetime.UTC).date()


def findings_of(directory: Path, as_of: datetime.date) -> tuple[Mesh | None, list[Finding]]:
    """Everything that is wrong with a mesh folder on a day, in the order of the files."""
    loaded = load(directory)
    findings = list(loaded.findings)
    if loaded.mesh is not None:
        findings += loaded.place(problems(loaded.mesh, as_of))
    return loaded.mesh, sorted(set(findings))


def read(directory: Path, as_of: datetime.datetime | None) -> Read:
    """The mesh and its plan; raises BadInputError for errors, says lapses and warnings."""
    today = day(as_of)
    mesh, findings = findings_of(directory, today)
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors or mesh is None:
        raise BadInputError(errors)
    for finding in findings:
        say(str(finding))
    return Read(directory, mesh, build(mesh, today), today, tuple(findings))
