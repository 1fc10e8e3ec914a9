"""`nightly.yml`: what has lapsed, the stacks whose drift is looked for, and the issue that tells."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.workflows.stub_github import BOT, TOKEN, StubGithub, stub_github
from tests.workflows.workflow_steps import ROOT, Runner

TINY: Final = ROOT / "tests" / "mesh" / "tiny"
FILE: Final = "nightly"
MARKER: Final = "<!-- mesh: what the night has found -->"
CI: Final = "ci: {issuer: token.actions.githubusercontent.com, repository: acme/mesh}\n"
LIST: Final = "List what has lapsed, and what of it is open"
TELL: Final = "Open the issue, edit it in place, or close it"
JOBS: Final = "actions/runs/77/jobs"


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    runner = Runner(tmp_path / "work", tmp_path / "home")
    runner.workspace.mkdir()
    shutil.copytree(TINY, runner.workspace / "stacks")
    with (runner.workspace / "stacks" / "mesh.yaml").open("a") as file:
        file.write(CI)
    runner.done(FILE, "lapses", "Install the mesh command")
    return runner


def test_reviews_and_agreements_that_are_past_are_listed_with_what_is_open(runner: Runner) -> None:
    runner.env["MESH_AS_OF"] = "2028-07-01"
    runner.done(FILE, "lapses", LIST)
    lines = runner.outputs["lapses"]["report"].splitlines()
    assert len([line for line in lines if line.startswith("- `stacks/")]) == 3
    assert any(
        line.startswith("- `stacks/partners/courier.yaml:5`: the agreement on 'orders.parcels'") for line in lines
    )
    assert (
        "- open: group `shop-analysts` has permission set `pii` in `domain-shop` until `organization` is deployed"
        in lines
    )
    assert "- open: the pipeline of `shop.clicks` reads with clearance `pii` until its `access-…` is deployed" in lines


def test_where_nothing_has_lapsed_the_report_is_empty(runner: Runner) -> None:
    runner.done(FILE, "lapses", LIST)
    assert runner.outputs["lapses"]["report"] == ""


def test_a_mesh_that_cannot_be_read_fails_the_night(runner: Runner) -> None:
    (runner.workspace / "stacks" / "mesh.yaml").write_text("name: [")
    assert runner.run(FILE, "lapses", LIST).code == 2


def test_a_fault_is_not_taken_for_something_open(runner: Runner) -> None:
    mesh = runner.workspace / ".venv" / "bin" / "mesh"
    mesh.write_text(f'#!/bin/sh\n[ "$1" != lapse ] || exit 3\nexec {runner.home}/mesh "$@"\n')
    assert runner.run(FILE, "lapses", LIST).code == 1


def test_drift_is_looked_for_in_every_stack_of_this_repository(runner: Runner) -> None:
    runner.done(FILE, "lapses", "List the stacks")
    found = json.loads(runner.outputs["stacks"]["stacks"])
    assert [each["stack"] for each in found] == [
        "organization",
        "governance",
        "partner-courier",
        "access-orders",
        "access-shop",
        "domain-orders",
        "domain-shop",
    ]
    assert runner.outputs["stacks"]["region"] == "eu-west-1"
    runner.env["GITHUB_REPOSITORY"] = "acme/another"
    runner.done(FILE, "lapses", "List the stacks")
    assert runner.outputs["stacks"]["stacks"] == "[]"


# ---- the issue


@pytest.fixture
def github() -> Iterator[StubGithub]:
    jobs: list[Any] = [{"name": "what has lapsed", "conclusion": "success", "html_url": "https://github.example/1"}]
    with stub_github(issues=[]) as github:
        github.items[JOBS] = jobs
        yield github


def told(runner: Runner, github: StubGithub, lapsed: str) -> str:
    runner.env["GITHUB_API_URL"] = github.url
    return runner.done(FILE, "tell", TELL, {"github.token": TOKEN, "needs.lapses.outputs.report": lapsed})


def test_the_issue_is_opened_edited_and_closed(runner: Runner, github: StubGithub) -> None:
    assert told(runner, github, "") == "nothing has lapsed, and nothing was changed by hand\n"
    assert github.changes == []
    told(runner, github, "- `stacks/clearances/pii.yaml:5`: past")
    drifted = {"name": "drift / drift domain-shop", "conclusion": "failure", "html_url": "https://github.example/2"}
    github.items[JOBS].append(drifted)
    told(runner, github, "- `stacks/clearances/pii.yaml:5`: past")
    told(runner, github, "")
    github.items[JOBS].remove(drifted)
    told(runner, github, "")
    assert [(method, place) for method, place, _ in github.changes] == [
        ("POST", "issues"),
        ("PATCH", "issues/1001"),
        ("PATCH", "issues/1001"),
        ("PATCH", "issues/1001"),
    ]
    bodies = [change.get("body", "") for _, _, change in github.changes]
    assert bodies[0].startswith(f"{MARKER}\n\n**Lapsed**\n\n- `stacks/clearances/pii.yaml:5`: past\n\n[The run](")
    assert "- [drift / drift domain-shop](https://github.example/2)" in bodies[1]
    assert "Lapsed" not in bodies[2]
    assert github.changes[3][2] == {"state": "closed"}
    told(runner, github, "- again")
    assert github.changes[-1][:2] == ("POST", "issues")


def test_an_issue_of_somebody_else_is_left_alone(runner: Runner, github: StubGithub) -> None:
    github.items["issues"] = [
        {"id": number, "number": number, "user": {"login": "mallory"}, "body": MARKER} for number in range(1, 120)
    ] + [{"id": 120, "number": 120, "user": {"login": BOT}, "body": None}]
    told(runner, github, "- past")
    assert github.changes[0][:2] == ("POST", "issues")
