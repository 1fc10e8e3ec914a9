"""Texts in messages: short, on one line, and with every character that is wrong in sight."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mesh.validation_messages import shorten


def test_what_nobody_would_see_is_an_escape() -> None:
    assert shorten("@tiny/privacy\n") == r"@tiny/privacy\n"
    assert shorten("a\tb\r\u00a0\u200b\U000e0001") == r"a\tb\r\u00A0\u200B\U000E0001"
    assert shorten(" Müller & Söhne ") == " Müller & Söhne "


def test_a_long_text_is_cut_where_nothing_is_wrong() -> None:
    assert shorten("x" * 60) == "x" * 60
    assert shorten("x" * 61) == "x" * 59 + "…"
    assert shorten("x" * 100 + "\n") == "…" + "x" * 30 + r"\n"
    assert shorten("x" * 100 + "\n" + "y" * 100) == "…" + "x" * 30 + r"\n" + "y" * 28 + "…"


@given(st.text(max_size=200))
def test_whatever_is_shown_has_one_line_and_the_first_character_that_is_odd(text: str) -> None:
    shown = shorten(text)
    assert shown.isprintable()
    odd = [character for character in text if not character.isprintable()]
    assert not odd or "\\" in shown
