"""`deploy.yml` and `stack.yml`: which stacks since when, in which order, and with which command of Pulumi each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest

from tests.workflows.stub_github import TOKEN, stub_github
from tests.workflows.workflow_steps import Origin, Runner, git, workflow

FILE: Final = "deploy"
CI: Final = (
    "ci: {issuer: token.actions.githubusercontent.com, repository: Acme/mesh, environments: {organization: root}}\n"
)
KINDS: Final = ("organization", "governance", "partners", "access", "domains")
ROLE: Final = "arn:aws:iam::200000000002:role/mesh/ci"
PULUMI: Final = '#!/bin/sh\necho "$PULUMI_BACKEND_URL: $*"\n'
"""Stands in for Pulumi, which would ask AWS: it says what it was told to do."""


@pytest.fixture
def origin(tmp_path: Path) -> Origin:
    return Origin.of_tiny(tmp_path, CI)


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    return Runner(tmp_path / "work", tmp_path / "home")


def last(runner: Runner, runs: list[tuple[int, str]], deployed: tuple[int, ...]) -> str:
    """The commit that the step takes for the last deployment, of runs that ended well."""
    items: dict[str, list[Any]] = {
        "actions/workflows/deploy.yml/runs": [{"id": id_, "head_sha": at} for id_, at in runs]
    }
    for id_, _ in runs:
        conclusion = "success" if id_ in deployed else "skipped"
        items[f"actions/runs/{id_}/jobs"] = [{"name": "deployed", "conclusion": conclusion}]
    with stub_github() as github:
        github.items.update(items)
        runner.env["GITHUB_API_URL"] = github.url
        runner.done(FILE, "plan", "Find the last deployment that ended well", {"github.token": TOKEN})
    return runner.outputs["last"].get("commit", "")


def found(runner: Runner, since: str) -> dict[str, list[dict[str, str]]]:
    """Stacks by kind, as the jobs get them."""
    title = "Find the stacks that differ"
    runner.env["SAID"] = runner.done(FILE, "plan", title, {"steps.last.outputs.commit": since})
    assert runner.outputs["stacks"].pop("region") == "eu-west-1"
    assert runner.outputs["stacks"].pop("audience") == "sts.amazonaws.com"
    return {kind: json.loads(value) for kind, value in runner.outputs["stacks"].items()}


def cloned(origin: Origin, runner: Runner, edit: tuple[str, str, str] | None = None) -> tuple[str, str]:
    """A whole clone of `main`, a change later; and the two commits."""
    before = git(origin.path, "rev-parse", "main")
    if edit:
        file, old, new = edit
        path = origin.path / "stacks" / file
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")
        origin.commit()
        git(origin.path, "branch", "-f", "main", "change")
    git(origin.path, "clone", "-q", f"file://{origin.path}", str(runner.workspace), "--branch", "main")
    runner.done(FILE, "plan", "Install the mesh command")
    return before, git(runner.workspace, "rev-parse", "HEAD")


MORE: Final = ("partners/courier.yaml", "purpose: Delivery", "purpose: Delivery to the door")
NARROWER: Final = ("domains/shop.yaml", "retention: 30 days", "retention: 40 days")


@pytest.mark.slow
def test_the_stacks_that_differ_since_the_last_deployment_are_deployed(origin: Origin, runner: Runner) -> None:
    before, after = cloned(origin, runner, NARROWER)
    assert last(runner, [(3, after), (2, before)], deployed=(2,)) == before
    waves = found(runner, before)
    assert tuple(waves) == KINDS
    assert waves["domains"] == [
        {"stack": "domain-shop", "environment": "domain-shop", "role": f"{ROLE}/domain-320000000021"}
    ]
    assert waves["organization"] == waves["partners"] == []


@pytest.mark.slow
def test_where_nothing_was_deployed_yet_every_stack_is(origin: Origin, runner: Runner) -> None:
    cloned(origin, runner)
    assert last(runner, [], ()) == ""
    waves = found(runner, "")
    assert {kind: [job["stack"] for job in jobs] for kind, jobs in waves.items()} == {
        "organization": ["organization"],
        "governance": ["governance"],
        "partners": ["partner-courier"],
        "access": ["access-orders", "access-shop"],
        "domains": ["domain-orders", "domain-shop"],
    }
    (organization,) = waves["organization"]
    assert organization == {"stack": "organization", "environment": "root", "role": f"{ROLE}/organization"}


@pytest.mark.long
def test_where_what_was_deployed_is_not_valid_any_more_every_stack_is(origin: Origin, runner: Runner) -> None:
    shop = origin.path / "stacks" / "domains" / "shop.yaml"
    good = shop.read_text("utf-8")
    shop.write_text(good.replace("description:", "descriptoin:"), "utf-8")
    git(origin.path, "branch", "-f", "main", origin.commit())
    shop.write_text(good, "utf-8")
    before, _ = cloned(origin, runner, NARROWER)
    assert sum(len(jobs) for jobs in found(runner, before).values()) == 7


@pytest.mark.slow
def test_a_deployment_whose_commit_is_gone_is_passed_over(origin: Origin, runner: Runner) -> None:
    before, _ = cloned(origin, runner)
    assert last(runner, [(3, "1" * 40), (2, before)], deployed=(3, 2)) == before


@pytest.mark.long
def test_a_stack_of_another_repository_and_one_without_a_role_are_not_deployed(origin: Origin, runner: Runner) -> None:
    edit = ("mesh.yaml", "environments: {", "repositories: {domain-shop: acme/shop}, environments: {")
    cloned(origin, runner, edit)
    accounts = runner.workspace / "stacks" / "accounts.yaml"
    accounts.write_text(accounts.read_text().replace('  orders: "310000000013"\n', ""), "utf-8")
    waves = found(runner, "")
    assert waves["domains"] == []
    assert "::warning::domain-orders has no CI role" in runner.env["SAID"]
    assert "domain-shop" not in runner.env["SAID"]


@pytest.mark.long
def test_a_stack_that_is_no_more_is_told(origin: Origin, runner: Runner) -> None:
    (origin.path / "stacks" / "partners" / "courier.yaml").unlink()
    before, _ = cloned(origin, runner, ("mesh.yaml", "name: tiny\n", "name: tiny\n"[:-1] + " # smaller\n"))
    found(runner, before)
    assert "::warning::partner-courier is in the mesh no more" in runner.env["SAID"]


# ---- in their order, never two on one


def test_each_kind_of_stacks_waits_for_those_before_it_and_stops_where_one_failed() -> None:
    jobs = workflow(FILE)["jobs"]
    for number, kind in enumerate(KINDS):
        assert jobs[kind]["needs"] == ["plan", *KINDS[:number]]
        assert f"needs.plan.outputs.{kind} != '[]'" in jobs[kind]["if"]
        assert number == 0 or "!failure() && !cancelled() && needs.plan.result == 'success'" in jobs[kind]["if"]
        assert jobs[kind]["strategy"]["matrix"]["of"] == f"${{{{ fromJSON(needs.plan.outputs.{kind}) }}}}"
        assert jobs[kind]["with"]["verb"] == "up"
    assert jobs["deployed"]["needs"] == ["plan", *KINDS]
    assert jobs["deployed"]["name"] == "deployed"


def test_two_runs_never_write_one_stack() -> None:
    concurrency = workflow("stack")["jobs"]["stack"]["concurrency"]
    assert concurrency["cancel-in-progress"] is False
    assert concurrency["group"].endswith("|| format('stack-{0}', inputs.stack) }}")
    for name in (FILE, "nightly"):
        assert workflow(name)["concurrency"]["cancel-in-progress"] is False
    # Those of previews alone are of their own: a preview writes nothing, and none has to wait for another's request.
    assert "inputs.verb == 'preview' && format('preview-{0}-{1}', inputs.stack, github.ref)" in concurrency["group"]


def test_a_deployment_is_told_at_its_end(runner: Runner) -> None:
    runner.workspace.mkdir()
    assert runner.done(FILE, "deployed", "Say so") == f"{'0' * 40} is deployed\n"


# ---- Pulumi


@pytest.mark.parametrize(
    ("verb", "command"),
    [
        ("preview", "preview --stack domain-shop --policy-pack policies --diff"),
        ("up", "up --stack domain-shop --policy-pack policies --yes --continue-on-error"),
        ("drift", "refresh --stack domain-shop --preview-only --expect-no-changes --diff"),
    ],
)
def test_a_stack_is_previewed_updated_or_looked_at(runner: Runner, verb: str, command: str) -> None:
    runner.workspace.mkdir()
    runner.program("pulumi", PULUMI)
    values = {"inputs.verb": verb, "inputs.stack": "domain-shop", "vars.MESH_STATE": "s3://state?profile=state"}
    runner.done("stack", "stack", "Install the mesh command and Pulumi")
    assert (runner.home / "make.log").read_text().endswith("work .venv/.installed pulumi\n")
    assert runner.done("stack", "stack", "Run Pulumi", values) == f"s3://state?profile=state: {command}\n"


def test_another_verb_is_refused(runner: Runner) -> None:
    runner.workspace.mkdir()
    runner.program("pulumi", PULUMI)
    values = {"inputs.verb": "destroy", "inputs.stack": "domain-shop", "vars.MESH_STATE": ""}
    ended = runner.run("stack", "stack", "Run Pulumi", values)
    assert (ended.code, ended.out) == (2, "::error::'destroy' is none of preview, up and drift\n")
