"""Runs of `mesh refresh` and `destroy` on the stacks of a served organisation; the exit code of every run."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import typer

from cli.console import answer_json, say
from cli.exit_codes import FINDINGS, SIGNALLED
from cli.options import chosen, read
from cli.progress import Progress
from mesh.findings import NotPossibleError

if TYPE_CHECKING:
    from sandbox.emulator.aws.records import Inventory
    from sandbox.filling.filled import Filled
    from sandbox.rehearsal.check import Report
    from sandbox.runs.stack_run import EngineName, StackRun
    from sandbox.runs.workspace import Workspace

PROGRESS: Final = {"refresh": "reading", "destroy": "deleting"}


@dataclass(frozen=True, slots=True)
class StackOptions:
    """The options of a command on the stacks of a served organisation."""

    directory: Path
    engine: EngineName | None
    stack: list[str] | None
    as_of: datetime.datetime | None
    as_json: bool


@dataclass(frozen=True, slots=True)
class ServedRuns:
    """Runs of a command: the stacks in their order, a run each, and the inventory of the organisation afterwards."""

    stacks: Sequence[str]
    runs: Sequence[StackRun]
    inventory: Callable[[], Inventory | None]
    seconds: float


def run_served(
    options: StackOptions, verb: Literal["refresh", "destroy"], show: Callable[[ServedRuns], None]
) -> Sequence[StackRun]:
    """Runs a verb on the stacks that were chosen of the served organisation, and shows, or prints, what it came to."""
    planned = read(options.directory, options.as_of)
    stacks = chosen(planned, options.stack)
    from sandbox.runs import served_organization
    from sandbox.runs.run_json import steps_as_json
    from sandbox.runs.workspace import open_workspace

    started = time.perf_counter()
    served = served_organization.require(say)
    served.require_fit(planned.plan, options.engine)
    with open_workspace(planned, served.engine, served, told=say) as (workspace, organization):
        stacks = _deployed(workspace, stacks, options.stack)
        run = workspace.refresh if verb == "refresh" else workspace.destroy
        with Progress(PROGRESS[verb], len(stacks)) as progress:
            runs = run(planned, stacks, progress.step)
        if options.as_json:
            answer_json(steps_as_json(planned.plan, runs))
        else:
            if verb == "destroy":
                stacks.reverse()
            show(ServedRuns(stacks, runs, organization.inventory, time.perf_counter() - started))
        exit_unless_done(workspace, runs)
        return runs


def _deployed(workspace: Workspace, stacks: list[str], named: list[str] | None) -> list[str]:
    """Those of the stacks that are deployed; raises NotPossibleError when one was named that is not."""
    deployed = [stack for stack in stacks if workspace.engine.knows(stack)]
    if named and (missing := [stack for stack in stacks if stack not in deployed]):
        raise NotPossibleError(f"stack '{missing[0]}' is not deployed in this organisation: run `mesh up` first")
    return deployed


def exit_unless_done(
    workspace: Workspace, runs: Sequence[StackRun], checked: Report | None = None, filled: Filled | None = None
) -> None:
    """Raises the exit code of a run that was interrupted (130 or 143, as a shell has it) or failed (1).

    It failed, too, when a live check came out otherwise than planned, or what was read of a sample did.
    """
    if number := workspace.interrupted:
        raise typer.Exit(SIGNALLED + number)
    if any(run.result.failures for run in runs) or (checked and checked.differences):
        raise typer.Exit(FINDINGS)
    if filled and filled.differences:
        raise typer.Exit(FINDINGS)
