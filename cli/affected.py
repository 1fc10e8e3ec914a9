"""`mesh affected`: the stacks whose plan a change makes another, and the approvals that it needs."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from cli.changed_files import ChangedFiles
from cli.compared_sides import ComparedSides, read_side
from cli.console import answer, answer_json, counted
from cli.exit_codes import FINDINGS
from cli.options import DEFAULT_FOLDER, AsOf, FolderOption, JsonOption, day
from cli.rendered_sides import program_files
from cli.reviewer_options import ApprovedByOption, AuthorOption, TeamsOption, reviewers
from cli.revisions import opened_side, working_side
from mesh.approvals.given_approvals import Approvals, Reviewers, approvals
from mesh.approvals.needs import ChangeRequest
from mesh.changes.sentences import visible
from mesh.findings import BadInputError

if TYPE_CHECKING:
    from mesh.changes.changed_stacks import ChangedStack

What = Literal["stacks", "approvals"]


@dataclass(frozen=True, slots=True)
class AffectedAnswer:
    """The answer, or a part of it; None for what was not asked, or cannot be told."""

    sides: tuple[str, str]
    changed: ChangedFiles
    stacks: tuple[ChangedStack, ...] | None
    approvals: Approvals | None
    program: tuple[str, ...] = ()

    @classmethod
    def of(cls, sides: ComparedSides, needed: Approvals | None, *, with_stacks: bool) -> AffectedAnswer:
        """The answer on two sides, with the stacks where they are asked for and both sides can be planned."""
        stacks = sides.stacks if with_stacks else None
        program = () if stacks is None else program_files(sides.changed)
        return cls(sides.names, sides.changed, stacks, needed, program)

    def as_json(self) -> dict[str, Any]:
        """The answer as `--json` prints it."""
        document: dict[str, Any] = {"since": self.sides[0], "to": self.sides[1], "files": list(self.changed.files)}
        if self.stacks is not None:
            document |= {"program": list(self.program), "stacks": [each.as_json() for each in self.stacks]}
        if self.approvals is not None:
            document["approvals"] = [each.as_json() for each in self.approvals.needed]
            document["told"] = [each.as_json() for each in self.approvals.told]
            document["missing"] = len(self.approvals.missing)
        return document


def affected(
    since: Annotated[
        str, typer.Option("--since", help="What to compare with: a revision of git, or a mesh folder.", metavar="REV")
    ],
    to: Annotated[
        str | None,
        typer.Option(
            "--to", help="What has changed since; the mesh folder as it lies there, if left out.", metavar="REV"
        ),
    ] = None,
    only: Annotated[
        What | None, typer.Option("--only", help="Only the stacks, or only the approvals, which takes a second.")
    ] = None,
    author: AuthorOption = "",
    approved_by: ApprovedByOption = None,
    teams: TeamsOption = None,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit code 1 when an approval is missing.")] = False,
    directory: FolderOption = DEFAULT_FOLDER,
    as_of: AsOf = None,
    as_json: JsonOption = False,
) -> None:
    """List the stacks that a change makes another, and who approves.

    The stacks come in the order in which they are deployed, each with its reason: exactly those whose plan differs.
    Approvals follow from the files that are touched, and from what the change does; each says why.

    Exit code 2 where a side has errors; what can be told without a plan is told first.
    """
    if exit_code and only == "stacks":
        raise typer.BadParameter("is about approvals; leave out '--only stacks'", param_hint="--exit-code")
    people = reviewers(author, approved_by, teams)
    with ExitStack() as opened:
        before = read_side(opened.enter_context(opened_side(since, directory)), day(as_of))
        last = opened.enter_context(opened_side(to, directory)) if to else working_side(directory)
        sides = ComparedSides(before, read_side(last, day(as_of)), directory)
        needed = None if only == "stacks" else _approvals(sides, people)
        found = AffectedAnswer.of(sides, needed, with_stacks=only != "approvals")
        if as_json:
            answer_json(found.as_json())
        else:
            _show(found)
        if errors := (*before.errors, *sides.after.errors):
            raise BadInputError(errors)
    if exit_code and needed and needed.missing:
        raise typer.Exit(FINDINGS)


def _approvals(sides: ComparedSides, people: Reviewers) -> Approvals | None:
    """The approvals; None where nothing was a mesh before. Of a side with errors they are those of what can be read.

    Of one that is no mesh any more they are those of its files.
    """
    before, after, changed = sides.before.mesh, sides.after.mesh, sides.changed
    if before is None:
        return None
    return approvals(ChangeRequest(before, after or before, changed.files, changed.folder), people)


def _show(found: AffectedAnswer) -> None:
    if found.stacks is not None:
        for each in found.stacks:
            first, *resources = each.lines()
            _line(first)
            for line in resources:
                _line(line, indent="  ")
        number = counted(len(found.stacks), "stack")
        answer(f"{number} to deploy, in this order" if found.stacks else "no stack: every plan is as it was")
        if found.program:
            _line(f"the program itself changed ({found.program[0]}, …): every stack may be another one")
    if found.approvals is not None:
        for approval in sorted(found.approvals.needed, key=lambda each: bool(each.given_by)):
            _line(str(approval))
        for notice in found.approvals.told:
            _line(str(notice))
        missing = len(found.approvals.missing)
        answer(f"{counted(missing, 'approval')} missing" if missing else "no approval is missing")


def _line(text: str, indent: str = "") -> None:
    """One line, whatever the names of files and the texts of the mesh hold that it is made of."""
    answer(indent + visible(text))
