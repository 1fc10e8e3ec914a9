"""Event patterns and schedules of EventBridge: the grammar of both.

EventBridge User Guide, "Comparison operators for use in event patterns in Amazon EventBridge", "Creating event
patterns", "Setting a schedule pattern for scheduled rules (legacy)", "Amazon EventBridge quotas"; CreateRule answers
InvalidEventPatternException.
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, cast

from mesh import quotas

_ENVELOPE: Final = frozenset(
    "version id detail-type source account time region resources detail replay-name $or".split()
)
"""Fields that an event has; one of another name is in no event."""
_COMPARISONS: Final = frozenset({"<", "<=", "=", ">", ">="})
_MOST: Final = 1e15
"""Numbers between which EventBridge compares: -10 to the 15th, and 10 to the 15th ("Numeric matching")."""


def wrong_pattern(text: str) -> Iterator[str]:
    """Mistakes of an event pattern; its length is one, which an account may have raised to twice the quota."""
    if len(text) > (most := quotas.limit("events", "pattern_chars")):
        yield f"it has {len(text):,} characters, an account takes {most:,} unless it had the quota raised"
    try:
        body: Any = json.loads(text)
    except ValueError as error:
        yield f"it is no JSON: {error}"
        return
    if not isinstance(body, Mapping):
        yield "it is no map of fields"
        return
    pattern = cast("Mapping[str, Any]", body)
    yield from (f"{name} is a field that no event has" for name in pattern if name not in _ENVELOPE)
    yield from _wrong_fields("", pattern)


def _wrong_fields(prefix: str, fields: Mapping[str, Any]) -> Iterator[str]:
    if not fields:
        yield f"{prefix or 'the pattern'} has no fields"
    for name, value in fields.items():
        path = f"{prefix}.{name}" if prefix else name
        if name == "$or":
            yield from _wrong_choice(path, value)
        elif isinstance(value, Mapping):
            yield from _wrong_fields(path, cast("Mapping[str, Any]", value))
        elif not isinstance(value, list):
            yield f"{path} is {value!r}: a list of values is taken"
        elif not value:
            yield f"{path} is an empty list"
        else:
            for item in cast("list[Any]", value):
                yield from (f"{path}: {why}" for why in _wrong_item(item))


def _wrong_choice(path: str, value: Any) -> Iterator[str]:
    choices = cast("list[Any]", value) if isinstance(value, list) else []
    if len(choices) < 2 or not all(isinstance(each, Mapping) for each in choices):
        yield f"{path} is a list of two maps or more"
        return
    for each in choices:
        yield from _wrong_fields(path, each)


def _wrong_item(item: Any) -> Iterator[str]:
    if isinstance(item, list):
        yield "a list stands in a list"
    elif isinstance(item, Mapping):
        matcher = cast("Mapping[str, Any]", item)
        name = next(iter(matcher), "")
        if len(matcher) != 1 or name not in _MATCHERS:
            yield f"{sorted(matcher)} is no matcher: one of {', '.join(_MATCHERS)} is"
        elif not _MATCHERS[name](matcher[name]):
            yield f"{name} takes no {matcher[name]!r}"


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) <= _MOST


def _is_text_in_any_case(value: Any) -> bool:
    if isinstance(value, Mapping):
        inside = cast("Mapping[str, Any]", value)
        return list(inside) == ["equals-ignore-case"] and _is_text(inside["equals-ignore-case"])
    return _is_text(value)


def _is_wildcard(value: Any) -> bool:
    return _is_text(value) and "**" not in value


def _is_block(value: Any) -> bool:
    try:
        ipaddress.ip_network(value, strict=False)
    except (ValueError, TypeError):
        return False
    return isinstance(value, str) and "/" in value


def _is_range(value: Any) -> bool:
    if not isinstance(value, list):
        return False
    parts = cast("list[Any]", value)
    return len(parts) in (2, 4) and all(
        _is_number(part) if number % 2 else isinstance(part, str) and part in _COMPARISONS
        for number, part in enumerate(parts)
    )


def _is_anything_but(value: Any) -> bool:
    if isinstance(value, Mapping):
        inside = cast("Mapping[str, Any]", value)
        name = next(iter(inside), "")
        if len(inside) != 1 or name not in ("prefix", "suffix", "equals-ignore-case", "wildcard"):
            return False
        return all(_is_text(each) for each in _listed(inside[name]))
    values = _listed(value)
    return bool(values) and (all(map(_is_text, values)) or all(map(_is_number, values)))


def _listed(value: Any) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else [value]


_MATCHERS: Final[Mapping[str, Callable[[Any], bool]]] = {
    "anything-but": _is_anything_but,
    "cidr": _is_block,
    "equals-ignore-case": _is_text,
    "exists": lambda value: isinstance(value, bool),
    "numeric": _is_range,
    "prefix": _is_text_in_any_case,
    "suffix": _is_text_in_any_case,
    "wildcard": _is_wildcard,
}

# ---- schedules

_RATE: Final = re.compile(r"rate\((?:1 (?:minute|hour|day)|(?:[2-9]|[1-9]\d+) (?:minutes|hours|days))\)")
_CRON: Final = re.compile(r"cron\(([^ ]+) ([^ ]+) ([^ ]+) ([^ ]+) ([^ ]+) ([^ ]+)\)")
_MONTHS: Final = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS: Final = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_PARTS: Final[tuple[tuple[str, int, int, tuple[str, ...]], ...]] = (
    ("minutes", 0, 59, ()),
    ("hours", 0, 23, ()),
    ("day of the month", 1, 31, ()),
    ("month", 1, 12, _MONTHS),
    ("day of the week", 1, 7, _DAYS),
    ("year", 1970, 2199, ()),
)


def wrong_schedule(text: str) -> Iterator[str]:
    """Mistakes of a schedule expression."""
    if _RATE.fullmatch(text):
        return
    cron = _CRON.fullmatch(text)
    if cron is None:
        yield f"{text!r} is neither rate(<number> <unit>) nor cron(<six parts>)"
        return
    for part, (what, first, last, names) in zip(cron.groups(), _PARTS, strict=True):
        if not all(_is_taken(each, first, last, names) for each in part.split(",")):
            yield f"{text!r}: {part} is no {what}"
    if [cron[3], cron[5]].count("?") != 1:
        yield f"{text!r}: one of the two kinds of day is ?, the other says it"


def _is_taken(part: str, first: int, last: int, names: tuple[str, ...]) -> bool:
    steps = part.split("/")
    if len(steps) > 2 or (len(steps) == 2 and not steps[1].isdigit()):
        return False
    if steps[0] in ("*", "?"):
        return part != "?" or last in (7, 31)
    if last in (7, 31) and re.fullmatch(r"L|LW|\d{1,2}[LW]|[1-7]#[1-5]|[A-Z]{3}#[1-5]|[A-Z]{3}L", part):
        return True
    ends = [_number(end, names) for end in steps[0].split("-")]
    return len(ends) <= 2 and all(first <= end <= last for end in ends)


def _number(text: str, names: tuple[str, ...]) -> int:
    if text.upper() in names:
        return names.index(text.upper()) + 1
    return int(text) if text.isdecimal() and text.isascii() else -1
