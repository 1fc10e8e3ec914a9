"""Ctrl-C and SIGTERM in the middle of a run: what is under way is finished and written down, nothing more is begun."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any, Final, Self

INTERRUPTED: Final = "interrupted: what was under way was finished and is in the state; nothing more was begun"
NOTICE: Final = "interrupted: what is under way is finished first; once more ends it at once"
_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


class Interruption:
    """A context manager: inside, the first of these signals ends the run in order, the second ends it at once.

    `signal` is the number of the first one, 0 before; `told` is called with what a person should know then. Outside of
    the main thread, which alone is sent signals, it changes nothing.
    """

    def __init__(self, told: Callable[[str], None] | None = None) -> None:
        self.signal = 0
        self._told = told
        self._stop: Callable[[], None] | None = None
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        self.signal = 0
        if threading.current_thread() is threading.main_thread():
            self._before = {number: signal.signal(number, self._met) for number in _SIGNALS}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        while self._before:
            signal.signal(*self._before.popitem())

    @contextmanager
    def stopping(self, stop: Callable[[], None]) -> Generator[None]:
        """Inside, `stop` ends what is going on, and returns at once; it is called when a signal comes, or came."""
        self._stop = stop
        try:
            if self.signal:
                stop()
            yield
        finally:
            self._stop = None

    def _met(self, number: int, _frame: FrameType | None) -> None:
        if self.signal:
            raise KeyboardInterrupt
        self.signal = number
        if self._stop:
            self._stop()
        if self._told:
            self._told(NOTICE)
