"""Where the files of the repository are on the site: pages, files beside them, or in the repository alone."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from tools.site.dialect import CODE, FENCE

ROOT: Final = Path(__file__).resolve().parents[2]
BESIDE_DOCS: Final = ("ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")
"""Pages of the repository's root that are on the site."""
RENAMED: Final[Mapping[str, str]] = {"README.md": "index.md", "docs/README.md": "pages.md"}
"""The README is the site's first page; the index of docs/ lists all others."""
LINK: Final = re.compile(r"(?P<image>!?)\[(?P<text>(?:[^\[\]]|\[[^\]]*\])*)\]\((?P<target>[^)\s]+)\)")
SOURCE: Final = re.compile(r"(?P<before>\b(?:src|srcset|href)=\")(?P<target>[^\"]+)")
ELSEWHERE: Final = ("http://", "https://", "mailto:")


def on_site(path: str) -> str | None:
    """The place of a file of the repository on the site, as a source of MkDocs; None for what is not on it."""
    if path in RENAMED:
        return RENAMED[path]
    if path in BESIDE_DOCS:
        return path
    return path.removeprefix("docs/") if path.startswith("docs/") and (ROOT / path).is_file() else None


def in_repository(place: str) -> str:
    """The path in the repository of a source of MkDocs; the other way round."""
    for path, renamed in RENAMED.items():
        if place == renamed:
            return path
    return place if place in BESIDE_DOCS else f"docs/{place}"


def with_links(text: str, place: str, repository: str = "") -> str:
    """A page with its links as the site has them.

    A link to what is not on the site leads to the file in the repository; where nobody says where that is, it is
    told by its path.
    """

    def link(found: re.Match[str]) -> str:
        target = _target(found["target"], place, repository)
        if target is None:
            return _told(found["text"], _path(found["target"], place))
        return f"{found['image']}[{found['text']}]({target})"

    def source(found: re.Match[str]) -> str:
        return found["before"] + (_target(found["target"], place, repository) or found["target"])

    return "".join(_outside_code(text, lambda part: SOURCE.sub(source, LINK.sub(link, part))))


def _path(target: str, place: str) -> str:
    file = target.partition("#")[0]
    return posixpath.normpath(posixpath.join(posixpath.dirname(in_repository(place)), file))


def _target(target: str, place: str, repository: str) -> str | None:
    if target.startswith((*ELSEWHERE, "#")):
        return target
    path, (_, mark, anchor) = _path(target, place), target.partition("#")
    there = on_site(path)
    if there is not None:
        return f"{posixpath.relpath(there, posixpath.dirname(place) or '.')}{mark}{anchor}"
    if not repository:
        return None
    kind = "tree" if os.path.isdir(ROOT / path) else "blob"
    return f"{repository.rstrip('/')}/{kind}/main/{path}{mark}{anchor}"


def _told(text: str, path: str) -> str:
    if path == "docs" or text.strip("`") in (path, posixpath.basename(path)):
        return f"`{text.strip('`')}`"
    return f"{text} (`{path}`)"


def _outside_code(text: str, change: Callable[[str], str]) -> Iterator[str]:
    """A page with all changed that is no code; a link may have code in its text."""
    mark = ""
    for row in text.splitlines(keepends=True):
        fence = FENCE.match(row)
        if fence and not mark:
            mark = fence["mark"]
        elif fence and fence["mark"].startswith(mark) and not row.strip().strip(mark[0]):
            mark = ""
        elif not mark:
            yield _changed(row, change)
            continue
        yield row


def _changed(row: str, change: Callable[[str], str]) -> str:
    """A row changed but for code that shows a link, as in `[text](target)`."""
    shown = [found[0] for found in CODE.finditer(row) if LINK.search(found[0])]
    for number, code in enumerate(shown):
        row = row.replace(code, f"\0{number}\0")
    row = change(row)
    for number, code in enumerate(shown):
        row = row.replace(f"\0{number}\0", code)
    return row
