"""Every picture of docs/ is the same picture in a browser, in librsvg and in CairoSVG, for light and dark pages."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from tests.site.browser import Browser
from tests.site.conftest import ROOT, program, site_python

PICTURES = sorted((ROOT / "docs").glob("*.svg"))
MEAN, FAR = 0.01, 0.002
"""How far rasters may differ, by what letters come to in three renderers; measured: at most 0.0035, and none."""
RASTERS = Path(__file__).with_name("rasters.py")


def drawn(svg: Path, folder: Path, browser: Browser) -> dict[str, Path]:
    """The rasters of a picture by what drew them, each in the picture's own size."""
    files = {name: folder / f"{svg.stem}-{name}.png" for name in ("browser", "librsvg", "cairosvg")}
    rsvg = program("apt-get install librsvg2-bin", "rsvg-convert")
    subprocess.run([rsvg, str(svg), "--output", str(files["librsvg"])], check=True)
    subprocess.run([site_python(), str(RASTERS), "draw", str(svg), str(files["cairosvg"])], check=True)
    size = ET.fromstring(svg.read_text("utf-8")).attrib
    page = folder / "page.html"
    text = base64.b64encode(svg.read_bytes()).decode()
    page.write_text(f'<body style="margin:0"><img style="display:block" src="data:image/svg+xml;base64,{text}">')
    tab = browser.tab()
    # The picture is that of its file, whatever pages its reader likes.
    scheme = "light" if svg.stem.endswith("-dark") else "dark"
    tab.show(page.as_uri(), int(size["width"]), scheme, int(size["height"]))
    tab.run("document.body.style.background = 'white'")
    tab.picture(files["browser"])
    return files


def difference(one: Path, other: Path) -> Any:
    command = [site_python(), str(RASTERS), "compare", str(one), str(other)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


@pytest.mark.long
@pytest.mark.parametrize("svg", PICTURES, ids=lambda svg: svg.stem)
def test_a_picture_is_the_same_in_three_renderers(svg: Path, tmp_path: Path, browser: Browser) -> None:
    rasters = drawn(svg, tmp_path, browser)
    for other in ("librsvg", "cairosvg"):
        found = difference(rasters["browser"], rasters[other])
        assert found["mean"] <= MEAN, (other, found)
        assert found["far"] <= FAR, (other, found)


@pytest.mark.long
def test_a_light_picture_is_not_its_dark_one(tmp_path: Path, browser: Browser) -> None:
    rasters = [drawn(ROOT / "docs" / f"access{end}.svg", tmp_path, browser)["librsvg"] for end in ("", "-dark")]
    assert difference(*rasters)["mean"] > 0.5


@pytest.mark.long
def test_a_picture_whose_colours_are_variables_is_noticed(tmp_path: Path, browser: Browser) -> None:
    text = (ROOT / "docs" / "access.svg").read_text("utf-8")
    styled = text.replace("</desc>", "</desc><style>svg{--paper:#ffffff}.paper{fill:var(--paper)}</style>", 1)
    styled = re.sub(r'(rx="8") fill="[^"]*"', r'\1 class="paper"', styled, count=1)
    svg = tmp_path / "styled.svg"
    svg.write_text(styled)
    rasters = drawn(svg, tmp_path, browser)
    assert [name for name in ("librsvg", "cairosvg") if difference(rasters["browser"], rasters[name])["mean"] > MEAN]


def test_there_are_two_of_every_picture() -> None:
    names = {svg.stem for svg in PICTURES}
    assert names == {name + ending for name in ("access", "overview") for ending in ("", "-dark")}


@pytest.mark.parametrize("svg", PICTURES, ids=lambda svg: svg.stem)
def test_a_picture_has_nothing_that_only_a_browser_reads(svg: Path) -> None:
    text = svg.read_text("utf-8")
    assert re.findall(r"<style|<script|<marker|<use|var\(|currentColor|class=|href=", text) == []
    shapes = re.findall(r"<(?:rect|text|path|circle)\b[^>]*>", text)
    assert len(shapes) > 50
    assert [shape for shape in shapes if not re.search(r' fill="#[0-9a-f]{6}"', shape)] == []
