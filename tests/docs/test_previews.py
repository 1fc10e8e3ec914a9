"""Previews on the pages: made without a refresh, for Lake Formation shows a preview nothing (C3)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from sandbox.emulator.aws.lakeformation import GRANT
from tests.docs.test_aws_commands import PAGES

ON_AWS: Final = (Path(__file__).resolve().parents[2] / "docs" / "on-aws.md").read_text("utf-8")
GROWING: Final = (Path(__file__).resolve().parents[2] / "docs" / "growing.md").read_text("utf-8")


def typed(text: str) -> list[str]:
    """The commands of the console blocks of a page."""
    blocks = re.findall(r"(?s)```(?:console|sh|yaml)\n(.*?)```", text)
    return [line.removeprefix("$ ") for block in blocks for line in block.splitlines()]


def test_no_page_refreshes_as_the_preview() -> None:
    commands = [command for page in PAGES for command in typed(page.read_text("utf-8"))]
    previews = [command for command in commands if "pulumi preview" in command]
    assert [command for command in previews if re.search(r"--refresh|--run-program|\s-r\b", command)] == []
    assert [command for command in commands if "pulumi refresh" in command and "--run-program" in command] == []
    assert len(previews) >= 4


def test_the_page_says_why() -> None:
    section = ON_AWS.partition("\n## 6. CI")[2].partition("\n## 7.")[0]
    assert "**A preview is made without `--refresh`.**" in section


def test_a_grant_that_cannot_be_read_back_is_told_with_the_way_that_needs_no_faith() -> None:
    """By the words of the plugin, which the emulator has too."""
    said = "waiting for state to become 'AVAILABLE'"
    assert said in Path(GRANT.create.__code__.co_filename).read_text("utf-8")
    (row,) = [line for line in ON_AWS.splitlines() if line.startswith("|") and said in line]
    assert "`granted-by: hub` in `mesh.yaml`, then `governance`, then each `access-<d>`" in row
    domain = GROWING.partition("\n## A new domain\n")[2].partition("\n## A new partner\n")[0]
    assert "`mesh up --stack governance` follows" in domain.partition("**With `granted-by: hub`**")[2]
