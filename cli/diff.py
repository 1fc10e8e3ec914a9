"""`mesh diff`: what a change does: who gains or loses which columns, and what else is another than before."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.console import answer, answer_json, say
from cli.exit_codes import BAD_INPUT, FINDINGS
from cli.options import DEFAULT_FOLDER, AsOf, FolderOption, JsonOption, day
from cli.revisions import Side, opened_side, working_side
from mesh.findings import BadInputError

if TYPE_CHECKING:
    import datetime

    from mesh.changes.report import ChangeReport
    from mesh.folder import PlannedMesh


def diff(
    old: Annotated[
        str, typer.Argument(metavar="OLD", help="A mesh folder, a git revision (main, HEAD~1), or REV:path.")
    ],
    new: Annotated[
        str | None, typer.Argument(metavar="[NEW]", help="The same; the mesh folder as it is if left out.")
    ] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="As a comment on a pull request.")] = False,
    every_line: Annotated[bool, typer.Option("--all", help="Every line, and not one screen of them.")] = False,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="End with status 1 when anything changes.")] = False,
    directory: FolderOption = DEFAULT_FOLDER,
    as_of: AsOf = None,
    as_json: JsonOption = False,
) -> None:
    """Say what a change does: who gains or loses which columns, and what else.

    Both sides are folders or git revisions. Every read that the change can touch is decided on both, over the policies
    that the mesh emits; nothing is asked of AWS.
    """
    if as_json and markdown:
        raise typer.BadParameter("the report is JSON or Markdown, not both", param_hint="--markdown")
    report = compared(old, new, directory, day(as_of))
    if as_json:
        answer_json(report.as_json())
    elif markdown:
        from mesh.changes.markdown import markdown_of

        answer(markdown_of(report))
    else:
        from mesh.changes.screen_text import SCREEN, screen_text

        answer(screen_text(report, None if every_line else SCREEN).rstrip("\n"))
    if exit_code and report.is_change:
        raise typer.Exit(FINDINGS)


def compared(old: str, new: str | None, directory: Path, today: datetime.date) -> ChangeReport:
    """The report on two sides; says what is wrong with one that does not validate, and ends with status 2."""
    with ExitStack() as opened:
        sides = [
            opened.enter_context(opened_side(old, directory)),
            working_side(directory) if new is None else opened.enter_context(opened_side(new, directory)),
        ]
        before, after = _planned(sides, today)
        from mesh.changes.assembled import report

        return report(before, after, (sides[0].name, sides[1].name))


def _planned(sides: Sequence[Side], today: datetime.date) -> list[PlannedMesh]:
    """Both sides planned; of one that has errors these are said, and what the other is."""
    from mesh.folder import plan_folder

    planned: list[PlannedMesh] = []
    wrong = False
    for side in sides:
        try:
            with side.named():
                planned.append(plan_folder(side.folder, today))
        except BadInputError as error:
            wrong = True
            for finding in error.findings:
                say(str(finding))
    if wrong:
        raise typer.Exit(BAD_INPUT)
    return planned
