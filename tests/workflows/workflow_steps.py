"""Steps of workflows, run as they stand in the files, with what GitHub's runner gives them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

ROOT: Final = Path(__file__).resolve().parents[2]
WORKFLOWS: Final = ROOT / ".github" / "workflows"
TINY: Final = ROOT / "tests" / "mesh" / "tiny"
EXPRESSION: Final = re.compile(r"\$\{\{\s*(.+?)\s*\}\}")
REPOSITORY: Final = "acme/mesh"
DAY: Final = "2027-01-01"
MESH: Final = """\
#!/bin/sh
PYTHONPATH={root} exec {python} -c "import sys; sys.argv[0] = 'mesh'; from cli.main import main; main()" "$@"
"""
MAKE: Final = """\
#!/bin/sh
# Stands in for `make`, whose set-up takes a minute and the network: it puts the mesh command where make would.
[ "$1" != -C ] || cd "$2" || exit
mkdir -p .venv/bin && cp {mesh} .venv/bin/mesh && ln -sf {python} .venv/bin/python && echo "$PWD $*" >> {log}
"""


def workflow(name: str) -> dict[str, Any]:
    """A workflow by the name of its file; YAML 1.1 has read its key `on` as true."""
    return yaml.safe_load((WORKFLOWS / f"{name}.yml").read_text("utf-8"))


def step(name: str, job: str, title: str) -> dict[str, Any]:
    """A step of a job by its name."""
    (found,) = [each for each in workflow(name)["jobs"][job]["steps"] if each.get("name") == title]
    return found


@dataclass
class Ended:
    """A step that has ended."""

    code: int
    out: str
    err: str


@dataclass
class Runner:
    """A machine of GitHub's on which one job runs: its folder is a clone, its other folders are its own."""

    workspace: Path
    home: Path
    env: dict[str, str] = field(default_factory=dict[str, str])
    outputs: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])

    def __post_init__(self) -> None:
        tools = self.home / "bin"
        (self.home / "temp").mkdir(parents=True)
        tools.mkdir()
        _program(self.home / "mesh", MESH.format(root=ROOT, python=sys.executable))
        _program(
            tools / "make", MAKE.format(mesh=self.home / "mesh", python=sys.executable, log=self.home / "make.log")
        )
        self.env = {
            "PATH": f"{tools}:{os.environ['PATH']}",
            "HOME": str(self.home),
            "GITHUB_WORKSPACE": str(self.workspace),
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_SERVER_URL": "https://github.example",
            "GITHUB_BASE_REF": "main",
            "GITHUB_REF_NAME": "main",
            "GITHUB_SHA": "0" * 40,
            "GITHUB_RUN_ID": "77",
            "RUNNER_TEMP": str(self.home / "temp"),
            "MESH_AS_OF": DAY,
            "NO_PROXY": "127.0.0.1",
            **self.env,
        }

    @property
    def summary(self) -> str:
        """What the steps have written to the page of the run."""
        file = self.home / "summary"
        return file.read_text("utf-8") if file.exists() else ""

    def program(self, name: str, text: str) -> None:
        """Puts a program before all others of its name."""
        _program(self.home / "bin" / name, text)

    def run(self, file: str, job: str, title: str, values: Mapping[str, str] | None = None) -> Ended:
        """Runs a step; `values` are those of the expressions in its `env:`, each of which has to be given."""
        found = step(file, job, title)
        assert "${{" not in found["run"], "an expression in a script is code of whoever writes its value"
        assert workflow(file)["defaults"] == {"run": {"shell": "bash"}}
        known = values or {}
        own = {
            key: EXPRESSION.sub(lambda each: known[each[1]], str(text)) for key, text in found.get("env", {}).items()
        }
        script, output, path = (self.home / name for name in ("step.sh", "output", "path"))
        script.write_text(found["run"], "utf-8")
        for each in (output, path):
            each.write_text("", "utf-8")
        files = {"GITHUB_OUTPUT": output, "GITHUB_PATH": path, "GITHUB_STEP_SUMMARY": self.home / "summary"}
        ended = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            cwd=self.workspace,
            env={**self.env, **{key: str(value) for key, value in files.items()}, **own},
            capture_output=True,
            text=True,
            timeout=240,
        )
        for added in path.read_text("utf-8").splitlines():
            self.env["PATH"] = f"{added}:{self.env['PATH']}"
        if "id" in found:
            self.outputs[found["id"]] = _outputs(output.read_text("utf-8"))
        return Ended(ended.returncode, ended.stdout, ended.stderr)

    def done(self, file: str, job: str, title: str, values: Mapping[str, str] | None = None) -> str:
        """Runs a step that has to end well, and returns what it printed."""
        ended = self.run(file, job, title, values)
        assert ended.code == 0, ended
        return ended.out


