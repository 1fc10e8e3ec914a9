"""`mesh schemas`: writes the JSON Schemas of a mesh, with which editors know its words."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from cli.console import answer, counted
from cli.exit_codes import BAD_INPUT
from cli.options import DEFAULT_FOLDER, Folder
from mesh import schemas as of_files
from mesh.findings import BadInputError
from mesh.load import load

DEFAULT_OUT: Final = Path("schemas")


def schemas(
    directory: Folder = DEFAULT_FOLDER,
    out: Annotated[Path, typer.Option("--out", help="The folder to write them to.", metavar="DIR")] = DEFAULT_OUT,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit code 2 when one would be written.")
    ] = False,
) -> None:
    """Write the JSON Schemas of the mesh.

    Editors check and complete YAML files with them: classifications, clearances, products, domains and groups are
    those of the mesh. A file names its schema in its first line.
    """
    loaded = load(directory)
    # A contract can be wrong while it is written, and that is when its schema is needed.
    folder = loaded.shown("contracts")
    errors = [one for one in loaded.findings if one.severity == "error" and not one.file.startswith(folder)]
    if errors or loaded.mesh is None:
        raise BadInputError(errors or loaded.findings)
    if check:
        old = of_files.stale(out, loaded.mesh)
        for name in old:
            answer(f"{out / name} is not that of the mesh; write it with `mesh schemas`")
        raise typer.Exit(BAD_INPUT if old else 0)
    for name in (written := of_files.write(out, loaded.mesh)):
        answer(str(out / name))
    answer(f"{counted(len(written), 'schema')} written")
