"""Rules that a contract has for the values of an element: options, lists, patterns, shares of nulls."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final, NamedTuple, cast

from mesh.findings import KeyPath
from mesh.model import Element

_BOUNDS: Final = ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum")


class Placed(NamedTuple):
    """A value that a contract has, and the path of keys where it stands."""

    value: Any
    path: KeyPath


class CountRange(NamedTuple):
    """Counts that a quality rule takes, in rows or percent of the rows; an open end is None."""

    low: Fraction
    high: Fraction | None
    percent: bool
    path: KeyPath

    def rows(self, total: int) -> tuple[int, int]:
        """The least and the most rows of a table's total; the most is below the least where no count is taken."""
        whole = Fraction(total, 100) if self.percent else Fraction(1)
        most = total if self.high is None else min(total, math.floor(self.high * whole))
        return math.ceil(self.low * whole), most


@dataclass(frozen=True, slots=True)
class ColumnRules:
    """Rules of one element. `allowed` are lists of values that the value is one of, each; `unmet` what rows cannot have
    on purpose, such as wrong values.
    """

    allowed: tuple[Placed, ...] = ()
    patterns: tuple[Placed, ...] = ()
    options: Mapping[str, Placed] = field(default_factory=dict[str, Placed])
    unique: Placed | None = None
    nulls: tuple[CountRange, ...] = ()
    never: tuple[Any, ...] = ()
    unmet: tuple[Placed, ...] = ()

    def option(self, name: str) -> Any:
        """Value of one of the `logicalTypeOptions`; None where it is not written."""
        placed = self.options.get(name)
        return None if placed is None else placed.value

    @property
    def bounds(self) -> tuple[Placed, ...]:
        """Bounds that the contract writes."""
        return tuple(self.options[name] for name in _BOUNDS if name in self.options)


def rules_of(element: Element) -> ColumnRules:
    """The rules of an element, as far as they are about each of its values or their counts."""
    data = element.data
    options: Mapping[str, Any] = data.get("logicalTypeOptions") or {}
    here: KeyPath = (*element.path, "logicalTypeOptions")
    allowed = [Placed(listed, path) for listed, path in _enums(element, options)]
    patterns = [Placed(options["pattern"], (*here, "pattern"))] if isinstance(options.get("pattern"), str) else []
    nulls: list[CountRange] = []
    never: list[Any] = []
    unmet: list[Placed] = []
    unique = Placed(True, (*element.path, "unique")) if data.get("unique") is True else None
    for metric, rule, path in quality_rules(element):
        taken = count_range(rule, path)
        arguments: Mapping[str, Any] = rule.get("arguments") or {}
        if metric in ("nullValues", "missingValues") and taken is not None:
            nulls.append(taken)
            never += [one for one in arguments.get("missingValues") or () if one is not None]
        elif taken is None or taken.low > 0:
            unmet.append(Placed(metric, path))
        elif metric == "duplicateValues" and not arguments.get("properties"):
            unique = unique or Placed(True, path)
        elif metric == "invalidValues":
            if isinstance(arguments.get("validValues"), list):
                allowed.append(Placed(arguments["validValues"], (*path, "arguments", "validValues")))
            if isinstance(arguments.get("pattern"), str):
                patterns.append(Placed(arguments["pattern"], (*path, "arguments", "pattern")))
        else:
            unmet.append(Placed(metric, path))
    placed = {name: Placed(value, (*here, name)) for name, value in options.items()}
    return ColumnRules(tuple(allowed), tuple(patterns), placed, unique, tuple(nulls), tuple(never), tuple(unmet))


def _enums(element: Element, options: Mapping[str, Any]) -> Iterator[tuple[list[Any], KeyPath]]:
    """Lists of allowed values, but for those of quality rules: `enum` of the standard, and of its options."""
    for written, path in (
        (element.data.get("enum"), (*element.path, "enum")),
        (options.get("enum"), (*element.path, "logicalTypeOptions", "enum")),
    ):
        if isinstance(written, list):
            entries = cast("list[Any]", written)
            yield [cast("Any", one["value"]) if isinstance(one, Mapping) else one for one in entries], path


def quality_rules(element: Element) -> Iterator[tuple[str, Mapping[str, Any], KeyPath]]:
    """Metric, rule and path of an element's quality rules; those of SQL, text and other tools are called by their
    type.
    """
    rules: list[Mapping[str, Any]] = element.data.get("quality") or []
    for number, rule in enumerate(rules):
        metric = rule.get("metric") or rule.get("rule") or rule.get("type") or "text"
        yield str(metric), rule, (*element.path, "quality", number)


def count_range(rule: Mapping[str, Any], path: KeyPath) -> CountRange | None:
    """Counts that a rule takes; None where they are no range."""
    percent = str(rule.get("unit") or "").lower() in ("percent", "%")
    ends = _ends(rule)
    if ends is None:
        return None
    low, high, step = ends
    # A count of rows is whole; a share of a large table is as good as not.
    above = Fraction(step) * (Fraction(1, 1_000_000_000) if percent else 1)
    low = Fraction(str(low)) + above if rule.get("mustBeGreaterThan") is not None else Fraction(str(low))
    if high is not None:
        high = Fraction(str(high)) - above if rule.get("mustBeLessThan") is not None else Fraction(str(high))
    return CountRange(low, high, percent, path)


def _ends(rule: Mapping[str, Any]) -> tuple[Any, Any, int] | None:
    match rule:
        case {"mustBe": bool()} | {"mustBe": str()}:
            return None
        case {"mustBe": int() | float() as count}:
            return count, count, 0
        case {"mustBeBetween": [low, high]}:
            return low, high, 0
        case {"mustBeGreaterThan": low}:
            return low, None, 1
        case {"mustBeGreaterOrEqualTo": low}:
            return low, None, 0
        case {"mustBeLessThan": high}:
            return 0, high, 1
        case {"mustBeLessOrEqualTo": high}:
            return 0, high, 0
        case _:
            return None


def says(rules: ColumnRules) -> tuple[Any, ...]:
    """Content of rules on each value, wherever they stand."""
    options = {name: str(one.value) for name, one in rules.options.items() if name != "format"}
    allowed = tuple(str(one.value) for one in rules.allowed)
    said = (allowed, tuple(one.value for one in rules.patterns), tuple(sorted(options.items())), rules.never)
    return said if any(said) else ()
