"""A script as a process: with an environment and a home of its own, within its time, its lines told as they come.

The processes that it starts are in its process group, and end with it; one that leaves the group lives on.
"""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from mesh.temporary_folders import temporary_folder
from sandbox.jobs.job_order import Stream, Told

LONGEST_LINE: Final = 65_536
"""Bytes after which a line is told in parts."""
PATIENCE: Final = 5.0
"""Seconds for a script to end after Ctrl-C, and for lines of a process that left the group."""
_GLANCE: Final = 0.1
_TRACEBACK: Final = "Traceback (most recent call last):"
_KEPT: Final = ("PATH", "LD_LIBRARY_PATH", "SSL_CERT_FILE", "JAVA_HOME")
"""Variables of the caller without which Python or Java may not start; nothing else of theirs reaches a job."""


@dataclass(frozen=True, slots=True)
class ScriptEnd:
    """The end of a process: its exit code, negative for a signal, None of one that took too long.

    `reason` is what standard error says last: of an exception the first line of its message, and the last.
    """

    code: int | None
    seconds: float
    lines: int
    reason: str


def run_script(
    name: str, text: bytes, arguments: Sequence[str], environment: Mapping[str, str], seconds: float, told: Told
) -> ScriptEnd:
    """Run a script with this Python, in a folder of its own that is removed; `told` hears each line."""
    began = time.monotonic()
    with temporary_folder("job") as folder:
        script = Path(folder, name)
        script.write_bytes(text)
        with _process([sys.executable, str(script), *arguments], str(folder), environment) as process:
            lines, reason, in_time = _told_lines(process, began + seconds, told)
            code = process.wait() if in_time else None
    return ScriptEnd(code, time.monotonic() - began, lines, reason)


def _environment(folder: str, environment: Mapping[str, str]) -> dict[str, str]:
    """Variables of a job: no profile, file or module of the user's is found."""
    return {
        **{name: os.environ[name] for name in _KEPT if name in os.environ},
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "HOME": folder,
        "LANG": "C.UTF-8",
        "PYTHONNOUSERSITE": "1",
        "PYTHONUNBUFFERED": "1",
        "TMPDIR": folder,
        "TZ": "UTC",
        **environment,
    }


@contextmanager
def _process(command: list[str], folder: str, environment: Mapping[str, str]) -> Generator[subprocess.Popen[bytes]]:
    """Inside, the process runs; outside, nothing of its group does. Ctrl-C is passed on to it first."""
    process = subprocess.Popen(  # noqa: S603 (the script that the domain has deployed)
        command,
        cwd=folder,
        env=_environment(folder, environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        yield process
    except KeyboardInterrupt:
        _signalled(process, signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE)
        raise
    finally:
        _signalled(process, signal.SIGKILL)
        process.wait()


def _signalled(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def _told_lines(process: subprocess.Popen[bytes], until: float, told: Told) -> tuple[int, str, bool]:
    """The number of lines, the reason that they tell, and whether the process ended in time."""
    lines: queue.Queue[tuple[Stream, bytes]] = queue.Queue(1_000)
    streams: dict[Stream, IO[bytes] | None] = {"output": process.stdout, "error": process.stderr}
    for stream, pipe in streams.items():
        threading.Thread(target=_read, args=(stream, pipe, lines), daemon=True).start()
    number, errors, open_pipes, ended = 0, _Errors(), len(streams), 0.0
    while open_pipes:
        now = time.monotonic()
        if process.poll() is None and now > until:
            return number, errors.reason, False
        try:
            stream, line = lines.get(timeout=_GLANCE)
        except queue.Empty:
            if process.poll() is None:
                continue
            _signalled(process, signal.SIGKILL)
            ended = ended or now
            if now - ended > PATIENCE:
                break
            continue
        if not line:
            open_pipes -= 1
            continue
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        number += 1
        if stream == "error":
            errors.note(text)
        told(stream, text)
    return number, errors.reason, _ends_in_time(process, until)


class _Errors:
    """The reason that lines of standard error tell: what was raised last, and the last line where that is another."""

    def __init__(self) -> None:
        self._raised = self._last = ""
        self._within = False

    def note(self, line: str) -> None:
        """Note a line; below `Traceback` those of the places are indented, and the first that is not says the error."""
        if line.startswith(_TRACEBACK):
            self._within = True
        elif self._within and not line.startswith(" "):
            self._raised, self._last, self._within = line.strip(), "", False
        elif line.strip() and not self._within:
            self._last = line.strip()

    @property
    def reason(self) -> str:
        """The sentence."""
        return " … ".join(filter(None, (self._raised, self._last)))


def _ends_in_time(process: subprocess.Popen[bytes], until: float) -> bool:
    """Whether a process that prints no more ends in time."""
    try:
        process.wait(max(0.0, until - time.monotonic()))
    except subprocess.TimeoutExpired:
        return False
    return True


def _read(stream: Stream, pipe: IO[bytes], lines: queue.Queue[tuple[Stream, bytes]]) -> None:
    """Put lines into a queue, and an empty one at the end."""
    with pipe:
        while line := pipe.readline(LONGEST_LINE):
            lines.put((stream, line))
    lines.put((stream, b""))
