"""Lines about exceptions: new ones, those that go or say something else, and those of which the day is past."""

from __future__ import annotations

import datetime
import shutil
from pathlib import Path

import pytest

from mesh.changes.assembled import report
from mesh.changes.exception_lines import exception_section
from mesh.changes.report import ReportSection
from mesh.folder import PlannedMesh, plan_folder

TINY = Path(__file__).resolve().parents[1] / "tiny"
DAY = datetime.date(2027, 1, 1)
NAMED = "'bucket-has-public-access-block' does not hold for domain-shop/clicks"
ENTRY = (
    "exceptions:\n  - {rule: bucket-has-public-access-block, resource: domain-shop/clicks, reason: A site., "
    "owner: shop, expires: 2027-05-01}\n"
)


def side(folder: Path, text: str, day: datetime.date = DAY) -> PlannedMesh:
    shutil.copytree(TINY, folder)
    if text:
        (folder / "exceptions.yaml").write_text(text, "utf-8")
    return plan_folder(folder, day)


def section(tmp_path: Path, before: str, after: str, day: datetime.date = DAY) -> ReportSection | None:
    told = report(side(tmp_path / "a", before), side(tmp_path / "b", after, day), ("a", "b"))
    return next((each for each in told.sections if each.key == "exceptions"), None)


@pytest.mark.parametrize(
    ("before", "after", "summary", "lines"),
    [
        ("", ENTRY, "1 new of 1 exception", [f"new: {NAMED} until 2027-05-01, by shop: A site."]),
        (ENTRY, "", "1 removed of 1 exception", [f"removed: {NAMED}; the rule holds again"]),
        (
            ENTRY,
            ENTRY.replace("05-01", "06-01").replace("A site.", "Another."),
            "1 changed of 1 exception",
            [f"{NAMED}: expires 2027-05-01 → 2027-06-01", f"{NAMED}: reason 'A site.' → Another."],
        ),
        (
            ENTRY,
            ENTRY.replace("/clicks", "/click?").replace("domain-shop/click?", '"domain-shop/click?"'),
            "1 new, 1 removed of 2 exceptions",
            None,
        ),
    ],
)
def test_each_change_is_told(tmp_path: Path, before: str, after: str, summary: str, lines: list[str] | None) -> None:
    found = section(tmp_path, before, after)
    assert found is not None
    assert found.summary == summary
    if lines is not None:
        assert [line.text for line in found.lines] == lines
    assert len(found.data) >= 1


def test_a_day_that_passes_is_told_though_nobody_wrote_anything(tmp_path: Path) -> None:
    found = section(tmp_path, ENTRY, ENTRY, datetime.date(2027, 5, 2))
    assert found is not None
    assert [line.text for line in found.lines] == [f"ended on 2027-05-01: {NAMED}; the rule holds again"]
    assert found.data == [
        {
            "change": "ended",
            "rule": "bucket-has-public-access-block",
            "resource": "domain-shop/clicks",
            "reason": "A site.",
            "owner": "shop",
            "expires": "2027-05-01",
        }
    ]


def test_a_change_of_something_else_has_no_such_section(tmp_path: Path) -> None:
    assert section(tmp_path, ENTRY, ENTRY, datetime.date(2027, 1, 2)) is None


def test_what_it_tells_is_told_nowhere_else(tmp_path: Path) -> None:
    told = report(side(tmp_path / "a", ENTRY), side(tmp_path / "b", ENTRY.replace("05-01", "06-01")), ("a", "b"))
    (other,) = [each for each in told.sections if each.key == "other"]
    assert other.lines == ()
    assert [each["file"] for each in other.data] == ["exceptions.yaml"]


def test_one_that_had_ended_before_is_not_told_as_ended_again(tmp_path: Path) -> None:
    past, later = datetime.date(2027, 5, 2), datetime.date(2027, 5, 3)
    one, other = side(tmp_path / "a", ENTRY, past), side(tmp_path / "b", ENTRY, later)
    assert not exception_section(one, other).is_change
