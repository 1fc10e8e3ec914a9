"""`pull-request.yml`: the report on a request, the stacks to preview, and the comment that is edited in place."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.workflows.stub_github import BOT, TOKEN, StubGithub, stub_github
from tests.workflows.workflow_steps import ROOT, Origin, Runner, git

FILE: Final = "pull-request"
MARKER: Final = "<!-- mesh: what this request changes -->"
CI: Final = (
    "ci: {issuer: token.actions.githubusercontent.com, repository: acme/mesh, environments: {previews: looks}}\n"
)
FIRST: Final = ("Install the mesh command", "Name the base")
COMMENTS: Final = "issues/7/comments"


@pytest.fixture
def origin(tmp_path: Path) -> Origin:
    return Origin.of_tiny(tmp_path, CI)


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    return Runner(tmp_path / "work", tmp_path / "home")


def swap(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def requested(origin: Origin, runner: Runner, edit: Callable[[Path], None]) -> None:
    """A checkout of a request that makes an edit."""
    edit(origin.path / "stacks")
    origin.commit()
    origin.checkout(runner.workspace)


# ---- what it changes


def a_member(stacks: Path) -> None:
    line = (
        "  - {group: shop-engineers, domain: shop, use: More, approved-by: privacy@tiny.example, review: 2027-11-30}\n"
    )
    swap(stacks / "clearances" / "pii.yaml", "pipelines:\n", f"{line}pipelines:\n")


@pytest.mark.long
def test_a_request_is_validated_compared_and_its_stacks_are_found(origin: Origin, runner: Runner) -> None:
    requested(origin, runner, a_member)
    for title in FIRST:
        runner.done(FILE, "change", title)
    assert "work .venv/.installed" in (runner.home / "make.log").read_text()
    runner.done(FILE, "change", "Review")
    report = runner.outputs["review"]["report"]
    assert "shop-engineers" in report
    assert "of privacy@tiny.example" in report
    assert report in runner.summary
    runner.done(FILE, "change", "Find the stacks that it makes others")
    found = runner.outputs["stacks"]
    assert json.loads(found["stacks"]) == json.loads(found["previews"]) == ["organization"]
    assert found["prove"] == "true"
    assert found["environment"] == "looks"
    assert found["role"] == "arn:aws:iam::200000000002:role/mesh/ci/previews"
    assert (found["region"], found["audience"]) == ("eu-west-1", "sts.amazonaws.com")
    values = {"steps.stacks.outputs.stacks": found["stacks"]}
    assert " of 1 stack asked " in runner.done(FILE, "change", "Ask the policies", values)


@pytest.mark.long
def test_a_request_is_proven(origin: Origin, runner: Runner) -> None:
    requested(origin, runner, a_member)
    runner.done(FILE, "change", FIRST[0])
    assert "49 invariants of 49 hold" in runner.done(FILE, "change", "Prove")


@pytest.mark.slow
def test_a_label_that_goes_without_a_yes_fails_and_is_still_shown(origin: Origin, runner: Runner) -> None:
    customers = "contracts/orders/customers.odcs.yaml"

    def unlabelled(stacks: Path) -> None:
        swap(stacks / customers, ", classification: pii", "")
        swap(stacks / customers.replace("odcs", "lock"), ", labels: [pii]", "")
        clicks = stacks / "contracts/shop/clicks.odcs.yaml"  # which left the label behind
        clicks.write_text(clicks.read_text("utf-8").partition("customProperties:")[0], "utf-8")

    requested(origin, runner, unlabelled)
    for title in FIRST:
        runner.done(FILE, "change", title)
    ended = runner.run(FILE, "change", "Review")
    assert ended.code == 2
    assert runner.outputs["review"]["told"] == "true"
    report = runner.outputs["review"]["report"]
    assert "- **Labels taken away**: " in report
    assert report in runner.summary
    assert "::error file=stacks/contracts/orders/customers.odcs.yaml" in ended.out
    assert "loses the label pii" in ended.out
    runner.done(FILE, "change", "Find the stacks that it makes others")


@pytest.mark.long
def test_a_remark_changes_no_stack_and_nothing_is_proven_or_previewed(origin: Origin, runner: Runner) -> None:
    requested(origin, runner, lambda stacks: swap(stacks / "mesh.yaml", "name: tiny\n", "# A remark.\nname: tiny\n"))
    for title in (*FIRST, "Review", "Find the stacks that it makes others"):
        runner.done(FILE, "change", title)
    assert runner.outputs["stacks"]["stacks"] == "[]"
    assert runner.outputs["stacks"]["prove"] == "false"


@pytest.mark.long
def test_a_rule_that_changes_is_asked_of_every_stack(origin: Origin, runner: Runner) -> None:
    rules = "policies/mesh_guardrails/themes/storage.py"
    requested(origin, runner, lambda _: swap(origin.path / rules, "    if not blocks:", "    if blocks:"))
    for title in (*FIRST, "Review", "Find the stacks that it makes others"):
        runner.done(FILE, "change", title)
    found = runner.outputs["stacks"]
    assert (found["prove"], found["stacks"]) == ("true", "[]")
    ended = runner.run(FILE, "change", "Ask the policies", {"steps.stacks.outputs.stacks": found["stacks"]})
    assert ended.code == 1
    assert "resources of 7 stacks asked " in ended.out
    assert "domain-shop: aws:s3/bucket:Bucket clicks: 'clicks' has no BucketPublicAccessBlock" in ended.out


@pytest.mark.long
def test_a_request_that_mends_its_base_is_not_stopped_by_it(origin: Origin, runner: Runner) -> None:
    shop = origin.path / "stacks" / "domains" / "shop.yaml"
    good = shop.read_text("utf-8")
    shop.write_text(good.replace("description:", "descriptoin:"), "utf-8")
    git(origin.path, "branch", "-f", "main", origin.commit())
    requested(origin, runner, lambda _: shop.write_text(good, "utf-8") and None)
    for title in (*FIRST, "Review", "Find the stacks that it makes others"):
        runner.done(FILE, "change", title)
    report = runner.outputs["review"]["report"].splitlines()
    assert report[0].startswith("What this request changes cannot be told: its base is not valid")
    assert any(line.startswith("    main:stacks/domains/shop.yaml:2:1: ") for line in report)
    assert runner.outputs["stacks"]["prove"] == "true"
    assert len(json.loads(runner.outputs["stacks"]["stacks"])) == 7


def test_a_fault_of_ours_is_none_of_the_base(origin: Origin, runner: Runner) -> None:
    requested(origin, runner, a_member)
    runner.done(FILE, "change", FIRST[0])
    mesh = runner.workspace / ".venv" / "bin" / "mesh"
    mesh.write_text(f'#!/bin/sh\n[ "$1" = stacks ] || exit 3\nexec {runner.home}/mesh "$@"\n')
    runner.done(FILE, "change", FIRST[1])
    assert runner.run(FILE, "change", "Review").code == 3
    assert "told" not in runner.outputs["review"]


@pytest.mark.long
def test_a_mesh_that_is_called_as_the_base_is_refused(origin: Origin, runner: Runner) -> None:
    requested(origin, runner, lambda stacks: shutil.copytree(stacks, stacks.parent / "main") and None)
    ended = runner.run(FILE, "change", "Name the base")
    assert (ended.code, "a folder that is called as its base, main" in ended.out) == (1, True)


@pytest.mark.long
def test_an_error_is_an_annotation_and_ends_the_job(origin: Origin, runner: Runner) -> None:
    requested(origin, runner, lambda stacks: swap(stacks / "domains" / "shop.yaml", "description:", "descriptoin:"))
    for title in FIRST:
        runner.done(FILE, "change", title)
    ended = runner.run(FILE, "change", "Review")
    assert ended.code == 2
    assert "told" not in runner.outputs["review"]
    assert "cannot be planned" in runner.outputs["review"]["report"]
    assert "::error file=stacks/domains/shop.yaml,line=2,col=1,title=mesh%3A error::" in ended.out


@pytest.mark.parametrize(
    ("file", "code", "kind"),
    [
        pytest.param("domains/shop.yaml", 0, "notice", marks=pytest.mark.long),
        ("clearances/pii.yaml", 2, "error"),
        pytest.param(None, 0, "notice", marks=pytest.mark.long),
    ],
)
def test_a_lapse_stops_who_edits_its_file_and_nobody_else(
    origin: Origin, runner: Runner, file: str | None, code: int, kind: str
) -> None:
    edited = origin.path / "README.md" if file is None else origin.path / "stacks" / file
    edited.write_text((edited.read_text() if edited.exists() else "") + "# A remark.\n", "utf-8")
    origin.commit()
    origin.checkout(runner.workspace)
    runner.env["MESH_AS_OF"] = "2027-12-15"
    for title in FIRST:
        runner.done(FILE, "change", title)
    ended = runner.run(FILE, "change", "Review")
    assert ended.code == code
    assert f"::{kind} file=stacks/clearances/pii.yaml,line=5," in ended.out
    assert "was due on 2027-11-30" in ended.out


def test_codeowners_that_are_stale_are_refused(tmp_path: Path, runner: Runner) -> None:
    origin = Origin.of(ROOT / "stacks", tmp_path / "origin", **{".github__CODEOWNERS": "* @everybody\n"})
    requested(origin, runner, lambda stacks: swap(stacks / "mesh.yaml", "name: ", "# A remark.\nname: "))
    runner.env["MESH_AS_OF"] = "2026-12-01"
    runner.done(FILE, "change", "Install the mesh command")
    ended = runner.run(FILE, "change", "Compare CODEOWNERS with the mesh")
    assert ended.code == 1
    assert "is not as the mesh has it" in ended.out


# ---- the comment


@pytest.fixture
def github() -> Iterator[StubGithub]:
    with stub_github(issues__7__comments=[]) as github:
        yield github


def said(runner: Runner, github: StubGithub, report: str, token: str = TOKEN) -> str:
    """Runs the step of the comment, in a folder with nothing in it."""
    runner.workspace.mkdir(exist_ok=True)
    runner.env["GITHUB_API_URL"] = github.url
    values = {"github.token": token, "needs.change.outputs.report": report, "github.event.pull_request.number": "7"}
    return runner.done(FILE, "comment", "Write the comment, or edit it in place", values)


def test_the_comment_is_written_once_and_then_edited_in_place(runner: Runner, github: StubGithub) -> None:
    report = '## One column opens\n\n`$(touch /tmp/x)` "it\'s" %0A\n<details>ü</details>'
    said(runner, github, report)
    said(runner, github, "No change of access.")
    assert [(method, place) for method, place, _ in github.changes] == [
        ("POST", COMMENTS),
        ("PATCH", "issues/comments/1001"),
    ]
    assert github.changes[0][2] == {"body": f"{MARKER}\n{report}"}
    (comment,) = github.items[COMMENTS]
    assert comment["body"] == f"{MARKER}\nNo change of access."


def test_the_comment_is_found_among_many_and_not_taken_for_anothers(runner: Runner, github: StubGithub) -> None:
    others = [{"id": number, "user": {"login": "mallory"}, "body": f"{MARKER}\nMine."} for number in range(1, 130)]
    quoted = {"id": 200, "user": {"login": BOT}, "body": f"> {MARKER}"}
    ours = {"id": 201, "user": {"login": BOT}, "body": f"{MARKER}\nOld."}
    github.items[COMMENTS] = [*others, quoted, ours]
    said(runner, github, "New.")
    assert [(method, place) for method, place, _ in github.changes] == [("PATCH", "issues/comments/201")]
    assert all(comment["body"].endswith("Mine.") for comment in others)


def test_a_comment_is_never_longer_than_github_takes(runner: Runner, github: StubGithub) -> None:
    said(runner, github, "ü" * 60_000)
    assert len(github.changes[0][2]["body"]) == 60_000 + len(MARKER) + 1
    said(runner, github, "x" * 120_000)
    assert len(github.changes[1][2]["body"]) < 65_536
    assert github.changes[1][2]["body"].endswith("(cut)")


def test_without_a_report_the_comment_leads_to_the_run(runner: Runner, github: StubGithub) -> None:
    said(runner, github, "")
    assert "[the run](https://github.example/acme/mesh/actions/runs/77) says why" in github.changes[0][2]["body"]


def test_a_call_that_is_refused_fails_the_step(runner: Runner, github: StubGithub) -> None:
    with pytest.raises(AssertionError, match="401"):
        said(runner, github, "x", token="another")
    assert github.changes == []
