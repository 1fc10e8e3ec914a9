"""The mesh folder of a command: the one that is given, or the nearest one here or above."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import typer

from mesh.nearest_folder import DEFAULT_FOLDER as DEFAULT_FOLDER
from mesh.nearest_folder import FILE, nearest_folder, with_stacks

ALSO: Final = "mesh.folder"
"""Key of a context under which `-C DIR` stands, for a command whose folder is an argument."""


def given(path: Path) -> Path:
    """The mesh folder that a path names: the folder, the one beside its mesh.yaml, or the stacks/ in it.

    Raises BadParameter for a file of another name. A folder that holds no mesh stays, and is told when it is read.
    """
    if not path.is_file():
        return with_stacks(path)
    if path.name == FILE:
        return path.parent
    holder = nearest_folder(path.resolve().parent)
    if holder is None:
        raise typer.BadParameter(f"{path} is a file; give the mesh folder, which holds mesh.yaml")
    raise typer.BadParameter(
        f"{path} is a file; give its mesh folder, {_shown(holder)} (lapses of one file alone: `mesh validate --only "
        f"{path}`)"
    )


def _shown(folder: Path) -> str:
    here = os.path.relpath(folder)
    return str(folder) if here.startswith("..") else here


def of_argument(context: typer.Context, parameter: typer.CallbackParam, value: Path) -> Path:
    """The folder of a command that takes it as an argument, or by `-C`."""
    also: Path | None = context.meta.get(ALSO)
    if also is None:
        return of_option(context, parameter, value)
    if _is_given(context, parameter):
        raise typer.BadParameter("the mesh folder is given twice: as an argument, and with -C")
    return also


def of_option(context: typer.Context, parameter: typer.CallbackParam, value: Path) -> Path:
    """The folder of a command that takes it as an option."""
    if _is_given(context, parameter):
        return given(value)
    here = Path.cwd()
    nearest = nearest_folder(here)
    return Path(os.path.relpath(nearest, here)) if nearest else value


def also_by_option(context: typer.Context, _parameter: typer.CallbackParam, value: str | None) -> None:
    """Keeps what `-C` says for the argument, which is looked at later."""
    if value is not None:
        context.meta[ALSO] = given(Path(value))


def _is_given(context: typer.Context, parameter: typer.CallbackParam) -> bool:
    source = context.get_parameter_source(parameter.name or "")
    return source is not None and source.name != "DEFAULT"
