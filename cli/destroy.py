"""`mesh destroy`: deletes what is in the emulated organisation, the last stack first; what is protected stops it."""

from __future__ import annotations

from cli.options import DEFAULT_FOLDER, AsOf, EngineOption, FolderOption, JsonOption, StackOption
from cli.stack_runs import StackOptions, run_served
from cli.summary import show_destroyed


def destroy(
    directory: FolderOption = DEFAULT_FOLDER,
    engine: EngineOption = None,
    stack: StackOption = None,
    as_of: AsOf = None,
    as_json: JsonOption = False,
) -> None:
    """Delete every stack, the last one first.

    Of the organisation that `mesh up --serve` keeps.

    A stack with something protected is left whole, and nothing behind it is touched. Accounts, and the organisation
    and units that they stand in, are let go of and stay. Exit code 1 when something could not be deleted.
    """
    options = StackOptions(directory, engine, stack, as_of, as_json)
    run_served(options, "destroy", lambda done: show_destroyed(done.runs, done.stacks, done.inventory(), done.seconds))
