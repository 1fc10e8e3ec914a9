"""Templates of the plugin's table: texts that name properties of a resource, and what has to hold of those.

A template is `arn:aws:x:{region}:{account}:thing/{name}`; a condition is a property, or one that is, is not, or begins
as said.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

_PLACEHOLDER: Final = re.compile(r"\{([A-Za-z][A-Za-z0-9.]*)\}")
_CONDITION: Final = re.compile(r"(!?)([A-Za-z][A-Za-z0-9.]*)(?: (!?\^?=) (\S+))?")


def named(template: str) -> list[str]:
    """Names in a template, in order."""
    return _PLACEHOLDER.findall(template)


def filled(template: str, values: Mapping[str, Any], defaults: Mapping[str, str]) -> Iterator[str]:
    """Texts of a template: one for each value of what it names. Raises KeyError for a name without any."""
    parts = _PLACEHOLDER.split(template)
    choices: list[tuple[str, ...]] = []
    for number, part in enumerate(parts):
        found = values_of(part, values, defaults) if number % 2 else (part,)
        if not found:
            raise KeyError(part)
        choices.append(found)
    for chosen in itertools.product(*choices):
        yield "".join(chosen)


def values_of(name: str, values: Mapping[str, Any], defaults: Mapping[str, str]) -> tuple[str, ...]:
    """Values of a name: those of the inputs, else its default, which is a template itself."""
    found = tuple(_as_text(each) for each in _inside(values, name.split(".")))
    if found:
        return found
    return tuple(filled(defaults[name], values, {})) if name in defaults else ()


def _inside(value: Any, path: list[str]) -> Iterator[Any]:
    """Values at a path inside nested maps and lists; of a list, in each of its items. None where it is empty."""
    if isinstance(value, (list, tuple)):
        for each in cast("list[Any]", value):
            yield from _inside(each, path)
    elif path:
        if isinstance(value, Mapping):
            yield from _inside(cast("Mapping[str, Any]", value).get(path[0]), path[1:])
    elif value not in (None, "", {}):
        yield value


def alternatives(text: str) -> list[str]:
    """The conditions of which one has to hold."""
    return text.split(" or ")


def is_condition(text: str) -> bool:
    """Whether a text is one condition."""
    return _CONDITION.fullmatch(text) is not None


def condition(text: str) -> tuple[bool, str, str, str]:
    """Parts of a condition: whether it is turned round, its property, how that is compared, and with what.

    Raises ValueError for a text that is none.
    """
    found = _CONDITION.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no condition")
    compared = found[3] or ""
    return bool(found[1]) != compared.startswith("!"), found[2], compared.removeprefix("!"), found[4] or ""


def holds(text: str, inputs: Mapping[str, Any]) -> bool:
    """Whether a condition holds: a property that is set and not false, or that is, is not, or begins as said.

    Several conditions with `or` between them hold where one does.
    """
    return any(_holds_alone(each, inputs) for each in alternatives(text))


def _holds_alone(text: str, inputs: Mapping[str, Any]) -> bool:
    turned, name, compared, value = condition(text)
    found = {_as_text(each) for each in _inside(inputs, name.split("."))}
    if not compared:
        as_said = bool(found - {"false"})
    elif compared == "=":
        as_said = value in found
    else:
        as_said = any(each.startswith(value) for each in found)
    return as_said != turned


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
