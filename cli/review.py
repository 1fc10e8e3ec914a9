"""`mesh review`: all that a request is asked, of sides that are read once and stacks that are planned once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from cli.affected import AffectedAnswer
from cli.compared_sides import ComparedSides, read_side
from cli.console import answer, json_text
from cli.diff import report_on
from cli.exit_codes import BAD_INPUT
from cli.finding_formats import FindingFormat, FormatOption, ShownFinding
from cli.options import DEFAULT_FOLDER, AsOf, FolderOption, day
from cli.revisions import opened_side, working_side
from cli.validate import Lapses, Notes, Only, counting_places, counts, not_comparable, show, with_refused
from mesh.changes.markdown import markdown_of
from mesh.changes.screen_text import SCREEN, screen_text
from mesh.findings import NotPossibleError
from sandbox.runs.prepared_previews import PreparedPreviews

STDOUT = Path("-")


def review(
    base: Annotated[
        str, typer.Argument(metavar="BASE", help="What the change is compared with: a git revision, or a mesh folder.")
    ],
    only: Only = None,
    lapses: Lapses = "fail",
    bad_base: Annotated[
        Literal["fail", "warn"],
        typer.Option("--bad-base", help="Whether a base with errors fails the review, or only is told."),
    ] = "fail",
    report: Annotated[
        Path | None,
        typer.Option("--report", help="Write the report as a comment, in Markdown; - is stdout.", metavar="FILE"),
    ] = None,
    affected: Annotated[
        Path | None,
        typer.Option(
            "--affected", help="Write the stacks as `mesh affected --only stacks --json` does.", metavar="FILE"
        ),
    ] = None,
    notes: Notes = False,
    form: FormatOption = "text",
    directory: FolderOption = DEFAULT_FOLDER,
    as_of: AsOf = None,
) -> None:
    """Say what is wrong, refused and changed by a request.

    What `mesh validate --against BASE`, `mesh diff BASE` and `mesh affected --since BASE --only stacks` say, at once.
    In a terminal the report follows the findings, on one screen, unless a file is given for it.

    Exit code 2 for findings that count, refused changes among them, and for sides with errors; what can be told is
    written then, too.
    """
    _refuse_files(report, affected, form)
    counting = counting_places(only or (), directory)
    with PreparedPreviews() as prepared, opened_side(base, directory) as side:
        after = read_side(working_side(directory), day(as_of))
        sides = ComparedSides(read_side(side, day(as_of)), after, directory, prepared)
        findings = with_refused(sides.before, after.read, directory, day(as_of))
        told = not_comparable(sides.before, directory) if bad_base == "warn" else None
        shown = [ShownFinding(each, each != told and counts(each, counting, lapses)) for each in findings]
        counted = show(after.mesh, shown, form, "mesh validate", notes=notes, to_stderr=report == STDOUT)
        _write(sides, report, affected, form)
    if counted:
        raise typer.Exit(BAD_INPUT)


def _write(sides: ComparedSides, report: Path | None, affected: Path | None, form: FindingFormat) -> None:
    """Writes the report and the stacks to where they are asked for."""
    if report is not None or form == "text":
        told = report_on(sides)
        if report is None:
            answer(screen_text(told, SCREEN).rstrip("\n"))
        elif report == STDOUT:
            answer(markdown_of(told).rstrip("\n"))
        else:
            _write_file(report, markdown_of(told).rstrip("\n"))
    if affected is not None:
        _write_file(affected, json_text(AffectedAnswer.of(sides, None, with_stacks=True).as_json(), indent=1))


def _refuse_files(report: Path | None, affected: Path | None, form: FindingFormat) -> None:
    """Raises BadParameter for files that cannot be what they are asked to be, before anything is read."""
    if report == STDOUT and form != "text":
        message = f"standard output has the findings in the format {form}; write the report to a file"
        raise typer.BadParameter(message, param_hint="--report")
    if affected == STDOUT:
        message = "standard output has findings and the report; write the stacks to a file"
        raise typer.BadParameter(message, param_hint="--affected")
    if report is not None and affected is not None and report.resolve() == affected.resolve():
        raise typer.BadParameter(f"{affected} is the file of the report; name another one", param_hint="--affected")
    for path, hint in ((report, "--report"), (affected, "--affected")):
        if path in (None, STDOUT):
            continue
        if path.is_dir():
            raise typer.BadParameter(f"{path} is a folder; name a file", param_hint=hint)
        if not path.parent.is_dir():
            raise typer.BadParameter(f"there is no folder {path.parent}; make it first", param_hint=hint)


def _write_file(path: Path, text: str) -> None:
    """The bytes that standard output has of a text, in UTF-8; raises NotPossibleError for a file that is none."""
    try:
        path.write_bytes(f"{text}\n".encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise NotPossibleError(f"{path} cannot be written: {error.strerror}") from None
