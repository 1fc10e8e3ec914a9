"""The README shows what is so: its commands are run, its output is what they print."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mesh_copies import copied

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text()
ACCESS_MD = (ROOT / "docs" / "access.md").read_text()
COMMANDS = re.findall(r"^\$ (.+)$", README, re.MULTILINE)
QUESTIONS = sorted(set(re.findall(r"^\$ (mesh access.*)$", README + ACCESS_MD, re.MULTILINE)))
NEW = next(command for command in COMMANDS if command.startswith("mesh new "))
ELSEWHERE = {"make test": "it is this very run"}
OF_MAKE = {"ARGS", "MAKEFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "MFLAGS"}
SECONDS = re.compile(r"\d+\.\d( s)?")


def block(title: str) -> list[str]:
    """The lines of the output block under a comment."""
    found = re.search(rf"<!-- {re.escape(title)} -->\n```text\n(.*?)```", README, re.DOTALL)
    assert found, title
    return found[1].splitlines()


def run(command: str, directory: Path = ROOT, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    """A command of the README; `mesh` is the virtual environment's. A `make` that runs the tests tells it nothing."""
    words = command.split()
    if words[0] == "mesh":
        words[0] = str(Path(sys.executable).parent / "mesh")
    outside = {name: value for name, value in os.environ.items() if name not in OF_MAKE}
    return subprocess.run(words, cwd=directory, input=stdin, capture_output=True, text=True, check=False, env=outside)


def even(line: str) -> str:
    """A line without what differs from run to run: seconds, blanks that align them, calls that a deployment leads to.

    How often the publication function is woken, and with it the calls of that line, depends on which stack ends first.
    """
    counted = re.sub(r"^[\d,]+(?= calls of the deployment)", "N", line)
    return " ".join(SECONDS.sub("N", counted).split())


def test_every_command_in_the_readme_is_run_by_a_test() -> None:
    run_here = {
        "make up",
        "make test",
        "mesh validate",
        NEW,
        "mesh plan --stack domain-identity",
        "mesh decide",
        "mesh prove",
    }
    assert set(COMMANDS) == run_here | (set(COMMANDS) & set(QUESTIONS))


@pytest.mark.long
def test_make_up_prints_what_the_readme_shows() -> None:
    done = run("make up")
    assert done.returncode == 0, done.stderr
    printed = [even(line) for line in done.stdout.splitlines()]
    for line in block("output of make up"):
        assert line == "…" or even(line) in printed, f"the README shows a line that `make up` does not print: {line}"


def test_a_new_product_without_its_contract_is_refused_as_shown(tmp_path: Path) -> None:
    copied(ROOT / "stacks", tmp_path / "stacks")
    identity = tmp_path / "stacks" / "domains" / "identity.yaml"
    line = re.search(r"^  sign-ins: \{.*?\}", README, re.MULTILINE)
    assert line
    identity.write_text(identity.read_text().replace("\nconsumes:", f"\n{line[0]}\nconsumes:"))
    done = run("mesh validate", tmp_path)
    assert done.returncode == 2
    shown = block("output of a validation that fails")
    assert (done.stdout + done.stderr).splitlines() == shown


def test_a_product_is_begun_as_shown(tmp_path: Path) -> None:
    copied(ROOT / "stacks", tmp_path / "stacks")
    shutil.copytree(ROOT / "examples", tmp_path / "examples", ignore=shutil.ignore_patterns("*.py", "dbt"))
    done = run(NEW, tmp_path)
    assert done.returncode == 0, done.stderr
    line = re.search(r"^  sign-ins: \{.*?\}", README, re.MULTILINE)
    assert line
    assert f"\n{line[0]}\n" in (tmp_path / "stacks/domains/identity.yaml").read_text()
    contract = (tmp_path / "stacks/contracts/identity/sign-ins.odcs.yaml").read_text()
    assert contract.count("classification: pii") == 1
    assert run("mesh validate", tmp_path).returncode == 0


def test_the_plan_of_a_domain_stack_runs() -> None:
    done = run("mesh plan --stack domain-identity")
    assert done.returncode == 0, done.stderr
    assert "+ Bucket" in done.stdout


@pytest.mark.long
def test_the_proof_prints_what_the_readme_shows() -> None:
    done = run("mesh prove --as-of 2026-12-01")
    assert done.returncode == 0, done.stderr
    printed = [even(line) for line in done.stdout.splitlines()]
    for line in block("output of mesh prove"):
        assert line == "…" or even(line) in printed, f"the README shows a line that `mesh prove` does not print: {line}"


@pytest.mark.parametrize("command", QUESTIONS)
def test_the_questions_of_a_security_engineer_run(command: str) -> None:
    done = run(command)
    asked = "deploy@ads " if command == "mesh access blast" else "identity.profiles"
    assert (done.returncode, asked in done.stdout) == (0, True), done.stderr


def test_who_reads_it_is_printed_as_shown() -> None:
    printed = [even(line) for line in run("mesh access who identity.profiles.birth_year").stdout.splitlines()]
    for line in block("output of mesh access who"):
        assert line == "…" or even(line) in printed, f"the README shows a line that is not printed: {line}"


def test_a_request_is_decided_as_shown() -> None:
    asked, answered = re.findall(r'^\{"(?:principal|allowed)".*$', ACCESS_MD, re.MULTILINE)
    done = run("mesh decide", stdin=asked)
    assert (done.returncode, done.stdout) == (0, f"{answered}\n")
