"""The disk for the state is full or read-only: one sentence, nothing half written, and nothing that exists is lost."""

from __future__ import annotations

import errno
import os
import re
import subprocess
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from mesh.findings import NotPossibleError
from sandbox.emulator.aws.resource import AwsError
from sandbox.runs import pulumi_automation, states
from sandbox.runs.pulumi_engine import FELL_SILENT
from tests.e2e.ground import Ground, converges, created
from tests.sandbox.emulator.faulty import spared

pytestmark = [pytest.mark.long, pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")]
FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
READ_ONLY = OSError(errno.EROFS, os.strerror(errno.EROFS))


def failing(error: OSError) -> Callable[..., None]:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


@pytest.mark.parametrize("error", [FULL, READ_ONLY], ids=["full", "read-only"])
def test_a_disk_that_cannot_hold_the_state_is_found_before_anything_is_made(
    ground: Ground, monkeypatch: pytest.MonkeyPatch, error: OSError
) -> None:
    with ground.workspace() as workspace:
        with monkeypatch.context() as patch:
            patch.setattr(states.os, "posix_fallocate", failing(error))
            said = rf"^the state in {ground.states.path} cannot be written \({error.strerror}\); nothing was changed$"
            with pytest.raises(NotPossibleError, match=said):
                workspace.up(ground.mesh, ["organization"])
        assert ground.faulty.organization.counts() == []
        assert not workspace.engine.knows("organization")
        assert not workspace.up(ground.mesh, ["organization"])[0].result.failures


def test_a_state_that_cannot_be_written_in_the_end_is_said_and_found_again(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    if ground.cli:
        pytest.skip("Pulumi's engine writes its own state, below")
    with ground.workspace() as workspace:
        assert not workspace.up(ground.mesh, ["organization"])[0].result.failures
        ground.faulty.meet = no_buckets
        assert workspace.up(ground.mesh, ["governance"])[0].result.failures
        ground.faulty.meet = spared
        some, before = ground.exists(), files(ground.states.path)
        assert some == ground.stated()
        with monkeypatch.context() as patch:
            patch.setattr(states.os, "fsync", failing(FULL))
            (run,) = workspace.up(ground.mesh, ["governance"])
            (failure,) = run.result.failures
            assert re.fullmatch(
                r"the state of stack 'governance' in .* could not be written \(No space left on device\); .*",
                failure.message,
            )
            assert created(run) == (ground.exists() - some).total() > 1
            assert files(ground.states.path) == before, "nothing is half written"
        converges(ground, workspace)


def no_buckets(operation: str) -> None:
    if operation == "create_bucket":
        raise AwsError("AccessDenied", "no buckets")


def files(directory: Path) -> dict[Path, str]:
    return {file: file.read_text() for file in directory.rglob("*") if file.is_file() and file.suffix != ".lock"}


@contextmanager
def small_disk(directory: Path) -> Generator[Path]:
    """A file system of its own at the directory, and a file on it that can fill it."""
    directory.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", directory], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")
    try:
        yield directory / "filler"
    finally:
        subprocess.run(["umount", directory], check=True)


@dataclass
class Filling:
    """At the eighth creation somebody else fills the disk."""

    filler: Path
    created: int = 0

    def __call__(self, operation: str) -> None:
        self.created += operation.startswith("create_")
        if self.created == 8:
            with suppress(OSError), self.filler.open("wb", buffering=0) as file:
                while True:
                    file.write(bytes(4096))


@pytest.mark.e2e
@pytest.mark.timeout(900)
def test_a_disk_that_is_full_in_the_middle_stops_pulumi_and_what_it_made_is_found_again(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not ground.cli:
        pytest.skip("the embedded engine holds the room that it needs")
    monkeypatch.setattr(pulumi_automation, "QUIET", 25.0)  # so small a stack tells of something every few seconds
    with small_disk(ground.states.pulumi) as filler, ground.workspace() as workspace:
        assert not workspace.up(ground.mesh, ["organization"])[0].result.failures
        ground.faulty.meet = Filling(filler)
        try:
            (run,) = workspace.up(ground.mesh, ["governance"])
        except NotPossibleError as unreadable:
            # Now and then Pulumi's own backend leaves a state that it cannot read (docs/surprises.md).
            if "failed to load checkpoint" not in str(unreadable):
                raise
            assert ground.exists()
            return
        # Now and then the engine waits for a program that waits for it, and is ended.
        stopped = ("no space left on device", FELL_SILENT)
        assert [f for f in run.result.failures if any(why in f.message for why in stopped)], run.result.failures
        assert ground.stated() <= ground.exists()
        assert created(run) <= ground.exists().total()
        filler.unlink()
        ground.faulty.meet = spared
        converges(ground, workspace)
