"""`approvals.yml`: whose yes is missing, by the reviews of the commit that is asked for, and by teams of the base."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from tests.cli.test_affected import CASES, TEAMS
from tests.workflows.stub_github import TOKEN, stub_github
from tests.workflows.workflow_steps import ROOT, Ended, Origin, Runner, event

FILE: Final = "approvals"
pytestmark = pytest.mark.slow
LONG: Final = pytest.mark.long
STEPS: Final = (
    "Refuse another base than the default branch",
    "Install the mesh command of the base, and not that of the request",
    "Read who has approved what is there now",
    "Name the approvals that are missing",
)
OF_NO_MESH: Final = ("a label",)
"""Cases whose request is no valid mesh: its lock has the labels that its contract lacks."""
Review = Mapping[str, Any]


@pytest.fixture
def origin(tmp_path: Path) -> Origin:
    """The sample, with its teams, on GitHub."""
    return Origin.of(ROOT / "stacks", tmp_path / "origin", **{".github__teams.yaml": TEAMS})


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    return Runner(tmp_path / "work", tmp_path / "home", {"MESH_AS_OF": "2026-12-01"})


def review(who: str, commit: str, state: str = "APPROVED", at: int = 0) -> dict[str, Any]:
    return {
        "user": {"login": who} if who else None,
        "state": state,
        "commit_id": commit,
        "submitted_at": f"2026-12-01T10:{at:02}:00Z",
    }


def judged(origin: Origin, runner: Runner, author: str, reviews: list[Any]) -> Ended:
    """The last step of the job, after the others, on what the branch has."""
    origin.checkout(runner.workspace)
    event(runner, origin.head, author)
    with stub_github(pulls__7__reviews=reviews) as github:
        runner.env["GITHUB_API_URL"] = github.url
        for title in STEPS[:-1]:
            runner.done(FILE, "approvals", title, {"github.token": TOKEN})
        assert github.changes == []
    return runner.run(FILE, "approvals", STEPS[-1])


def told(ended: Ended) -> list[str]:
    """The lines of the command, which stand between marks within which the runner obeys none of them."""
    first, *lines, last = ended.out.splitlines()
    assert first.startswith("::stop-commands::")
    assert last == f"::{first.removeprefix('::stop-commands::')}::"
    return lines


@pytest.mark.parametrize("case", [case if case == "a guardrail" else pytest.param(case, marks=LONG) for case in CASES])
def test_a_request_names_the_approvals_that_are_missing_each_with_its_sentence(
    origin: Origin, runner: Runner, case: str
) -> None:
    edit, missing = CASES[case]
    edit(origin.path)
    origin.commit()
    ended = judged(origin, runner, "ida", [])
    assert [line for line in told(ended) if line.startswith("missing")] == missing
    assert ended.code == (2 if case in OF_NO_MESH else 1)
    assert runner.summary.splitlines() == ["~~~~~~~~text", *told(ended), "~~~~~~~~"]
    assert (
        runner.home / "make.log"
    ).read_text() == f"{runner.home}/temp/base -C {runner.home}/temp/base .venv/.installed\n"


def test_a_request_passes_when_everybody_has_said_yes(origin: Origin, runner: Runner) -> None:
    CASES["a member"][0](origin.path)
    head = origin.commit()
    ended = judged(origin, runner, "ida", [review("priya", head)])
    assert ended.code == 0, ended
    assert told(ended)[-1] == "no approval is missing"
    assert "given by @priya: stacks/clearances/pii.yaml belongs to @aurora/privacy-office" in ended.out


@pytest.mark.parametrize(
    ("reviews", "missing"),
    [
        pytest.param([("priya", "APPROVED", 1, True), ("priya", "COMMENTED", 2, True)], 0, marks=LONG),
        ([("priya", "APPROVED", 1, False)], 2),
        pytest.param([("priya", "APPROVED", 1, True), ("priya", "CHANGES_REQUESTED", 2, True)], 2, marks=LONG),
        pytest.param([("priya", "CHANGES_REQUESTED", 1, True), ("priya", "APPROVED", 2, True)], 0, marks=LONG),
        pytest.param([("priya", "DISMISSED", 1, True)], 2, marks=LONG),
        pytest.param([("mallory", "APPROVED", 1, True)], 2, marks=LONG),
        pytest.param([("", "APPROVED", 1, True)], 2, marks=LONG),
        pytest.param([("priya", "APPROVED", 1, True), ("priya", "PENDING", 2, True)], 0, marks=LONG),
        pytest.param(
            [(f"somebody-{number}", "APPROVED", 1, True) for number in range(120)] + [("priya", "APPROVED", 2, True)],
            0,
            marks=LONG,
        ),
    ],
    ids=[
        "a remark after it",
        "of an earlier commit",
        "taken back",
        "given in the end",
        "dismissed",
        "nobody",
        "of an account that is gone",
        "not sent yet",
        "paged",
    ],
)
def test_an_approval_counts_for_the_commit_that_is_there_now(
    origin: Origin, runner: Runner, reviews: list[tuple[str, str, int, bool]], missing: int
) -> None:
    CASES["a member"][0](origin.path)
    head = origin.commit()
    given = [review(who, head if now else "1" * 40, state, at) for who, state, at, now in reviews]
    ended = judged(origin, runner, "ida", given)
    assert ended.code == (1 if missing else 0)
    assert "null" not in (runner.home / "temp" / "approved").read_text("utf-8")  # an account may be called so
    said = f"{missing} approvals missing" if missing else "no approval is missing"
    assert told(ended)[-1] == said


@LONG
def test_an_author_does_not_write_himself_into_a_team(origin: Origin, runner: Runner) -> None:
    CASES["a member"][0](origin.path)
    teams = origin.path / ".github" / "teams.yaml"
    teams.write_text(teams.read_text("utf-8").replace("[priya]", "[priya, mallory]"), "utf-8")
    head = origin.commit()
    ended = judged(origin, runner, "ida", [review("mallory", head)])
    assert ended.code == 1
    assert "missing, of @aurora/privacy-office: group 'growth-analysts' of subscriptions" in ended.out
    assert "missing, of @aurora/data-platform: .github/teams.yaml changes" in ended.out


@LONG
def test_a_name_is_an_argument_and_no_code(origin: Origin, runner: Runner) -> None:
    CASES["a member"][0](origin.path)
    head = origin.commit()
    ended = judged(origin, runner, "$(touch stolen)", [review('x"; touch stolen; "', head)])
    assert ended.code == 1
    assert not (runner.workspace / "stolen").exists()


@LONG
@pytest.mark.parametrize("name", ["HEAD^1", "main", "HEAD"])
def test_a_folder_that_is_called_as_a_revision_is_not_taken_for_the_base(
    origin: Origin, runner: Runner, name: str
) -> None:
    CASES["a member"][0](origin.path)
    shutil.copytree(origin.path / "stacks", origin.path / name)
    origin.commit()
    ended = judged(origin, runner, "pat", [])
    assert ended.code == 1
    assert "missing, of @aurora/privacy-office: group 'growth-analysts' of subscriptions" in ended.out


@pytest.mark.parametrize("base", ["release", "main release", "$(touch stolen)"])
def test_a_request_into_another_branch_is_refused(runner: Runner, base: str) -> None:
    runner.workspace.mkdir()
    event(runner, "1" * 40, "ida", base)
    ended = runner.run(FILE, "approvals", STEPS[0])
    assert ended.code == 1
    assert ended.out.startswith("::error::approvals are told of requests into ")
    assert list(runner.workspace.iterdir()) == []


ODD: Final = (
    "1\n::stop-commands::x\n##[stop-commands]y\n~~~~~~~~\n\n# @octocat <b>`no approval is missing`\x1b[31m\u202e"
)


def test_names_and_texts_of_the_author_are_no_commands_and_no_markdown(origin: Origin, runner: Runner) -> None:
    (origin.path / ODD).write_text("x", "utf-8")
    (origin.path / "stacks" / "clearances" / f"{ODD}.yaml").write_text("- x", "utf-8")
    partner = origin.path / "stacks" / "partners" / "subtitling.yaml"
    text = partner.read_text("utf-8")
    agreement = (
        '  - {product: identity.profiles, purpose: "A\\n::error::b <b>", classifications: [], expires: 2027-06-01}'
    )
    partner.write_text(text.replace("agreements:\n", f"agreements:\n{agreement}\n", 1), "utf-8")
    origin.commit()
    ended = judged(origin, runner, "pat", [])
    assert ended.code in (1, 2)
    lines = told(ended)
    (last,) = [number for number, line in enumerate(lines) if line.endswith("approvals missing")]
    approvals = lines[:last]
    assert any("for 'A ::error::b <b>'" in line for line in approvals)
    assert all(line.startswith(("missing, of ", "given by ", "told, ")) for line in approvals)
    assert all(line.isprintable() for line in approvals)
    head, *page, tail = runner.summary.splitlines()
    assert (head, tail) == ("~~~~~~~~text", "~~~~~~~~")
    assert page == [line.replace("~", "-") for line in lines]
