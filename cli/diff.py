"""`mesh diff`: what a change does: who gains or loses which columns, and what else is another than before."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.changed_files import changed_files
from cli.console import answer, answer_as_it_is, answer_json, say
from cli.exit_codes import BAD_INPUT, FINDINGS
from cli.options import DEFAULT_FOLDER, AsOf, FolderOption, JsonOption, day
from cli.rendered_sides import stacks_between
from cli.revisions import Side, opened_side, working_side
from mesh.approvals.given_approvals import Reviewers, approvals
from mesh.approvals.needs import ChangeRequest
from mesh.findings import Finding
from mesh.folder import PlannedMesh, findings_of
from mesh.model import Mesh
from mesh.plan import build

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
        typer.Option("--since", help="The day that counts as today for OLD, to see what lapses.", formats=["%Y-%m-%d"]),
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
        sides, names = (one, other), (one.name, other.name)
        read = [_read(side, today) for side, today in zip(sides, days, strict=True)]
        from mesh.changes import assembled

        planned = [
            PlannedMesh(side.folder, mesh, build(mesh, today), today)
            for side, (mesh, errors), today in zip(sides, read, days, strict=True)
            if mesh is not None and not errors
        ]
        if len(planned) == len(sides):
            told = assembled.report(planned[0], planned[1], names)
            return _completed(told, sides, (planned[0], planned[1]), directory), True
        for side, (_, errors) in zip(sides, read, strict=True):
            for error in side.placed(errors):
                say(str(error))
        faulty = [side.name for side, (_, errors) in zip(sides, read, strict=True) if errors]
        return assembled.report_of_files(read[0][0], read[1][0], names, faulty), False


def _completed(
    report: ChangeReport, sides: tuple[Side, Side], planned: tuple[PlannedMesh, PlannedMesh], directory: Path
) -> ChangeReport:
    """The report with what its sides come to: promises, stacks, and approvals, of which no change needs none."""
    from mesh.changes.approval_lines import approval_section
    from mesh.changes.broken_promises import broken_promises
    from mesh.changes.promise_lines import promise_section, widening_section
    from mesh.changes.stack_lines import stack_section
    from mesh.changes.widenings import widenings

    changed = changed_files(*sides, directory)
    asked = ChangeRequest(planned[0].mesh, planned[1].mesh, changed.files, changed.folder)
    stacks = stack_section(stacks_between(*planned, changed))
    if not (report.is_change or stacks.is_change):
        return report
    before, after, today = planned[0].mesh, planned[1].mesh, planned[1].as_of
    promises = promise_section(broken_promises(before, after, today))
    widened = widening_section(widenings(before, after, today))
    needed = approval_section(approvals(asked, Reviewers()))
    return replace(report, sections=(*report.sections, promises, widened, stacks, needed))


def _read(side: Side, today: datetime.date) -> tuple[Mesh | None, Sequence[Finding]]:
    """The mesh of a side, as far as it can be used, and its errors."""
    mesh, findings = findings_of(side.folder, today)
    return mesh, [finding for finding in findings if finding.severity == "error"]
