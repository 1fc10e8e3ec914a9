"""Breaks of service levels: how fresh, how long kept, how available, and until when there is support."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final

from mesh.contracts.breaks.break_rule import BreakRule, values
from mesh.contracts.breaks.paired_documents import ContractDifference, level_name
from mesh.contracts.breaks.promise_bounds import number

_SMALLER: Final = frozenset(
    "freshness latency frequency timetodetect timetonotify timetorepair errorrate generalavailability "
    "timeofavailability responsetime".split()
)
"""Service levels of which less is better."""

_LARGER: Final = frozenset("availability retention throughput uptime completeness".split())
"""Service levels of which more is better."""

ENDS: Final = frozenset({"endofsupport", "endoflife"})
"""Service levels that are the day of an end."""

_UNITS: Final[Mapping[str, int]] = {
    **dict.fromkeys(("s", "sec", "second"), 1),
    **dict.fromkeys(("min", "minute"), 60),
    **dict.fromkeys(("h", "hr", "hour"), 3600),
    **dict.fromkeys(("d", "day"), 86_400),
    **dict.fromkeys(("w", "week"), 604_800),
    **dict.fromkeys(("mo", "month"), 2_629_800),
    **dict.fromkeys(("y", "yr", "year"), 31_557_600),
}
"""Seconds of a unit of time, in the singular. `m` is none of them: some mean minutes by it, and others months."""


def _amount(level: Mapping[str, Any]) -> tuple[Fraction, str] | None:
    """The value of a level with its unit, which is `s` for every unit of time; None where it is no number."""
    made = number(level.get("value"))
    unit = str(level.get("unit") or "").strip().casefold()
    seconds = _UNITS.get(unit) or _UNITS.get(unit.removesuffix("s"))
    if made is None or seconds:
        return None if made is None else (made * (seconds or 1), "s")
    return made, "" if unit in ("%", "percent") else unit


def _moved(one: ContractDifference) -> int | None:
    """Whether a level is better (1), worse (-1) or the same (0); None where that cannot be told."""
    before, after, name = _amount(one.old), _amount(one.new), level_name(one.new)
    if before is None or after is None or before[1] != after[1] or one.key == "valueExt":
        return None
    if before == after:
        return 0
    if name not in _SMALLER | _LARGER | ENDS:
        return None
    return 1 if (after < before) == (name in _SMALLER) else -1


def _is_value(one: ContractDifference) -> bool:
    return one.place == "slaProperties" and one.key in ("value", "unit", "valueExt", "property", "element")


def _is_end(one: ContractDifference) -> bool:
    return level_name(one.new or one.old) in ENDS


def _whole(one: ContractDifference) -> bool:
    return one.place == "slaProperties" and not one.key


def _said(one: ContractDifference) -> str:
    return f"{one.subject}: '{one.key}' {values(one)}"


def _end_announced(one: ContractDifference) -> str:
    if not (_whole(one) and one.is_new and _is_end(one)):
        return ""
    return f"{one.subject} is announced: {one.new.get('value')}; consumers have to move until then"


def _end_withdrawn(one: ContractDifference) -> str:
    return f"{one.subject} is withdrawn" if _whole(one) and one.is_gone and _is_end(one) else ""


def _end_sooner(one: ContractDifference) -> str:
    if not (_is_value(one) and _is_end(one) and _moved(one) == -1):
        return ""
    return f"{_said(one)}: the end comes sooner than it was announced"


def _dropped(one: ContractDifference) -> str:
    return f"{one.subject} is promised no more" if _whole(one) and one.is_gone else ""


def _repeated(one: ContractDifference) -> str:
    """A second level of an element that promises less than the first, or of which that cannot be told."""
    if not (_whole(one) and one.is_new and one.old) or _moved(one) in (0, 1):
        return ""
    return f"{one.subject} is a second one of the same element, and promises less than the first: {values(one)}"


def _added(one: ContractDifference) -> str:
    return f"{one.subject} is new" if _whole(one) and one.is_new else ""


def _worse(one: ContractDifference) -> str:
    return f"{_said(one)}, which is worse" if _is_value(one) and _moved(one) == -1 else ""


def _better(one: ContractDifference) -> str:
    return f"{_said(one)}, which is better" if _is_value(one) and _moved(one) == 1 else ""


def _same(one: ContractDifference) -> str:
    return f"{_said(one)}, which is the same" if _is_value(one) and _moved(one) == 0 else ""


def _other(one: ContractDifference) -> str:
    return f"{_said(one)}, and no rule tells which is better" if _is_value(one) else ""


def _default(one: ContractDifference) -> str:
    if one.place != "contract" or one.key != "slaDefaultElement":
        return ""
    return f"service levels that name no element are of another: 'slaDefaultElement' {values(one)}"


RULES: Final = (
    BreakRule(
        "end-announced", "service levels", "risky", "minor", "An `endOfSupport` or `endOfLife` is new.", _end_announced
    ),
    BreakRule(
        "end-withdrawn", "service levels", "safe", "minor", "An `endOfSupport` or `endOfLife` is gone.", _end_withdrawn
    ),
    BreakRule(
        "end-sooner", "service levels", "breaking", "major", "An end comes sooner than it was announced.", _end_sooner
    ),
    BreakRule("service-level-dropped", "service levels", "breaking", "major", "A service level is gone.", _dropped),
    BreakRule(
        "service-level-repeated",
        "service levels",
        "breaking",
        "major",
        "A service level is a second one of its element, and worse than the first, or not to be compared with it.",
        _repeated,
    ),
    BreakRule("service-level-added", "service levels", "safe", "minor", "A service level is new.", _added),
    BreakRule(
        "service-level-worse",
        "service levels",
        "breaking",
        "major",
        "Older, rarer, later, kept for less long, less available.",
        _worse,
    ),
    BreakRule(
        "service-level-better",
        "service levels",
        "safe",
        "minor",
        "Fresher, more often, kept longer, more available.",
        _better,
    ),
    BreakRule(
        "service-level-reworded", "service levels", "safe", "patch", "The same in another unit: 1 d for 24 h.", _same
    ),
    BreakRule(
        "service-level-changed",
        "service levels",
        "breaking",
        "major",
        "A value of which no rule tells whether it is better.",
        _other,
    ),
    BreakRule(
        "service-level-default-changed", "service levels", "risky", "minor", "`slaDefaultElement` is another.", _default
    ),
)
