"""`python -m tools.site.links FOLDER`: says which links of a built site lead nowhere, or ask another host for a file.

Every `href` and `src` of every page is followed: to a file of the site, and to the element that its anchor names. Links
for readers may leave the site; what a browser fetches by itself may not. Exit code 1 when something is found.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import unquote, urlsplit

FETCHED: Final = {("img", "src"), ("script", "src"), ("link", "href"), ("source", "srcset"), ("iframe", "src")}
"""Attributes that a browser follows by itself."""
FOLLOWED: Final = FETCHED | {("a", "href")}
NOT_FETCHED: Final = {"canonical", "next", "prev"}
"""Kinds of `<link>` that a browser does not follow."""


class SiteLink(NamedTuple):
    """A link as it stands on a page."""

    tag: str
    target: str
    fetched: bool


class SitePage(HTMLParser):
    """A built page: its links and its anchors."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[SiteLink] = []
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag with its attributes."""
        values = dict(attrs)
        self.anchors |= {value for name in ("id", "name") if (value := values.get(name))}
        fetched = not (tag == "link" and values.get("rel") in NOT_FETCHED)
        for name, value in attrs:
            if (tag, name) in FOLLOWED and value is not None:
                self.links.append(SiteLink(tag, value, fetched and (tag, name) in FETCHED))


def dead_links(folder: Path) -> Iterator[str]:
    """What is wrong with the links of a site: the page, the link, and what is not there.

    Raises FileNotFoundError for a folder without a page, of which nothing can be said.
    """
    pages = {path.resolve(): SitePage(path.read_text("utf-8")) for path in sorted(folder.rglob("*.html"))}
    if not pages:
        raise FileNotFoundError(f"{folder} has no page of a site")
    for path, page in pages.items():
        for link in page.links:
            if wrong := _wrong(link, path, pages, folder.resolve()):
                yield f"{path.relative_to(folder.resolve())}: {link.target}: {wrong}"


def _wrong(link: SiteLink, path: Path, pages: dict[Path, SitePage], folder: Path) -> str:
    parts = urlsplit(link.target)
    if parts.scheme or parts.netloc:
        return "a page of the site fetches it from another host" if link.fetched and parts.scheme != "data" else ""
    if parts.path.startswith("/"):
        return "begins at the root of a host, which a site in a folder of it has not"
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if target.is_dir():
        target /= "index.html"
    if not target.is_relative_to(folder) or not target.is_file():
        return "there is no such file"
    anchor = unquote(parts.fragment)
    if anchor and target in pages and anchor not in pages[target].anchors and link.tag == "a":
        return "the page has no such anchor"
    return ""


if __name__ == "__main__":
    found = list(dead_links(Path(sys.argv[1])))
    for line in found:
        print(line, file=sys.stderr)  # noqa: T201 (the tool's own answer)
    sys.exit(1 if found else 0)
