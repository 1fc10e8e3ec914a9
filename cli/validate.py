"""`mesh validate`: reads everything, shows every finding at once."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer

from cli.compared_sides import ReadSide, read_side
from cli.console import answer, answer_json, answer_utf8, counted, say
from cli.exit_codes import BAD_INPUT
from cli.finding_formats import FindingFormat, FormatOption, ShownFinding, written
from cli.options import DEFAULT_FOLDER, AsOf, Folder, JsonOption, day
from mesh.findings import SERIOUS, Finding, listed
from mesh.folder import ReadFolder, read_folder
from mesh.model import Mesh
from mesh.visible_text import visible_text

Notes = Annotated[bool, typer.Option("--notes", help="The notes too: what each contract declares and nothing watches.")]
Only = Annotated[
    list[Path] | None,
    typer.Option(
        "--only",
        help="Lapses count in this file or folder alone, and are notices elsewhere; may be repeated. Errors count "
        "wherever they are: one of them stops every plan.",
        metavar="PATH",
    ),
]
Against = Annotated[
    str | None,
    typer.Option(
        "--against",
        help="Also what no change may do: break a contract without a major version and notice, or take away a label "
        "without a yes. A git revision, or a mesh folder, to compare with.",
        metavar="REV",
    ),
]
Lapses = Annotated[
    Literal["fail", "warn"],
    typer.Option("--lapses", help="Whether a date that has passed fails the validation, or only is told."),
]


def validate(
    directory: Folder = DEFAULT_FOLDER,
    as_of: AsOf = None,
    notes: Notes = False,
    only: Only = None,
    lapses: Lapses = "fail",
    against: Against = None,
    form: FormatOption = "text",
    as_json: JsonOption = False,
) -> None:
    """Print all that is wrong with the files.

    Reads the whole mesh; a finding is a line `file:line:column: message`.

    Exit code 0 when there is nothing but warnings and notes, 2 for errors and for dates that have passed.
    """
    counting = counting_places(only or (), directory)
    read = read_folder(directory, day(as_of))
    findings = read.findings
    if against is not None:
        from cli.revisions import opened_side

        with opened_side(against, directory) as side:
            findings = with_refused(read_side(side, day(as_of)), read, directory, day(as_of))
    shown = [ShownFinding(each, counts(each, counting, lapses)) for each in findings]
    if show(read.mesh, shown, "json" if as_json else form, "mesh validate", notes=notes):
        raise typer.Exit(BAD_INPUT)


def show(
    mesh: Mesh | None,
    shown: Sequence[ShownFinding],
    form: FindingFormat,
    tool: str,
    *,
    notes: bool,
    to_stderr: bool = False,
) -> bool:
    """Prints findings in a format, for people with what the mesh is where none counts; whether one does.

    A text goes to standard error where standard output has something else.
    """
    line = say if to_stderr else answer
    serious = [each.finding for each in shown if each.counts and each.finding.severity in SERIOUS]
    unchecked = _left_out(mesh) if mesh is not None else []
    # A note changes nothing that anybody has to do now: one a contract would hide the warnings between them.
    told = [each for each in shown if notes or each.finding.severity != "note"]
    if form == "json":
        rows = [each.as_json() for each in shown]
        answer_json({"valid": not serious, "findings": rows, "unchecked": unchecked})
    elif form == "text":
        if told:
            line(written(told, form, tool))
    elif told or form != "github":
        answer_utf8(written(told, form, tool))
    if serious:
        if unchecked:
            say(visible_text(f"not checked until that is mended: what depends on {listed(unchecked)}"))
        say(f"{counted(len(serious), 'finding')} in {counted(len({f.file for f in serious}), 'file')}")
    elif mesh is not None and form == "text":
        for each in _summary(mesh, shown, notes):
            line(each)
    return bool(serious)


def with_refused(before: ReadSide, read: ReadFolder, directory: Path, today: datetime.date) -> list[Finding]:
    """Findings of a folder, and those on a change since a side."""
    return sorted({*read.findings, *refused(before, read, directory, today)})


def refused(before: ReadSide, read: ReadFolder, directory: Path, today: datetime.date) -> list[Finding]:
    """Findings on a change since a side; of one that is not valid no change can be told, which is a finding, too."""
    from mesh.changes.refused_changes import refused_changes

    if before.mesh is None or before.errors:
        for error in before.errors:
            say(str(error))
        return [not_comparable(before, directory)]
    return [] if read.mesh is None else read.loaded.place(refused_changes(before.mesh, read.mesh, today))


def not_comparable(before: ReadSide, directory: Path) -> Finding:
    """The finding on a side that is not valid."""
    why = f"{before.side.name} is not valid, so what changed since cannot be told; compare with another revision"
    return Finding(str(directory / "mesh.yaml"), 1, 1, why)


def counting_places(only: Sequence[Path], directory: Path) -> list[str] | None:
    """Real paths below which lapses count, None for everywhere; raises BadParameter for one that is not there."""
    for path in only:
        if not any(os.path.lexists(place) for place in (path, directory / path)):
            raise typer.BadParameter(f"there is no file or folder {path}, nor {directory / path}", param_hint="--only")
    return [os.path.realpath(path if os.path.lexists(path) else directory / path) for path in only] or None


def counts(finding: Finding, counting: Sequence[str] | None, lapses: Literal["fail", "warn"]) -> bool:
    """Whether a finding decides the exit code where it is of a severity that does."""
    if finding.severity != "lapse":
        return True
    place = os.path.realpath(finding.file)
    here = counting is None or any(place == path or place.startswith(path + os.sep) for path in counting)
    return here and lapses == "fail"


def _summary(mesh: Mesh, shown: Sequence[ShownFinding], notes: bool) -> Iterator[str]:
    """Lines on a valid mesh: its size, and what there is besides of lapses that do not count, warnings and notes."""
    severities = [each.finding.severity for each in shown]
    lapsed, noted = severities.count("lapse"), severities.count("note")
    parts = (
        counted(len(mesh.domains), "domain"),
        counted(len(mesh.products()), "product"),
        counted(len(mesh.partners), "partner"),
        *([counted(len(mesh.exceptions.exceptions), "exception")] if mesh.exceptions else []),
        counted(severities.count("warning"), "warning"),
        *([f"{counted(lapsed, 'lapse')} that {'does' if lapsed == 1 else 'do'} not count here"] if lapsed else []),
    )
    yield f"{mesh.file.name} is valid: {', '.join(parts)}"
    if noted and not notes:
        declare = "declares" if noted == 1 else "declare"
        yield f"{counted(noted, 'contract')} {declare} what nothing watches yet: `mesh validate --notes`"


def _left_out(mesh: Mesh) -> list[str]:
    """Files, and places in files, that could not be used."""
    files = [file for file in mesh.unread if file]
    for file, partial in mesh.partial.items():
        keys = {".".join(str(step) for step in place if isinstance(step, str)) for place in partial.uncertain}
        files += [f"{key} in {file}" for key in keys if not any(key.startswith(f"{other}.") for other in keys)]
    return sorted(files)
