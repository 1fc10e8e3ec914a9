"""Colours of the pictures: text is read on its ground, on light pages and on dark ones, and nothing is left black."""

from __future__ import annotations

from itertools import chain

import pytest

from mesh.access.svg_shapes import THEMES, Box, Lettering, Palette, arrow, dot, picture, stroke, width_of

ENOUGH = 4.5
"""Contrast of text and its ground (WCAG 2.2, success criterion 1.4.3)."""


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb`, from 0 to 1, as WCAG 2.2 has it."""
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("palette", THEMES.values(), ids=THEMES)
def test_every_text_is_read_on_its_ground(palette: Palette) -> None:
    grounds = [(palette.ink, ground) for ground in (palette.paper, palette.card, *palette.shades[:4])]
    grounds += [(palette.soft, palette.paper), (palette.soft, palette.card)]
    grounds += [(palette.on_last_shade, palette.shades[4]), (palette.on_tag, palette.tag)]
    assert [pair for pair in grounds if contrast(*pair) < ENOUGH] == []


@pytest.mark.parametrize("palette", THEMES.values(), ids=THEMES)
def test_lines_and_marks_are_seen_on_their_ground(palette: Palette) -> None:
    """Parts of a picture that are needed to understand it have a contrast of 3 (WCAG 2.2, 1.4.11)."""
    assert [colour for colour in (*palette.lanes, palette.on_tag) if contrast(colour, palette.paper) < 3] == []
    assert len(set(palette.lanes)) == len(palette.lanes)


def test_every_shape_says_its_colour_and_escapes_its_words() -> None:
    box = Box(1, 2, 30, 4)
    shapes = [
        *arrow(5, 1, 20, "#111111", "a <b"),
        box.filled("#222222", title="c & d"),
        box.filled("#222222", edge="#333333", dashed=True),
        dot(1, 2, 3, "#444444"),
        stroke(1, 2, 3, 4, "#555555"),
        Lettering("#666666", 11.5, bold=True, anchor="middle").at(1, 2, "e < f"),
    ]
    assert all(' fill="#' in shape or ' stroke="#' in shape for shape in shapes)
    assert [word for word in ("a &lt;b", "c &amp; d", "e &lt; f") if word not in "".join(shapes)] == []
    assert (box.middle, box.bottom, width_of("abcd", 10)) == (16, 6, 22)


def test_a_picture_says_in_words_what_it_shows() -> None:
    text = picture((10, 20), "T & t", "D", THEMES["dark"], iter(()))
    assert list(chain.from_iterable(row.split('"')[1:2] for row in text.splitlines()[:1])) == [
        "http://www.w3.org/2000/svg"
    ]
    assert '<title id="title">T &amp; t</title>\n<desc id="desc">D</desc>' in text
    assert 'width="10" height="20" role="img" aria-labelledby="title desc"' in text
