"""Rendered sides: which files of a change are the program, also where a folder of it is another repository."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from cli.changed_files import ChangedFiles, changed_files
from cli.rendered_sides import PROGRAM, program_files
from cli.revisions import opened_side
from sandbox.runs import stack_run

TOP = stack_run.ENTRY_POINT.parent


@pytest.mark.parametrize("path", PROGRAM)
def test_a_path_of_the_program_counts_whole_and_in_part(path: str) -> None:
    inside = () if "." in path else (f"{path}/x.py",)
    files = (path, *inside, f"{path}-others", f"docs/{path}")
    assert program_files(ChangedFiles(files, "stacks", TOP)) == (path, *inside)
    assert program_files(ChangedFiles(files, "stacks", TOP / "elsewhere")) == ()


def test_a_mesh_folder_with_a_name_of_the_program_is_none_of_it() -> None:
    assert program_files(ChangedFiles(("mesh", "mesh/mesh.yaml", "program/x.py"), "mesh", TOP)) == ("program/x.py",)


@pytest.mark.parametrize("path", ["mesh", "program", "components", "functions"])
def test_another_commit_of_a_submodule_is_the_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """A submodule is one path in git's answer, without a slash behind it."""

    def git(*words: str) -> None:
        named = ("-c", "user.name=a", "-c", "user.email=a@example.com")
        subprocess.run(["git", *named, *words], cwd=tmp_path, check=True, capture_output=True)

    (tmp_path / "stacks").mkdir()
    (tmp_path / "stacks" / "mesh.yaml").write_text("", "utf-8")
    git("init", "-q")
    git("add", "stacks")
    for number in (1, 2):
        git("update-index", "--add", "--cacheinfo", f"160000,{number:040},{path}")
        git("commit", "-q", "-m", "x")
        git("tag", f"v{number}")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(stack_run, "ENTRY_POINT", tmp_path / "__main__.py")
    directory = Path("stacks")
    with opened_side("v1", directory) as before, opened_side("v2", directory) as after:
        assert program_files(changed_files(before, after, directory)) == (path,)
