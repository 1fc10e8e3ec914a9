"""Pulumi's Automation API without the calls of the CLI that nobody here needs: each costs half a second.

Imported only where the real engine runs: `pulumi.automation` takes its time to load.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from pulumi.automation import LocalWorkspace, OutputMap, PulumiCommand, Stack, UpdateSummary
from semver import VersionInfo

from sandbox.pulumi_cli import Cli

_NO_SUMMARY: Final = UpdateSummary("update", datetime.min, "", {}, {}, "not asked")


class BriefWorkspace(LocalWorkspace):
    """Every command names its stack, so none needs to be selected."""

    def select_stack(self, stack_name: str) -> None:
        """Nothing to do."""


class BriefStack(Stack):
    """After an update the state is exported once: outputs and history would ask for the same again, three times."""

    def outputs(self) -> OutputMap:
        """Not asked for; they are in the state."""
        return {}

    def info(self, show_secrets: bool = True) -> UpdateSummary | None:  # noqa: ARG002 (the signature is the SDK's)
        """Not asked for; the engine's events say it all."""
        return _NO_SUMMARY


def command(cli: Cli) -> PulumiCommand:
    """The executable that was found, and looked at, already: the SDK's own constructor would look for another."""
    made = PulumiCommand.__new__(PulumiCommand)
    made.command = str(cli.path)
    made.version = VersionInfo.parse(cli.version)
    return made
