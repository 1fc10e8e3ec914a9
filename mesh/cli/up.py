"""`mesh up`: the whole mesh, deployed by the real program into an emulated AWS organisation."""

from __future__ import annotations

import time
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from mesh.cli.console import answer_json, counted, say
from mesh.cli.progress import Progress
from mesh.cli.reading import AsOf, FolderOption, Json, read

if TYPE_CHECKING:
    from sandbox.organization import EmulatedOrganization

DEFAULT = Path("stacks")


def up(
    directory: FolderOption = DEFAULT,
    serve: Annotated[
        bool, typer.Option("--serve", help="Keep the organisation, and print how to connect to it.")
    ] = False,
    port: Annotated[int, typer.Option(help="Port of --serve on the loopback interface; 0 takes a free one.")] = 0,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """Deploy every stack into an emulated AWS organisation on this machine, and say what is there.

    Exit code 1 when a resource could not be made.
    """
    found = read(directory, as_of)
    stacks = counted(len(found.plan.stacks), "stack")
    say(f"{found.plan.mesh}: {stacks} into an emulated AWS organisation; nothing leaves this machine")
    started = time.perf_counter()
    from mesh.cli.summary import show
    from sandbox import rollout
    from sandbox.organization import EmulatedOrganization

    mesh = rollout.Mesh(directory, found.plan, found.as_of)
    with EmulatedOrganization(rollout.organization_ids(found.plan)) as organization:
        with Progress("deploying", len(found.plan.stacks)) as progress:
            runs = rollout.Rollout(organization).up(mesh, on_step=progress.step)
        if as_json:
            answer_json(rollout.as_json(mesh, runs))
        else:
            show(found.plan, runs, organization, time.perf_counter() - started)
        failed = any(run.result.failures for run in runs)
        if serve:
            _serve(organization, port)
    if failed:
        raise typer.Exit(1)


def _serve(organization: EmulatedOrganization, port: int) -> None:
    import signal
    import threading

    organization.serve(port)
    say(organization.connection_help())
    say("Ctrl-C ends it, and everything in it.")
    over = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        del number, frame
        over.set()

    signal.signal(signal.SIGTERM, end)
    try:
        over.wait()
    except KeyboardInterrupt:
        say("ended")
