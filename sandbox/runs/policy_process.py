"""A policy pack in a process of its own, as Pulumi's CLI starts one; it answers Pulumi's `Analyzer` service.

with PolicyProcess(PACK, settings(mesh)) as process:  # it starts, and nobody waits
    process.address()  # now somebody does
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from mesh.findings import NotPossibleError
from mesh.temporary_folders import temporary_folder
from sandbox.runs.policy_host import NO_VARIABLES, PACK, require_sdk

PROJECT_FILE: Final = "PulumiPolicy.yaml"
_START_SECONDS: Final = 120
_NO_ENGINE: Final = "127.0.0.1:1"
"""Address of an engine, which a pack is told and ours never asks."""

_HOST: Final = """\
import os, runpy, threading

def _end_with_the_parent():
    while os.read(0, 4096):
        pass
    os._exit(0)

threading.Thread(target=_end_with_the_parent, daemon=True).start()
runpy.run_module("pulumi.policy", run_name="__main__", alter_sys=True)
"""
"""The SDK's server of a pack, which ends when nobody holds the other end of its standard input any more."""


class PolicyProcess:
    """A context manager: inside, the pack runs. Raises NotPossibleError where it is no pack, or its SDK is missing.

    It writes into files, so that a process which was forked off finds its port, too, and nobody has to read along.
    """

    def __init__(self, pack: Path = PACK, variables: Mapping[str, str] = NO_VARIABLES) -> None:
        require_sdk()
        if not (pack / PROJECT_FILE).is_file():
            raise NotPossibleError(f"{pack} is no policy pack: it holds no {PROJECT_FILE}; give the folder of one")
        self.pack = pack.resolve()
        self._variables = dict(variables)
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: Path | None = None
        self._left = ExitStack()

    def __enter__(self) -> Self:
        self._folder = self._left.enter_context(temporary_folder("pack"))
        # Its output outlives the process that began it, so files are closed here once it has them.
        with self._file("said").open("wb") as said, self._file("complained").open("wb") as complained:
            self._process = subprocess.Popen(  # noqa: S603 (the pack that the user names)
                [sys.executable, "-u", "-c", _HOST, _NO_ENGINE, str(self.pack)],
                cwd=self.pack,
                env={**os.environ, **self._variables},
                stdin=subprocess.PIPE,
                stdout=said,
                stderr=complained,
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
        self._left.close()

    def address(self) -> str:
        """The address of its service, once it has one; raises NotPossibleError for a pack that does not start."""
        ends = time.monotonic() + _START_SECONDS
        while True:
            line, written, _ = self._file("said").read_text("utf-8", "replace").partition("\n")
            if written and line.isdecimal():
                return f"127.0.0.1:{line}"
            if written:
                raise self._not_started(f"it said '{line}' where the number of its port is expected")
            if self._process is not None and self._process.poll() is not None:
                raise self._not_started(self._complaint() or "it ended, and said nothing")
            if time.monotonic() > ends:
                raise self._not_started(f"it said nothing for {_START_SECONDS} seconds")
            time.sleep(0.01)

    def _not_started(self, why: str) -> NotPossibleError:
        return NotPossibleError(f"the policy pack in {self.pack} did not start: {why}")

    def _complaint(self) -> str:
        """Its last words: an error's last line, or the sentences with which it refused to run."""
        lines = self._file("complained").read_text("utf-8", "replace").strip().splitlines()
        is_error = any(line.startswith("Traceback ") for line in lines)
        return lines[-1].strip() if is_error else "\n".join(lines)

    def _file(self, name: str) -> Path:
        if self._folder is None:
            raise NotPossibleError(f"the policy pack in {self.pack} was not begun")
        return self._folder / name
