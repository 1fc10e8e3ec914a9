"""Files written together: each is as before, or all are as they shall be, whatever interrupts; one command at a time.

New texts are first laid beside the mesh, in its folder `.new`, and then named in one file, the journal. From there on
the files are moved to their places, which the next command goes on with where this one was killed; before, nothing of
the mesh has been touched.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import shutil
import signal
import stat
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, cast

from mesh.findings import NotPossibleError
from mesh.pipeline_scripts import FOLDER as SCRIPTS
from mesh.stray_entries import JOURNAL, STAGE

LOCK: Final = ".new.lock"


@contextmanager
def alone(mesh: Path) -> Generator[None]:
    """Inside, no other `mesh new` writes into this mesh; raises NotPossibleError while another does."""
    path = mesh / LOCK
    try:
        descriptor = _locked(path)
    except BlockingIOError:
        raise NotPossibleError(
            f"another `mesh new` is at work in {mesh}: let it end, then type this again; nothing was written"
        ) from None
    except OSError as error:
        raise NotPossibleError(f"{path} cannot be written ({error.strerror}); nothing was written") from None
    try:
        yield
    finally:
        with suppress(FileNotFoundError):
            path.unlink()
        os.close(descriptor)


def _locked(path: Path) -> int:
    """A descriptor that holds the lock; the system frees it with the process, however that ends."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(descriptor), os.stat(path)):
                    return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)  # the file was removed by who held it before


def resumed(mesh: Path) -> list[str]:
    """Files that an earlier command had not moved to their places, moved now; none where nothing was left.

    Raises NotPossibleError where somebody changed one of them since, or they cannot be moved.
    """
    stage = mesh / STAGE
    if not stage.is_dir():
        return []
    journal = stage / JOURNAL
    try:
        if not journal.is_file():
            shutil.rmtree(stage)  # it was interrupted before anything of the mesh was touched
            return []
        moves = cast("list[dict[str, Any]]", json.loads(journal.read_text("utf-8"))["files"])
        _move(mesh, stage, moves)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NotPossibleError(
            f"what an interrupted `mesh new` left in {stage} cannot be completed ({error}); move its files by hand, or "
            "remove the folder"
        ) from None
    return [str(move["target"]) for move in moves]


def write(mesh: Path, texts: Mapping[str, str], before: Mapping[str, bytes | None]) -> None:
    """Writes files of a mesh, all or none; `before` has what each held when it was read.

    Raises NotPossibleError, with nothing written, where one holds something else by now, or cannot be written.
    """
    stage = mesh / STAGE
    try:
        for file in texts:
            _require_unchanged(mesh / file, before[file])
            _require_inside(mesh, file)
            _require_writable(mesh / file)
        stage.mkdir()
        moves = [
            {**_staged(mesh, stage, number, file, text), "before": _digest(before[file])}
            for number, (file, text) in enumerate(texts.items())
        ]
        part = stage / f"{JOURNAL}.part"
        _put(part, json.dumps({"files": moves}, indent=1).encode(), 0o644)
        with _uninterrupted():
            os.replace(part, stage / JOURNAL)
            _flush(stage)
            _move(mesh, stage, moves)
    except OSError as error:
        if not (stage / JOURNAL).exists():
            shutil.rmtree(stage, ignore_errors=True)
            raise NotPossibleError(
                f"{error.filename or mesh} cannot be written ({error.strerror}); nothing was written"
            ) from None
        raise NotPossibleError(
            f"{error.filename or mesh} cannot be written ({error.strerror}); what is missing is in {stage}: "
            "`mesh new resume` completes it"
        ) from None
    except ValueError as error:
        raise NotPossibleError(f"{error}; what is missing is in {stage}: move it by hand") from None
    except BaseException:
        if not (stage / JOURNAL).exists():
            shutil.rmtree(stage, ignore_errors=True)
        raise


@contextmanager
def _uninterrupted() -> Generator[None]:
    """Inside, signals that would end the process wait; it is a matter of milliseconds."""
    held = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)


def _require_unchanged(path: Path, before: bytes | None) -> None:
    """Raises NotPossibleError for a file that somebody wrote after it was read."""
    if _held(path) != before:
        raise NotPossibleError(f"{path} was changed meanwhile; type the command again")


def _held(path: Path) -> bytes | None:
    """The bytes of a file; None where there is none."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _digest(data: bytes | None) -> str | None:
    return None if data is None else hashlib.sha256(data).hexdigest()


def _require_inside(mesh: Path, file: str) -> None:
    """Raises NotPossibleError for a file that a link would have written elsewhere."""
    roots = [os.path.realpath(mesh), os.path.join(os.path.realpath(mesh.resolve().parent), SCRIPTS)]
    real = os.path.realpath(mesh / file)
    if not any(real.startswith(root + os.sep) for root in roots):
        raise NotPossibleError(f"{mesh / file} would stand outside of the mesh folder: remove the link")


def _require_writable(path: Path) -> None:
    """Raises OSError where a file could not be moved to its place."""
    folder = path.parent
    while not folder.exists():
        folder = folder.parent
    if not os.access(folder, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))


def _staged(mesh: Path, stage: Path, number: int, file: str, text: str) -> dict[str, Any]:
    target = Path(os.path.realpath(mesh / file))
    mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o666 & ~_umask()
    data = text.encode("utf-8")
    _put(stage / str(number), data, mode)
    return {"staged": str(number), "target": file, "sha256": _digest(data)}


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _put(path: Path, data: bytes, mode: int) -> None:
    with open(path, "xb") as stream:
        stream.write(data)
        stream.flush()
        os.fchmod(stream.fileno(), mode)
        os.fsync(stream.fileno())


def _move(mesh: Path, stage: Path, moves: list[dict[str, Any]]) -> None:
    """Moves staged files to their places, those that are left, and then removes the stage.

    Raises ValueError where a staged file, or one in its place, is another than when the journal was written.
    """
    for move in moves:
        staged = stage / str(move["staged"])
        _require_inside(mesh, str(move["target"]))
        target = Path(os.path.realpath(mesh / str(move["target"])))
        if staged.exists():
            if _digest(staged.read_bytes()) != move["sha256"]:
                raise ValueError(f"{staged} is not what was written there")
            if _digest(_held(target)) != move["before"]:
                raise ValueError(f"{mesh / str(move['target'])} was changed meanwhile")
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(staged, target)
            _flush(target.parent)
    (stage / JOURNAL).unlink()
    shutil.rmtree(stage)


def _flush(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
