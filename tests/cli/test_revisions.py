"""Sides of a comparison come out of real git repositories; what cannot be had is a sentence that says what to do."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from cli.revisions import opened_side, working_side
from mesh.findings import Finding, NotPossibleError

TINY = Path(__file__).resolve().parents[1] / "mesh" / "tiny"


def git(folder: Path, *words: str) -> str:
    settings = ("-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "protocol.file.allow=always")
    ended = subprocess.run(["git", *settings, *words], cwd=folder, capture_output=True, text=True, check=True)
    return ended.stdout.strip()


def committed(folder: Path, message: str = "one") -> str:
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", message)
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with the tiny mesh in `stacks/` and its scripts beside it, one commit, checked out."""
    top = tmp_path / "our repo"
    top.mkdir()
    git(top, "init", "-q", "-b", "main")
    shutil.copytree(TINY, top / "stacks")
    shutil.move(top / "stacks" / "pipelines", top / "pipelines")
    committed(top)
    monkeypatch.chdir(top)
    return top


def refused(text: str, directory: Path | str = "stacks") -> str:
    with pytest.raises(NotPossibleError) as error, opened_side(text, Path(directory)):
        pass
    return str(error.value)


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_revision_is_the_folder_as_it_was_with_the_scripts_beside_it(repository: Path) -> None:
    before, scripts = files(repository / "stacks"), files(repository / "pipelines")
    (repository / "stacks" / "mesh.yaml").write_text("name: x\n")
    (repository / "stacks" / "new.yaml").write_text("")
    with opened_side("HEAD", Path("stacks")) as side:
        assert side.name == "HEAD:stacks"
        assert files(side.folder) == before
        assert files(side.folder.parent / "pipelines") == scripts
    assert not side.folder.exists()


def test_nothing_is_left_out_by_attributes_and_nothing_is_changed(repository: Path) -> None:
    (repository / ".gitattributes").write_text("*.yaml export-ignore\n*.py export-subst text eol=crlf\n")
    committed(repository, "attributes")
    before = git(repository, "status", "--porcelain"), git(repository, "rev-parse", "HEAD")
    with opened_side("main", Path("stacks")) as side:
        assert files(side.folder) == files(repository / "stacks")
    assert before == (git(repository, "status", "--porcelain"), git(repository, "rev-parse", "HEAD"))


def test_a_mesh_at_the_top_of_its_repository_is_the_whole_of_it(repository: Path) -> None:
    top = repository / "stacks"
    git(top, "init", "-q", "-b", "main")
    committed(top)
    with opened_side("main", top) as side:
        assert (side.name, set(files(side.folder))) == (
            "main:.",
            {name for name in files(top) if not name.startswith(".git/")},
        )


def test_a_mesh_that_stood_elsewhere_is_found_by_its_path(repository: Path) -> None:
    git(repository, "mv", "stacks", "mesh")
    committed(repository, "moved")
    assert "no folder 'mesh' at HEAD~1" in refused("HEAD~1", "mesh")
    with opened_side("HEAD~1:stacks", Path("mesh")) as side:
        assert (side.folder / "mesh.yaml").is_file()


def test_the_folder_need_not_be_there_any_more(repository: Path) -> None:
    shutil.rmtree(repository / "stacks")
    with opened_side("HEAD", Path("stacks")) as side:
        assert (side.folder / "mesh.yaml").is_file()


def test_a_folder_that_holds_a_mesh_is_no_branch_of_its_name(repository: Path) -> None:
    git(repository, "branch", "stacks")
    git(repository, "branch", "pipelines")
    with opened_side("stacks", Path("stacks")) as side:
        assert side.folder == Path("stacks")
    with opened_side("pipelines", Path("stacks")) as side:
        assert side.name == "pipelines:stacks"
    with opened_side("refs/heads/stacks", Path("stacks")) as side:
        assert side.top is not None
    assert working_side(Path("stacks")).folder == Path("stacks")


