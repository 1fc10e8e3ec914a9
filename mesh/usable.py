"""Usable part of a file that does not fit its model: what is wrong is left out, and marked; the rest is checked.

Nothing is planned from it, for the file has an error; rules read it, and are silent about what is marked.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar, cast

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from mesh.findings import KeyPath
from mesh.model.partial import PartialFile
from mesh.validation_messages import moved_key, node

Model = TypeVar("Model", bound=BaseModel)

MOST_ROUNDS: Final = 20
"""The most times that a file is looked at again: a mistake can hide another one only where it stands."""

_OWNER: Final = {"team": "unknown", "email": "unknown@unknown.invalid"}
_PRODUCT: Final = {"kind": "analytics", "ports": ["table", "files"]}

STAND_INS: Final[Mapping[str, Any]] = {
    "account-email": "{account}@unknown.invalid",
    "approved-by": "unknown@unknown.invalid",
    "approvers": ["unknown@unknown.invalid"],
    "classifications": [],
    "description": "unknown",
    "email": "unknown@unknown.invalid",
    "expires": "9999-12-31",
    "id": "o-unknown0000",
    "kind": _PRODUCT["kind"],
    "management": "000000000000",
    "name": "unknown",
    "organization": {"id": "o-unknown0000", "root": "r-unknown", "management": "000000000000"},
    "owner": _OWNER,
    "ports": _PRODUCT["ports"],
    "principals": ["unknown"],
    "purpose": "unknown",
    "reads": [],
    "region": "eu-west-1",
    "review": "9999-12-31",
    "root": "r-unknown",
    "security-contact": "unknown@unknown.invalid",
    "team": "unknown",
    "use": "unknown",
}
"""Values for keys that have to be there, with which no rule finds anything that is not marked."""

OF_EXCEPTIONS: Final[Mapping[str, Any]] = {
    "expires": STAND_INS["expires"],
    "owner": "unknown",
    "reason": "unknown",
    "resource": "unknown/unknown",
    "rule": "unknown",
}
"""Values for keys of exceptions, whose owner is a team."""

ENTRIES: Final[Mapping[str, Any]] = {"products": _PRODUCT, "classifications": "unknown"}
"""Values for entries whose names are right and whose values are not."""


@dataclass(slots=True)
class UsablePart(Generic[Model]):
    """The model of a file without its mistakes, and where they are."""

    value: Model
    partial: PartialFile


def usable_part(model: type[Model], data: Mapping[str, Any]) -> UsablePart[Model] | None:
    """The usable part of data that does not fit a model; None when nothing of it is usable."""
    left = _Rest(model, deepcopy(dict(data)))
    for _ in range(MOST_ROUNDS):
        try:
            value = model.model_validate(left.data)
        except ValidationError as error:
            if not left.leave_out(error.errors(include_url=False)):
                return None
        else:
            return UsablePart(value, PartialFile(frozenset(left.uncertain), left.moved))
    return None


def nothing_known(model: type[Model]) -> UsablePart[Model]:
    """A model that stands in for a file of which nothing can be read."""
    part = usable_part(model, {})
    assert part is not None, model
    return UsablePart(part.value, PartialFile())


@dataclass(slots=True)
class _Rest:
    """The rest of a file's data, while mistakes are taken out of it."""

    model: type[BaseModel]
    data: dict[str, Any]
    uncertain: set[KeyPath] = field(default_factory=set[KeyPath])
    moved: dict[KeyPath, list[int]] = field(default_factory=dict[KeyPath, list[int]])

    def leave_out(self, errors: list[ErrorDetails]) -> bool:
        """Takes the mistakes out, those later in a list first, so that positions stay as they are told.

        False when one of them leaves nothing that is usable.
        """
        places = {(tuple(error["loc"]), error["type"]) for error in errors}
        for place, kind in sorted(places, key=lambda one: [str(step).zfill(9) for step in one[0]], reverse=True):
            if place[-1:] == ("[key]",) or kind == "invalid_key":
                self.drop(place[:-1] if place[-1:] == ("[key]",) else place, place[:-2])
            elif kind == "extra_forbidden" and moved_key(self.model, place):
                self.drop(place, place)
            elif kind == "extra_forbidden":
                # It can be any key that is not there, misspelled.
                here: Mapping[str, Any] = self.at(place[:-1]) or {}
                known = node(self.model, place[:-1]).get("properties", {})
                self.drop(place, *((*place[:-1], key) for key in known if key not in here))
            elif not self.replace(place):
                return False
        return True

    def at(self, path: KeyPath) -> Any:
        """The value at a path; None where there is none any more."""
        here: Any = self.data
        for step in path:
            try:
                here = here[step]
            except (KeyError, IndexError, TypeError):
                return None
        return here

    def replace(self, path: KeyPath) -> bool:
        """Replaces the value at a path, or leaves it out, or what it is in if it has to be there."""
        if not path:
            return False
        key, above = path[-1], node(self.model, path[:-1])
        if isinstance(key, str) and key in above.get("properties", {}):
            if key not in above.get("required", ()):
                self.drop(path, path)
            elif not isinstance(self.at(path[:-1]), dict):
                return self.replace(path[:-1])  # an approver that is an address alone
            elif path[0] == "exceptions" and key in OF_EXCEPTIONS:
                self.put(path, OF_EXCEPTIONS[key])
            elif key in STAND_INS:
                self.put(path, STAND_INS[key] if key != "classifications" or len(path) > 1 else {"unknown": "unknown"})
            else:
                return self.replace(path[:-1])
        elif len(path) > 1 and path[-2] in ENTRIES:
            self.put(path, ENTRIES[str(path[-2])])
        else:
            self.drop(path, path)
        return True

    def put(self, path: KeyPath, value: Any) -> None:
        """Puts a value that stands in for what is wrong or missing."""
        here = self.at(path[:-1])
        if isinstance(here, dict):
            cast("dict[Any, Any]", here)[path[-1]] = deepcopy(value)
            self.uncertain.add(self.written(path))

    def drop(self, path: KeyPath, *uncertain: KeyPath) -> None:
        """Takes the value at a path out."""
        self.uncertain.update(self.written(one) for one in uncertain)
        here, key = self.at(path[:-1]), path[-1]
        if isinstance(here, dict):
            cast("dict[Any, Any]", here).pop(key, None)
        elif isinstance(here, list) and isinstance(key, int) and key < len(cast("list[Any]", here)):
            entries = cast("list[Any]", here)
            positions = self.moved.setdefault(path[:-1], list(range(len(entries))))
            del entries[key], positions[key]

    def written(self, path: KeyPath) -> KeyPath:
        """A path with the positions that entries of lists have in the file."""
        return PartialFile(moved=self.moved).in_file(path)
