"""Labels that are taken away: refused with the columns and the approvers to ask, before `mesh lock` and after it."""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from cli import exit_codes, main
from mesh.changes.broken_promises import broken_promises
from mesh.changes.widenings import LabelWidening, widenings
from tests.mesh_copies import edit, mesh_of

ROOT = Path(__file__).parents[3]
DAY = datetime.date(2026, 12, 1)
PROFILES = "contracts/identity/profiles.odcs.yaml"
NAME = "        description: Name shown on the profile picker, as typed by the member.\n        required: true\n"
YEAR = "        description: Year of birth where the member added one for a better age gate.\n"
LABEL = "        classification: pii\n"
ASKED = (
    "ask for an entry under 'widenings' data-access@aurora.example in clearances/general.yaml, and "
    "finance-control@aurora.example in clearances/financial.yaml"
)
APPROVERS = {"general": "data-access@aurora.example", "financial": "finance-control@aurora.example"}
LINE = (
    "widenings:\n"
    "  - {{product: identity.profiles, column: {column}, labels: [pii], reason: No row is about one person any more, "
    "approved-by: {approver}, date: {date}}}\n"
)


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """The sample mesh."""
    shutil.copytree(ROOT / "pipelines", tmp_path / "pipelines")
    return Path(shutil.copytree(ROOT / "stacks", tmp_path / "stacks"))


def y6(folder: Path) -> None:
    """The attack: two columns of the profiles lose their label."""
    edit(folder / PROFILES, (NAME + LABEL, NAME), (YEAR + LABEL, YEAR))


def approve(folder: Path, clearance: str, column: str = "profiles.profile_name", approver: str = "") -> None:
    approver = approver or APPROVERS[clearance]
    with (folder / f"clearances/{clearance}.yaml").open("a", encoding="utf-8") as stream:
        stream.write(LINE.format(column=column, approver=approver, date="2026-11-30"))


def said(every: tuple[LabelWidening, ...]) -> list[str]:
    return [problem.message for one in every for problem in one.problems()]


