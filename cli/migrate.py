"""`mesh migrate`: converts a mesh folder of an earlier form, in which clearances and members stood elsewhere."""

from __future__ import annotations

import os
from pathlib import Path

import typer

from cli.console import answer, counted, say
from cli.options import DEFAULT_FOLDER, Folder
from mesh import migrate as conversion
from mesh import yamlfile
from mesh.findings import BadInputError, Finding, NotPossibleError


def migrate(directory: Folder = DEFAULT_FOLDER) -> None:
    """Convert a mesh folder of an earlier form.

    Clearances move from mesh.yaml, and members from the files of domains, to clearances/<clearance>.yaml. Whoever
    approved a member so far becomes an approver of the clearance: review them. Comments go with what they are about.

    A folder of the present form stays as it is. Exit code 2, and nothing written, for what cannot be moved.
    """
    try:
        result = conversion.migrate(_texts(directory))
    except BadInputError as error:
        raise BadInputError(
            Finding(str(directory / one.file), one.line, one.column, one.message) for one in error.findings
        ) from None
    # Clearances first: whoever is interrupted runs the command again, and finds every member in one place at least.
    for name in sorted(result.files, key=lambda name: (not name.startswith("clearances/"), name)):
        _write(directory / name, result.files[name])
        answer(str(directory / name))
    for remark in result.remarks:
        say(remark)
    if result.files:
        answer(f"{counted(len(result.files), 'file')} written; next: mesh validate {directory}")
    else:
        answer(f"{directory} is of the present form; nothing to do")


def _texts(directory: Path) -> dict[str, str]:
    """Texts of the files that can have something to move, or to move it to; links are not followed."""
    if not (directory / "mesh.yaml").is_file():
        raise typer.BadParameter(f"{directory} holds no mesh.yaml", param_hint="DIR")
    names = ["mesh.yaml"]
    for folder in ("domains", "clearances"):
        names += [f"{folder}/{path.name}" for path in sorted((directory / folder).glob("*.yaml"))]
    texts: dict[str, str] = {}
    for name in names:
        path = directory / name
        if path.is_symlink() or path.parent.is_symlink():
            raise NotPossibleError(f"{path} is a link, or stands behind one; put the file itself there")
        try:
            source = yamlfile.read_text(str(path), name)
            yamlfile.parse(source)
        except yamlfile.UnreadableError as error:
            raise BadInputError(error.findings) from None
        texts[name] = source.text
    return texts


def _write(path: Path, text: str) -> None:
    part = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(exist_ok=True)
        part.unlink(missing_ok=True)
        with open(part, "x", encoding="utf-8", newline="") as stream:
            stream.write(text)
        os.replace(part, path)
    except OSError as error:
        raise NotPossibleError(f"{path} cannot be written: {error.strerror}") from None
