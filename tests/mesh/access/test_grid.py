"""Homes that agree are one line, homes that differ are not; and the picture shows what the grid says."""

from __future__ import annotations

import dataclasses
import xml.etree.ElementTree as ET

from mesh.access.grid import Cell, Grid, Line, grid
from mesh.access.heatmap import heatmap
from mesh.access.matrix import Row
from mesh.access.svg_shapes import LIGHT
from mesh.plan import Plan


def test_homes_that_agree_are_one_line(plan: Plan, rows: tuple[Row, ...]) -> None:
    found = grid(plan, rows)
    assert found.agreeing
    assert (len(found.lines), found.rows) == (36, 864)
    assert {line.homes for line in found.lines} == {found.homes}


def one_home_refused(rows: tuple[Row, ...]) -> list[Row]:
    """The matrix, but that pii as held in ads reads no files of identity.profiles."""
    odd = ("pii", "ads", "profiles", "files")
    return [
        dataclasses.replace(row, allowed=False) if (row.clearance, row.home, row.product, row.port) == odd else row
        for row in rows
    ]


def test_a_home_that_differs_is_a_line_of_its_own(plan: Plan, rows: tuple[Row, ...]) -> None:
    result = grid(plan, one_home_refused(rows))
    assert not result.agreeing
    split = {
        line.homes: line.cells["pii"] for line in result.lines if (line.product, line.port) == ("profiles", "files")
    }
    others = tuple(home for home in result.homes if home != "ads")
    assert split == {("ads",): Cell(0, 1), others: Cell(1, 1)}


def test_the_picture_names_the_homes_that_differ(plan: Plan, rows: tuple[Row, ...]) -> None:
    drawn = heatmap(plan, grid(plan, one_home_refused(rows)))
    assert "profiles as held in ads<" in drawn
    assert "Rows are split where domains differ" in drawn
    assert "identity.profiles as files held in ads: general nothing, financial nothing, pii nothing" in drawn


def test_only_everything_has_the_shade_of_everything(plan: Plan) -> None:
    cells = {
        "general": Cell(999, 1000),
        "pii": Cell(1000, 1000),
        "financial": Cell(1, 1000),
        "restricted": Cell(0, 1000),
    }
    line = Line("ads", "wide", "table", (), ("ads",), cells)
    root = ET.fromstring(heatmap(plan, Grid(tuple(cells), ("ads",), (line,), 4)))
    space = "{http://www.w3.org/2000/svg}"
    shades = [r.get("fill") for r in root.iter(f"{space}rect") if r.find(f"{space}title") is not None]
    assert shades == [LIGHT.shades[number] for number in (3, 4, 1, 0)]


def test_names_are_escaped_and_the_drawing_grows_with_them(plan: Plan) -> None:
    def drawn(product: str) -> ET.Element:
        line = Line("a<b", product, "files", ("x&y",), ("ads",), {"pii": Cell(1, 1)})
        return ET.fromstring(heatmap(plan, Grid(("pii",), ("ads",), (line,), 1)))

    texts = [each.text for each in drawn("c>d").iter("{http://www.w3.org/2000/svg}text")]
    assert {"a<b", "c>d", "x&y"} <= set(texts)
    assert int(drawn("x" * 120).get("width") or 0) > int(drawn("x").get("width") or 0)
