"""The page on pull requests: it has the sections that `mesh diff` prints, in their order, and no others."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from cli.diff import compared
from mesh.changes.markdown import MARK
from tests.conftest import DAY, TINY

PAGE = (Path(__file__).parents[2] / "docs" / "pull-requests.md").read_text("utf-8")


@pytest.mark.slow
def test_the_sections_of_the_page_are_those_of_a_report(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(TINY, tmp_path / "mesh"))
    shop = folder / "domains" / "shop.yaml"
    shop.write_text(shop.read_text("utf-8").replace("retention: 30 days", "retention: 40 days"), "utf-8")
    report, is_whole = compared(str(TINY), str(folder), folder, (DAY, DAY))
    assert is_whole
    table = PAGE.partition("| section | lines |\n|---|---|\n")[2].partition("\n\n")[0]
    named = re.findall(r"^\| ([^|]+) \|", table, re.MULTILINE)
    assert named == [section.title for section in report.sections]


def test_the_page_has_the_first_line_of_a_comment() -> None:
    assert f"Its first line is `{MARK}`" in PAGE
