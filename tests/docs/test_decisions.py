"""Every decision has a number, a date, a status and the same four headings."""

from __future__ import annotations

import datetime
import re

import pytest

from tests.docs.pages import ROOT, Page

DECISIONS = [Page(path) for path in sorted((ROOT / "docs" / "decisions").glob("*.md"))]
HEADINGS = ["Context", "Decision", "Instead of", "Cost"]
LINE = re.compile(r"\*\*Date\*\* (?P<date>\d{4}-\d\d-\d\d) · \*\*Status\*\* (?P<status>accepted|superseded)\b[^\n]*")


def test_their_numbers_follow_one_another() -> None:
    assert [page.path.name[:5] for page in DECISIONS] == [f"{number:04}-" for number in range(1, len(DECISIONS) + 1)]


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.path.stem)
def test_a_decision_has_its_form(page: Page) -> None:
    title, _, line, *_ = page.text.splitlines()
    written = LINE.fullmatch(line)
    assert written, "the third line says date and status"
    assert datetime.date.fromisoformat(written["date"]) >= datetime.date(2026, 11, 23)
    assert page.headings == [title.removeprefix("# "), *HEADINGS]
    sections = re.split(r"^## .+$", page.text, flags=re.MULTILINE)[1:]
    assert all(section.strip() for section in sections), "no heading stands over nothing"
