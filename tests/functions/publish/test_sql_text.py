"""Texts in SQL: whatever a name or a text holds, it is one literal or one identifier."""

from __future__ import annotations

import sqlglot
from hypothesis import given
from hypothesis import strategies as st
from sql_text import begins_with, literal, quoted
from sqlglot import exp

TEXTS = st.one_of(st.text(), st.text("'\"%_!\\-; a\n*/"))


@given(TEXTS)
def test_any_text_is_one_literal(text: str) -> None:
    (selected,) = sqlglot.parse_one(f"SELECT {literal(text)}", dialect="trino").selects
    assert isinstance(selected, exp.Literal)
    assert selected.this == text


@given(TEXTS.filter(bool))
def test_any_name_is_one_identifier(name: str) -> None:
    (selected,) = sqlglot.parse_one(f"SELECT {quoted(name)}", dialect="trino").selects
    assert isinstance(selected, exp.Column)
    assert selected.name == name


@given(TEXTS)
def test_a_condition_has_no_wildcard_but_that_at_its_end(prefix: str) -> None:
    """Read back with the rules of LIKE: `!` before a wildcard, `%` at the end alone."""
    parsed = sqlglot.parse_one(f"SELECT 1 WHERE {begins_with('$path', prefix)}", dialect="trino")
    (like,) = parsed.find_all(exp.Like)
    pattern = like.expression.this
    plain = prefix == pattern[:-1]
    assert plain != bool(list(parsed.find_all(exp.Escape)))
    assert pattern.endswith("%")
    assert (pattern[:-1] if plain else _unescaped(pattern[:-1])) == prefix
    assert not plain or not set("%_") & set(prefix)


def _unescaped(pattern: str) -> str:
    """A pattern without a wildcard, as LIKE reads it with the escape `!`."""
    found, rest = "", iter(pattern)
    for each in rest:
        assert each not in "%_"
        found += next(rest) if each == "!" else each
    return found
