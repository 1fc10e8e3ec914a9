"""The CHANGELOG has each release once, in order, each kind of change once; the version is one, and has its notes."""

from __future__ import annotations

import re
import tomllib

import pytest
import yaml

from tests.docs.pages import ROOT

KINDS = ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")
"""The kinds of Keep a Changelog, in its order."""
CHANGELOG = (ROOT / "CHANGELOG.md").read_text("utf-8")
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]


def releases(text: str) -> list[tuple[str, list[str]]]:
    """The releases of a changelog as their headings have them, each with its kinds of changes."""
    found: list[tuple[str, list[str]]] = []
    for mark, title in re.findall(r"^(##|###) (.+)$", text, re.MULTILINE):
        if mark == "##":
            found.append((title, []))
        else:
            found[-1][1].append(title)
    return found


def out_of_order(text: str) -> list[str]:
    """What is wrong with the headings of a changelog."""
    every, wrong = releases(text), list[str]()
    if not every or every[0][0] != "Unreleased":
        wrong.append("the first release is Unreleased")
    dated = [re.fullmatch(r"(\d+)\.(\d+)\.(\d+) - (\d{4}-\d\d-\d\d)( \(withdrawn\))?", title) for title, _ in every[1:]]
    wrong += [title for (title, _), found in zip(every[1:], dated, strict=True) if not found]
    keys = [(tuple(map(int, found.groups()[:3])), found[4]) for found in dated if found]
    if keys != sorted(set(keys), reverse=True):
        wrong.append("releases are not the newest first")
    for title, kinds in every:
        if kinds != [kind for kind in KINDS if kind in kinds]:
            wrong.append(f"{title}: {', '.join(kinds)}")
    return wrong


def test_every_release_has_each_kind_of_change_once_and_in_order() -> None:
    assert out_of_order(CHANGELOG) == []


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("## Unreleased\n### Added\n### Changed\n### Added\n", ["Unreleased: Added, Changed, Added"]),
        ("## Unreleased\n### Fixed\n### Removed\n", ["Unreleased: Fixed, Removed"]),
        ("## Unreleased\n### Better\n", ["Unreleased: Better"]),
        ("## 0.1.0 - 2026-11-24\n", ["the first release is Unreleased"]),
        ("## Unreleased\n## 0.2\n", ["0.2"]),
        ("## Unreleased\n## 0.1.0 - 2026-11-24\n## 0.2.0 - 2026-12-24\n", ["releases are not the newest first"]),
    ],
)
def test_a_changelog_out_of_order_is_noticed(text: str, wrong: list[str]) -> None:
    assert out_of_order(text) == wrong


def test_the_version_is_that_of_the_newest_release() -> None:
    assert releases(CHANGELOG)[1][0].partition(" ")[0] == VERSION


def test_the_policy_pack_has_the_same_version() -> None:
    pack = yaml.safe_load((ROOT / "policies" / "PulumiPolicy.yaml").read_text("utf-8"))
    assert pack["version"] == VERSION


def test_every_release_has_notes_for_who_upgrades() -> None:
    notes = (ROOT / "docs" / "upgrading.md").read_text("utf-8").partition("## Notes by release")[2]
    titles = [title.partition(" ")[0] for title, _ in releases(CHANGELOG)]
    assert re.findall(r"^### (.+)$", notes, re.MULTILINE) == titles
