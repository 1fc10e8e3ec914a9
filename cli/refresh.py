"""`mesh refresh`: what is in the emulated organisation, read into the states; the difference is the drift."""

from __future__ import annotations

from cli.options import DEFAULT_FOLDER, AsOf, EngineOption, FolderOption, JsonOption, StackOption
from cli.stack_runs import StackOptions, run_served
from cli.summary import show_refreshed


def refresh(
    directory: FolderOption = DEFAULT_FOLDER,
    engine: EngineOption = None,
    stack: StackOption = None,
    as_of: AsOf = None,
    as_json: JsonOption = False,
) -> None:
    """Show what was changed by hand.

    Reads what is there, in the organisation that `mesh up --serve` keeps, into the states.

    Exit code 1 when something could not be read.
    """
    options = StackOptions(directory, engine, stack, as_of, as_json)
    run_served(options, "refresh", lambda done: show_refreshed(done.stacks, done.runs, done.seconds))
