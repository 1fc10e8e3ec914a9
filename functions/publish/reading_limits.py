"""Limits of a look at somebody else's files: seconds and memory, so that no draft holds up other products.

Files that a domain wrote may be anything: a few bytes that unpack to gigabytes, a list without an end, a hundred
thousand manifests. Sizes alone bound none of that, so what reads them ends when it has used up its share.
"""

from __future__ import annotations

import os
import resource
import signal
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

SECONDS: Final = 240.0
"""Seconds for all files of a product at one look."""

WAIT: Final = 300.0
"""Seconds that all queries of a product may take at one look. Both together fit what is left when a product begins
(`handler.ENOUGH`), and that fits a run, so none dies of one product."""

RUN: Final = 900.0
"""Seconds of a run, Lambda's most."""

MEMORY: Final = 400 * 2**20
"""Bytes that a look may take beside what the function has already; it has a gigabyte (`components/publication.py`)."""

_STATM: Final = Path("/proc/self/statm")


class TooMuchError(Exception):
    """A draft names more than can be looked at in time or memory; the text says whose draft, and what to do."""


class _OutOfTimeError(BaseException):
    """The time is over: no `except Exception` on the way may take it for something else."""


@dataclass
class ReadingLimits:
    """The share of one product at one look; `seconds` and `wait`, of queries, are those that are left."""

    seconds: float
    memory: int
    wait: float = WAIT

    @contextmanager
    def of(self, whose: str) -> Generator[None]:
        """Inside, files of a table are read. Raises TooMuchError when it takes more than is left.

        A signal ends what takes too long, which the main thread gets alone: that is where Lambda runs a handler. In the
        emulator, whose handlers may be in other threads, memory alone is limited.
        """
        began = time.monotonic()
        try:
            with _memory(self.memory), _alarm(self.seconds):
                yield
        except _OutOfTimeError:
            raise TooMuchError(
                f"{whose}: its files cannot be looked at within {SECONDS:.0f} seconds: rewrite its manifests, expire "
                "snapshots, or publish fewer runs at once; it is looked at again in an hour, or after a retry"
            ) from None
        except MemoryError:
            raise TooMuchError(
                f"{whose}: its files cannot be looked at with {self.memory // 2**20:,} MB of memory: write smaller "
                "metadata files and manifests, or expire snapshots; it is looked at again in an hour, or after a retry"
            ) from None
        finally:
            self.seconds -= time.monotonic() - began


def share(left: float = RUN) -> ReadingLimits:
    """The share that a product may take of a run that has so many seconds left, the last minute being for its end."""
    useful = max(left - 60.0, 0.0)
    return ReadingLimits(min(SECONDS, useful * 0.4), MEMORY, min(WAIT, useful * 0.5))


@contextmanager
def _alarm(seconds: float) -> Generator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def over(*_: Any) -> None:
        raise _OutOfTimeError

    before = signal.signal(signal.SIGALRM, over)
    timer = signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.001))  # none would be no alarm at all
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, *timer)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def _memory(allowed: int) -> Generator[None]:
    """Inside, the process gets no more memory than it has and so much: Python then raises MemoryError."""
    if not _STATM.exists():  # where functions run there is
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    now = int(_STATM.read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    most = now + allowed if soft == resource.RLIM_INFINITY else min(soft, now + allowed)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
