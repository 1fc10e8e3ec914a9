"""Every page is found: from the README all of the project's, from docs/README.md every page and picture of docs/."""

from __future__ import annotations

from pathlib import Path

from tests.docs.pages import ROOT, Page, pages

INDEX = Page(ROOT / "docs" / "README.md")


def reached(start: Page) -> set[Path]:
    """The files that one comes to by links, from page to page."""
    found, ahead = {start.path}, [start]
    while ahead:
        page = ahead.pop()
        for link in page.links:
            target = (page.path.parent / link.partition("#")[0]).resolve()
            if target.is_file() and target not in found:
                found.add(target)
                ahead += [Page(target)] if target.suffix == ".md" else []
    return found


def test_every_page_and_picture_of_docs_is_reached_from_its_index() -> None:
    every = {path for path in (ROOT / "docs").rglob("*") if path.is_file()}
    assert sorted(str(path) for path in every - reached(INDEX)) == []


def test_the_index_itself_lists_every_page_of_docs() -> None:
    linked = {(INDEX.path.parent / link.partition("#")[0]).resolve() for link in INDEX.links}
    every = set((ROOT / "docs").rglob("*.md")) - {INDEX.path}
    assert sorted(str(path.relative_to(ROOT)) for path in every - linked) == []


def test_the_index_calls_each_decision_by_its_title() -> None:
    for path in sorted((ROOT / "docs" / "decisions").glob("*.md")):
        assert f"[{Page(path).headings[0]}](decisions/{path.name})" in INDEX.text


def test_every_page_of_the_project_is_reached_from_the_readme() -> None:
    found = reached(Page(ROOT / "README.md"))
    assert [page.name for page in pages() if page.path not in found] == []
