"""Revisions made by hand, or that are there in part: nothing is written astray, and nothing is taken for another.

Git itself makes no such trees; who may push a branch can.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from cli.revisions import opened_side
from tests.cli import test_revisions as plain

repository = plain.repository


def written(top: Path, kind: str, content: bytes) -> str:
    """The id of an object that is written as it is, whatever git thinks of it."""
    words = ["git", "hash-object", "-w", "--literally", "-t", kind, "--stdin"]
    return subprocess.run(words, cwd=top, input=content, capture_output=True, check=True).stdout.decode().strip()


def tree(top: Path, *entries: tuple[str, str, str]) -> str:
    """The id of a tree of entries, each a mode, a name and an id."""
    return written(
        top, "tree", b"".join(f"{mode} {name}".encode() + b"\0" + bytes.fromhex(at) for mode, name, at in entries)
    )


def commit(top: Path, mesh: str) -> str:
    """The id of a commit whose `stacks/` is a tree."""
    return plain.git(top, "commit-tree", tree(top, ("40000", "stacks", mesh)), "-m", "made by hand")


def test_no_file_is_written_through_a_link(repository: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    link = written(repository, "blob", os.fsencode(outside))
    inner = tree(repository, ("100644", "planted", written(repository, "blob", b"planted")))
    for entries in ((("120000", "x", link), ("40000", "x", inner)), (("40000", "x", inner), ("120000", "x", link))):
        said = plain.refused(commit(repository, tree(repository, *entries)))
        assert said == "stacks/x is a file and a folder; git itself writes no such tree"
        assert list(outside.iterdir()) == []


def test_two_files_at_one_path_are_no_revision(repository: Path) -> None:
    one, other = (("100644", "mesh.yaml", written(repository, "blob", text)) for text in (b"name: a", b"name: b"))
    said = plain.refused(commit(repository, tree(repository, one, other)))
    assert said == "stacks/mesh.yaml stands there twice; git itself writes no such tree"


def test_a_name_that_no_file_can_have_here_is_said(repository: Path) -> None:
    blob = written(repository, "blob", b"x")
    said = plain.refused(commit(repository, tree(repository, ("100644", "x" * 300, blob))))
    assert said.endswith(" cannot be taken out of git: File name too long")


def test_no_file_is_written_above_the_folder_of_its_revision(repository: Path) -> None:
    planted = ("100644", "planted", written(repository, "blob", b"planted"))
    above = tree(repository, ("40000", "..", tree(repository, ("40000", "..", tree(repository, planted)))))
    assert "leads out of the repository; git itself writes no such tree" in plain.refused(commit(repository, above))


def test_a_replaced_commit_is_the_one_that_was_reviewed(repository: Path) -> None:
    first, before = plain.git(repository, "rev-parse", "HEAD"), plain.files(repository / "stacks")
    (repository / "stacks" / "mesh.yaml").write_text("name: x\n")
    plain.git(repository, "replace", first, plain.committed(repository, "two"))
    with opened_side(first, Path("stacks")) as side:
        assert plain.files(side.folder) == before


def test_a_file_that_the_clone_lacks_is_said_with_what_to_do(repository: Path) -> None:
    at = plain.git(repository, "rev-parse", "HEAD:stacks/mesh.yaml")
    (repository / ".git" / "objects" / at[:2] / at[2:]).unlink()
    said = plain.refused("HEAD")
    assert said.startswith("stacks/mesh.yaml is not in the repository ")
    assert "git fetch --refetch --no-filter" in said


def git_before_all(folder: Path, monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    """Puts a git before the real one that runs a line of a shell first."""
    stub = folder / "bin" / "git"
    stub.parent.mkdir()
    stub.write_text(f'#!/bin/sh\n{line}\nexec {shutil.which("git")} "$@"\n')
    stub.chmod(0o755)
    monkeypatch.setenv("PATH", f"{stub.parent}:{os.environ['PATH']}")


def test_a_repository_of_somebody_else_is_said(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = "echo \"fatal: detected dubious ownership in repository at '/x'\" >&2; exit 128"
    git_before_all(tmp_path, monkeypatch, line)
    assert plain.refused("HEAD").startswith("git does not trust the repository of stacks: fatal: detected dubious ")


def test_git_answers_in_the_language_that_is_read(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That a repository belongs to somebody else is known by git's English words alone."""
    heard = tmp_path / "heard"
    git_before_all(tmp_path, monkeypatch, f'echo "$LC_ALL" >> {heard}')
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    with opened_side("HEAD", Path("stacks")):
        pass
    assert set(heard.read_text().split()) == {"C"}
