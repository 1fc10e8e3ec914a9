"""The emulated organisation that a process serves for others: how it is found, and what it is asked.

`mesh up --serve` writes a small file into the working directory; `mesh up`, `refresh`, `destroy`, `as`, `clock`, `run`
and `lapse` in another terminal find the organisation by it. The states belong to it: they live and end with it.
"""

from __future__ import annotations

import datetime
import fcntl
import json
import os
import secrets
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from mesh.findings import NotPossibleError
from mesh.nearest_folder import DEFAULT_FOLDER, nearest_folder
from sandbox.emulator.identity_center import LiveAssignment
from sandbox.runs.organization_questions import (
    AS,
    ASSIGNMENTS,
    CHECK,
    CLOCK,
    FILL,
    IDENTITY,
    INVENTORY,
    JOBS,
    QUERY,
    READING,
    STOP,
    BusyError,
    ask,
)
from sandbox.runs.states import StateDirectory

if TYPE_CHECKING:
    from mesh.folder import PlannedMesh
    from mesh.plan import Plan
    from sandbox.emulator.aws.records import Inventory
    from sandbox.filling.filled import Filled, Sample
    from sandbox.rehearsal.check import Report
    from sandbox.runs.stack_run import EngineName

FILE: Final = Path(".mesh") / "organization.json"
"""In the working directory; ignored by git."""

LOCK: Final = "serving.lock"
"""Beside that file; the process that serves, or is about to, holds it."""

SERVING: Final = (
    "another `mesh up --serve` (process {}) keeps an organisation for this folder, or is about to; nothing was "
    "deployed: wait for it, and `mesh up` without --serve updates what it keeps"
)

CHECKING: Final = 600.0
"""Seconds for the live checks in another process."""

FILLING: Final = 600.0
"""Seconds for a sample of data in another process."""

INVOKING: Final = 960.0
"""Seconds for a function in another process: the longest that Lambda lets one run, and a minute."""

QUERYING: Final = 300.0
"""Seconds for a query in another process: more than the engine takes before it is cut off, and what others wait."""

NONE_SERVED: Final = "no organisation is kept here: run `mesh up --serve` in another terminal first"


class HandedOut(NamedTuple):
    """The environment variables that make an SDK somebody, and when their keys expire; empty where they do not."""

    environment: dict[str, str]
    expires: str


