"""States of the stacks of one emulated organisation, between two runs, in a directory."""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from mesh.findings import NotPossibleError
from mesh.temporary_folders import temporary_folder

if TYPE_CHECKING:
    from sandbox.engine.state import StackState

ROOM: Final = 8 << 20
"""Bytes that the state of one stack may take: some 2,000 resources."""

LOCKED: Final = "another update of stack '{}' is under way; nothing was changed, try again when it has ended"
"""The refusal of a second update, by either engine."""


class StateStore(Protocol):
    """Storage of the embedded engine's states between two runs."""

    def load(self, stack: str) -> StackState:
        """The state of a stack, empty before its first run."""
        ...

    def save(self, stack: str, state: StackState) -> None:
        """Stores the state."""
        ...

    def locked(self, stack: str) -> AbstractContextManager[None]:
        """Nobody else updates the stack meanwhile."""
        ...


class StateDirectory:
    """The states of one emulated organisation's stacks, for either engine."""

    def __init__(self, path: Path) -> None:
        self.path: Final = path

    @property
    def pulumi(self) -> Path:
        """The backend of Pulumi's own engine."""
        return self.path / "pulumi"

    @property
    def identity(self) -> str:
        """The mark of the organisation that the states belong to; empty when there is none."""
        try:
            return (self.path / "identity").read_text("utf-8")
        except OSError:
            return ""

    @property
    def passphrase(self) -> str:
        """The user's passphrase where one is set, else the organisation's own."""
        return os.environ.get("PULUMI_CONFIG_PASSPHRASE") or self.identity

    def _file(self, stack: str) -> Path:
        return self.path / "embedded" / f"{stack}.json"

    def load(self, stack: str) -> StackState:
        """The embedded engine's state of a stack, empty before its first run."""
        from sandbox.engine.state import StackState

        try:
            return StackState.from_json(self._file(stack).read_text("utf-8"))
        except FileNotFoundError:
            return StackState()

    def save(self, stack: str, state: StackState) -> None:
        """Stores the state: the whole of it, or else the one before stays.

        Raises NotPossibleError when it cannot be written; the room that `locked` holds is for it.
        """
        file = self._file(stack)
        try:
            if (lock := self._lock(stack)).exists():
                os.truncate(lock, 0)
            file.parent.mkdir(exist_ok=True)
            written(file, state.to_json())
        except OSError as error:
            raise NotPossibleError(
                f"the state of stack '{stack}' in {self.path} could not be written ({error.strerror}); "
                "what this run did to the stack is not in it"
            ) from error

    def _lock(self, stack: str) -> Path:
        return self.path / f"{stack}.lock"

    @contextmanager
    def locked(self, stack: str) -> Generator[None]:
        """Nobody else updates the stack meanwhile; the lock ends with its process (and the CLI that it runs).

        The file of the lock holds the room that the state will need: a disk that is full is found out before anything
        is made that could not be remembered.
        """
        try:
            lock = self._lock(stack).open("a")
        except OSError as error:
            raise self._unwritable(error) from error
        with lock:
            os.set_inheritable(lock.fileno(), True)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise NotPossibleError(LOCKED.format(stack)) from None
            try:
                os.posix_fallocate(lock.fileno(), 0, ROOM)
            except OSError as error:
                raise self._unwritable(error) from error
            try:
                yield
            finally:
                with suppress(OSError):
                    os.truncate(lock.fileno(), 0)

    def _unwritable(self, error: OSError) -> NotPossibleError:
        return NotPossibleError(f"the state in {self.path} cannot be written ({error.strerror}); nothing was changed")


def written(file: Path, text: str) -> None:
    """The file holds the text, all of it and on the disk, or what it held before."""
    fresh = file.with_suffix(".new")
    try:
        with fresh.open("w", encoding="utf-8") as opened:
            opened.write(text)
            opened.flush()
            os.fsync(opened.fileno())
        fresh.replace(file)
    except OSError:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise


@contextmanager
def state_directory() -> Generator[StateDirectory]:
    """A state directory for a new organisation, with a mark that no other has; it is gone in the end."""
    with temporary_folder("organization") as path:
        (path / "identity").write_text(secrets.token_hex(16), "utf-8")
        yield StateDirectory(path)
