"""`mesh validate`: reads everything, shows every finding at once."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.console import answer, answer_json, counted, say
from cli.exit_codes import BAD_INPUT
from cli.options import DEFAULT_FOLDER, AsOf, Folder, JsonOption, day
from mesh.findings import SERIOUS, listed
from mesh.folder import findings_of
from mesh.model import Mesh

Notes = Annotated[bool, typer.Option("--notes", help="The notes too: what each contract declares and nothing watches.")]


def validate(
    directory: Folder = DEFAULT_FOLDER, as_of: AsOf = None, notes: Notes = False, as_json: JsonOption = False
) -> None:
    """Print all that is wrong with the files.

    Reads the whole mesh; a finding is a line `file:line:column: message`.

    Exit code 0 when there is nothing but warnings and notes, 2 for errors and for dates that have passed.
    """
    mesh, findings = findings_of(directory, day(as_of))
    serious = [finding for finding in findings if finding.severity in SERIOUS]
    unchecked = _left_out(mesh) if mesh is not None else []
    noted = [finding for finding in findings if finding.severity == "note"]
    if as_json:
        fields = ("file", "line", "column", "severity", "message")
        rows = [{name: getattr(finding, name) for name in fields} for finding in findings]
        answer_json({"valid": not serious, "findings": rows, "unchecked": unchecked})
    else:
        for finding in findings:
            # A note changes nothing that anybody has to do now: one a contract would hide the warnings between them.
            if notes or finding.severity != "note":
                answer(str(finding))
    if serious:
        if unchecked:
            say(f"not checked until that is mended: what depends on {listed(unchecked)}")
        say(f"{counted(len(serious), 'finding')} in {counted(len({f.file for f in serious}), 'file')}")
        raise typer.Exit(BAD_INPUT)
    if mesh is not None and not as_json:
        parts = (
            counted(len(mesh.domains), "domain"),
            counted(len(mesh.products()), "product"),
            counted(len(mesh.partners), "partner"),
            counted(sum(finding.severity == "warning" for finding in findings), "warning"),
        )
        answer(f"{mesh.file.name} is valid: {', '.join(parts)}")
        if noted and not notes:
            declare = "declares" if len(noted) == 1 else "declare"
            answer(f"{counted(len(noted), 'contract')} {declare} what nothing watches yet: `mesh validate --notes`")


def _left_out(mesh: Mesh) -> list[str]:
    """Files, and places in files, that could not be used."""
    files = [file for file in mesh.unread if file]
    for file, partial in mesh.partial.items():
        keys = {".".join(str(step) for step in place if isinstance(step, str)) for place in partial.uncertain}
        files += [f"{key} in {file}" for key in keys if not any(key.startswith(f"{other}.") for other in keys)]
    return sorted(files)
