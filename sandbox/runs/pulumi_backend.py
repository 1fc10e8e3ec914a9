"""The `file://` backend in which Pulumi's own engine has the states of one emulated organisation."""

from __future__ import annotations

import json
import os
import shlex
import socket
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sandbox.runs.policy_host import PolicyHost
from sandbox.runs.pulumi_cli import BUILT, Cli
from sandbox.runs.served_organization import alive

BY_HAND: Final = ("PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE", "PULUMI_DEBUG_PROVIDERS")
"""What a command typed by hand has to be told."""


@dataclass(frozen=True, slots=True)
class Backend:
    """Storage of the real engine for the states of one emulated organisation, and settings of its CLI.

    `throw_away` leaves out the writing of the whole state at each step: nobody will ever read it. `policies` are asked
    in every preview and every update; a violation stops it.
    """

    cli: Cli
    directory: Path
    provider_port: int
    passphrase: str
    throw_away: bool = False
    policies: PolicyHost | None = None

    @property
    def environment(self) -> dict[str, str]:
        """Variables that the CLI gets beside the environment of this process."""
        values = {
            "PULUMI_BACKEND_URL": f"file://{self.directory}",
            "PULUMI_CONFIG_PASSPHRASE": self.passphrase,
            "PULUMI_SKIP_UPDATE_CHECK": "1",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_DEBUG_PROVIDERS": f"aws:{self.provider_port}",
        }
        fast = {"PULUMI_EXPERIMENTAL": "1", "PULUMI_SKIP_CHECKPOINTS": "1"} if self.throw_away else {}
        return values | fast | (self.policies.environment if self.policies else {})

    @property
    def packs(self) -> list[str]:
        """The folders of the policy packs."""
        return [str(self.policies.pack)] if self.policies else []

    @property
    def exports(self) -> list[str]:
        """Export lines of a shell for Pulumi's own commands: the place of the state, and the provider for AWS.

        A passphrase that the user has set is theirs to know.
        """
        tools = [f'PATH={shlex.quote(str(BUILT.parent))}:"$PATH"'] if BUILT.parent.is_dir() else []
        theirs = os.environ.get("PULUMI_CONFIG_PASSPHRASE") == self.passphrase
        names = [name for name in BY_HAND if not (theirs and name == "PULUMI_CONFIG_PASSPHRASE")]
        environment = self.environment
        return [f"export {each}" for each in (*tools, *(f"{n}={shlex.quote(environment[n])}" for n in names))]

    @property
    def work(self) -> Path:
        """The folder in which the CLI runs."""
        return self.directory / "work"

    def settings_of(self, stack: str) -> Path:
        """The file of the settings of a stack; it is none of the mesh folder's, which holds no such settings."""
        return self.work / f"Pulumi.{stack}.yaml"

    def state_of(self, project: str, stack: str) -> Path:
        """The file that holds the state of a stack."""
        return self.directory / ".pulumi" / "stacks" / project / f"{stack}.json"

    def let_go(self, project: str, stack: str) -> None:
        """Remove the CLI's own locks of a stack that are of processes which were killed."""
        for lock in (self.directory / ".pulumi" / "locks" / "organization" / project / stack).glob("*.json"):
            with suppress(OSError, ValueError, KeyError):
                held = json.loads(lock.read_text("utf-8"))
                if held["hostname"] == socket.gethostname() and not alive(held["pid"]):
                    lock.unlink()