def test_a_name_of_both_a_folder_and_a_revision_is_told(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(repository / "stacks", repository / "main")
    with opened_side("main", Path("stacks")) as side:
        assert (side.folder, side.top) == (Path("main"), None)
    assert capsys.readouterr().err == (
        "'main' is a folder that holds a mesh, and a revision of git: the folder is compared; for the revision type "
        "refs/heads/main\n"
    )
    git(repository, "tag", "pipelines")
    with opened_side("pipelines", Path("stacks")) as side:
        assert side.name == "pipelines:stacks"
    assert capsys.readouterr().err == (
        "'pipelines' is a folder without mesh.yaml, and a revision of git: the revision is compared; for the folder "
        "type ./pipelines\n"
    )
    for text in ("./main", "refs/heads/main", "HEAD", str(repository / "main")):
        with opened_side(text, Path("stacks")):
            assert capsys.readouterr().err == ""


def test_a_folder_with_the_beginning_of_a_commit_as_its_name_is_told(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    commit = git(repository, "rev-parse", "HEAD").strip()[:8]
    shutil.copytree(repository / "stacks", repository / commit)
    with opened_side(commit, Path("stacks")) as side:
        assert side.top is None
    assert f"for the revision type {commit}^0\n" in capsys.readouterr().err
    with opened_side(f"{commit}^0", Path("stacks")) as side:
        assert side.top is not None


def test_a_revision_that_does_not_exist_is_said_with_the_nearest_one(repository: Path) -> None:
    said = refused("mian")
    assert "has no revision 'mian'" in said
    assert "of that name; did you mean 'main'? `git branch --all` lists branches" in said
    assert refused("xyz").endswith("there is no folder of that name. `git branch --all` lists branches")
    assert "no revision of git" in refused("-x")
    assert "no revision of git" in refused(":stacks")
    assert "no revision of git" in refused("^main")


@pytest.mark.parametrize("text", ["main..HEAD", "main...HEAD", "..main"])
def test_a_range_is_two_sides(repository: Path, text: str) -> None:
    assert refused(text).startswith(f"'{text}' is a range of revisions, and a side is one: give its two ends as ")


@pytest.mark.parametrize("path", ["../x", "stacks/../.."])
def test_a_path_that_leads_out_of_the_repository_is_no_folder_of_it(repository: Path, path: str) -> None:
    assert refused(f"main:{path}").startswith(f"there is no folder '{path}' at main in ")


def test_no_commit_and_no_repository_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "is in no git repository" in refused("main")
    git(tmp_path, "init", "-q")
    assert "It has no commit yet" in refused("HEAD")


def test_without_git_folders_can_be_compared(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(repository))
    assert "git cannot be run" in refused("main")
    with opened_side("stacks", Path("stacks")) as side:
        assert side.folder == Path("stacks")


def test_a_shallow_clone_says_how_to_get_the_rest(repository: Path, tmp_path: Path) -> None:
    first = git(repository, "rev-parse", "HEAD")
    (repository / "other").write_text("x")
    committed(repository, "two")
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{repository}", "shallow")
    for revision in ("HEAD~1", first):
        said = refused(revision, tmp_path / "shallow" / "stacks")
        assert "shallow clone" in said
        assert "git fetch --unshallow" in said
        assert "fetch-depth: 0" in said


def test_a_submodule_in_the_mesh_is_said_with_its_commit(repository: Path, tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    shutil.copytree(TINY / "contracts", inner)
    git(inner, "init", "-q", "-b", "main")
    commit = committed(inner)
    shutil.rmtree(repository / "stacks" / "contracts")
    git(repository, "add", "-A")
    git(repository, "submodule", "--quiet", "add", str(inner), "stacks/contracts")
    committed(repository, "contracts elsewhere")
    said = refused("HEAD")
    assert "stacks/contracts is a submodule at HEAD" in said
    assert commit[:10] in said


def test_a_mesh_in_a_submodule_has_no_revisions_of_the_repository_around_it(repository: Path, tmp_path: Path) -> None:
    outer = tmp_path / "outer"
    outer.mkdir()
    git(outer, "init", "-q", "-b", "main")
    git(outer, "submodule", "--quiet", "add", str(repository), "mesh")
    committed(outer)
    os.chdir(outer)
    assert "is in the submodule mesh, whose revisions are not those of" in refused("main", "mesh/stacks")
    os.chdir(outer / "mesh")
    with opened_side("main", Path("stacks")) as side:
        assert (side.folder / "mesh.yaml").is_file()


def test_a_hook_of_another_repository_sends_nothing_astray(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "-q")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / "index"))
    with opened_side("main", Path("stacks")) as side:
        assert (side.folder / "mesh.yaml").is_file()


def test_links_stay_links(repository: Path) -> None:
    (repository / "stacks" / "domains" / "out.yaml").symlink_to("/etc/passwd")
    committed(repository, "link")
    with opened_side("HEAD", Path("stacks")) as side:
        assert os.readlink(side.folder / "domains" / "out.yaml") == "/etc/passwd"


def test_findings_name_the_revision_and_the_file_in_it(repository: Path) -> None:
    with opened_side("HEAD", Path("stacks")) as side:
        found = [
            Finding(f"{side.folder}/mesh.yaml", 2, 1, "wrong"),
            Finding(f"{side.folder.parent}/pipelines/shop/clicks.py", 1, 1, "bad"),
        ]
        placed = side.placed(found)
    assert [str(each) for each in placed] == [
        "HEAD:stacks/mesh.yaml:2:1: wrong",
        "HEAD:pipelines/shop/clicks.py:1:1: bad",
    ]
