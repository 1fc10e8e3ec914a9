"""`mesh refresh`: what is in the emulated organisation, read into the states; the difference is the drift."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.exit_codes import FINDINGS
from cli.options import DEFAULT_FOLDER, AsOf, EngineOption, FolderOption, JsonOption, StackOption
from cli.stack_runs import StackOptions, run_served
from cli.summary import drifted, show_refreshed


def refresh(
    directory: FolderOption = DEFAULT_FOLDER,
    engine: EngineOption = None,
    stack: StackOption = None,
    as_of: AsOf = None,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit code 1, too, when something was changed by hand.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Show what was changed by hand.

    Reads what is there, in the organisation that `mesh up --serve` keeps, into the states.

    What it has told is in the states, and is not told again. Exit code 1 when something could not be read.
    """
    options = StackOptions(directory, engine, stack, as_of, as_json)
    runs = run_served(options, "refresh", lambda done: show_refreshed(done.stacks, done.runs, done.seconds))
    if exit_code and drifted(runs):
        raise typer.Exit(FINDINGS)
