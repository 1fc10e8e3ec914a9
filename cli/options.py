"""The options that several commands have, and what they lead to: the planned mesh, the stacks that were chosen."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Annotated, Final, Literal

import typer

from cli.console import say
from mesh.findings import listed, nearest
from mesh.folder import PlannedMesh, plan_folder

DEFAULT_FOLDER: Final = Path("stacks")

Folder = Annotated[Path, typer.Argument(help="The mesh folder.", metavar="DIR", show_default=True)]
FolderOption = Annotated[Path, typer.Option("--dir", "-C", help="The mesh folder.", metavar="DIR")]
AsOf = Annotated[
    datetime.datetime | None,
    typer.Option(
        "--as-of",
        help="The day that counts as today, for reviews and expiries.",
        formats=["%Y-%m-%d"],
        envvar="MESH_AS_OF",
        show_envvar=False,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="The result as one JSON document on stdout.")]
EngineOption = Annotated[
    Literal["embedded", "pulumi"] | None,
    typer.Option("--engine", help="Who runs the program: the engine built in (the default), or Pulumi's own CLI."),
]
StackOption = Annotated[list[str] | None, typer.Option("--stack", "-s", help="Only this stack; may be repeated.")]


def day(as_of: datetime.datetime | None) -> datetime.date:
    """The day that counts as today."""
    return as_of.date() if as_of else datetime.datetime.now(datetime.UTC).date()


def read(directory: Path, as_of: datetime.datetime | None) -> PlannedMesh:
    """The mesh and its plan; raises BadInputError for errors, says lapses and warnings, and no notes."""
    mesh = plan_folder(directory, day(as_of))
    for finding in mesh.findings:
        if finding.severity != "note":
            say(str(finding))
    return mesh


def chosen(mesh: PlannedMesh, stacks: list[str] | None) -> list[str]:
    """The stacks asked for, or all, in the order of the plan; raises BadParameter for one that does not exist."""
    known = mesh.plan.stacks
    for name in stacks or ():
        if name not in known:
            raise typer.BadParameter(
                f"there is no stack '{name}'{nearest(name, known)} Stacks: {listed(known)}", param_hint="--stack"
            )
    return [stack for stack in known if not stacks or stack in stacks]