def _program(path: Path, text: str) -> None:
    path.write_text(text, "utf-8")
    path.chmod(0o755)


def _outputs(text: str) -> dict[str, str]:
    """The outputs of a step: `name=value`, or `name<<end`, lines, `end`."""
    found: dict[str, str] = {}
    lines = iter(text.splitlines())
    for line in lines:
        if multiline := re.fullmatch(r"([a-z_]+)<<(.+)", line):
            value: list[str] = []
            while (following := next(lines)) != multiline[2]:
                value.append(following)
            found[multiline[1]] = "\n".join(value)
        else:
            name, _, value_ = line.partition("=")
            found[name] = value_
    return found


def git(repository: Path, *words: str) -> str:
    """What git answers."""
    who = ("-c", "user.name=a", "-c", "user.email=a@b.example")
    said = subprocess.run(["git", "-C", str(repository), *who, *words], check=True, capture_output=True, text=True)
    return said.stdout.strip()


@dataclass(frozen=True)
class Origin:
    """The repository on GitHub: `main`, and the branch `change` that is asked to be merged into it."""

    path: Path

    @classmethod
    def of(cls, mesh: Path, to: Path, **others: str) -> Origin:
        """A repository with a mesh below `stacks/`, and other files (`__` is a slash)."""
        to.mkdir()
        shutil.copytree(mesh, to / "stacks")
        beside = mesh.parent / "pipelines"
        if beside.is_dir():
            shutil.copytree(beside, to / "pipelines")
        shutil.copytree(ROOT / "policies", to / "policies", ignore=shutil.ignore_patterns("__pycache__"))
        for name, text in others.items():
            file = to / name.replace("__", "/")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
        git(to, "init", "-q", "-b", "main")
        (to / ".gitignore").write_text(".venv/\n__pycache__/\n", "utf-8")
        git(to, "add", "-A")
        git(to, "commit", "-q", "-m", "The mesh")
        git(to, "checkout", "-q", "-b", "change")
        return cls(to)

    @classmethod
    def of_tiny(cls, to: Path, ci: str) -> Origin:
        """A repository `origin` in a folder, with the smallest mesh, deployed as `ci:` of its `mesh.yaml` says."""
        mesh = Path(shutil.copytree(TINY, to / "mesh" / "stacks"))
        with (mesh / "mesh.yaml").open("a") as file:
            file.write(ci)
        return cls.of(mesh, to / "origin")

    @property
    def head(self) -> str:
        """The commit that is asked for."""
        return git(self.path, "rev-parse", "change")

    def commit(self) -> str:
        """Commits what was edited."""
        git(self.path, "add", "-A")
        git(self.path, "commit", "-q", "-m", "A change")
        return self.head

    def checkout(self, to: Path) -> Path:
        """What `actions/checkout` leaves of the request with a depth of 2: the merge, detached, and its two parents."""
        git(self.path, "checkout", "-q", "--detach", "main")
        git(self.path, "merge", "-q", "--no-ff", "-m", "Merge", "change")
        git(self.path, "update-ref", "refs/pull/7/merge", "HEAD")
        git(self.path, "checkout", "-q", "change")
        to.mkdir()
        git(to, "init", "-q", "-b", "main")
        git(to, "fetch", "-q", "--depth=2", f"file://{self.path}", "refs/pull/7/merge:refs/remotes/pull/7/merge")
        git(to, "checkout", "-q", "--detach", "refs/remotes/pull/7/merge")
        return to


def event(runner: Runner, head: str, author: str, base: str = "main") -> None:
    """The event of the request, where a runner has it."""
    file = runner.home / "event.json"
    request = {"number": 7, "user": {"login": author}, "head": {"sha": head}, "base": {"ref": base}}
    file.write_text(json.dumps({"pull_request": request, "repository": {"default_branch": "main"}}), "utf-8")
    runner.env["GITHUB_EVENT_PATH"] = str(file)
