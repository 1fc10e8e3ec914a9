"""Words of a report: numbers with their nouns, lists that stay short, values as people wrote them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, cast

from mesh.changes.written_changes import Missing
from mesh.validation_messages import shorten

MOST_NAMED: Final = 6
"""Names that a line lists before it counts the rest."""
LONGEST_VALUE: Final = 60


def number_of(number: int, one: str, many: str = "") -> str:
    """`1 column`, `2 columns`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def enumerated(names: Sequence[str], most: int = MOST_NAMED) -> str:
    """Names in their order, as `a, b and c`; of many the first ones, and how many more there are."""
    if len(names) > most + 1:
        return f"{', '.join(names[:most])} and {len(names) - most:,} more"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else "none"


def labelled(labels: Iterable[str]) -> str:
    """` (financial, pii)`; empty for no label."""
    ordered = sorted(labels)
    return f" ({', '.join(ordered)})" if ordered else ""


def value_of(value: Any) -> str:
    """A value as a line shows it, cut where it is long."""
    if value is None or isinstance(value, Missing):
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return shorten(f"'{value}'" if " " in value or not value else value, LONGEST_VALUE)
    if isinstance(value, dict):
        shown = (f"{key}: {value_of(each)}" for key, each in cast("dict[str, Any]", value).items())
        return shorten("{" + ", ".join(shown) + "}", LONGEST_VALUE)
    if isinstance(value, list):
        return shorten("[" + ", ".join(value_of(each) for each in cast("list[Any]", value)) + "]", LONGEST_VALUE)
    return shorten(str(value), LONGEST_VALUE)


def became(before: Any, after: Any) -> str:
    """`a → b`; of two long texts from shortly before the place where they part."""
    if isinstance(before, str) and isinstance(after, str):
        parted = (number for number, pair in enumerate(zip(before, after, strict=False)) if pair[0] != pair[1])
        same = next(parted, min(len(before), len(after)))
        if max(len(before), len(after)) > LONGEST_VALUE and same > LONGEST_VALUE // 2:
            begin = same - 15
            return f"{value_of('…' + before[begin:])} → {value_of('…' + after[begin:])}"
    return f"{value_of(before)} → {value_of(after)}"


def visible(text: str) -> str:
    """The text on one line; what a reader would not see, such as a mark that turns the direction, as an escape."""
    return shorten(" ".join(text.split()), max(len(text), 1) + 1)
