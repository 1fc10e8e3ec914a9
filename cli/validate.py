"""`mesh validate`: reads everything, shows every finding at once."""

from __future__ import annotations

import typer

from cli.console import answer, answer_json, counted, say
from cli.exit_codes import BAD_INPUT
from cli.options import DEFAULT_FOLDER, AsOf, Folder, Json, day
from mesh.folder import findings_of


def validate(directory: Folder = DEFAULT_FOLDER, as_of: AsOf = None, as_json: Json = False) -> None:
    """Print all that is wrong with the files.

    Reads the whole mesh; a finding is a line `file:line:column: message`.

    Exit code 0 when there is nothing but warnings, 2 for errors and for dates that have passed.
    """
    mesh, findings = findings_of(directory, day(as_of))
    serious = [finding for finding in findings if finding.severity != "warning"]
    if as_json:
        fields = ("file", "line", "column", "severity", "message")
        rows = [{name: getattr(finding, name) for name in fields} for finding in findings]
        answer_json({"valid": not serious, "findings": rows})
    else:
        for finding in findings:
            answer(str(finding))
    if serious:
        say(f"{counted(len(serious), 'finding')} in {counted(len({f.file for f in serious}), 'file')}")
        raise typer.Exit(BAD_INPUT)
    if mesh is not None and not as_json:
        parts = (
            counted(len(mesh.domains), "domain"),
            counted(len(mesh.products()), "product"),
            counted(len(mesh.partners), "partner"),
            counted(len(findings), "warning"),
        )
        answer(f"{mesh.file.name} is valid: {', '.join(parts)}")
