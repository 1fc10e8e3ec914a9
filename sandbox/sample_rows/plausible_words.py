"""Words that make sample rows plausible (`plausible_words.yaml`): by what a column's name says, and by formats."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, cast

import yaml


@dataclass(frozen=True, slots=True)
class TextHint:
    """Texts that a column has whose name matches: words, or a pattern of them."""

    name: re.Pattern[str]
    words: tuple[str, ...] = ()
    pattern: str | None = None


@dataclass(frozen=True, slots=True)
class NumberHint:
    """Bounds of the numbers that a column has whose name matches."""

    name: re.Pattern[str]
    low: int
    high: int


@cache
def _table() -> dict[str, Any]:
    text = files("sandbox.sample_rows").joinpath("plausible_words.yaml").read_text("utf-8")
    return cast("dict[str, Any]", yaml.safe_load(text))


@cache
def _texts() -> tuple[TextHint, ...]:
    return tuple(
        TextHint(re.compile(row["name"]), tuple(row.get("words", ())), row.get("pattern")) for row in _table()["texts"]
    )


@cache
def _numbers() -> tuple[NumberHint, ...]:
    return tuple(NumberHint(re.compile(row["name"]), row["low"], row["high"]) for row in _table()["numbers"])


def text_hint(column: str) -> TextHint | None:
    """Texts that a column of this name has; None where the name says nothing."""
    return next((hint for hint in _texts() if hint.name.search(column)), None)


def number_hint(column: str) -> NumberHint | None:
    """Numbers that a column of this name has; None where the name says nothing."""
    return next((hint for hint in _numbers() if hint.name.search(column)), None)


def format_pattern(format_: str) -> str | None:
    """The pattern of the texts of a format of the standard; None for one that is not known."""
    return _table()["formats"].get(format_)
