"""Links of built pages that lead nowhere, or have a browser ask another host, are found and said with their page."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.site.conftest import ROOT
from tools.site.links import dead_links

ELSEWHERE = "a page of the site fetches it from another host"


@pytest.mark.parametrize(
    ("html", "wrong"),
    [
        ('<a href="b.html#there">', []),
        ('<a href="folder/">', []),
        ('<a href="https://x.example/y">', []),
        ('<a href="#here"><p id="here">', []),
        ('<img src="data:image/png;base64,AA">', []),
        ('<link rel="canonical" href="https://x.example/">', []),
        ('<a href="c.html">', ["a.html: c.html: there is no such file"]),
        ('<a href="b.html#nowhere">', ["a.html: b.html#nowhere: the page has no such anchor"]),
        ('<a href="#nowhere">', ["a.html: #nowhere: the page has no such anchor"]),
        ('<a href="../outside.html">', ["a.html: ../outside.html: there is no such file"]),
        ('<img src="none.svg">', ["a.html: none.svg: there is no such file"]),
        ('<source srcset="none.svg">', ["a.html: none.svg: there is no such file"]),
        (
            '<a href="/b.html">',
            ["a.html: /b.html: begins at the root of a host, which a site in a folder of it has not"],
        ),
        ('<script src="https://x.example/y.js">', [f"a.html: https://x.example/y.js: {ELSEWHERE}"]),
        ('<link rel="stylesheet" href="//x.example/y.css">', [f"a.html: //x.example/y.css: {ELSEWHERE}"]),
    ],
)
def test_a_link_is_followed(html: str, wrong: list[str], tmp_path: Path) -> None:
    site = tmp_path / "site"
    (site / "folder").mkdir(parents=True)
    (site / "a.html").write_text(html)
    (site / "b.html").write_text('<p id="there">')
    (site / "folder" / "index.html").write_text("")
    (tmp_path / "outside.html").write_text("")
    assert list(dead_links(site)) == wrong


@pytest.mark.parametrize(("html", "code"), [('<a href="a.html">', 0), ('<a href="b.html">', 1)])
def test_what_is_found_is_an_exit_code(html: str, code: int, tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(html)
    command = [sys.executable, "-m", "tools.site.links", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr == ("a.html: b.html: there is no such file\n" if code else "")


def test_a_folder_without_a_page_is_no_site_without_dead_links(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no page of a site"):
        list(dead_links(tmp_path / "none"))
