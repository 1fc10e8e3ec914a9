"""Files of `mesh new` are written together or not at all: kills between writes, two at once, changes meanwhile."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from cli import exit_codes, main, new_transaction
from mesh.findings import NotPossibleError
from mesh.folder import findings_of
from mesh.stray_entries import JOURNAL, STAGE
from tests.cli.terminal_session import ROOT
from tests.conftest import TINY
from tests.e2e.journal import DAY
from tests.mesh_copies import copied

TEXTS = {"domains/a.yaml": "new a\n", "contracts/a/b.odcs.yaml": "new b\n", "clearances/c.yaml": "new c\n"}
BEFORE = {"domains/a.yaml": b"old a\n", "contracts/a/b.odcs.yaml": None, "clearances/c.yaml": b"old c\r\n"}


@pytest.fixture
def mesh(tmp_path: Path) -> Path:
    folder = tmp_path / "stacks"
    for file, data in BEFORE.items():
        if data is not None:
            (folder / file).parent.mkdir(parents=True)
            (folder / file).write_bytes(data)
    return folder


def held(mesh: Path) -> dict[str, bytes | None]:
    return {file: (mesh / file).read_bytes() if (mesh / file).exists() else None for file in TEXTS}


NEW = {file: text.encode() for file, text in TEXTS.items()}


def left(mesh: Path) -> list[str]:
    return [path.name for path in mesh.iterdir() if path.name.startswith(".")]


def test_all_files_are_written_and_nothing_is_left_beside_them(mesh: Path) -> None:
    (mesh / "domains/a.yaml").chmod(0o640)
    with new_transaction.alone(mesh):
        new_transaction.write(mesh, TEXTS, BEFORE)
    assert held(mesh) == NEW
    assert (mesh / "domains/a.yaml").stat().st_mode & 0o777 == 0o640
    assert left(mesh) == []


CALLS = ("os.mkdir", "open", "os.rename", "os.remove", "os.rmdir")


def calls_until(mesh: Path, stop: int, by: signal.Signals) -> int:
    """Writes the files in a process that a signal hits before one of its calls; the status that it ends with.

    Of one that is not hit it is the number of its calls.
    """
    child = os.fork()
    if child == 0:  # pragma: no cover (the other process)
        number = -1

        def counting(event: str, _arguments: object) -> None:
            nonlocal number
            if event in CALLS and number >= 0:
                number += 1
                if number == stop:
                    os.kill(os.getpid(), by)

        def ended(_number: int, _frame: object) -> None:
            raise SystemExit

        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(each, ended)
        sys.addaudithook(counting)
        try:
            with new_transaction.alone(mesh):
                number = 0
                new_transaction.write(mesh, TEXTS, BEFORE)
                done, number = number, -1
        except BaseException:  # noqa: BLE001 (the process ends here, whatever it was)
            os._exit(255)
        os._exit(done)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def copies(mesh: Path) -> Path:
    copy = mesh.parent / f"copy-{time.monotonic_ns()}"
    return Path(shutil.copytree(mesh, copy))


def test_killed_at_any_call_the_files_are_as_before_or_complete_once_the_next_command_begins(mesh: Path) -> None:
    calls = calls_until(copies(mesh), 0, signal.SIGKILL)
    assert 10 < calls < 250
    outcomes: set[str] = set()
    for stop in range(1, calls + 1):
        copy = copies(mesh)
        assert calls_until(copy, stop, signal.SIGKILL) == -signal.SIGKILL
        with new_transaction.alone(copy):
            completed = new_transaction.resumed(copy)
        assert held(copy) in (BEFORE, NEW), stop
        assert held(copy) == NEW or not completed
        assert left(copy) == []
        outcomes.add("complete" if held(copy) == NEW else "before")
    assert outcomes == {"before", "complete"}


@pytest.mark.parametrize(
    "by", [signal.SIGINT, *(pytest.param(each, marks=pytest.mark.long) for each in (signal.SIGTERM, signal.SIGHUP))]
)
def test_interrupted_at_any_call_the_files_are_as_before_or_complete_at_once(mesh: Path, by: signal.Signals) -> None:
    """In a process of its own: of this one's threads and hooks, which other tests leave, a fork has half."""
    done = subprocess.run(
        [sys.executable, "-c", ALONE, str(mesh), str(int(by))], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


ALONE = """
import pathlib, signal, sys
from tests.cli.test_new_transaction import interrupt_at_every_call
interrupt_at_every_call(pathlib.Path(sys.argv[1]), signal.Signals(int(sys.argv[2])))
"""


def interrupt_at_every_call(mesh: Path, by: signal.Signals) -> None:
    calls = calls_until(copies(mesh), 0, by)
    assert 10 < calls < 250
    outcomes: set[bool] = set()
    for stop in range(1, calls + 1):
        copy = copies(mesh)
        assert calls_until(copy, stop, by) == 255, stop
        assert held(copy) in (BEFORE, NEW), stop
        assert left(copy) == [], stop
        outcomes.add(held(copy) == NEW)
    assert outcomes == {True, False}


def test_a_command_goes_on_with_what_another_left_and_says_so(
    mesh: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.replace

    def once(source: Path, target: Path) -> None:
        if str(target).endswith("c.yaml"):
            raise PermissionError(13, "Permission denied", str(target))
        real(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", once)
        with new_transaction.alone(mesh), pytest.raises(NotPossibleError) as told:
            new_transaction.write(mesh, TEXTS, BEFORE)
    assert str(told.value) == (
        f"{mesh}/clearances/c.yaml cannot be written (Permission denied); what is missing is in {mesh}/.new: "
        "`mesh new resume` completes it"
    )
    assert main.run(["new", "resume", "-C", str(mesh)]) == exit_codes.FINE
    said = capsys.readouterr().err
    assert f"{mesh}/clearances/c.yaml: written now; an earlier `mesh new` was interrupted" in said
    assert (held(mesh), left(mesh)) == (NEW, [])
    assert main.run(["new", "resume", "-C", str(mesh)]) == exit_codes.FINE
    assert capsys.readouterr().out == "nothing was left to complete\n"


def test_validation_tells_of_what_was_left_until_it_is_completed(tmp_path: Path) -> None:
    mesh = copied(TINY, tmp_path / "stacks")
    (mesh / STAGE).mkdir()
    assert findings_of(mesh, DAY)[1] == []
    (mesh / STAGE / JOURNAL).write_text('{"files": []}')
    [told] = findings_of(mesh, DAY)[1]
    assert str(told) == (
        f"{mesh}/.new:1:1: warning: an interrupted `mesh new` left files here that are not at their places yet; "
        "`mesh new resume` completes it"
    )
    assert main.run(["new", "resume", "-C", str(mesh)]) == exit_codes.FINE
    assert findings_of(mesh, DAY)[1] == []


def test_what_was_left_and_changed_is_not_taken(mesh: Path) -> None:
    stage = mesh / STAGE
    stage.mkdir()
    (stage / "0").write_text("other")
    (stage / JOURNAL).write_text('{"files": [{"staged": "0", "target": "domains/a.yaml", "sha256": "0"}]}')
    with pytest.raises(NotPossibleError, match=r"cannot be completed \(.*/\.new/0 is not what was written there\)"):
        new_transaction.resumed(mesh)
    assert held(mesh) == BEFORE


@pytest.mark.parametrize("target", ["../../outside.yaml", "/etc/passwd"])
def test_what_was_left_writes_nothing_outside_of_the_mesh(mesh: Path, target: str) -> None:
    stage = mesh / STAGE
    stage.mkdir()
    (stage / "0").write_text("")
    (stage / JOURNAL).write_text(f'{{"files": [{{"staged": "0", "target": "{target}", "sha256": "{"e3b0c442"}"}}]}}')
    with pytest.raises(NotPossibleError, match="would stand outside of the mesh folder"):
        new_transaction.resumed(mesh)


def test_of_two_at_once_the_second_is_refused_and_writes_nothing(mesh: Path, tmp_path: Path) -> None:
    script = textwrap.dedent(
        f"""
        import sys
        from pathlib import Path
        sys.path.insert(0, {str(ROOT)!r})
        from cli import new_transaction
        with new_transaction.alone(Path({str(mesh)!r})):
            print("held", flush=True)
            sys.stdin.readline()
        """
    )
    with subprocess.Popen([sys.executable, "-c", script], stdin=-1, stdout=-1, text=True) as other:
        assert other.stdout
        assert other.stdin
        assert other.stdout.readline() == "held\n"
        with pytest.raises(NotPossibleError) as refused, new_transaction.alone(mesh):
            pytest.fail("two are at work")
        assert str(refused.value) == (
            f"another `mesh new` is at work in {mesh}: let it end, then type this again; nothing was written"
        )
        other.kill()  # the system frees the lock of a process that is gone
    with new_transaction.alone(mesh):
        pass
    assert left(mesh) == []


def test_a_lock_whose_file_was_removed_by_who_held_it_is_taken_anew(
    mesh: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, path = os.open, mesh / new_transaction.LOCK
    opened: list[int] = []

    def behind_one_that_ends(file: Path, flags: int, *rest: int) -> int:
        descriptor = real(file, flags, *rest)
        if file == path:
            opened.append(descriptor)
            if len(opened) == 1:
                path.unlink()  # the other command ended between the opening and the lock
        return descriptor

    monkeypatch.setattr(os, "open", behind_one_that_ends)
    with new_transaction.alone(mesh):
        assert len(opened) == 2
        with pytest.raises(NotPossibleError), new_transaction.alone(mesh):
            pytest.fail("two are at work")


def test_a_file_that_was_changed_meanwhile_is_not_written_over(mesh: Path) -> None:
    (mesh / "domains/a.yaml").write_text("somebody's\n")
    with new_transaction.alone(mesh), pytest.raises(NotPossibleError) as refused:
        new_transaction.write(mesh, TEXTS, BEFORE)
    assert str(refused.value) == f"{mesh}/domains/a.yaml was changed meanwhile; type the command again"
    assert held(mesh) == {**BEFORE, "domains/a.yaml": b"somebody's\n"}
    assert left(mesh) == []


def test_a_link_out_of_the_mesh_is_not_followed(mesh: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (mesh / "contracts").symlink_to(tmp_path / "elsewhere")
    with new_transaction.alone(mesh), pytest.raises(NotPossibleError, match="would stand outside of the mesh folder"):
        new_transaction.write(mesh, TEXTS, BEFORE)
    assert held(mesh) == BEFORE
    assert [*(tmp_path / "elsewhere").iterdir()] == []