def test_validate_refuses_y6_with_the_columns_and_the_approvers(
    sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    y6(sample)
    assert main.run(["validate", str(sample), "--as-of", str(DAY)]) == exit_codes.BAD_INPUT
    told = capsys.readouterr()
    refused = [line for line in (told.out + told.err).splitlines() if "a widening of access" in line]
    assert len(refused) == 2
    for line, column in zip(refused, ("profiles.profile_name", "profiles.birth_year"), strict=True):
        assert f"'{column}' loses the label pii" in line
        assert ASKED in line


def test_lock_refuses_y6_with_the_approvers_too(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    y6(sample)
    assert main.run(["lock", str(sample)]) == exit_codes.BAD_INPUT
    told = capsys.readouterr().err
    assert told.count(ASKED) == 2


def test_after_its_lock_y6_is_refused_against_the_revision_of_before(
    sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = mesh_of(sample)
    y6(sample)
    assert main.run(["lock", "--widen", str(sample)]) == 0
    assert main.run(["validate", str(sample), "--as-of", str(DAY)]) == 0
    capsys.readouterr()
    told = said(widenings(before, mesh_of(sample), DAY))
    entry = "{product: identity.profiles, column: profiles.profile_name, labels: [pii], …}"
    assert len(told) == 4
    assert told[0] == (
        "'profiles.profile_name' loses the label pii, and who holds 'general' reads it then: ask "
        f"data-access@aurora.example for the entry {entry} under 'widenings' of clearances/general.yaml"
    )
    assert "clearances/financial.yaml" in told[1]
    assert [one.split()[0] for one in told[::2]] == ["'profiles.profile_name'", "'profiles.birth_year'"]


def test_the_entries_of_all_whose_clearance_gains_let_a_label_go_for_thirty_days(sample: Path) -> None:
    before = mesh_of(sample)
    edit(sample / PROFILES, (NAME + LABEL, NAME))
    approve(sample, "general")
    (one,) = widenings(before, mesh_of(sample), DAY)
    assert [each.name for each in one.missing] == ["financial"]
    approve(sample, "financial")
    after = mesh_of(sample)
    (one,) = widenings(before, after, DAY)
    assert one.missing == ()
    assert one.as_json()["gaining"][0]["entry"]["approved-by"] == "data-access@aurora.example"
    late = widenings(before, after, DAY + datetime.timedelta(days=30))
    assert [each.name for each in late[0].missing] == ["general", "financial"]
    early = widenings(before, after, DAY - datetime.timedelta(days=2))
    assert [each.name for each in early[0].missing] == ["general", "financial"]


@pytest.mark.parametrize(
    ("column", "approver"),
    [("profiles.birth_year", "data-access@aurora.example"), ("profiles.profile_name", "identity@aurora.example")],
)
def test_the_entry_of_another_column_or_of_nobody_who_approves_lets_nothing_go(
    sample: Path, column: str, approver: str
) -> None:
    before = mesh_of(sample)
    edit(sample / PROFILES, (NAME + LABEL, NAME))
    approve(sample, "general", column, approver)
    (one,) = widenings(before, mesh_of(sample), DAY)
    assert [each.name for each in one.missing] == ["general", "financial"]


def test_who_makes_oneself_an_approver_in_the_same_change_approves_nothing(sample: Path) -> None:
    before = mesh_of(sample)
    edit(sample / PROFILES, (NAME + LABEL, NAME))
    edit(
        sample / "clearances/general.yaml",
        ("approvers: # who", "approvers: # these who"),
        ("members:", "  - {email: me@aurora.example}\nmembers:"),
    )
    approve(sample, "general", approver="me@aurora.example")
    (one,) = widenings(before, mesh_of(sample), DAY)
    assert (one.missing[0].name, one.missing[0].approvers) == ("general", ("data-access@aurora.example",))


def nothing(folder: Path) -> None:
    """No label goes."""
    assert folder.exists()


def remove_columns(folder: Path) -> None:
    text = (folder / PROFILES).read_text("utf-8")
    start = text.index("      - name: profile_name\n")
    text = text[:start] + text[text.index("      - name: avatar\n") :]
    start = text.index("      - name: birth_year\n")
    (folder / PROFILES).write_text(text[:start] + text[text.index("      - name: is_kids\n") :], "utf-8")


@pytest.mark.parametrize(
    ("change", "columns"),
    [(y6, ["profiles.profile_name", "profiles.birth_year"]), (remove_columns, ["*"]), (nothing, [])],
    ids=["the labels go", "the last labelled columns go", "nothing"],
)
def test_a_label_is_lost_in_each_of_these_ways(
    sample: Path, change: Callable[[Path], None], columns: list[str]
) -> None:
    before = mesh_of(sample)
    change(sample)
    found = widenings(before, mesh_of(sample), DAY)
    assert [one.column for one in found] == columns
    assert all([each.name for each in one.gaining] == ["general", "financial"] for one in found)


def test_an_entry_lets_go_no_label_that_it_does_not_name(sample: Path) -> None:
    edit(sample / PROFILES, (NAME + LABEL, NAME + '        classification: "pii, financial"\n'))
    before = mesh_of(sample)
    edit(sample / PROFILES, ('        classification: "pii, financial"\n', ""))
    approve(sample, "general")
    (one,) = widenings(before, mesh_of(sample), DAY)
    assert one.labels == ("financial", "pii")
    assert [each.name for each in one.missing] == ["general", "financial", "pii"]


def test_a_label_of_two_that_goes_widens_what_the_other_alone_is_read_with(sample: Path) -> None:
    edit(sample / PROFILES, (NAME + LABEL, NAME + '        classification: "pii, financial"\n'))
    before = mesh_of(sample)
    edit(sample / PROFILES, ('classification: "pii, financial"', "classification: pii"))
    (one,) = widenings(before, mesh_of(sample), DAY)
    assert one.labels == ("financial",)
    assert [each.name for each in one.gaining] == ["pii"]


def test_a_word_that_means_no_label_any_more_takes_the_label_away_with_no_contract_changed(sample: Path) -> None:
    edit(sample / PROFILES, (NAME + LABEL, NAME + "        classification: private\n"))
    words = (sample / "mesh.yaml").read_text("utf-8")
    (sample / "mesh.yaml").write_text(f"{words}classification-aliases: {{private: [pii]}}\n", "utf-8")
    before = mesh_of(sample)
    (sample / "mesh.yaml").write_text(f"{words}no-label: [private]\n", "utf-8")
    after = mesh_of(sample)
    (one,) = widenings(before, after, DAY)
    assert (one.column, one.labels) == ("profiles.profile_name", ("pii",))
    assert [changed.rule for changed in broken_promises(before, after, DAY)[0].changes] == ["label-removed"]
    (closed,) = broken_promises(after, before, DAY)
    assert [changed.rule for changed in closed.changes] == ["label-added"]
    assert closed.hit


@pytest.mark.parametrize("is_renamed", [True, False])
def test_a_clearance_that_was_not_there_has_the_yes_of_the_platform_team_alone(sample: Path, is_renamed: bool) -> None:
    before = mesh_of(sample)
    edit(sample / PROFILES, (NAME + LABEL, NAME))
    text = (sample / "clearances/general.yaml").read_text("utf-8")
    mine = text[: text.index("members:")].replace("data-access@aurora.example", "me@aurora.example")
    (sample / "clearances/mine.yaml").write_text(mine, "utf-8")
    if is_renamed:
        (sample / "clearances/general.yaml").unlink()

    def yes_of(approver: str) -> bool:
        (sample / "clearances/mine.yaml").write_text(mine, "utf-8")
        approve(sample, "mine", approver=approver)
        (one,) = widenings(before, mesh_of(sample), DAY)
        (gaining,) = [each for each in one.gaining if each.name == "mine"]
        assert gaining.approvers == (before.file.owner.email,)
        return gaining.entry is not None

    assert not yes_of("me@aurora.example")
    assert not yes_of("data-access@aurora.example")
    assert yes_of(before.file.owner.email)
