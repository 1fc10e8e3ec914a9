"""Bounds of promises: whether what a rule of values accepts now is more, less or something else than it accepted."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Any, Final, Literal, cast

Direction = Literal["same", "looser", "tighter", "other"]
"""Direction in which a promise went; *other* where it cannot be told, or went in both."""

_Holds = Callable[[Fraction, Any], bool]

_THRESHOLDS: Final[Mapping[str, _Holds]] = {
    "mustBe": lambda value, limit: value == limit,
    "mustNotBe": lambda value, limit: value != limit,
    "mustBeGreaterThan": lambda value, limit: value > limit,
    "mustBeGreaterOrEqualTo": lambda value, limit: value >= limit,
    "mustBeLessThan": lambda value, limit: value < limit,
    "mustBeLessOrEqualTo": lambda value, limit: value <= limit,
    "mustBeBetween": lambda value, limit: limit[0] <= value <= limit[1],
    "mustNotBeBetween": lambda value, limit: not limit[0] <= value <= limit[1],
}

THRESHOLDS: Final = frozenset(_THRESHOLDS)
"""Keys of a quality rule that say what a measure has to be."""

_LOWER: Final = {
    "minimum": ("minimum", "exclusiveMinimum"),
    "exclusiveMinimum": ("minimum", "exclusiveMinimum"),
    **{key: (key, "") for key in ("minLength", "minItems", "minProperties")},
}
_UPPER: Final = {
    "maximum": ("maximum", "exclusiveMaximum"),
    "exclusiveMaximum": ("maximum", "exclusiveMaximum"),
    **{key: (key, "") for key in ("maxLength", "maxItems", "maxProperties")},
}

LIMITS: Final = frozenset({*_LOWER, *_UPPER, "multipleOf", "pattern", "format"})
"""Keys of `logicalTypeOptions` that say which values there are."""


def number(value: Any) -> Fraction | None:
    """A number, or a date as the seconds of its moment; None for anything else."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float | str):
        try:
            return Fraction(str(value))
        except (ValueError, ZeroDivisionError):
            pass
    try:
        made = datetime.datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return Fraction((made if made.tzinfo else made.replace(tzinfo=datetime.UTC)).timestamp())


# ---- thresholds of quality rules


def threshold_direction(old: Mapping[str, Any], new: Mapping[str, Any]) -> Direction:
    """Direction of a quality rule, by what its thresholds accept of every measure."""
    before, after = _limits(old), _limits(new)
    if before is None or after is None:
        return "other"
    limits = [limit for _, limit in (*before, *after)]
    ends = {end for limit in limits for end in cast("list[Fraction]", limit if isinstance(limit, list) else [limit])}
    probes = _probes(ends, is_count=not {old.get("unit"), new.get("unit")} & {"percent", "%"})
    accepted = [(_accepts(before, probe), _accepts(after, probe)) for probe in probes]
    looser, tighter = (
        any(new_ and not old_ for old_, new_ in accepted),
        any(old_ and not new_ for old_, new_ in accepted),
    )
    if looser:
        return "other" if tighter else "looser"
    return "tighter" if tighter else "same"


def is_upper_bound(rule: Mapping[str, Any]) -> bool:
    """Whether a quality rule accepts whatever is less than a measure that it accepts: no bad row is always right."""
    limits = _limits(rule)
    if limits is None:
        return False
    ends = {end for _, limit in limits for end in cast("list[Fraction]", limit if isinstance(limit, list) else [limit])}
    probes = sorted(probe for probe in _probes(ends, is_count=False) if probe >= 0)
    accepted = [_accepts(limits, probe) for probe in probes]
    return accepted == sorted(accepted, reverse=True)


_Limits = list[tuple[str, Any]]


def _limits(rule: Mapping[str, Any]) -> _Limits | None:
    """Thresholds of a rule with their limits as numbers; None where one is no number."""
    limits: _Limits = []
    for key in sorted(THRESHOLDS & rule.keys()):
        written = cast("list[Any]", rule[key] if isinstance(rule[key], list) else [rule[key]])
        ends = [number(end) for end in written]
        if None in ends or len(ends) != (2 if key.endswith("Between") else 1):
            return None
        limits.append((key, ends if key.endswith("Between") else ends[0]))
    return limits


def _probes(ends: Iterable[Fraction], is_count: bool) -> list[Fraction]:
    """Measures that tell apart rules which change their answer at some ends only."""
    ordered = sorted({*ends, Fraction(0)})
    if is_count and all(end.denominator == 1 for end in ordered):
        return [end + step for end in ordered for step in (-1, 0, 1)]
    between = [(one + other) / 2 for one, other in itertools.pairwise(ordered)]
    return [*ordered, *between, ordered[0] - 1, ordered[-1] + 1]


def _accepts(limits: _Limits, value: Fraction) -> bool:
    return all(_THRESHOLDS[key](value, limit) for key, limit in limits)


# ---- limits of values


def limit_direction(key: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Direction:
    """Direction of one of `LIMITS`, by the options before and after."""
    if key in _LOWER or key in _UPPER:
        plain, exclusive = _LOWER.get(key) or _UPPER[key]
        sign = 1 if key in _LOWER else -1
        one, other = _end(old, plain, exclusive, sign), _end(new, plain, exclusive, sign)
        if one == "unknown" or other == "unknown":
            return "other"
        return _of_ends(one, other)
    if old.get(key) is None or new.get(key) is None:
        return "tighter" if old.get(key) is None else "looser"
    if key == "multipleOf":
        one, other = number(old[key]), number(new[key])
        return "tighter" if one and other and (other / one).denominator == 1 else "other"
    return "other"


_End = tuple[Fraction, bool]
"""An end of a range, larger where it is tighter, and whether it is itself left out."""


def _of_ends(one: _End | None, other: _End | None) -> Direction:
    if one == other:
        return "same"
    if one is None or other is None:
        return "tighter" if one is None else "looser"
    return "tighter" if other > one else "looser"


def _end(options: Mapping[str, Any], plain: str, exclusive: str, sign: int) -> Any:
    """The end of a range; None for none, `unknown` for one that is no number and no date."""
    ends: list[_End] = []
    said, strict = options.get(plain), options.get(exclusive) if exclusive else None
    if said is not None:
        made = number(said)
        if made is None:
            return "unknown"
        ends.append((sign * made, strict is True))  # `true` is how versions 3.0 say that the limit is left out
    if strict is not None and not isinstance(strict, bool):
        made = number(strict)
        if made is None:
            return "unknown"
        ends.append((sign * made, True))
    return max(ends, default=None)
