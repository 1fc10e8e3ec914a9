"""`mesh refresh`: what is in the emulated organisation, read into the states; the difference is the drift."""

from __future__ import annotations

import time
from pathlib import Path

from cli.console import answer_json
from cli.mesh_folder import AsOf, FolderOption, Json, read
from cli.organization import EngineOption, StackOption, needed
from cli.plan import chosen
from cli.progress import Progress

DEFAULT = Path("stacks")


def refresh(
    directory: FolderOption = DEFAULT,
    engine: EngineOption = None,
    stack: StackOption = None,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """Read what is there, in the organisation that `mesh up --serve` keeps, and say what was changed by hand.

    Exit code 1 when something could not be read.
    """
    found = read(directory, as_of)
    stacks = chosen(found, stack)
    from cli.summary import show_refreshed
    from sandbox.runs import rollout

    started = time.perf_counter()
    mesh = rollout.RunInput(directory, found.plan, found.as_of)
    with needed(found, engine) as place:
        stacks = place.known(stacks, stack)
        with Progress("reading", len(stacks)) as progress:
            runs = place.course.refresh(mesh, stacks, progress.step)
        if as_json:
            answer_json(rollout.steps_as_json(mesh, runs))
        else:
            show_refreshed(stacks, runs, time.perf_counter() - started)
        place.verdict(runs)
