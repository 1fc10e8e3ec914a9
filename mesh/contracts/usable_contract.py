"""Usable part of a contract that does not hold its schema, so that its labels, types and mentions are told as well.

What is wrong is left out, or a stand-in takes its place; nothing is planned from that, for the contract has an error.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final, cast

import jsonschema_rs

from mesh.contracts import other_formats, standard, versions
from mesh.contracts.json_schema import below
from mesh.contracts.schema_errors import Kind
from mesh.findings import KeyPath
from mesh.model import PartialFile

MOST_ROUNDS: Final = 20
MOST_ERRORS: Final = 200

STAND_INS: Final[Mapping[str, str]] = {
    "apiVersion": versions.LATEST,
    "kind": "DataContract",
    "id": "unknown",
    "status": "active",
    "version": "0.0.0",
}
"""Values for keys that a contract has to have, with which no rule finds anything."""

_ELEMENT: Final = {"physicalType": "string"}
_LISTS: Final = ("schema", "properties")


def usable_contract(data: Mapping[str, Any]) -> tuple[Mapping[str, Any], PartialFile] | None:
    """The usable part of a contract, and what is uncertain of it; None when nothing of it is usable."""
    if other_formats.named(data):
        return None
    left = _Rest(deepcopy(dict(data)))
    for _ in range(MOST_ROUNDS):
        errors = list(islice(standard.errors(left.data), MOST_ERRORS))
        if not errors:
            return left.data, PartialFile(frozenset(left.uncertain))
        left.leave_out(errors)
    return None


@dataclass(slots=True)
class _Rest:
    """The rest of a contract's data, while mistakes are taken out of it."""

    data: dict[str, Any]
    uncertain: set[KeyPath] = field(default_factory=set[KeyPath])

    def leave_out(self, errors: list[jsonschema_rs.ValidationError]) -> None:
        """Takes the mistakes out; keys that are only not reached for another mistake are left to the next round."""
        certain = [error for error in errors if not isinstance(error.kind, Kind.UnevaluatedProperties)]
        for error in certain or errors:
            path = tuple(error.instance_path)
            unexpected: Iterable[str] = getattr(error.kind, "unexpected", ())
            element, rest = _split(path)
            if rest:
                self.put((*element, rest[0]), STAND_INS.get(str(rest[0])) if not element else None)
            elif unexpected:
                for key in unexpected:
                    self.put((*path, key), None)
            elif isinstance(error.kind, Kind.Required) and (stand_in := _stand_in(path, str(error.kind.property))):
                self.put((*path, str(error.kind.property)), stand_in)
            elif path:
                self.put(path, {"name": f"unknown_{path[-1]}", **_ELEMENT} if isinstance(path[-1], int) else None)

    def put(self, path: KeyPath, value: Any) -> None:
        """Puts a value at a path, or takes away what is there.

        Does nothing where another mistake has taken away what is around it.
        """
        here: Any = self.data
        for step in path[:-1]:
            here = below(here, step)
        if not isinstance(here, (dict, list)):
            return
        self.uncertain.add(path)
        if value is not None:
            cast("dict[Any, Any]", here)[path[-1]] = deepcopy(value)
        elif isinstance(here, dict):
            cast("dict[Any, Any]", here).pop(path[-1], None)


def _stand_in(path: KeyPath, key: str) -> str | None:
    """A value for a key that has to be there."""
    if not path:
        return STAND_INS.get(key)
    return f"unknown_{path[-1]}" if key == "name" else None


def _split(path: KeyPath) -> tuple[KeyPath, KeyPath]:
    """A path as that of the innermost element (empty for the contract itself), and the rest."""
    end = 0
    while True:
        steps = path[end : end + 2]
        if len(steps) == 2 and isinstance(steps[1], int) and steps[0] in (_LISTS[:1] if not end else _LISTS[1:]):
            end += 2
        elif end and steps[:1] == ("items",):
            end += 1
        elif end and steps in (("map", "key"), ("map", "value")):
            end += 2
        else:
            return path[:end], path[end:]
