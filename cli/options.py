"""The options that several commands have, and what they lead to: the planned mesh, the stacks that were chosen."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final, Literal

import typer

from cli import mesh_folder
from cli.console import counted, say
from cli.mesh_folder import DEFAULT_FOLDER as DEFAULT_FOLDER
from mesh import value_remedies
from mesh.findings import listed, nearest
from mesh.folder import PlannedMesh, plan_folder
from mesh.validation_messages import shorten

HERE: Final = "stacks, here or in the nearest folder above"

Folder = Annotated[
    Path, typer.Argument(help="The mesh folder.", metavar="DIR", show_default=HERE, callback=mesh_folder.of_argument)
]
FolderOption = Annotated[
    Path,
    typer.Option(
        "--dir", "-C", help="The mesh folder.", metavar="DIR", show_default=HERE, callback=mesh_folder.of_option
    ),
]


def written_day(text: str) -> datetime.datetime:
    """A day that is typed; raises BadParameter, with the day that may be meant, for one of another form."""
    try:
        return datetime.datetime.strptime(text, "%Y-%m-%d")
    except ValueError:
        instead = value_remedies.write(*value_remedies.dates(text), otherwise=": write one")
        wanted = f"expected a day that exists, as year-month-day, such as 2026-12-01{instead}"
        raise typer.BadParameter(f"the day is '{shorten(text)}'; {wanted}") from None


AsOf = Annotated[
    datetime.datetime | None,
    typer.Option(
        "--as-of",
        help="The day that counts as today, for reviews and expiries; as 2026-12-01.",
        metavar="DAY",
        parser=written_day,
        envvar="MESH_AS_OF",
        show_envvar=False,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="The result as one JSON document on stdout.")]
EngineOption = Annotated[
    Literal["embedded", "pulumi"] | None,
    typer.Option("--engine", help="Who runs the program: the engine built in (the default), or Pulumi's own CLI."),
]
OWNED: Final = ("access", "domain", "partner")
"""Kinds of stacks that are called `<kind>-<domain or partner>`."""

STACK: Final = (
    "Only this stack; a domain's name is its two, access-<domain> and domain-<domain>, a partner's its one. May be "
    "repeated."
)
StackOption = Annotated[list[str] | None, typer.Option("--stack", "-s", help=STACK, metavar="STACK")]


def day(as_of: datetime.datetime | None) -> datetime.date:
    """The day that counts as today."""
    return as_of.date() if as_of else datetime.datetime.now(datetime.UTC).date()


def read(directory: Path, as_of: datetime.datetime | None) -> PlannedMesh:
    """The mesh and its plan; raises BadInputError for errors, says lapses, and how many warnings there are.

    Lapses are deployed as closed, which whoever plans has to know; warnings stand until somebody mends the files.
    """
    mesh = plan_folder(directory, day(as_of))
    for finding in mesh.findings:
        if finding.severity == "lapse":
            say(str(finding))
    if warnings := sum(finding.severity == "warning" for finding in mesh.findings):
        say(f"{counted(warnings, 'warning')}: `mesh validate` tells {'it' if warnings == 1 else 'them'}")
    return mesh


def chosen(mesh: PlannedMesh, stacks: list[str] | None) -> list[str]:
    """The stacks asked for, or all, in the order of the plan; raises BadParameter for one that does not exist."""
    known = mesh.plan.stacks
    asked = {stack for name in stacks or () for stack in _named(name, known)}
    return [stack for stack in known if not stacks or stack in asked]


def _named(name: str, known: Sequence[str]) -> list[str]:
    """The stacks of a name: the one that is called so, or those of the domain or partner that is."""
    if name in known:
        return [name]
    of = [stack for stack in known if stack.partition("-")[0] in OWNED and stack.partition("-")[2] == name]
    if of:
        return of
    owners = [stack.partition("-")[2] for stack in known if stack.partition("-")[0] in OWNED]
    near = nearest(name, [*known, *owners])
    raise typer.BadParameter(f"there is no stack '{name}'{near or ';'} stacks: {listed(known)}", param_hint="--stack")
