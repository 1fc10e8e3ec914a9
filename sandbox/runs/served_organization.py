"""An emulated organisation that is kept: where its states are, how others find it, and what says that it is the same.

`mesh up --serve` writes a small file into the working directory; `mesh up`, `refresh` and `destroy` in another
terminal find the organisation by it. The state belongs to the organisation: it lives and ends with it.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import tempfile
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal

from mesh.findings import NotPossibleError
from sandbox.engine.state import StackState
from sandbox.runs.provider_server import ABOUT, ask

FILE: Final = Path(".mesh") / "organization.json"
"""In the working directory; ignored by git."""

ROOM: Final = 8 << 20
"""Bytes that the state of one stack may take: some 2,000 resources."""

EngineName = Literal["embedded", "pulumi"]


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
        try:
            return StackState.from_json(self._file(stack).read_text("utf-8"))
        except FileNotFoundError:
            return StackState()

    def save(self, stack: str, state: StackState) -> None:
        """Keep the state: the whole of it, or the one that was there.

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
                raise NotPossibleError(
                    f"another update of stack '{stack}' is under way; nothing was changed, try again when it has ended"
                ) from None
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
    with tempfile.TemporaryDirectory(prefix="mesh-organization-") as name:
        path = Path(name)
        (path / "identity").write_text(secrets.token_hex(16), "utf-8")
        yield StateDirectory(path)


@dataclass(frozen=True, slots=True)
class ServedOrganization:
    """What the file says: who keeps which organisation, under which engine, and where it answers."""

    identity: str
    organization: str
    mesh: str
    engine: EngineName
    endpoint: str
    provider: int
    pid: int
    state: str

    @property
    def states(self) -> StateDirectory:
        """Where its states are."""
        return StateDirectory(Path(self.state))


@contextmanager
def announced(kept: ServedOrganization, file: Path = FILE) -> Generator[None]:
    """Inside, the file says how to find the organisation."""
    file.parent.mkdir(exist_ok=True)
    fresh = file.with_suffix(f".{kept.pid}")
    fresh.write_text(json.dumps(asdict(kept), indent=1) + "\n", "utf-8")
    fresh.replace(file)
    try:
        yield
    finally:
        if (found := _read(file)) and found.identity == kept.identity:
            file.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class OrganizationLookup:
    """What there is: a kept organisation and what it says of itself; or a note on a file that leads nowhere."""

    kept: ServedOrganization | None = None
    about: dict[str, Any] | None = None
    note: str = ""


def find(file: Path = FILE) -> OrganizationLookup:
    """The organisation that is kept for this working directory; raises NotPossibleError when its state is another's."""
    if not file.exists():
        return OrganizationLookup()
    kept = _read(file)
    if kept is None:
        return OrganizationLookup(note=f"{file} is not readable as what `mesh up --serve` writes; it is passed over")
    about = ask(kept.provider, ABOUT) if alive(kept.pid) else None
    if about is None:
        return OrganizationLookup(
            note=f"{file} is of an organisation that has ended (process {kept.pid}); it is passed over"
        )
    if len({about.get("identity"), kept.identity, kept.states.identity}) > 1:
        raise NotPossibleError(
            f"the state in {kept.state} belongs to another organisation than the one that answers; nothing was changed "
            f"(end both, remove {file}, and start anew with `mesh up --serve`)"
        )
    return OrganizationLookup(kept, about)


def _read(file: Path) -> ServedOrganization | None:
    try:
        return ServedOrganization(**json.loads(file.read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def alive(pid: int) -> bool:
    """Whether there is such a process, and it has not ended."""
    with suppress(OSError, IndexError):
        if Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0] == "Z":
            return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
