"""Breaks of what is promised of values: limits, enumerations, quality rules."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, Final, cast

from mesh.contracts.breaks.break_rule import BreakRule, values
from mesh.contracts.breaks.paired_documents import ContractDifference
from mesh.contracts.breaks.promise_bounds import (
    LIMITS,
    THRESHOLDS,
    Direction,
    is_upper_bound,
    limit_direction,
    threshold_direction,
)

_Judge = Callable[[ContractDifference], str]


def _limit(direction: Direction, words: str) -> _Judge:
    def judge(one: ContractDifference) -> str:
        if one.place != "logicalTypeOptions" or one.key not in LIMITS:
            return ""
        said = limit_direction(one.key, one.old, one.new) == direction
        return f"'{one.key}' of {one.subject} {values(one)}: {words}" if said else ""

    return judge


# ---- lists of allowed values


def _listed(value: Any) -> set[str] | None:
    """Allowed values of a list, as texts; None for no list, and for one that names none."""
    if not isinstance(value, list) or not value:
        return None
    every = cast("list[Any]", value)
    plain = [cast("dict[str, Any]", one).get("value") if isinstance(one, dict) else one for one in every]
    return {json.dumps(one, sort_keys=True, default=str) for one in plain}


def _allowed(one: ContractDifference) -> tuple[set[str] | None, set[str] | None] | None:
    """Allowed values before and after, where the difference is one of them, and fewer of them promise more."""
    if (one.place, one.key) != ("properties", "enum"):
        is_list = (one.place, one.key) == ("arguments", "validValues")
        if not is_list or not _limits_what_is_bad(one):
            return None
    return _listed(one.before), _listed(one.after)


def _limits_what_is_bad(one: ContractDifference) -> bool:
    """Whether the quality rule of an argument sets a limit to bad rows, before and after, and none from below."""
    return is_upper_bound(one.old) and is_upper_bound(one.new)


def _values_wider(one: ContractDifference) -> str:
    before, after = _allowed(one) or (None, None)
    if before is None or after is None or after <= before:
        return ""
    return f"{one.subject} may hold {_joined(after - before)} now, which a consumer has not met"


def _values_relabelled(one: ContractDifference) -> str:
    before, after = _meanings(one.before), _meanings(one.after)
    others = {value for value in before.keys() & after.keys() if before[value] and before[value] != after[value]}
    if (one.place, one.key) != ("properties", "enum") or not others:
        return ""
    return f"{one.subject} means something else by {_joined(others)}, which has another label"


def _meanings(value: Any) -> dict[str, Any]:
    """Labels of allowed values, by the value as a text."""
    every = cast("list[Any]", value) if isinstance(value, list) else []
    named = [cast("dict[str, Any]", one) for one in every if isinstance(one, dict)]
    return {json.dumps(one.get("value"), sort_keys=True, default=str): one.get("label") for one in named}


def _values_narrower(one: ContractDifference) -> str:
    before, after = _allowed(one) or (None, None)
    if before is None or after is None or not after < before:
        return ""
    return f"{one.subject} holds {_joined(before - after)} no more"


def _values_freed(one: ContractDifference) -> str:
    before, after = _allowed(one) or (None, None)
    return f"{one.subject} may hold any value now" if before is not None and after is None else ""


def _values_listed(one: ContractDifference) -> str:
    before, after = _allowed(one) or (None, None)
    return f"{one.subject} holds {_joined(after)} only" if before is None and after is not None else ""


def _values_said(one: ContractDifference) -> str:
    return f"{one.subject} holds the same values, described otherwise" if _allowed(one) else ""


def _joined(every: set[str]) -> str:
    return ", ".join(sorted(every))


# ---- quality rules


def _is_text(one: ContractDifference) -> bool:
    return (one.old.get("type") or one.new.get("type")) == "text"


def _whole(one: ContractDifference) -> bool:
    return one.place == "quality" and not one.key


def _dropped(one: ContractDifference) -> str:
    if not _whole(one) or not one.is_gone or _is_text(one):
        return ""
    return f"{one.subject} is dropped: nothing promises it any more"


def _added(one: ContractDifference) -> str:
    return f"{one.subject} is new" if _whole(one) and one.is_new else ""


def _text_dropped(one: ContractDifference) -> str:
    return f"{one.subject} is dropped, a promise in words" if _whole(one) and one.is_gone and _is_text(one) else ""


def _threshold(direction: Direction, words: str) -> _Judge:
    def judge(one: ContractDifference) -> str:
        if one.place != "quality" or one.key not in THRESHOLDS:
            return ""
        said = threshold_direction(one.old, one.new) == direction
        return f"{one.subject} {words}: '{one.key}' {values(one)}" if said else ""

    return judge


_loosened, _tightened = _threshold("looser", "is looser"), _threshold("tighter", "is tighter")
_same = _threshold("same", "is the same in other words")


def _counted_more(one: ContractDifference) -> bool | None:
    """Whether a rule that counts bad rows counts more of them; None where that cannot be told."""
    before, after = _listed(one.before), _listed(one.after)
    if one.place != "arguments" or one.key != "missingValues" or before == after or not _limits_what_is_bad(one):
        return None
    old, new = before or set[str](), after or set[str]()
    return True if new > old else False if new < old else None


def _counts_less(one: ContractDifference) -> str:
    return f"{one.subject} is looser: '{one.key}' {values(one)}" if _counted_more(one) is False else ""


def _counts_more(one: ContractDifference) -> str:
    return f"{one.subject} is tighter: '{one.key}' {values(one)}" if _counted_more(one) else ""


def _unit_said(one: ContractDifference) -> str:
    percent = {"percent", "%"}
    if one.place != "quality" or one.key != "unit" or (one.before in percent) != (one.after in percent):
        return ""
    return f"the unit of {one.subject} {values(one)}, which counts the same"


def _severity(one: ContractDifference) -> int:
    order = {"info": 0, "information": 0, "warning": 1, "warn": 1, "minor": 1}
    before, after = (order.get(str(value).casefold(), 2) for value in (one.before, one.after))
    return after - before


def _severity_lower(one: ContractDifference) -> str:
    if one.place != "quality" or one.key != "severity" or _severity(one) >= 0:
        return ""
    return f"{one.subject} stops less where it is broken: its severity {values(one)}"


def _severity_higher(one: ContractDifference) -> str:
    if one.place != "quality" or one.key != "severity":
        return ""
    return f"{one.subject} stops as much or more where it is broken: its severity {values(one)}"


def _query(one: ContractDifference) -> bool:
    return one.place == "quality" and one.key in ("query", "implementation")


def _query_said(one: ContractDifference) -> str:
    said = one.key == "query" and _query(one) and _plain_sql(one.before) == _plain_sql(one.after)
    return f"{one.subject} asks the same in other words" if said else ""


def _plain_sql(query: object) -> list[str]:
    """A query without what does not matter in it: spaces and case, but for texts and names in quotes, and comments.

    A comment ends with its line: joined with the next one, it takes that along.
    """
    text = str(query).strip()
    if "\\" in text:
        return [text]  # what it means in a text in quotes is another thing in each dialect
    parts = _VERBATIM.split(text)
    return [part if number % 2 else re.sub(r"\s+", " ", part.lower()) for number, part in enumerate(parts)]


_VERBATIM: Final = re.compile(
    r"""('(?:[^']|'')*'|"[^"]*"|`[^`]*`|\$\$.*?\$\$|(?:--|\#)[^\n]*\n?|/\*.*?\*/)(?:(?<=\n)\s+)?""", re.DOTALL
)
"""Parts of a query in which everything counts."""


