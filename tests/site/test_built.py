"""The built site: strict, every link of it alive, every page what GitHub shows, and nothing on another host."""

from __future__ import annotations

import shutil
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from tests.docs.pages import Page
from tests.site.conftest import ROOT, build
from tools.site.links import SitePage, dead_links
from tools.site.places import in_repository

REPOSITORY = "https://git.example/mesh"
COUNTED = (
    "a",
    "blockquote",
    "code",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "img",
    "li",
    "ol",
    "pre",
    "strong",
    "td",
    "tr",
    "ul",
)
"""Elements that a page has as often on GitHub as on the site; paragraphs are left out, for the items of a list may be
paragraphs or not, and look alike."""


class Elements(HTMLParser):
    """How often a page has each element; of the site's own pages, what stands in the article."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.counted: Counter[str] = Counter()
        self.inside = "<article" not in text
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "article":
            self.inside = True
        elif self.inside and tag in COUNTED and "headerlink" not in (dict(attrs).get("class") or ""):
            self.counted[tag] += 1

    def handle_endtag(self, tag: str) -> None:
        if tag == "article":
            self.inside = False


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site with links to a repository, as GitHub has them."""
    folder = tmp_path_factory.mktemp("linked") / "site"
    done = build(folder, REPOSITORY)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def sources(folder: Path) -> dict[str, Path]:
    """The pages of a built site by their sources in the repository."""
    html = {path: path.relative_to(folder).with_suffix(".md").as_posix() for path in folder.rglob("*.html")}
    return {in_repository(place): path for path, place in html.items()}


@pytest.mark.long
def test_every_link_of_the_site_leads_somewhere_on_it(site: Path) -> None:
    assert len(list(site.rglob("*.html"))) > 70
    assert list(dead_links(site)) == []


@pytest.mark.long
def test_every_page_of_the_documentation_is_on_the_site(site: Path) -> None:
    pages = {path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").rglob("*.md")}
    pages |= {"README.md", "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"}
    assert set(sources(site)) == pages


@pytest.mark.long
def test_the_site_shows_what_github_shows(linked: Path) -> None:
    github = MarkdownIt("commonmark").enable("table")
    differing: dict[str, dict[str, tuple[int, int]]] = {}
    for source, path in sources(linked).items():
        there = Elements(github.render((ROOT / source).read_text("utf-8"))).counted
        here = Elements(path.read_text("utf-8")).counted
        if found := {tag: (there[tag], here[tag]) for tag in COUNTED if there[tag] != here[tag]}:
            differing[source] = found
    assert differing == {}


@pytest.mark.long
def test_every_anchor_of_a_page_is_githubs(site: Path) -> None:
    """A heading that stands twice on a page has another second anchor here; a link to it would be found dead."""
    for source, path in sources(site).items():
        page = Page(ROOT / source)
        again = {anchor for anchor in page.anchors if anchor.rpartition("-")[0] in page.anchors}
        assert page.anchors - again - SitePage(path.read_text("utf-8")).anchors == set(), source


@pytest.mark.long
def test_links_to_code_lead_into_the_repository_where_that_is_known(site: Path, linked: Path) -> None:
    architecture = (linked / "ARCHITECTURE.html").read_text("utf-8")
    assert f'href="{REPOSITORY}/blob/main/' in architecture
    assert list(dead_links(linked)) == []
    assert "/blob/main/" not in (site / "ARCHITECTURE.html").read_text("utf-8")


@pytest.mark.long
def test_a_link_to_no_heading_stops_the_build(tmp_path: Path) -> None:
    """MkDocs has its own opinion of links, beside that of `tools/site/links.py`."""
    copy = tmp_path / "copy"
    (copy / "docs").mkdir(parents=True)
    shutil.copytree(ROOT / "tools" / "site" / "theme", copy / "tools" / "site" / "theme")
    (copy / "docs" / "index.md").write_text("# A\n\n[b](other.md#there-is-none) [c](nowhere.md)\n")
    (copy / "docs" / "other.md").write_text("# B\n")
    config = (ROOT / "mkdocs.yml").read_text("utf-8")
    kept = config.partition("nav:\n  - Home")[0].replace("hooks: [tools/site/hooks.py]\n", "")
    (copy / "mkdocs.yml").write_text(kept)
    done = build(tmp_path / "out", config=copy / "mkdocs.yml")
    assert done.returncode != 0
    assert "no such anchor" in done.stderr or "does not contain an anchor" in done.stderr
    assert "nowhere.md" in done.stderr
