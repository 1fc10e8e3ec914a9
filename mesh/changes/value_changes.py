"""Changes of a value as JSON has it: the places at which something else stands, with what stood there before.

Policy documents are compared statement by statement, by their `Sid`, other lists of mappings by what names an entry.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple, cast

NAMED_BY: Final = ("Sid", "id", "name", "columnName", "ruleNumber", "key", "Id")
"""Keys by which an entry of a list is known, those that are looked for first in front."""
ABSENT: Final[Any] = None
"""The value at a place that is not there."""


class ValueChange(NamedTuple):
    """A place (`rules[files].expiration.days`) with the value before and after; None where there is none."""

    path: str
    before: Any
    after: Any

    def __str__(self) -> str:
        if self.before is ABSENT:
            return f"{self.path}: {_shown(self.after)} added"
        if self.after is ABSENT:
            return f"{self.path}: {_shown(self.before)} removed"
        return f"{self.path}: {_shown(self.before)} → {_shown(self.after)}"

    def as_json(self) -> dict[str, Any]:
        """The change as one entry of a JSON document."""
        return {"path": self.path, "before": self.before, "after": self.after}


LONGEST_SHOWN: Final = 60


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"


def value_changes(before: Any, after: Any, path: str = "") -> Iterator[ValueChange]:
    """Changes from one value to the other, each at the deepest place that has a name."""
    if before == after:
        return
    old, new = _opened(before), _opened(after)
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        yield from _of_mappings(cast("Mapping[str, Any]", old), cast("Mapping[str, Any]", new), path)
    elif isinstance(old, list) and isinstance(new, list):
        yield from _of_lists(cast("list[Any]", old), cast("list[Any]", new), path)
    elif old != new:
        yield ValueChange(path, before, after)


def _opened(value: Any) -> Any:
    """A document that is a text, as what it says."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _of_mappings(before: Mapping[str, Any], after: Mapping[str, Any], path: str) -> Iterator[ValueChange]:
    for key in dict.fromkeys((*before, *after)):
        place = f"{path}.{key}" if path else key
        yield from value_changes(before.get(key, ABSENT), after.get(key, ABSENT), place)


def _of_lists(before: Sequence[Any], after: Sequence[Any], path: str) -> Iterator[ValueChange]:
    name = _naming(before, after)
    if name is not None:
        old, new = ({str(entry[name]): entry for entry in entries} for entries in (before, after))
        for key in dict.fromkeys((*old, *new)):
            yield from value_changes(old.get(key, ABSENT), new.get(key, ABSENT), f"{path}[{key}]")
    elif all(isinstance(each, str) for each in (*before, *after)) and len({*before}) == len(before):
        yield from (ValueChange(f"{path}[]", each, ABSENT) for each in before if each not in after)
        yield from (ValueChange(f"{path}[]", ABSENT, each) for each in after if each not in before)
        if sorted(before) == sorted(after):
            yield ValueChange(path, list(before), list(after))
    else:
        for at in range(max(len(before), len(after))):
            old_entry, new_entry = (entries[at] if at < len(entries) else ABSENT for entries in (before, after))
            yield from value_changes(old_entry, new_entry, f"{path}[{at}]")


def _naming(before: Sequence[Any], after: Sequence[Any]) -> str | None:
    """The key that names the entries of both lists, each once; None where none does."""
    if not all(isinstance(each, Mapping) for each in (*before, *after)):
        return None
    for key in NAMED_BY:
        if all(key in each for each in (*before, *after)) and all(
            len({str(each[key]) for each in entries}) == len(entries) for entries in (before, after)
        ):
            return key
    return None
