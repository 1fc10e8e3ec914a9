"""Interruption of a run by Ctrl-C, SIGTERM or SIGHUP: calls under way are finished and recorded, no other is begun."""

from __future__ import annotations

import os
import signal
import stat
import sys
import threading
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any, Final, Self

INTERRUPTED: Final = "interrupted: what was under way was finished and is in the state; nothing more was begun"
NOTICE: Final = "interrupted: what is under way is finished first; once more ends it at once"
_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""SIGHUP comes when the terminal is closed, or the connection to it breaks."""


def heeded(numbers: Iterable[signal.Signals]) -> list[signal.Signals]:
    """The signals, without SIGHUP where this process was told to ignore it, as `nohup` does.

    The others count in any case: a shell has them ignored in what it runs in the background.
    """
    hung_up = signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN
    return [number for number in numbers if number != signal.SIGHUP or hung_up]


def leave_the_terminal() -> None:
    """Output to a terminal goes nowhere from now on: it was closed, and every write to it would fail."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        # Not `isatty`, which says no once the terminal is gone.
        if stat.S_ISCHR(os.fstat(stream.fileno()).st_mode):
            os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


class Interruption:
    """A context manager: inside, the first of these signals ends the run in order, the second ends it at once.

    `signal` is the number of the first one, 0 before; `notify` is called with a notice for the person then. Outside of
    the main thread, to which alone signals are sent, it changes nothing.
    """

    def __init__(self, notify: Callable[[str], None] | None = None) -> None:
        self.signal = 0
        self._notify = notify
        self._stop: Callable[[], None] | None = None
        self._handlers_before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        self.signal = 0
        if threading.current_thread() is threading.main_thread():
            self._handlers_before = {number: signal.signal(number, self._handle) for number in heeded(_SIGNALS)}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        while self._handlers_before:
            signal.signal(*self._handlers_before.popitem())

    @contextmanager
    def stopping(self, stop: Callable[[], None]) -> Generator[None]:
        """Inside, a signal calls `stop`, which ends the run and returns at once; so does a signal that came before."""
        self._stop = stop
        try:
            if self.signal:
                stop()
            yield
        finally:
            self._stop = None

    def _handle(self, number: int, _frame: FrameType | None) -> None:
        if self.signal:
            raise KeyboardInterrupt
        self.signal = number
        if self._stop:
            self._stop()
        if number == signal.SIGHUP:
            leave_the_terminal()
        if self._notify:
            self._notify(NOTICE)
