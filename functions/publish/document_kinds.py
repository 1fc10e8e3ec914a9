"""Kinds of values in somebody else's document: a description of it is a table from each member to its kind.

A kind takes a value, and raises FaultError if the value is none of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from json_values import mapping, shown

ValueKind = Callable[[Any], None]


class FaultError(ValueError):
    """A value that is not of its kind: `where` says where it stands in the document, once it is known."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what
        self.where = ""

    def within(self, key: str) -> FaultError:
        """The same one level up: `key` is a member's name, or a number in brackets."""
        self.where = key + (self.where if self.where.startswith("[") or not self.where else f".{self.where}")
        return self

    def __str__(self) -> str:
        return f"{self.where} {self.what}".lstrip()


def not_allowed(value: object, allowed: str) -> FaultError:
    """A fault that says what there is and what is allowed."""
    return FaultError(f"is {shown(value)}, allowed is {allowed}")


def whole(least: int, most: int) -> ValueKind:
    """A whole number in a range; `true` and `2.0` are none."""

    def check(value: Any) -> None:
        if type(value) is not int or not least <= value <= most:
            raise not_allowed(value, f"a whole number from {least} to {most}" if least < most else f"{most}")

    return check


INT: Final = whole(0, 2**31 - 1)
LONG: Final = whole(0, 2**63 - 1)
POSITIVE_INT: Final = whole(1, 2**31 - 1)
POSITIVE_LONG: Final = whole(1, 2**63 - 1)


def text(value: Any) -> None:
    """Text."""
    if type(value) is not str:
        raise not_allowed(value, "text")


def boolean(value: Any) -> None:
    """`true` or `false`."""
    if type(value) is not bool:
        raise not_allowed(value, "true or false")


def nothing(value: Any) -> None:
    """A member that may not be there, or is null."""
    if value is not None:
        raise not_allowed(value, "nothing: remove it")


def or_null(kind: ValueKind) -> ValueKind:
    """A kind, or null."""

    def check(value: Any) -> None:
        if value is not None:
            kind(value)

    return check


def one_of(*values: str) -> ValueKind:
    """One of a few words."""

    def check(value: Any) -> None:
        if type(value) is not str or value not in values:
            raise not_allowed(value, " or ".join(f"'{each}'" for each in values))

    return check


def like(pattern: str, allowed: str) -> ValueKind:
    """Text of a form."""
    form = re.compile(pattern, re.ASCII)

    def check(value: Any) -> None:
        if type(value) is not str or not form.fullmatch(value):
            raise not_allowed(value, allowed)

    return check


def listed(kind: ValueKind) -> ValueKind:
    """A list of values of one kind."""

    def check(value: Any) -> None:
        if type(value) is not list:
            raise not_allowed(value, "a list")
        for number, each in enumerate(value):  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
            try:
                kind(each)
            except FaultError as fault:
                raise fault.within(f"[{number}]") from None

    return check


def named(kind: ValueKind) -> ValueKind:
    """An object with any names, and values of one kind."""

    def check(value: Any) -> None:
        if not isinstance(value, dict):
            raise not_allowed(value, "an object")
        for key, each in mapping(value).items():  # pyright: ignore[reportUnknownArgumentType]
            try:
                kind(each)
            except FaultError as fault:
                raise fault.within(f"[{shown(key)}]") from None

    return check


class ObjectKind:
    """An object with the members of a table; one that it does not know is left alone, as readers leave it.

    Not one that is written otherwise than in the table: pyiceberg takes `snapshot_id` for `snapshot-id` where that is
    missing, and names of its own (`others`).
    """

    def __init__(self, needed: Mapping[str, ValueKind], optional: Mapping[str, ValueKind], *others: str) -> None:
        self._kinds = {**needed, **optional}
        self._needed = frozenset(needed)
        self._alike = {_folded(key): key for key in self._kinds} | dict.fromkeys(others, "")

    def __call__(self, value: Any) -> None:
        """Check a value, and every member of it."""
        if not isinstance(value, dict):
            raise not_allowed(value, "an object")
        document = mapping(value)  # pyright: ignore[reportUnknownArgumentType]
        missing = self._needed - document.keys()
        if missing:
            raise FaultError(f"has no '{min(missing)}', which every reader needs")
        for key, each in document.items():
            kind = self._kinds.get(key)
            if kind is None:
                self._unknown(key)
                continue
            try:
                kind(each)
            except FaultError as fault:
                raise fault.within(key) from None

    def _unknown(self, key: str) -> None:
        if _folded(key) in self._alike:
            said = self._alike[_folded(key)]
            raise FaultError(
                f"has {shown(key)}, {f'allowed is {said!r}' if said else 'which is not allowed: remove it'}"
            )


def _folded(key: str) -> str:
    return key.replace("_", "-").lower()
