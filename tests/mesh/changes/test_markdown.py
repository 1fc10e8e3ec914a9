"""The comment is never too long, never broken, and holds nothing that GitHub would take for more than text."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from mesh.changes.assembled import report_of_files
from mesh.changes.markdown import LIMIT, MARK, code, markdown_of, units
from mesh.changes.report import ChangeReport, ReportLine, ReportSection
from mesh.changes.screen_text import SCREEN, screen_text
from mesh.folder import plan_folder
from tests.conftest import DAY

TINY: Final = Path(__file__).parents[1] / "tiny"
NASTY = st.text(st.sampled_from("{}\udcff`<>@#[]()!*_|\\~&\n\r\t$:/.-\u202e\u200b\U0001f600 abcwh"), max_size=80)


def section(key: str, texts: list[str], depth: int = 0) -> ReportSection:
    lines = tuple(ReportLine(text, depth) for text in texts)
    return ReportSection(key=key, title=key.capitalize(), summary=f"{len(texts)} of them", lines=lines)


def report(*sections: ReportSection, before: str = "main", after: str = "stacks") -> ChangeReport:
    return ChangeReport(before=before, after=after, remark="2 files say something else.", sections=sections)


def without_code(text: str) -> str:
    """What is left of a comment without its code spans, as CommonMark finds them: equally many backticks end one."""
    return re.sub(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", "", text)


@given(texts=st.lists(NASTY, max_size=8), sides=st.tuples(NASTY, NASTY))
def test_what_people_wrote_stands_in_code_spans_alone(texts: list[str], sides: tuple[str, str]) -> None:
    parts = (section("access", texts), section("people", texts, 1))
    assert_is_text(markdown_of(report(*parts, before=sides[0], after=sides[1])), texts)


@given(unread=st.frozensets(NASTY, max_size=9), sides=st.tuples(NASTY, NASTY), read=st.sampled_from(["both", "one"]))
def test_names_of_sides_and_files_that_cannot_be_read_stand_in_code_spans(
    unread: frozenset[str], sides: tuple[str, str], read: str
) -> None:
    """A contract may have any name at all, and every fault of it is told in the comment."""
    mesh = plan_folder(TINY, DAY).mesh
    other = replace(mesh, unread=unread) if read == "both" else None
    made = report_of_files(mesh, other, sides, sides)
    assert_is_text(markdown_of(made), list(unread))
    assert "\n" not in screen_text(made).strip("\n")
    assert made.as_json()["remark"].isprintable()


def assert_is_text(made: str, texts: list[str]) -> None:
    left = without_code(made)
    assert "@" not in left
    assert re.findall(r"<(?!details|/details|summary|/summary|!-- mesh)", left) == []
    assert "http" not in left
    assert "[" not in left
    assert made.count("<details") - sum(text.count("<details") for text in texts) <= 2
    assert all(line.startswith(("- ", "  - ", "<", "#", " → .", " →  .")) or not line for line in left.splitlines())


@given(number=st.integers(0, 3000), length=st.integers(1, 1500), limit=st.sampled_from([5_000, 20_000, LIMIT]))
def test_a_comment_is_never_longer_than_the_limit_and_says_what_it_leaves_out(
    number: int, length: int, limit: int
) -> None:
    texts = [f"{n} " + "\U0001f600" * length for n in range(number)]
    made = markdown_of(report(section("access", texts), section("people", ["short"])), limit)
    assert units(made) <= limit
    assert made.startswith(MARK)
    assert made.count("<details") == made.count("</details>")
    shown = len(re.findall(r"^- `", made, re.MULTILINE))
    said = re.search(r"([\d,]+) lines? (?:is|are) left out here; `mesh diff --all`", made)
    assert shown + (int(said[1].replace(",", "")) if said else 0) == number + 1


def test_a_contract_named_as_a_mention_is_a_path_and_no_mention() -> None:
    name = "contracts/shop/@octocat <img src=x> `.odcs.yaml"
    mesh = plan_folder(TINY, DAY).mesh
    made = markdown_of(report_of_files(mesh, replace(mesh, unread=frozenset((name,))), ("main", "stacks"), ("stacks",)))
    assert "Left out: ``contracts/shop/@octocat <img src=x> `.odcs.yaml``." in made
    assert "### What this change does to the mesh cannot be told\n" in made


def test_that_nothing_changes_is_not_said_of_a_comparison_that_failed() -> None:
    mesh = plan_folder(TINY, DAY).mesh
    made = report_of_files(mesh, replace(mesh, unread=frozenset(("domains/shop.yaml",))), ("a", "b"), ("b",))
    for text in (markdown_of(made), screen_text(made)):
        assert "Nothing in the mesh changes" not in text
        assert "The files that both sides could read say what they said." in text
    assert made.as_json()["changed"] is None
    part = replace(made, sections=(section("other", ["a line"]),))
    assert part.title == "What this change does to the mesh as far as its files can be read"
    assert part.as_json()["changed"] is True


def test_a_code_span_is_delimited_by_more_backticks_than_it_holds() -> None:
    assert code("a") == "`a`"
    assert code("a`b``c") == "```a`b``c```"
    assert code("`a") == "`` `a ``"
    assert code("") == "`   `"
    assert code("a\nb\u202ec") == "`a b\\u202Ec`"


def test_no_change_is_one_sentence_in_a_comment_too() -> None:
    made = markdown_of(ChangeReport(before="main", after="stacks", remark="Nothing in the mesh changes."))
    assert made.splitlines()[1:] == [
        "### Nothing in the mesh changes",
        "",
        "`main` → `stacks`. Nothing in the mesh changes.",
    ]


@given(numbers=st.lists(st.integers(0, 200), max_size=9))
def test_a_report_fits_on_one_screen_and_counts_what_it_does_not_show(numbers: list[int]) -> None:
    sections = [section(f"part{key}", ["text"] * number) for key, number in enumerate(numbers)]
    shown = screen_text(report(*sections)).splitlines()
    assert len(shown) <= SCREEN
    more = sum(int(found) for line in shown for found in re.findall(r"… and ([\d,]+) more", line))
    assert shown.count("  text") + more == sum(numbers)
