"""`mesh affected` in git repositories: stacks in order, and the approvals that are missing, each with its sentence."""

from __future__ import annotations

import datetime
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from cli import main
from mesh.folder import plan_folder
from sandbox.runs import stack_run
from tests.mesh_copies import copied

STACKS: Final = Path(__file__).parents[2] / "stacks"
DAY: Final = datetime.date(2026, 12, 1)
Capture = pytest.CaptureFixture[str]
TEAMS: Final = """\
"@aurora/identity-platform": ["@ida", "@ike"]
"@aurora/privacy-office": [priya]
"@aurora/data-access": ["@dan"]
"@aurora/finance-control": ["@fay"]
"@aurora/data-platform": ["@pat", "@pia"]
"""


def git(repository: Path, *words: str) -> None:
    subprocess.run(
        ["git", "-C", str(repository), "-c", "user.name=a", "-c", "user.email=a@b.example", *words],
        check=True,
        capture_output=True,
    )


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The sample mesh, committed on `main`, as the working folder."""
    top = tmp_path / "repository"
    top.mkdir()
    copied(STACKS, top / "stacks")
    git(top, "init", "-q", "-b", "main")
    git(top, "add", "-A")
    git(top, "commit", "-q", "-m", "The mesh")
    (tmp_path / "teams.yaml").write_text(TEAMS, "utf-8")
    monkeypatch.chdir(top)
    monkeypatch.setenv("MESH_AS_OF", "2026-12-01")
    return top


def swap(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text, (file, old)
    file.write_text(text.replace(old, new, 1), "utf-8")


def approvals(capture: Capture, *words: str) -> list[str]:
    """The lines of the approvals alone."""
    capture.readouterr()
    main.run(["affected", "--since", "main", "--only", "approvals", "--teams", "../teams.yaml", *words])
    return capture.readouterr().out.splitlines()


def another_domains_file(top: Path) -> None:
    swap(top / "stacks/domains/ads.yaml", "description: ", "description: Really. ")


def loosened(top: Path) -> None:
    swap(top / "stacks/mesh.yaml", "people-addresses: [198.51.100.0/24, ", "people-addresses: [198.51.0.0/16, ")


def member(top: Path) -> None:
    line = (
        "  - {group: growth-analysts, domain: subscriptions, use: Growth, approved-by: privacy-office@aurora.example, "
        "review: 2027-06-01}\npipelines:\n"
    )
    swap(top / "stacks/clearances/pii.yaml", "pipelines:\n", line)


def y6(top: Path) -> None:
    """The attack of the review: two labels less."""
    file = top / "stacks/contracts/identity/profiles.odcs.yaml"
    swap(
        file,
        "        required: true\n        classification: pii\n      - name: avatar",
        "        required: true\n      - name: avatar",
    )
    swap(file, "for a better age gate.\n        classification: pii\n", "for a better age gate.\n")


def shorter(top: Path) -> None:
    swap(top / "stacks/domains/identity.yaml", "retention: 400 days", "retention: 30 days")


CASES: Final[dict[str, tuple[Callable[[Path], None], list[str]]]] = {
    "another domain's file": (
        another_domains_file,
        ["missing, of @aurora/ads-platform: stacks/domains/ads.yaml belongs to @aurora/ads-platform"],
    ),
    "a guardrail": (
        loosened,
        [
            "missing, of @aurora/data-platform: stacks/mesh.yaml belongs to @aurora/data-platform",
            "missing, of @aurora/data-platform: 'people-addresses' is loosened: people are let in from addresses from "
            "which they were refused",
        ],
    ),
    "a member": (
        member,
        [
            "missing, of @aurora/privacy-office: stacks/clearances/pii.yaml belongs to @aurora/privacy-office",
            "missing, of @aurora/privacy-office: group 'growth-analysts' of subscriptions comes to hold the clearance "
            "'pii', which an approver of it has to say",
        ],
    ),
    "a label": (
        y6,
        [
            "missing, of @aurora/privacy-office: identity.profiles (birth_year and profile_name) loses the label "
            "'pii': the approvers of pii guard 'pii'",
            "missing, of @aurora/data-access: who holds the clearance 'general' comes to read identity.profiles "
            "(birth_year and profile_name)",
            "missing, of @aurora/finance-control: who holds the clearance 'financial' comes to read identity.profiles "
            "(birth_year and profile_name)",
        ],
    ),
    "retention": (
        shorter,
        [
            "missing, of @aurora/identity-platform: identity.device-graph: kept 30 days instead of 400; what is older "
            "is deleted within a day or two of the deployment, and nobody brings it back",
        ],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_request_names_the_approvals_that_are_missing_each_with_its_sentence(
    repository: Path, capsys: Capture, case: str
) -> None:
    edit, missing = CASES[case]
    edit(repository)
    lines = approvals(capsys, "--author", "ida")
    assert [line for line in lines if line.startswith("missing")] == missing
    plural = "s" if len(missing) > 1 else ""
    assert lines[-1] == f"{len(missing)} approval{plural} missing"


def test_y6_is_refused_with_the_columns_and_the_approvers(repository: Path, capsys: Capture) -> None:
    y6(repository)
    words = ["affected", "--since", "main", "--author", "@ida", "--teams", "../teams.yaml", "--exit-code"]
    assert main.run(words) == 2
    out, err = capsys.readouterr()
    assert "loses the label 'pii': the approvers of pii guard 'pii'" in out
    assert "'profiles.profile_name' loses the label pii" in err
    assert main.run(["lock", "stacks", "--widen"]) == 0
    # The lock agrees now; the approvers have not.
    capsys.readouterr()
    assert main.run([*words, "--only", "approvals"]) == 1
    assert "3 approvals missing" in capsys.readouterr().out
    yes = [word for who in ("priya", "@dan", "@fay") for word in ("--approved-by", who)]
    assert main.run([*words, "--only", "approvals", *yes]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "no approval is missing"


def test_who_asks_does_not_approve_and_who_owns_a_file_may_edit_it(repository: Path, capsys: Capture) -> None:
    shorter(repository)
    assert approvals(capsys, "--author", "@ida", "--approved-by", "@ida")[-1] == "1 approval missing"
    assert approvals(capsys, "--author", "@ida", "--approved-by", "@mallory")[-1] == "1 approval missing"
    lines = approvals(capsys, "--author", "@ida", "--approved-by", "@ike,@mallory")
    assert lines[-1] == "no approval is missing"
    assert lines[0] == "given by @ike: stacks/domains/identity.yaml belongs to @aurora/identity-platform"


def test_less_access_and_a_remark_ask_the_owner_of_the_file_alone(repository: Path, capsys: Capture) -> None:
    pii = repository / "stacks/clearances/pii.yaml"
    lines = pii.read_text("utf-8").splitlines(keepends=True)
    pii.write_text("".join(line for line in lines if "streaming-analysts" not in line) + "# a remark\n", "utf-8")
    assert approvals(capsys, "--author", "@ida") == [
        "missing, of @aurora/privacy-office: stacks/clearances/pii.yaml belongs to @aurora/privacy-office",
        "1 approval missing",
    ]


def test_workflows_and_files_nobody_has_committed_count(repository: Path, capsys: Capture) -> None:
    workflow = repository / ".github/workflows/deploy.yml"
    workflow.parent.mkdir(parents=True)
    workflow.write_text("on: push\n", "utf-8")
    assert approvals(capsys, "--author", "@pat") == [
        "missing, of @aurora/data-platform: .github/workflows/deploy.yml changes, and it runs with the roles that "
        "deploy the mesh",
        "given by @pat: .github/workflows/deploy.yml belongs to @aurora/data-platform",
        "1 approval missing",
    ]


@pytest.mark.parametrize("path", ["vendor", "policies"])
def test_another_commit_of_a_submodule_counts_whatever_git_is_told_to_ignore(
    repository: Path, capsys: Capture, path: str
) -> None:
    (repository / ".gitmodules").write_text(
        f'[submodule "{path}"]\n\tpath = {path}\n\turl = ../elsewhere\n\tignore = all\n', "utf-8"
    )
    for number, branch in enumerate(("before", "after")):
        git(repository, "update-index", "--add", "--cacheinfo", f"160000,{number + 1:040},{path}")
        git(repository, "add", ".gitmodules")
        git(repository, "commit", "-q", "-m", branch)
        git(repository, "branch", branch)
    for key, value in (("diff.ignoreSubmodules", "all"), ("diff.relative", "true"), ("core.quotePath", "true")):
        git(repository, "config", key, value)
    assert main.run(["affected", "--since", "before", "--to", "after", "--only", "approvals", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["files"] == [path]
    assert [each["kind"] for each in found["approvals"]] == (["file", "guardrail"] if path == "policies" else ["file"])


def test_stacks_alone_say_nothing_of_approvals_that_are_missing(repository: Path, capsys: Capture) -> None:
    another_domains_file(repository)
    assert main.run(["affected", "--since", "main", "--only", "stacks", "--exit-code"]) == 2
    assert "leave out '--only stacks'" in " ".join(capsys.readouterr().err.split())


def test_names_of_files_and_texts_of_the_mesh_stay_on_their_line(repository: Path, capsys: Capture) -> None:
    for name in ("0\n::stop-commands::x\nno approval is missing\x1b[31m", os.fsdecode(b"1\xff")):
        (repository / name).write_text("x", "utf-8")
    lines = approvals(capsys, "--author", "@ann")
    assert lines == [
        "missing, of @aurora/data-platform: 0 ::stop-commands::x no approval is missing\\u001B[31m and 1 more belong "
        "to @aurora/data-platform",
        "1 approval missing",
    ]
    assert main.run(["affected", "--since", "main", "--only", "approvals", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["files"][1] == os.fsdecode(b"1\xff")


def document(capture: Capture, *words: str) -> dict[str, Any]:
    capture.readouterr()
    assert main.run(["affected", "--since", "main", "--json", *words]) == 0
    return json.loads(capture.readouterr().out)


@pytest.mark.long
def test_the_stacks_come_in_order_with_their_reason(repository: Path, capsys: Capture) -> None:
    git(repository, "checkout", "-q", "-b", "change")
    shorter(repository)
    git(repository, "commit", "-q", "-a", "-m", "Shorter")
    another_domains_file(repository)
    found = document(capsys, "--to", "change", "--only", "stacks")
    assert "approvals" not in found
    assert found["files"] == ["stacks/domains/identity.yaml"]
    (stack,) = found["stacks"]
    assert (stack["stack"], stack["change"], stack["summary"]) == (
        "domain-identity",
        "update",
        "1 changed, data lost in 1",
    )
    assert stack["places"] == ["products.device-graph.retention"]
    assert stack["files"] == ["stacks/domains/identity.yaml"]
    assert {change["path"] for each in stack["resources"] for change in each["changes"]} == {
        "rules[expire-files].expiration.days",
        "rules[expire-outbound].expiration.days",
    }
    assert main.run(["affected", "--since", "main", "--to", "change", "--only", "stacks"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "domain-identity: 1 changed, data lost in 1",
        "  changed BucketLifecycleConfiguration device-graph: rules[expire-files].expiration.days: 400 → 30; "
        "rules[expire-outbound].expiration.days: 400 → 30; data is lost: what is older than 30 days, within a day or "
        "two",
        "1 stack to deploy, in this order",
    ]


@pytest.mark.slow
def test_the_page_shows_what_is_printed(repository: Path, capsys: Capture) -> None:
    shorter(repository)
    assert main.run(["affected", "--since", "main"]) == 0
    page = (STACKS.parent / "docs/affected.md").read_text("utf-8")
    block = page.partition("<!-- output of affected -->\n```text\n")[2].partition("```")[0]
    assert capsys.readouterr().out == block


def test_what_changes_no_plan_affects_no_stack(repository: Path, capsys: Capture) -> None:
    assert document(capsys)["stacks"] == []
    (repository / "stacks/mesh.yaml").write_text(
        (repository / "stacks/mesh.yaml").read_text("utf-8") + "# x\n", "utf-8"
    )
    assert document(capsys, "--only", "stacks")["stacks"] == []
    assert main.run(["affected", "--since", "main"]) == 0
    assert "no stack: every plan is as it was\n" in capsys.readouterr().out


@pytest.mark.slow
def test_a_program_that_changes_affects_every_stack(
    repository: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stack_run, "ENTRY_POINT", repository / "__main__.py")
    (repository / "program").mkdir()
    (repository / "program/stack.py").write_text("pass\n", "utf-8")
    shorter(repository)
    found = document(capsys, "--only", "stacks")
    assert found["program"] == ["program/stack.py"]
    assert {each["change"] for each in found["stacks"] if each["stack"] != "domain-identity"} == {"program"}
    names = [each["stack"] for each in found["stacks"]]
    assert names == list(plan_folder(repository / "stacks", DAY).plan.stacks)


def test_a_mesh_that_is_gone_asks_who_owns_its_files(repository: Path, capsys: Capture) -> None:
    (repository / "stacks").rename(repository.parent / "elsewhere")
    said = "\n".join(approvals(capsys))
    assert "missing, of @aurora/privacy-office: stacks/clearances/pii.yaml" in said
    assert "stacks/accounts.yaml and " in said


def test_a_mesh_without_its_settings_tells_of_nobody_who_is_none(repository: Path, capsys: Capture) -> None:
    (repository / "stacks" / "mesh.yaml").unlink()
    said = "\n".join(approvals(capsys))
    assert "unknown" not in said
    assert "mesh.yaml cannot be read, and what it loosens not be told" in said


def test_two_folders_are_compared_without_git(repository: Path, tmp_path: Path, capsys: Capture) -> None:
    other = copied(STACKS, tmp_path / "other")
    another_domains_file(repository)
    assert main.run(["affected", "--since", str(other), "--only", "approvals", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["files"] == ["stacks/domains/ads.yaml"]
    assert [each["by"] for each in found["approvals"]] == [["@aurora/ads-platform"]]
    assert found["missing"] == 1
    (repository / "pipelines/elsewhere").symlink_to(tmp_path)
    assert main.run(["affected", "--since", str(other), "--only", "approvals", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["files"] == ["pipelines/elsewhere", "stacks/domains/ads.yaml"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--since", "mian"], "has no revision 'mian'"),
        (["--since", "main", "--to", "--x"], "--x"),
        (["--since", "main", "--teams", "nowhere.yaml"], "nowhere.yaml"),
        (["--since", "main", "--teams", "teams.yaml"], "teams.yaml:1:1: 'a' has no list of handles; write"),
        (["--since", "main", "-C", "nowhere"], "nowhere"),
    ],
)
def test_bad_input_is_a_sentence(repository: Path, capsys: Capture, words: list[str], told: str) -> None:
    (repository / "teams.yaml").write_text("a: b\n", "utf-8")
    assert main.run(["affected", *words]) == 2
    said = capsys.readouterr().err
    assert told in said
    assert "Traceback" not in said


def test_a_side_with_errors_is_told_and_the_rest_is_answered(repository: Path, capsys: Capture) -> None:
    another_domains_file(repository)
    swap(repository / "stacks/domains/identity.yaml", "kind: ml", "kind: mm")
    assert main.run(["affected", "--since", "main", "--author", "@ida"]) == 2
    out, err = capsys.readouterr()
    assert "missing, of @aurora/ads-platform" in out
    assert "stacks/domains/identity.yaml:" in err


def test_an_error_of_a_revision_is_placed_in_it(repository: Path, capsys: Capture) -> None:
    swap(repository / "stacks/domains/identity.yaml", "kind: ml", "kind: mm")
    git(repository, "commit", "-q", "-a", "-m", "Broken")
    swap(repository / "stacks/domains/identity.yaml", "kind: mm", "kind: ml")
    assert main.run(["affected", "--since", "HEAD"]) == 2
    assert "HEAD:stacks/domains/identity.yaml:" in capsys.readouterr().err
