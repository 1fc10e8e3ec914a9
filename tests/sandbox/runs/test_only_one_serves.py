"""Two `mesh up --serve` of one folder: the second is refused, and deploys nothing; how others find the first."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cli import exit_codes, main
from mesh.findings import NotPossibleError
from sandbox.runs.served_organization import FILE, announcement, only_one_serves

ROOT = Path(__file__).parents[3]
HOLDS = """
import time
from sandbox.runs.served_organization import only_one_serves
with only_one_serves():
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a mesh folder in it, from which commands are typed."""
    (tmp_path / "stacks" / "domains").mkdir(parents=True)
    (tmp_path / "stacks" / "mesh.yaml").write_text("name: tiny\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("folder", [".", "stacks/domains"])
def test_the_second_is_refused_with_the_process_of_the_first(
    repository: Path, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    command, environment = [sys.executable, "-c", HOLDS], {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout
        assert first.stdout.readline() == "held\n"
        monkeypatch.chdir(repository / folder)
        with (
            pytest.raises(NotPossibleError, match=rf"\(process {first.pid}\) keeps an organisation"),
            only_one_serves(),
        ):
            pass
        first.send_signal(signal.SIGKILL)  # the kernel lets go of the lock
        first.wait()
        with only_one_serves():
            pass


def test_the_command_is_refused_and_deploys_nothing(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with only_one_serves():
        tiny = str(ROOT / "tests" / "mesh" / "tiny")
        assert main.run(["up", "--serve", "--no-data", "-C", tiny, "--as-of", "2027-01-01"]) == exit_codes.BAD_INPUT
    said = capsys.readouterr().err
    assert said.startswith(f"another `mesh up --serve` (process {os.getpid()}) keeps an organisation for this folder")
    assert "deploying" not in said


def test_a_folder_that_cannot_be_written_is_said_before_anything_is_deployed(repository: Path) -> None:
    (repository / ".mesh").write_text("no folder")
    with pytest.raises(NotPossibleError, match=r"\.mesh cannot be written \(File exists\)"), only_one_serves():
        pass


def test_the_organisation_is_found_from_every_folder_of_the_repository(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert announcement() == FILE
    monkeypatch.chdir(repository / "stacks" / "domains")
    assert announcement() == Path("../..") / FILE
    (repository / FILE).parent.mkdir()
    (repository / FILE).write_text("{}")
    assert announcement() == Path("../..") / FILE


def test_what_another_user_put_above_is_passed_over(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repository / FILE).parent.mkdir()
    (repository / FILE).write_text("{}")
    monkeypatch.chdir(repository / "stacks")
    owner = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: owner + 1)
    assert announcement() == FILE
