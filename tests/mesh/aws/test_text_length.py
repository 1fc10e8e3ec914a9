"""Texts that are cut to a length: one measure, in the contract's catalog and where its values are checked."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mesh.acceptance.property_values import wrong
from mesh.aws.property_shapes import PropertyShape
from mesh.aws.text_length import longest_count, shortened

TEXTS = st.text(st.sampled_from("a ü€😀\ud800"), max_size=400)


@given(TEXTS, st.integers(min_value=3, max_value=300))
def test_what_is_cut_to_a_length_is_taken_of_that_length(text: str, longest: int) -> None:
    cut = shortened(text, longest)
    assert list(wrong(PropertyShape("string", max=longest), cut)) == []
    assert text.startswith(cut.removesuffix("…"))
    assert (cut == text) == (longest_count(text) <= longest)


def test_a_text_is_cut_behind_a_whole_character() -> None:
    assert shortened("😀" * 100, 255) == "😀" * 63 + "…"
    assert shortened("a" * 256, 255) == "a" * 252 + "…"
    assert shortened("a" * 255, 255) == "a" * 255
