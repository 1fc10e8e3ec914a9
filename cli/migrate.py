"""`mesh migrate`: converts a mesh folder of an earlier form, in which clearances and members stood elsewhere."""

from __future__ import annotations

import datetime
import os
import re
from pathlib import Path

import typer

from cli.console import answer, counted, say
from cli.options import DEFAULT_FOLDER, AsOf, Folder, day
from mesh import migrate as conversion
from mesh import yamlfile
from mesh.findings import BadInputError, Finding, NotPossibleError
from mesh.load import load
from mesh.plan.rules import members
from mesh.plan.rules.context import RuleContext


def migrate(directory: Folder = DEFAULT_FOLDER, as_of: AsOf = None) -> None:
    """Convert a mesh folder of an earlier form.

    Clearances move from mesh.yaml, and members from the files of domains, to clearances/<clearance>.yaml. Whoever
    approved a member so far becomes an approver of the clearance: review them. Comments go with what they are about.

    A folder of the present form stays as it is. Reviews stay as they are, and those are told that `mesh validate` will
    not take. Exit code 2, and nothing written, for what cannot be moved.
    """
    texts = _texts(directory)
    try:
        result = conversion.migrate(texts)
    except BadInputError as error:
        raise BadInputError(
            Finding(str(directory / one.file), one.line, one.column, one.message) for one in error.findings
        ) from None
    written = [name for name in result.files if name not in texts]
    assert all(re.fullmatch(r"clearances/[a-z0-9-]+\.yaml", name) for name in written), written
    # Clearances first: whoever is interrupted runs the command again, and finds every member in one place at least.
    for name in sorted(result.files, key=lambda name: (not name.startswith("clearances/"), name)):
        _write(directory / name, result.files[name])
        answer(str(directory / name))
    for remark in result.remarks:
        say(remark)
    for finding in _reviews(directory, day(as_of)) if result.files else ():
        say(str(finding))
    if result.files:
        answer(f"{counted(len(result.files), 'file')} written; next: mesh validate {directory}")
    else:
        answer(f"{directory} is of the present form; nothing to do")


def _reviews(directory: Path, as_of: datetime.date) -> list[Finding]:
    """Findings on reviews that are past, or beyond the horizon, which the earlier form did not have."""
    loaded = load(directory)
    if loaded.mesh is None:
        return []
    context = RuleContext(loaded.mesh, as_of)
    rules = (members.members_are_reviewed, members.reviews_lie_within_the_horizon)
    return sorted(loaded.place(problem for rule in rules for problem in rule(context)))


def _texts(directory: Path) -> dict[str, str]:
    """Texts of the files that can have something to move, or to move it to; links are not followed."""
    if not (directory / "mesh.yaml").is_file():
        raise typer.BadParameter(f"{directory} holds no mesh.yaml", param_hint="DIR")
    names = ["mesh.yaml"]
    for folder in ("domains", "clearances"):
        if (directory / folder).is_symlink():
            raise NotPossibleError(f"{directory / folder} is a link; put the folder itself there")
        names += [f"{folder}/{path.name}" for path in sorted((directory / folder).glob("*.yaml"))]
    texts: dict[str, str] = {}
    for name in names:
        path = directory / name
        if path.is_symlink():
            raise NotPossibleError(f"{path} is a link; put the file itself there")
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
