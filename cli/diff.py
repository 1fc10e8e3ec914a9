"""`mesh diff`: what a change does: who gains or loses which columns, and what else is another than before."""

from __future__ import annotations

import datetime
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.compared_sides import ComparedSides, read_side
from cli.console import answer, answer_as_it_is, answer_json, say
from cli.exit_codes import BAD_INPUT, FINDINGS
from cli.options import DEFAULT_FOLDER, AsOf, FolderOption, JsonOption, day, written_day
from cli.revisions import opened_side, working_side
from mesh.approvals.given_approvals import Reviewers, approvals
from mesh.approvals.needs import ChangeRequest
from mesh.folder import PlannedMesh

if TYPE_CHECKING:
    from mesh.changes.report import ChangeReport


def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help="A mesh folder, a git revision such as main, or REV:path.")],
    new: Annotated[
        str | None, typer.Argument(metavar="[NEW]", help="The same; the mesh folder as it lies there if left out.")
    ] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="As a comment on a pull request.")] = False,
    every_line: Annotated[bool, typer.Option("--all", help="Every line, and not one screen of them.")] = False,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="End with status 1 when anything changes.")] = False,
    since: Annotated[
        datetime.datetime | None,
        typer.Option(
            "--since",
            help="The day that counts as today for OLD, to see what lapses.",
            metavar="DAY",
            parser=written_day,
        ),
    ] = None,
    directory: FolderOption = DEFAULT_FOLDER,
    as_of: AsOf = None,
    as_json: JsonOption = False,
) -> None:
    """Say what a change does, and who gains or loses which columns.

    Both sides are folders or git revisions. Every read that the change can touch is decided on both, over the policies
    that the mesh emits; nothing is asked of AWS. Of a side with errors these are said, with status 2.
    """
    if as_json and markdown:
        raise typer.BadParameter("the report is JSON or Markdown, not both", param_hint="--markdown")
    days = (since.date() if since else day(as_of), day(as_of))
    report, is_whole = compared(old, new, directory, days)
    if as_json:
        answer_json(report.as_json())
    elif markdown:
        from mesh.changes.markdown import markdown_of

        answer_as_it_is(markdown_of(report).rstrip("\n"))
    else:
        from mesh.changes.screen_text import SCREEN, screen_text

        answer(screen_text(report, None if every_line else SCREEN).rstrip("\n"))
    if not is_whole:
        raise typer.Exit(BAD_INPUT)
    if exit_code and report.is_change:
        raise typer.Exit(FINDINGS)


def compared(
    old: str, new: str | None, directory: Path, days: tuple[datetime.date, datetime.date]
) -> tuple[ChangeReport, bool]:
    """The report on two sides, and whether it is whole: of a side with errors it has the files that could be read."""
    with ExitStack() as opened:
        one = opened.enter_context(opened_side(old, directory))
        other = working_side(directory) if new is None else opened.enter_context(opened_side(new, directory))
        sides = ComparedSides(read_side(one, days[0]), read_side(other, days[1]), directory)
        if sides.planned is None:
            for error in (*sides.before.errors, *sides.after.errors):
                say(str(error))
        return report_on(sides), sides.planned is not None


def report_on(sides: ComparedSides) -> ChangeReport:
    """The report on two sides that were read; of a side with errors it has the files that could be read."""
    from mesh.changes import assembled

    if sides.planned is not None:
        return _completed(assembled.report(*sides.planned, sides.names), sides, *sides.planned)
    faulty = [each.side.name for each in (sides.before, sides.after) if each.errors]
    return assembled.report_of_files(sides.before.mesh, sides.after.mesh, sides.names, faulty)


def _completed(report: ChangeReport, sides: ComparedSides, before: PlannedMesh, after: PlannedMesh) -> ChangeReport:
    """The report with what its sides come to: promises, stacks, and approvals, of which no change needs none."""
    from mesh.changes.approval_lines import approval_section
    from mesh.changes.broken_promises import broken_promises
    from mesh.changes.promise_lines import promise_section, widening_section
    from mesh.changes.stack_lines import stack_section
    from mesh.changes.widenings import widenings

    asked = ChangeRequest(before.mesh, after.mesh, sides.changed.files, sides.changed.folder)
    stacks = stack_section(sides.stacks or ())
    if not (report.is_change or stacks.is_change):
        return report
    promises = promise_section(broken_promises(before.mesh, after.mesh, after.as_of))
    widened = widening_section(widenings(before.mesh, after.mesh, after.as_of))
    needed = approval_section(approvals(asked, Reviewers()))
    return replace(report, sections=(*report.sections, promises, widened, stacks, needed))
