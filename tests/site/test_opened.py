"""The site in a browser, narrow and wide, light and dark: no error, no foreign request, nothing that shuts people out.

`make screenshots` has this test write docs/screenshots/; else it holds the pictures there to what it sees.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.site.browser import Browser, Tab
from tests.site.conftest import AXE, ROOT, missing, site_python

pytestmark = pytest.mark.timeout(600)  # a browser beside other work is slow

KINDS = (
    "index.html",
    "access.html",
    "CHANGELOG.html",
    "decisions/0050-plans-beside-each-other.html",
    "reference/commands.html",
    "reference/components.html",
    "reference/yaml.html",
    "statements.html",
    "tutorial.html",
)
"""A page of each kind: with the picture of the mesh, with the matrix, with long lists, prose, tables, code, a tour."""
LOOKS = tuple((width, scheme) for width in (390, 1280) for scheme in ("light", "dark"))
JUDGED = {(390, "dark"), (1280, "light")}
"""The looks that axe-core is shown: either width, either scheme; it takes seconds for each."""
LONGEST, ROWS = 60, 6
"""Elements of an article, and rows of a table, that axe-core is shown: the rest of a long page is of the same kinds."""
SERIOUS = {"serious", "critical"}
ASK_AXE = """
(async () => {
  const article = document.querySelector("article")
  for (const each of [...article.children].slice(%d)) each.remove()
  for (const each of article.querySelectorAll("tbody tr:nth-child(n + %d)")) each.remove()
  const found = await axe.run(document, {resultTypes: ["violations"], preload: false, iframes: false})
  return found.violations.flatMap(each => each.nodes.map(node => [each.impact, each.id, node.html.slice(0, 200)]))
})()
"""


class Shot(NamedTuple):
    """A picture in docs/screenshots/: the page, how wide the window is, and for which pages."""

    file: str
    page: str
    width: int
    scheme: str


SHOTS = (
    Shot("home-wide-light.png", "index.html", 1280, "light"),
    Shot("access-wide-dark.png", "access.html", 1280, "dark"),
    Shot("commands-narrow-light.png", "reference/commands.html", 390, "light"),
    Shot("tutorial-narrow-dark.png", "tutorial.html", 390, "dark"),
)
LARGEST = 150_000
"""Bytes of a screenshot."""
MEAN = 0.08
"""How far a screenshot may be from what is seen: lines of a page come and go, its look does not."""


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Tab:
    return browser.tab()


def findings(tab: Tab) -> list[tuple[str, str, str]]:
    """What axe-core finds serious or critical on the page that is open."""
    if not AXE.exists():
        missing("axe-core", "make site")
    tab.run(f"{AXE.read_text('utf-8')};0")
    return [tuple(each) for each in tab.run(ASK_AXE % (LONGEST, ROWS)) if each[0] in SERIOUS]


@pytest.mark.long
@pytest.mark.parametrize("page", KINDS)
def test_a_page_opens_in_every_look(page: str, served: str, tab: Tab) -> None:
    for width, scheme in LOOKS:
        tab.show(f"{served}/{page}", width, scheme)
        foreign = [url for url in tab.requests if not url.startswith((f"{served}/", "data:"))]
        assert (tab.troubles, foreign) == ([], []), (width, scheme)
        assert tab.run("document.documentElement.scrollWidth") == width, "the page itself scrolls sideways"
        ground = tab.run("getComputedStyle(document.body).backgroundColor.match(/[0-9]+/g).map(Number)")
        assert (max(ground) < 80) == (scheme == "dark"), ground
        if (width, scheme) in JUDGED:
            assert findings(tab) == [], (width, scheme)


@pytest.mark.long
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_picture_is_that_of_the_readers_scheme(scheme: str, served: str, tab: Tab) -> None:
    for page, name in (("index.html", "overview"), ("access.html", "access")):
        tab.show(f"{served}/{page}", 1280, scheme)
        shown = tab.run("document.querySelector('article picture img').currentSrc")
        assert shown == f"{served}/{name}{'' if scheme == 'light' else '-dark'}.svg"


@pytest.mark.long
def test_the_site_works_from_files_and_its_search_finds(site: Path, tab: Tab) -> None:
    tab.show((site / "index.html").as_uri(), 1280, "light")
    tab.run("document.querySelector('.md-search__input').focus()")
    tab.call("Input.insertText", text="clearance")
    found = "[...document.querySelectorAll('.md-search-result__link')].map(each => each.href)"
    waits = f"new Promise(done => setInterval(() => {found}.length && done({found}), 100))"
    links = tab.run(waits)
    assert all(link.startswith(site.as_uri()) for link in links)
    assert [url for url in tab.requests if not url.startswith(("file:", "data:", "blob:"))] == []
    assert tab.troubles == []


@pytest.mark.long
def test_what_shuts_people_out_and_what_fails_is_noticed(tmp_path: Path, tab: Tab) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        '<html lang="en"><title>T</title><article><p style="color:#aaa;background:#fff">pale</p><img src="x.png">'
        "</article><script>console.error('e'); nowhere()</script></html>"
    )
    tab.show(page.as_uri(), 390, "light")
    assert len(tab.troubles) >= 3  # what was said, what was thrown, what was not found
    assert {rule for _, rule, _ in findings(tab)} >= {"color-contrast", "image-alt"}


@pytest.mark.long
@pytest.mark.parametrize("shot", SHOTS, ids=lambda shot: shot.file)
def test_the_screenshots_are_what_is_seen(shot: Shot, served: str, tab: Tab, tmp_path: Path) -> None:
    tab.show(f"{served}/{shot.page}", shot.width, shot.scheme)
    seen, kept = tmp_path / shot.file, ROOT / "docs" / "screenshots" / shot.file
    tab.picture(seen)
    if folder := os.environ.get("MESH_SCREENSHOTS"):
        (ROOT / folder).mkdir(exist_ok=True)
        (ROOT / folder / shot.file).write_bytes(seen.read_bytes())
    assert kept.stat().st_size <= LARGEST
    command = [site_python(), str(ROOT / "tests" / "site" / "rasters.py"), "compare", str(seen), str(kept)]
    found: Any = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert found.get("mean", 1) <= MEAN, f"{shot.file} is stale: make screenshots ({found})"


def test_there_are_few_screenshots() -> None:
    kept = {path.name for path in (ROOT / "docs" / "screenshots").iterdir()}
    assert kept == {shot.file for shot in SHOTS}
