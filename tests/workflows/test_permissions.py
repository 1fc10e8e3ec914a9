"""Workflows by what they may do: pinned actions, least rights, no text of others in a script; each step is run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.workflows.workflow_steps import EXPRESSION, WORKFLOWS, workflow

NAMES: Final = sorted(path.stem for path in WORKFLOWS.iterdir() if path.name != "ci.yml")
"""Every workflow but that of this project itself, whose one step is `.ci/run`."""
MAY: Final = {
    "approvals/approvals": {"contents": "read", "pull-requests": "read"},
    "deploy/plan": {"contents": "read", "actions": "read"},
    "deploy/deployed": {},
    "nightly/lapses": {"contents": "read"},
    "nightly/drift": {"contents": "read", "id-token": "write"},
    "nightly/tell": {"actions": "read", "issues": "write"},
    "pull-request/change": {"contents": "read"},
    "pull-request/comment": {"pull-requests": "write"},
    "pull-request/preview": {"contents": "read", "id-token": "write"},
    "stack/stack": {"contents": "read", "id-token": "write"},
    **{
        f"deploy/{kind}": {"contents": "read", "id-token": "write"}
        for kind in ("organization", "governance", "partners", "access", "domains")
    },
}


def jobs() -> Iterator[tuple[str, dict[str, Any]]]:
    for name in NAMES:
        for job, found in workflow(name)["jobs"].items():
            yield f"{name}/{job}", found


def steps() -> Iterator[tuple[str, dict[str, Any]]]:
    for place, job in jobs():
        for step in job.get("steps", ()):
            yield place, step


def test_each_job_may_do_what_it_is_for_and_nothing_else() -> None:
    assert {place: job["permissions"] for place, job in jobs()} == MAY
    assert all(workflow(name)["permissions"] == {} for name in NAMES)


def test_the_page_has_what_each_job_may_do() -> None:
    page = (WORKFLOWS.parents[1] / "docs" / "workflows.md").read_text("utf-8")
    written: dict[str, dict[str, str]] = {}
    for row in re.findall(r"^\| (`[a-z-]+/[a-z-]+`.*?) \| (.*?) \|", page, re.MULTILINE):
        rights = dict(each.split(": ") for each in re.findall(r"`([a-z-]+: [a-z]+)`", row[1]))
        written |= dict.fromkeys(re.findall(r"`([a-z-]+/[a-z-]+)`", row[0]), rights)
    assert written == MAY


def test_the_page_names_every_workflow() -> None:
    page = (WORKFLOWS.parents[1] / "docs" / "workflows.md").read_text("utf-8")
    assert set(re.findall(r"^\| `([a-z-]+)\.yml` \|", page, re.MULTILINE)) == set(NAMES)


def test_a_job_that_writes_checks_nothing_out() -> None:
    for place, job in jobs():
        if "write" in {value for right, value in MAY[place].items() if right != "id-token"}:
            assert [step for step in job["steps"] if "uses" in step] == [], place


@pytest.mark.parametrize("name", [*NAMES, "ci"])
def test_actions_are_pinned_by_commit_with_their_version(name: str) -> None:
    for line in (WORKFLOWS / f"{name}.yml").read_text("utf-8").splitlines():
        if found := re.search(r"uses: (\S+)(.*)", line):
            local = found[1] == "./.github/workflows/stack.yml"
            assert local or (re.search(r"@[0-9a-f]{40}$", found[1]) and re.search(r"# v\d+\.\d+\.\d+$", found[2])), line


def test_no_checkout_leaves_a_token_behind() -> None:
    found = [step for _, step in steps() if step.get("uses", "").startswith("actions/checkout@")]
    assert found
    assert all(step["with"]["persist-credentials"] is False for step in found)


def test_no_script_has_an_expression_in_it() -> None:
    scripts = [step["run"] for _, step in steps() if "run" in step]
    assert len(scripts) > 15
    assert [script for script in scripts if EXPRESSION.search(script)] == []


def test_nothing_runs_with_more_rights_than_a_request_has() -> None:
    assert all("pull_request_target" not in (workflow(name).get(True) or {}) for name in NAMES)


@pytest.mark.parametrize("name", ["approvals", "pull-request"])
def test_another_base_is_judged_anew(name: str) -> None:
    assert workflow(name)[True]["pull_request"]["types"] == ["opened", "synchronize", "reopened", "edited"]


def test_no_job_runs_for_ever() -> None:
    assert [place for place, job in jobs() if "uses" not in job and "timeout-minutes" not in job] == []


def test_each_script_is_run_by_a_test() -> None:
    tests = "".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    assert [step["name"] for _, step in steps() if "run" in step and f'"{step["name"]}"' not in tests] == []
