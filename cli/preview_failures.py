"""Failures of previews: said alike by every command that plans stacks, and ended with status 3."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from cli.console import say
from cli.exit_codes import FAULT

if TYPE_CHECKING:
    from sandbox.runs.stack_run import StackRun


def exit_on_failures(runs: Sequence[StackRun]) -> None:
    """Says each failure, with its trace where it is a fault of ours, and ends the command; does nothing without one."""
    failed = [(run.stack, failure) for run in runs for failure in run.result.failures]
    for stack, failure in failed:
        whose = [stack, failure.urn.rpartition("::")[2]] if failure.urn else [stack]
        say(": ".join([*whose, failure.message]))
        if failure.trace:
            say(failure.trace)
    if failed:
        raise typer.Exit(FAULT)
