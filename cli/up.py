"""`mesh up`: the whole mesh, deployed by the real program into an emulated AWS organisation."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.console import answer_json, say
from cli.mesh_folder import AsOf, FolderOption, Json, Read, read
from cli.organization import EngineOption, Place, StackOption, attached, free_port, fresh
from cli.plan import chosen
from cli.progress import Progress

if TYPE_CHECKING:
    from sandbox.rehearsal.check import Report
    from sandbox.runs.run import StackRun

DEFAULT = Path("stacks")


def up(
    directory: FolderOption = DEFAULT,
    engine: EngineOption = None,
    serve: Annotated[
        bool, typer.Option("--serve", help="Keep the organisation, and print how to connect to it.")
    ] = False,
    port: Annotated[int, typer.Option(help="Port of --serve on the loopback interface; 0 takes a free one.")] = 0,
    stack: StackOption = None,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """Deploy every stack into an emulated AWS organisation on this machine, and say what is there.

    Where `mesh up --serve` keeps an organisation in another terminal, this is an update of it. Exit code 1 when a
    resource could not be made.
    """
    found = read(directory, as_of)
    stacks = chosen(found, stack)
    kept = attached(found, engine)
    if kept:
        if serve:
            raise typer.BadParameter(
                "an organisation is kept already; `mesh up` without --serve updates it", param_hint="--serve"
            )
        with kept as place:
            place.verdict(*_deploy(found, place, directory, stacks, as_json))
    else:
        if stack:
            raise typer.BadParameter(
                "one stack needs an organisation that is there: run `mesh up --serve` in another terminal",
                param_hint="--stack",
            )
        if serve:
            free_port(port)
        with fresh(found, engine or "embedded", throw_away=not serve) as place:
            runs, checked = _deploy(found, place, directory, stacks, as_json)
            if serve and not place.course.interrupted:
                place.serve(port)
            place.verdict(runs, checked)


def _deploy(
    found: Read, place: Place, directory: Path, stacks: list[str], as_json: bool
) -> tuple[list[StackRun], Report | None]:
    from cli.live_checks import say_differences
    from cli.summary import show
    from sandbox.runs import rollout

    where = "the emulated AWS organisation that is kept" if place.kept else "an emulated AWS organisation"
    say(f"{found.plan.mesh}: {len(stacks)} stacks into {where}; nothing leaves this machine")
    started = time.perf_counter()
    mesh = rollout.RunInput(directory, found.plan, found.as_of)
    with Progress("deploying", len(stacks)) as progress:
        runs = place.course.up(mesh, stacks, progress.step)
    failed = place.course.interrupted or any(run.result.failures for run in runs)
    checked = None if failed or len(runs) < len(found.plan.stacks) else place.check()
    if as_json:
        answer_json(rollout.as_json(mesh, runs))
    else:
        show(found.plan, stacks, runs, place.inventory(), time.perf_counter() - started, checked)
    if checked:
        say_differences(checked)
    return runs, checked
