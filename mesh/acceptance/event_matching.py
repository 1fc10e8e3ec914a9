"""Event patterns of EventBridge at work: whether an event is one that a rule asks for.

EventBridge User Guide, "How EventBridge event pattern matching works" and "Comparison operators for use in event
patterns". Patterns whose grammar is wrong are `event_patterns`' matter: what is not known here matches nothing.
"""

from __future__ import annotations

import ipaddress
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, cast

_Values = Sequence[Any]
"""Values of a field of an event: none where it has no such field, several where the field is a list."""

_COMPARED: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    ">": operator.gt,
    ">=": operator.ge,
}


def matches(pattern: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
    """Whether every field of a pattern is met by an event, both as JSON."""
    return all(_field_matches(name, wanted, event) for name, wanted in pattern.items())


def _field_matches(name: str, wanted: Any, event: Mapping[str, Any]) -> bool:
    if name == "$or":
        return any(matches(each, event) for each in wanted)
    value: Any = event.get(name)
    if isinstance(wanted, Mapping):
        inner = cast("Mapping[str, Any]", value if isinstance(value, Mapping) else {})
        return matches(cast("Mapping[str, Any]", wanted), inner)
    listed = cast("list[Any]", value) if isinstance(value, list) else [value]
    values: _Values = listed if name in event else ()
    return any(_meets(item, values) for item in wanted)


def _meets(item: Any, values: _Values) -> bool:
    """Whether one item of a pattern's list is met."""
    if not isinstance(item, Mapping):
        return any(_same(item, value) for value in values)
    (name, wanted), *others = cast("Mapping[str, Any]", item).items()
    if others:
        return False
    if name == "exists":
        return bool(values) == wanted
    if name == "anything-but":
        return bool(values) and not any(_excluded(wanted, value) for value in values)
    return any(_compared(name, wanted, value) for value in values)


def _same(wanted: Any, value: Any) -> bool:
    is_flag = isinstance(wanted, bool) or isinstance(value, bool)
    return wanted == value and (not is_flag or type(wanted) is type(value))


def _excluded(wanted: Any, value: Any) -> bool:
    if isinstance(wanted, Mapping):
        ((name, inner),) = cast("Mapping[str, Any]", wanted).items()
        listed = cast("list[Any]", inner) if isinstance(inner, list) else [inner]
        return any(_compared(name, each, value) for each in listed)
    return value in (cast("list[Any]", wanted) if isinstance(wanted, list) else [wanted])


def _compared(name: str, wanted: Any, value: Any) -> bool:
    if name == "numeric":
        return _in_range(wanted, value)
    if not isinstance(value, str):
        return False
    if isinstance(wanted, Mapping):  # {"prefix": {"equals-ignore-case": …}}
        wanted, value = str(cast("Mapping[str, Any]", wanted)["equals-ignore-case"]).lower(), value.lower()
    compare = _OF_TEXT.get(name)
    return compare is not None and compare(wanted, value)


def _in_range(wanted: Sequence[Any], value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return all(_COMPARED[sign](value, limit) for sign, limit in zip(wanted[::2], wanted[1::2], strict=True))


def _is_wild(wanted: str, value: str) -> bool:
    """`*` is any characters, `\\*` is an asterisk, `\\\\` a backslash."""
    parts = re.findall(r"\\[*\\]|\*|[^*\\]+|\\", wanted)
    expression = "".join(".*" if part == "*" else re.escape(part.removeprefix("\\") or "\\") for part in parts)
    return re.fullmatch(expression, value, re.DOTALL) is not None


def _is_inside(wanted: str, value: str) -> bool:
    try:
        return ipaddress.ip_address(value) in ipaddress.ip_network(wanted, strict=False)
    except ValueError:
        return False


_OF_TEXT: Final[Mapping[str, Callable[[str, str], bool]]] = {
    "cidr": _is_inside,
    "equals-ignore-case": lambda wanted, value: wanted.lower() == value.lower(),
    "prefix": lambda wanted, value: value.startswith(wanted),
    "suffix": lambda wanted, value: value.endswith(wanted),
    "wildcard": _is_wild,
}
