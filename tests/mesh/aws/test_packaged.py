"""Packaged files: a text of theirs is the whole text, for a `#` behind a space begins a comment in YAML."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
FILES = sorted(each for folder in ("mesh", "tools") for each in (ROOT / folder).rglob("*.yaml"))
KEY = re.compile(r"^\s*(?:- )?(?:[\w-]+: )?")
QUOTED = tuple("\"'[{#")
"""How what is no plain text begins."""


def cut(text: str) -> list[str]:
    """Lines whose plain text has a comment behind one space; one that is meant stands behind two."""
    found: list[str] = []
    for line in text.splitlines():
        value = KEY.sub("", line.partition("  #")[0])
        if " #" in value and not value.startswith(QUOTED):
            found.append(line)
    return found


def test_no_text_ends_in_a_comment() -> None:
    assert len(FILES) > 40
    assert [f"{each.relative_to(ROOT)}: {line}" for each in FILES for line in cut(each.read_text("utf-8"))] == []


def test_a_text_that_is_cut_is_noticed_and_a_comment_is_none() -> None:
    cuts = ["  means: It is (aws#1, #2). Else.", "- one, and #2", "  do: Say it's #2"]
    whole = ['  means: "It is (aws#1, #2)."', "- ram:Get  # one", "# a #b", "  # a #b", "  update:  # with #2"]
    assert cut("\n".join(cuts)) == cuts
    assert cut("\n".join(whole)) == []
