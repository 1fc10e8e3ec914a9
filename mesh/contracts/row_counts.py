"""Quality rules of a contract on the number of a table's rows: the ones that are checked before each publication."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from mesh.model import Element

METRIC: Final = "rowCount"
_LOWER: Final = frozenset({"mustBeGreaterThan", "mustBeGreaterOrEqualTo"})


def least_rows(table: Element) -> int | None:
    """The fewest rows that a table has by the quality rules of its contract; None where none says so."""
    rules: list[Mapping[str, Any]] = table.data.get("quality") or []
    found: list[float] = []
    for rule in rules:
        if rule.get("metric") == METRIC:
            between: Any = rule.get("mustBeBetween") or [None]
            least: Any = rule.get("mustBeGreaterOrEqualTo", between[0])
            more: Any = rule.get("mustBeGreaterThan")
            found += [math.ceil(least)] if _is_number(least) else []
            found += [math.floor(more) + 1] if _is_number(more) else []
    return max((int(each) for each in found), default=None)


def is_checked(rule: Mapping[str, Any]) -> bool:
    """Whether all that a rule of a table asks for is the fewest rows, and so checked."""
    asked = {key for key in rule if key.startswith("must")}
    return rule.get("metric") == METRIC and bool(asked) and asked <= _LOWER


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and math.isfinite(value)
