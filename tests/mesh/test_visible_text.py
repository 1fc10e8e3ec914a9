"""Every character of a text can be seen, and one that can be is as it was."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mesh.findings import Finding
from mesh.visible_text import visible_text


@given(text=st.text())
def test_whatever_cannot_be_seen_is_an_escape(text: str) -> None:
    made = visible_text(text)
    assert made.isprintable()
    assert visible_text(made) == made
    assert made == text or not text.isprintable()


@given(file=st.text(st.sampled_from("a/\n\r\x1b\x9b\u202e\u200b\udcff:[31m")), message=st.text())
def test_a_finding_is_one_line_that_turns_no_terminal(file: str, message: str) -> None:
    assert str(Finding(file, 1, 2, message)).isprintable()


def test_escapes_are_those_of_yaml() -> None:
    assert visible_text("a\n\x1b\U000e0001\udcff") == "a\\n\\u001B\\U000E0001\\uDCFF"
