"""Java's patterns in Python: by properties, by cases that Java itself decided, and against a third engine."""

from __future__ import annotations

import sys

import jsonschema_rs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mesh.acceptance.java_patterns import UnknownPatternError, compiled, matches
from mesh.aws.property_shapes import PropertyShape, shapes


def patterns() -> set[str]:
    """Every pattern of the file."""

    def of(shape: PropertyShape) -> set[str]:
        return {shape.pattern}.union(*(of(inside) for inside in (shape.keys, shape.values) if inside))

    return set().union(*(of(s) for t in shapes().types.values() for s in t.properties.values())) - {""}


@pytest.mark.parametrize("pattern", sorted(patterns()))
def test_every_pattern_of_the_shapes_is_understood(pattern: str) -> None:
    compiled(pattern)


# Decided by OpenJDK 17, `Pattern.compile(pattern).matcher(text).matches()`, on 2026-11-28.
OF_JAVA = [
    (r"[\p{L}\p{N}_-]+", "Straße-7", True),
    (r"[\p{L}\p{N}_-]+", "a b", False),
    (r"\w+", "é", False),
    (r"\d", "٣", False),
    (r"[\uD800\uDC00-\uDBFF\uDFFF]", "\U0001f600", True),
    (r"[\u0020-\uD7FF]*", "\U0001f600", False),
    (r".*", "a\u2028b", False),
    (r"(?s).*", "a\nb", True),
    (r"(?!\s*$)[\s\S]+", "\u2028", False),
    (r"[a-z&&[^b]]+", "ac", True),
    (r"[a-z&&[^b]]+", "abc", False),
    (r"[a[0-9]]+", "a1", True),
    (r"[\w-_]+", "a-b", True),
    (r"a*+a", "aaa", False),
    (r"\Qa.b\E", "a.b", True),
    (r"\Qa.b\E", "axb", False),
    (r"\P{C}+", "a\x00", False),
    (r"(x|(?i)a|b)", "B", True),
    (r"(x|(?i)a|b)", "X", False),
    (r"[]a]+", "]", True),
]


@pytest.mark.parametrize(("pattern", "text", "taken"), OF_JAVA)
def test_a_pattern_takes_what_java_takes(pattern: str, text: str, taken: bool) -> None:
    assert matches(pattern, text) is taken


@pytest.mark.parametrize("pattern", [r"\p{IsAlphabetic}", r"\k", "(?#a)", "[a", "a{", r"[\b]", "[b-a]", r"\x{"])
def test_what_is_not_known_is_refused_and_never_guessed(pattern: str) -> None:
    if pattern == "a{":
        assert matches(pattern, "a{")  # Java refuses it, other readers take the brace for itself
    else:
        with pytest.raises(UnknownPatternError):
            compiled(pattern)


SIMPLE = [
    r"[\p{L}]",
    r"\p{Lu}",
    r"[^\p{Z}]",
    r"[\p{N}\p{P}]",
    r"[\w.-]",
    r"\S",
    r"[a-f0-9]",
    r"[^:/]",
    r"\p{M}",
    r"[\s\S]",
]
# Each pattern is compiled once: of a whole alphabet that is most of the time.
WHOLE = ["".join(f"{part}*" for part in parts) for parts in zip(SIMPLE, SIMPLE[3:] + SIMPLE[:3], strict=True)]
JUDGES = {each: jsonschema_rs.validator_for({"type": "string", "pattern": f"^(?:{each})\\z"}) for each in WHOLE}


@given(st.sampled_from(WHOLE), st.text(max_size=4))
def test_a_translation_agrees_with_an_engine_that_knows_unicode(pattern: str, text: str) -> None:
    # White space is ASCII's in Java, and ECMAScript's in the other engine.
    assume(not any((char.isspace() and not char.isascii()) or char == "\ufeff" for char in text))
    assert matches(pattern, text) is JUDGES[pattern].is_valid(text)


@given(st.sampled_from(sorted(patterns())), st.text(st.characters(max_codepoint=0x7F), max_size=12))
def test_the_shorter_expression_for_ascii_takes_the_same_texts(pattern: str, text: str) -> None:
    short, long = compiled(pattern, 0x7F), compiled(pattern, sys.maxunicode)
    assert (short.fullmatch(text) is None) == (long.fullmatch(text) is None)
