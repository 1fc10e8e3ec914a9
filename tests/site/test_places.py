"""Links of a page as the site has them, and the places of files on it."""

from __future__ import annotations

import pytest

from tools.site.places import in_repository, on_site, with_links


@pytest.mark.parametrize(
    ("text", "place", "linked"),
    [
        ("[a](docs/access.md#x)", "index.md", "[a](access.md#x)"),
        ("[a](../README.md)", "access.md", "[a](index.md)"),
        ("[a](../../SECURITY.md#b)", "decisions/0001-trail-by-a-delegated-administrator.md", "[a](../SECURITY.md#b)"),
        ("![a](docs/access.svg)", "index.md", "![a](access.svg)"),
        ('<img src="docs/access.svg" alt="">', "index.md", '<img src="access.svg" alt="">'),
        ("[a](#b) [c](https://x.example)", "index.md", "[a](#b) [c](https://x.example)"),
        ("[mesh/names.py](mesh/names.py)", "ARCHITECTURE.md", "`mesh/names.py`"),
        ("[`names.py`](mesh/names.py)", "ARCHITECTURE.md", "`names.py`"),
        ("[names](mesh/names.py)", "ARCHITECTURE.md", "names (`mesh/names.py`)"),
        ("`[a](docs/access.md)`", "index.md", "`[a](docs/access.md)`"),
        ("[`a`](docs/access.md)", "index.md", "[`a`](access.md)"),
        ("```text\n[a](docs/access.md)\n```\n", "index.md", "```text\n[a](docs/access.md)\n```\n"),
    ],
)
def test_a_link_leads_to_the_place_on_the_site(text: str, place: str, linked: str) -> None:
    assert with_links(text, place) == linked


@pytest.mark.parametrize(
    ("text", "linked"),
    [
        ("[a](../mesh/names.py#L3)", "[a](https://git.example/m/blob/main/mesh/names.py#L3)"),
        ("[a](../mesh)", "[a](https://git.example/m/tree/main/mesh)"),
        ("[a](growing.md)", "[a](growing.md)"),
    ],
)
def test_a_link_to_code_leads_into_the_repository_that_is_named(text: str, linked: str) -> None:
    assert with_links(text, "access.md", "https://git.example/m/") == linked


@pytest.mark.parametrize("path", ["README.md", "docs/README.md", "CHANGELOG.md", "docs/access.md", "docs/access.svg"])
def test_a_place_leads_back_to_its_file(path: str) -> None:
    place = on_site(path)
    assert place is not None
    assert in_repository(place) == path


def test_code_is_not_on_the_site() -> None:
    assert [on_site(path) for path in ("mesh/names.py", "docs", "docs/nowhere.md")] == [None, None, None]
