"""Processes that a process forks: begun where no signal is answered twice, ended with the one that began them."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.context import ForkProcess
from typing import Any, Final, NoReturn

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
ENDING: Final = (signal.SIGTERM, signal.SIGHUP)
"""Those that end a process; Ctrl-C goes to all of a command, and the first one answers it."""


def begin(target: Callable[..., None], arguments: Sequence[Any], *, daemon: bool = False) -> ForkProcess:
    """A process that has begun, in which signals wait until `answer_signals` is called."""
    process = get_context("fork").Process(target=target, args=tuple(arguments), daemon=daemon)
    with _no_signals():
        process.start()
    return process


def answer_signals(ending: Callable[[int, Any], object] | signal.Handlers = signal.SIG_DFL) -> None:
    """Answer Ctrl-C no more, and what ends this process so; by default it ends at once."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for number in ENDING:
        signal.signal(number, ending)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)


def do_in_a_fork(work: Callable[[], None]) -> None:
    """Do it in a process of its own, which leaves nothing to clear up here; what kills that one, kills this one, too.

    To look for the garbage of a program takes a quarter of the time that the program takes.
    """
    with _no_signals():
        if not (number := os.fork()):
            _do_and_exit(work)

        def end_both(ending: int, _frame: object) -> None:
            with suppress(ProcessLookupError, ChildProcessError):  # it has ended meanwhile
                os.kill(number, signal.SIGKILL)
                os.waitpid(number, 0)
            _end_by(ending)

        for ending in ENDING:
            signal.signal(ending, end_both)
    _, status = os.waitpid(number, 0)
    for ending in ENDING:
        signal.signal(ending, signal.SIG_DFL)
    if code := os.waitstatus_to_exitcode(status):
        _end_by(-code) if code < 0 else os._exit(code)


def _do_and_exit(work: Callable[[], None]) -> NoReturn:
    code = 1
    try:
        answer_signals()
        work()
        code = 0
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _end_by(number: int) -> None:
    """End this process by the signal."""
    if number in SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


@contextmanager
def _no_signals() -> Generator[None]:
    """Inside, signals wait, here and in a process that is forked."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