@dataclass(frozen=True, slots=True)
class ServedOrganization:
    """An organisation that a process serves, as its file has it: the process, the engine, the addresses."""

    identity: str
    organization: str
    mesh: str
    engine: EngineName
    endpoint: str
    provider_port: int
    pid: int
    state: str

    @property
    def states(self) -> StateDirectory:
        """The directory of its states."""
        return StateDirectory(Path(self.state))

    def inventory(self) -> Inventory | None:
        """Resources that exist in it, counted; None when it has ended, or is busy."""
        from sandbox.emulator.aws.records import Inventory

        answer = None
        with suppress(BusyError):
            answer = ask(self.provider_port, INVENTORY)
        return Inventory.from_json(answer) if answer else None

    def check(self, mesh: PlannedMesh) -> Report | None:
        """The live checks against a mesh, made by the process that serves; None when it does not answer."""
        from sandbox.rehearsal.check import Report

        question = {"directory": str(mesh.directory.resolve()), "as-of": mesh.as_of.isoformat()}
        answer = None
        with suppress(BusyError):
            answer = ask(self.provider_port, CHECK, question, CHECKING)
        return Report.from_json(answer) if answer else None

    def fill(self, mesh: PlannedMesh, sample: Sample) -> Filled:
        """A sample of data, written by the process that serves; raises NotPossibleError when it has ended."""
        from sandbox.filling.filled import Filled

        question = {"directory": str(mesh.directory.resolve()), "as-of": mesh.as_of.isoformat(), **sample.to_json()}
        answer = ask(self.provider_port, FILL, question, FILLING)
        if answer is None:
            raise NotPossibleError(NONE_SERVED)
        if "error" in answer:
            raise NotPossibleError(str(answer["error"]))
        return Filled.from_json(answer)

    def clock(self, to: datetime.datetime | None = None) -> str:
        """The time in it, as AWS writes it, moved to a moment first where one is given.

        Raises NotPossibleError when it has ended.
        """
        answer = ask(self.provider_port, CLOCK, {"to": to.isoformat()} if to else {})
        if answer is None:
            raise NotPossibleError(NONE_SERVED)
        return str(answer["now"])

    def assignments(self) -> frozenset[LiveAssignment]:
        """Assignments that exist in its Identity Center; raises NotPossibleError when it has ended."""
        answer = ask(self.provider_port, ASSIGNMENTS)
        if answer is None:
            raise NotPossibleError(NONE_SERVED)
        return frozenset(LiveAssignment(*each) for each in answer["assignments"])

    def reading(self, roles: Iterable[str]) -> frozenset[str]:
        """Those of some roles of pipelines that read other products; raises NotPossibleError when it has ended."""
        answer = ask(self.provider_port, READING, {"roles": list(roles)})
        if answer is None:
            raise NotPossibleError(NONE_SERVED)
        return frozenset(answer["roles"])

    def jobs(self, question: Mapping[str, Any]) -> Mapping[str, Any]:
        """The answer to a question about jobs, by the process that serves; raises NotPossibleError when it has ended.

        `sandbox.jobs.deployed_jobs` has the questions.
        """
        answer = ask(self.provider_port, JOBS, question, INVOKING)
        if answer is None:
            raise NotPossibleError(NONE_SERVED)
        return answer

    def credentials(self, who: str, origin: str = "") -> dict[str, str] | None:
        """The environment of a shell that is somebody, calling from where it works or from another origin.

        Raises NotPossibleError for nobody and for no origin; None when the organisation has ended.
        """
        handed = self.handed_out(who, origin)
        return handed.environment if handed else None

    def handed_out(self, who: str, origin: str = "") -> HandedOut | None:
        """The same, with the moment when the keys expire."""
        answer = ask(self.provider_port, AS, {"who": who, "from": origin})
        if answer and "error" in answer:
            raise NotPossibleError(str(answer["error"]))
        return HandedOut(answer["environment"], answer["expires"]) if answer else None

    def query(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to a query that is made as somebody, as `sandbox/runs/persona_queries.py` has it.

        One that is interrupted is stopped there as well. Raises NotPossibleError for what fails, with its sentence.
        """
        mark = secrets.token_hex(8)
        try:
            answer = ask(self.provider_port, QUERY, {**question, "mark": mark}, QUERYING)
        except (KeyboardInterrupt, SystemExit):
            ask(self.provider_port, STOP, {"mark": mark})
            raise
        if answer is None:
            raise NotPossibleError(NONE_SERVED)
        if "error" in answer:
            raise NotPossibleError(str(answer["error"]))
        return answer

    def require_fit(self, plan: Plan, engine: EngineName | None) -> None:
        """Raises NotPossibleError when it is of another mesh, or was deployed under another engine."""
        if self.organization != plan.perimeter.organization:
            raise NotPossibleError(
                f"the organisation that is kept here is {self.organization}, of the mesh '{self.mesh}'; this mesh "
                f"('{plan.mesh}') belongs to {plan.perimeter.organization}; nothing was changed"
            )
        if engine is not None and engine != self.engine:
            raise NotPossibleError(
                f"the organisation that is kept here was deployed with --engine {self.engine}, and its state is that "
                f"engine's; nothing was changed: leave out --engine, or start anew with "
                f"`mesh up --serve --engine {engine}`"
            )


def announcement(file: Path = FILE) -> Path:
    """The file as it is found here or above, as far up as the nearest mesh is the same; beside that mesh for a new one.

    Above, one of another user counts for nothing: it would say to whom this process talks.
    """
    here = Path.cwd()
    mesh = None if file.is_absolute() or file != FILE else nearest_folder(here)
    if mesh is None:
        return file
    top = mesh.parent if mesh.name == DEFAULT_FOLDER.name else mesh
    for folder in (here, *here.parents):
        place = folder / file
        if place.exists() and (folder == here or place.stat().st_uid == os.getuid()):
            return Path(os.path.relpath(place))
        if folder == top:
            break
    return file if (top / file).exists() else Path(os.path.relpath(top / file))


@contextmanager
def only_one_serves() -> Generator[None]:
    """Inside, no other process serves an organisation for this folder; raises NotPossibleError where one does already.

    The file of the lock is held from before anything is deployed, and the kernel lets go of it however a process ends.
    """
    file = announcement().with_name(LOCK)
    try:
        file.parent.mkdir(exist_ok=True)
        lock = file.open("a+")
    except OSError as error:
        raise NotPossibleError(
            f"{file.parent} cannot be written ({error.strerror}), and others find the organisation by a file there"
        ) from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise NotPossibleError(SERVING.format(lock.read(20).strip() or "?")) from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield


@contextmanager
def announced(served: ServedOrganization, file: Path | None = None) -> Generator[None]:
    """Inside, the file says how to find the organisation."""
    file = file or announcement()
    file.parent.mkdir(exist_ok=True)
    fresh = file.with_suffix(f".{served.pid}")
    fresh.write_text(json.dumps(asdict(served), indent=1) + "\n", "utf-8")
    fresh.replace(file)
    try:
        yield
    finally:
        if (written := _read(file)) and written.identity == served.identity:
            file.unlink(missing_ok=True)


def find(told: Callable[[str], None], file: Path = FILE) -> ServedOrganization | None:
    """The organisation that is served for this working directory, if any; `told` hears of a file that leads nowhere.

    Raises NotPossibleError when its state is another organisation's, or when it is busy and does not answer.
    """
    file = announcement(file)
    if not file.exists():
        return None
    served = _read(file)
    if served is None:
        told(f"{file} is not readable as what `mesh up --serve` writes; it is passed over")
        return None
    about = ask(served.provider_port, IDENTITY) if alive(served.pid) else None
    if about is None:
        told(f"{file} is of an organisation that has ended (process {served.pid}); it is passed over")
        return None
    if len({about.get("identity"), served.identity, served.states.identity}) > 1:
        raise NotPossibleError(
            f"the state in {served.state} belongs to another organisation than the one that answers; nothing was "
            f"changed (end both, remove {file}, and start anew with `mesh up --serve`)"
        )
    return served


def require(told: Callable[[str], None], file: Path = FILE) -> ServedOrganization:
    """The organisation that is served for this working directory; raises NotPossibleError when there is none."""
    served = find(told, file)
    if served is None:
        raise NotPossibleError(NONE_SERVED)
    return served


def _read(file: Path) -> ServedOrganization | None:
    try:
        members: dict[str, Any] = json.loads(file.read_text("utf-8"))
        return ServedOrganization(**members)
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
