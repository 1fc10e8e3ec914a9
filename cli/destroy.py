"""`mesh destroy`: deletes what is in the emulated organisation, the last stack first; what is protected stops it."""

from __future__ import annotations

import time
from pathlib import Path

from cli.console import answer_json
from cli.mesh_folder import AsOf, FolderOption, Json, read
from cli.organization import EngineOption, StackOption, needed
from cli.plan import chosen
from cli.progress import Progress

DEFAULT = Path("stacks")


def destroy(
    directory: FolderOption = DEFAULT,
    engine: EngineOption = None,
    stack: StackOption = None,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """Delete every stack of the organisation that `mesh up --serve` keeps, the last one first.

    A stack with something protected is left whole, and nothing behind it is touched. Accounts, and the organisation
    and units that they stand in, are let go of and stay. Exit code 1 when something could not be deleted.
    """
    found = read(directory, as_of)
    stacks = chosen(found, stack)
    from cli.summary import show_destroyed
    from sandbox.runs import rollout

    started = time.perf_counter()
    mesh = rollout.RunInput(directory, found.plan, found.as_of)
    with needed(found, engine) as place:
        stacks = place.known(stacks, stack)
        with Progress("deleting", len(stacks)) as progress:
            runs = place.course.destroy(mesh, stacks, progress.step)
        if as_json:
            answer_json(rollout.steps_as_json(mesh, runs))
        else:
            order = [name for name in reversed(found.plan.stacks) if name in stacks]
            show_destroyed(runs, order, place.inventory(), time.perf_counter() - started)
        place.verdict(runs)
