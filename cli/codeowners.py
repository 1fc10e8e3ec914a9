"""`mesh codeowners`: writes CODEOWNERS, with which GitHub asks a file's owner about each change of it."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Annotated

import typer

from cli.console import answer, say
from cli.exit_codes import FINDINGS
from cli.options import DEFAULT_FOLDER, AsOf, Folder, day
from mesh import codeowners as of_files
from mesh.findings import BadInputError, NotPossibleError
from mesh.folder import without_errors


def codeowners(
    directory: Folder = DEFAULT_FOLDER,
    out: Annotated[
        Path | None,
        typer.Option("--out", help=".github/CODEOWNERS of the repository, if left out.", metavar="FILE"),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit code 1 when something would be written.")
    ] = False,
    as_of: AsOf = None,
) -> None:
    """Write CODEOWNERS: who is asked for which file.

    A domain's file, contracts and pipelines are its owner's; a clearance's file is its approvers'; a partner's file is
    its owner's; mesh.yaml, accounts.yaml, names.lock.yaml and everything else are the platform team's.

    Exit code 2 for a mesh with an error, and when a file has no handle to name.
    """
    mesh, loaded = without_errors(directory, day(as_of))
    if missing := loaded.place(of_files.problems(mesh)):
        raise BadInputError(missing)
    root = _repository(directory)
    target = out or root / ".github" / "CODEOWNERS"
    text = of_files.text(mesh, PurePosixPath(directory.resolve().relative_to(root).as_posix()))
    before = target.read_text("utf-8") if target.exists() else None
    for remark in of_files.remarks(mesh):
        say(remark)
    if before == text:
        answer(f"{target} is as the mesh has it")
        return
    if check:
        answer(f"{target} is not as the mesh has it; write it with `mesh codeowners`")
        raise typer.Exit(FINDINGS)
    if before is not None and not before.startswith(of_files.HEAD):
        raise NotPossibleError(f"{target} was not written by `mesh codeowners`, and nothing was: move it away first")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
    except OSError as error:
        raise NotPossibleError(f"{target} cannot be written: {error.strerror}") from None
    answer(f"{target} written; to be asked for, 'Require review from Code Owners' has to be on for the branch")


def _repository(directory: Path) -> Path:
    """The root of the repository that a folder is in."""
    here = directory.resolve()
    root = next((folder for folder in (here, *here.parents) if (folder / ".git").exists()), None)
    if root is None:
        raise NotPossibleError(f"{directory} is in no git repository, at whose root the patterns begin")
    return root
