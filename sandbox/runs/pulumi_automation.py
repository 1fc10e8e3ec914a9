"""Pulumi's Automation API without the calls of the CLI that nobody here needs: each costs half a second.

Imported only where the real engine runs: `pulumi.automation` takes its time to load.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any, Final

from pulumi.automation import CommandResult, LocalWorkspace, OutputMap, PulumiCommand, Stack, UpdateSummary
from pulumi.automation.errors import create_command_error
from semver import VersionInfo

from sandbox.engine.interruption import Interruption
from sandbox.runs.pulumi_cli import Cli

QUIET: Final = 90.0
"""Seconds without an event after which the CLI is told to end: no call of the emulator takes as long."""

ENDING: Final = 15.0
"""Seconds that it has for that, until it is killed."""

_LOOK: Final = 1.0
_NO_SUMMARY: Final = UpdateSummary("update", datetime.min, "", {}, {}, "not asked")


class BriefWorkspace(LocalWorkspace):
    """Every command names its stack, so none needs to be selected."""

    @property
    def command(self) -> Command:
        """The command that runs the CLI."""
        if not isinstance(self.pulumi_command, Command):
            raise TypeError("made with another command")
        return self.pulumi_command

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


class Command(PulumiCommand):
    """The executable that was found, and looked at, already: the SDK's own constructor would look for another.

    It runs in a process group of its own, so that the Ctrl-C of a terminal reaches it through this process, and once: a
    second one has the CLI end at once, and forget what is under way.
    """

    def __init__(self, cli: Cli) -> None:
        self.command = str(cli.path)
        self.version = VersionInfo.parse(cli.version)
        self._process: subprocess.Popen[str] | None = None
        self._to_tell: list[signal.Signals] = []
        self._heard = 0.0
        self.fell_silent = False

    @property
    def _path(self) -> str:
        """The plugins beside the executable come before others."""
        return os.pathsep.join([os.path.dirname(self.command), os.environ.get("PATH", "")])

    @contextmanager
    def interruptible(self, until: Interruption) -> Generator[None]:
        """Inside, an interruption has the CLI end what is under way, and keep its state."""
        try:
            with until.stopping(self._end):
                yield
        finally:
            self._to_tell.clear()

    def heard(self) -> None:
        """The engine has told something, so it is at work."""
        self._heard = time.monotonic()

    def _end(self) -> None:
        self._to_tell.append(signal.SIGINT)
        self._tell()

    def _tell(self) -> None:
        """Once: what is taken out of a list is taken out once, even when a signal comes in between."""
        if self._process:
            with suppress(IndexError):
                self._process.send_signal(self._to_tell.pop())

    def run(
        self,
        args: list[str],
        cwd: str,
        additional_env: Mapping[str, str],
        on_output: Callable[[str], Any] | None = None,
        on_error: Callable[[str], Any] | None = None,
    ) -> CommandResult:
        """Run a command; raises the SDK's errors. Nobody listens to its output line by line."""
        if on_output or on_error:
            raise ValueError("the output comes when the command has ended")
        process = subprocess.Popen(  # noqa: S603 (the CLI that was found, with the SDK's own arguments)
            [self.command, "--non-interactive", *args],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=cwd,
            env={**os.environ, **additional_env, "PULUMI_AUTOMATION_API": "true", "PATH": self._path},
            encoding="utf-8",
            process_group=0,
            close_fds=False,  # the lock of the stack is held as long as the CLI lives, whatever becomes of this process
        )
        self._process = process
        self.heard()
        try:
            self._tell()
            out, said = self._printed(process)
        except BaseException:
            process.send_signal(signal.SIGINT)
            process.wait()
            raise
        finally:
            self._process = None
        result = CommandResult(stdout=out.rstrip(), stderr=said.rstrip(), code=process.returncode)
        if result.code:
            raise create_command_error(result)
        return result

    def _printed(self, process: subprocess.Popen[str]) -> tuple[str, str]:
        """Output and errors of a process that has ended.

        An engine that cannot write its state now and then answers no registration any more and waits for the program,
        which waits for the answer (docs/surprises.md): it is told to end, which does not end that, and then killed.
        """
        signals, patience = [signal.SIGKILL, signal.SIGINT], QUIET
        while True:
            try:
                return process.communicate(timeout=_LOOK)
            except subprocess.TimeoutExpired:
                if signals and time.monotonic() - self._heard > patience:
                    process.send_signal(signals.pop())
                    self.fell_silent, patience = True, ENDING
                    self.heard()
