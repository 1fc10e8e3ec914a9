"""The merge of docs/upgrading.md, typed in small repositories: what is yours stays, all else is the release's."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tests.docs.pages import ROOT, Page

COMMANDS = Page(ROOT / "docs" / "upgrading.md").commands
TAG = "v0.2.0"
QUIET = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    **{f"GIT_{who}_{what}": "a@b.example" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
}


def typed(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")} | QUIET
    return subprocess.run(command, shell=True, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def committed(folder: Path, files: dict[str, str | None], message: str) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        if text is None:
            (folder / name).unlink()
        else:
            (folder / name).write_text(text)
    done = typed(f"git add --all && git commit --quiet --message '{message}'", folder)
    assert done.returncode == 0, done.stderr


def test_what_is_yours_stays_and_all_else_is_the_releases(tmp_path: Path) -> None:
    theirs, ours = tmp_path / "theirs", tmp_path / "ours"
    theirs.mkdir()
    assert typed("git init --quiet --initial-branch=main", theirs).returncode == 0
    first: dict[str, str | None] = {
        "mesh/names.py": "1\n",
        "stacks/mesh.yaml": "aurora\n",
        "stacks/domains/ads.yaml": "a\n",
    }
    committed(theirs, {**first, "pipelines/ads/x.py": "1\n"}, "first")
    assert (
        typed(f"git clone --quiet {theirs} {ours} && cd {ours} && git remote remove origin", tmp_path).returncode == 0
    )
    own: dict[str, str | None] = {
        "stacks/mesh.yaml": "mine\n",
        "stacks/domains/ads.yaml": None,
        "pipelines/ads/x.py": None,
        "pipelines/legal/y.py": "y\n",
    }
    committed(ours, {**own, "stacks/domains/legal.yaml": "legal\n"}, "mine")
    newer: dict[str, str | None] = {
        "mesh/names.py": "2\n",
        "stacks/mesh.yaml": "aurora 2\n",
        "stacks/domains/ads.yaml": "b\n",
    }
    committed(theirs, {**newer, "stacks/domains/new.yaml": "n\n", "cli/new.py": "n\n"}, "newer")
    assert typed(f"git tag --annotate {TAG} --message x", theirs).returncode == 0

    assert [command.split()[:2] for command in COMMANDS[:2]] == [["git", "remote"], ["git", "fetch"]]
    for command in COMMANDS:
        done = typed(command.replace("<address>", str(theirs)).replace("<tag>", TAG), ours)
        expected = (0, 1) if command.startswith("git merge") else (0,)  # 1: conflicts, which the next command ends
        assert done.returncode in expected, (command, done.stdout, done.stderr)

    files = {
        path.relative_to(ours).as_posix(): path.read_text()
        for path in ours.rglob("*")
        if path.is_file() and ".git" not in path.parts
    }
    assert files == {
        "mesh/names.py": "2\n",
        "cli/new.py": "n\n",
        "stacks/mesh.yaml": "mine\n",
        "stacks/domains/legal.yaml": "legal\n",
        "pipelines/legal/y.py": "y\n",
    }
    assert typed("git status --porcelain", ours).stdout == ""
    assert typed(f"git merge-base --is-ancestor {TAG} HEAD", ours).returncode == 0
