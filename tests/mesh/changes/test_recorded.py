"""Recorded changes of the sample give just the report that is recorded, on one screen, and a comment that fits."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from mesh.changes.assembled import NO_ACCESS, SAME, report
from mesh.changes.markdown import LIMIT, markdown_of, units
from mesh.changes.screen_text import SCREEN, screen_text
from mesh.folder import plan_folder
from mesh.proof import symbolic
from tests.conftest import DAY
from tests.mesh.changes.recorded_changes import NAMES, RECORDED, edited, report_of, sample

SHORT = ("label-removed", "member-raised", "retention-shortened", "agreement-expired", "comment-alone")
"""Cases of the fast suite: one of each kind that the reviews asked for."""


def as_recorded(name: str, folder: Path) -> None:
    made = report_of(name, folder)
    text = screen_text(made)
    assert text == (RECORDED / f"{name}.txt").read_text("utf-8")
    assert len(text.splitlines()) <= SCREEN
    comment = markdown_of(made)
    assert units(comment) <= LIMIT
    assert comment.count("<details") == comment.count("</details>") == len(made.changed)


@pytest.mark.parametrize("name", SHORT)
def test_a_change_gives_the_report_that_is_recorded(name: str, tmp_path: Path) -> None:
    as_recorded(name, tmp_path)


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", [name for name in NAMES if name not in SHORT])
def test_every_other_change_gives_the_report_that_is_recorded(name: str, tmp_path: Path) -> None:
    as_recorded(name, tmp_path)


def test_every_patch_has_a_report_and_every_report_a_patch() -> None:
    assert {path.stem for path in RECORDED.glob("*.txt")} == set(NAMES)
    assert len(NAMES) >= 50


def recorded(name: str) -> str:
    return (RECORDED / f"{name}.txt").read_text("utf-8")


def test_a_change_with_no_effect_on_access_says_so() -> None:
    silent = {name for name in NAMES if NO_ACCESS in recorded(name)}
    assert {"owner-changed", "retention-shortened", "description-changed", "column-retyped"} <= silent
    speaking = {name for name in NAMES if "\nAccess:" in recorded(name) or ": gains " in recorded(name)}
    assert not speaking & silent
    assert len(speaking) >= 15


def test_every_change_that_says_something_else_has_a_line() -> None:
    assert [name for name in NAMES if len(recorded(name).splitlines()) < 3] == ["comment-alone"]
    assert SAME in recorded("comment-alone")


def test_a_label_that_is_removed_names_the_columns_and_who_gains_them() -> None:
    """The attack y6 of the review: two labels less, and nothing else in the request."""
    text = recorded("label-removed")
    assert "general and financial, in every home, gain identity.profiles: birth_year and profile_name" in text
    assert "7 groups gain columns or files" in text


def test_a_member_that_is_raised_gains_columns_by_name_and_number() -> None:
    """A3: a group raised from general to restricted changed no line of the plan."""
    text = recorded("member-raised")
    assert "player-engineers@playback: general → restricted; gains" in text
    assert "(financial, pii)" in text


def test_what_a_review_found_that_no_line_said_is_said() -> None:
    """A3: shorter retention, an expired agreement; A13: what becomes of the data of a product that is removed."""
    assert "kept 400 → 90 days; what is older than 90 days is deleted" in recorded("retention-shortened")
    assert "the agreement expired on 2026-12-31" in recorded("agreement-expired")
    assert "until 'deletion-protection: false' was deployed before" in recorded("product-removed")
    assert "used until now by domain recommendations" in recorded("product-removed")
    assert "its data is deleted with its bucket" in recorded("unprotected-product-removed")


def test_the_same_change_gives_the_same_text(tmp_path: Path) -> None:
    """A4: the text of a plan was another one from run to run."""
    after = plan_folder(edited("label-removed", tmp_path), DAY)
    one, other = (report(sample(), after, ("a", "b")) for _ in range(2))
    assert (screen_text(one), markdown_of(one), one.as_json()) == (
        screen_text(other),
        markdown_of(other),
        other.as_json(),
    )


def test_without_the_solver_a_document_is_changed_and_nothing_is_claimed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(symbolic, "available", lambda: False)
    made = report_of("label-removed", tmp_path)
    (section,) = (each for each in made.sections if each.key == "statements")
    assert section.summary == "3 documents differ: 3 changed"
    assert all("lets through" not in line.text for line in section.lines)


def test_a_day_that_passes_says_what_lapses() -> None:
    """A12: what ends by a day alone is a line of a report, and no surprise of the next deployment."""
    later = plan_folder(sample().directory, datetime.date(2029, 1, 1))
    text = screen_text(report(sample(), later, ("today", "2029")), None)
    assert text.startswith("today → 2029: The day alone differs.")
    assert "ad-measurement gets no copies of ads.impressions any more: the agreement expired on 2028-12-31" in text
    assert "sales-planning@ads as general holds nothing: its review has passed" in text
