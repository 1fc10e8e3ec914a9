"""Temporary folders: gone in the end, and those of a killed run are gone with the next one."""

from __future__ import annotations

import fcntl
import os
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from mesh import temporary_folders
from mesh.temporary_folders import temporary_folder
from tests.house.tree import ROOT

HOLDS = """
import sys, time
from mesh.temporary_folders import temporary_folder
from tests.house.tree import ROOT
with temporary_folder("trial") as folder:
    (folder / "state").write_text("much")
    print(folder, flush=True)
    time.sleep(60)
"""


def test_a_folder_of_a_killed_run_is_removed_and_one_that_is_held_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / "mesh-notes").mkdir()
    environment = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen([sys.executable, "-c", HOLDS], env=environment, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        theirs = Path(other.stdout.readline().strip())
        with temporary_folder("trial") as ours:
            assert (theirs / "state").exists()
            assert ours.parent.parent == tmp_path
        other.send_signal(signal.SIGKILL)
        other.wait()
    assert theirs.exists()
    with temporary_folder("trial") as ours:
        assert not theirs.exists()
        assert ours.is_dir()
    assert [path.name for path in tmp_path.iterdir()] == ["mesh-notes"]


def test_a_folder_that_is_just_being_made_is_not_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    lock = fcntl.flock

    def behind_another_run(file: object, operation: int) -> None:
        if operation == fcntl.LOCK_EX:
            temporary_folders.sweep()
        lock(file, operation)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(fcntl, "flock", behind_another_run)
    with temporary_folder("trial") as ours:
        assert ours.is_dir()
    assert list(tmp_path.iterdir()) == []


def test_every_temporary_folder_is_one_that_no_killed_run_leaves_behind() -> None:
    by_itself = [
        path.relative_to(ROOT).as_posix()
        for top in ("cli", "components", "mesh", "program", "sandbox")
        for path in sorted((ROOT / top).rglob("*.py"))
        if re.search(r"TemporaryDirectory|mkdtemp", path.read_text("utf-8"))
    ]
    assert by_itself == ["mesh/temporary_folders.py"]