def _query_other(one: ContractDifference) -> str:
    return (
        f"{one.subject} asks something else, which no rule compares: '{one.key}' {values(one)}" if _query(one) else ""
    )


def _schedule(one: ContractDifference) -> str:
    if one.place not in ("quality", "slaProperties") or one.key not in ("schedule", "scheduler"):
        return ""
    return f"{one.subject} is watched at other times: '{one.key}' {values(one)}"


def _other(one: ContractDifference) -> str:
    asked = one.place == "quality" and one.key in {*THRESHOLDS, "metric", "rule", "type", "engine", "unit", "arguments"}
    if not asked and one.place != "arguments":
        return ""
    return f"{one.subject} promises something else: '{one.key}' {values(one)}"


RULES: Final = (
    BreakRule(
        "limit-loosened",
        "limits of values",
        "breaking",
        "major",
        "A limit (`minimum`, `maxLength`, `pattern`, `multipleOf`, ...) is gone or allows more.",
        _limit("looser", "more values are allowed"),
    ),
    BreakRule(
        "limit-tightened",
        "limits of values",
        "safe",
        "minor",
        "A limit is new or allows less.",
        _limit("tighter", "fewer values are allowed"),
    ),
    BreakRule(
        "limit-reworded",
        "limits of values",
        "safe",
        "patch",
        "The same limit in other words.",
        _limit("same", "the same values are allowed"),
    ),
    BreakRule(
        "limit-changed",
        "limits of values",
        "breaking",
        "major",
        "A pattern, format or multiple is another: it cannot be told that every value of it was allowed.",
        _limit("other", "other values are allowed"),
    ),
    BreakRule(
        "values-widened",
        "limits of values",
        "risky",
        "minor",
        "A list of allowed values (`enum`, `validValues`) has new ones, whatever it lost.",
        _values_wider,
    ),
    BreakRule(
        "values-relabelled",
        "limits of values",
        "risky",
        "minor",
        "An allowed value that stays has another label: it may mean something else.",
        _values_relabelled,
    ),
    BreakRule(
        "values-narrowed", "limits of values", "safe", "minor", "A list of allowed values lost some.", _values_narrower
    ),
    BreakRule(
        "values-freed", "limits of values", "breaking", "major", "A list of allowed values is gone.", _values_freed
    ),
    BreakRule("values-listed", "limits of values", "safe", "minor", "A list of allowed values is new.", _values_listed),
    BreakRule(
        "values-reworded",
        "limits of values",
        "safe",
        "patch",
        "The same values, in another order or with other words.",
        _values_said,
    ),
    BreakRule(
        "quality-dropped",
        "quality",
        "breaking",
        "major",
        "A quality rule of a table or a column is gone, of whatever severity.",
        _dropped,
    ),
    BreakRule("quality-added", "quality", "safe", "minor", "A quality rule is new.", _added),
    BreakRule("quality-text-dropped", "quality", "risky", "minor", "A rule of type `text` is gone.", _text_dropped),
    BreakRule("quality-loosened", "quality", "breaking", "major", "A threshold accepts more than it did.", _loosened),
    BreakRule("quality-tightened", "quality", "safe", "minor", "A threshold accepts less than it did.", _tightened),
    BreakRule("quality-reworded", "quality", "safe", "patch", "A threshold accepts the same in other words.", _same),
    BreakRule(
        "quality-counts-less",
        "quality",
        "breaking",
        "major",
        "`missingValues` has fewer values: less counts as bad.",
        _counts_less,
    ),
    BreakRule(
        "quality-counts-more",
        "quality",
        "safe",
        "minor",
        "`missingValues` has more values: more counts as bad.",
        _counts_more,
    ),
    BreakRule("quality-unit-reworded", "quality", "safe", "patch", "A unit says the same.", _unit_said),
    BreakRule(
        "quality-severity-lowered",
        "quality",
        "breaking",
        "major",
        "The severity of a rule is lower: it stops less.",
        _severity_lower,
    ),
    BreakRule(
        "quality-severity-raised",
        "quality",
        "safe",
        "minor",
        "The severity of a rule is higher, or called otherwise.",
        _severity_higher,
    ),
    BreakRule(
        "quality-query-reworded",
        "quality",
        "safe",
        "patch",
        "A query differs in spaces or case, but in no text.",
        _query_said,
    ),
    BreakRule(
        "quality-query-changed", "quality", "risky", "minor", "A query or implementation is another.", _query_other
    ),
    BreakRule(
        "schedule-changed",
        "quality",
        "risky",
        "minor",
        "A quality rule or service level is watched at other times.",
        _schedule,
    ),
    BreakRule(
        "quality-changed",
        "quality",
        "breaking",
        "major",
        "A rule measures something else, or goes in both directions.",
        _other,
    ),
)
