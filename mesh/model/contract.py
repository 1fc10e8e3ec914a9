"""Data contract: a file of the Open Data Contract Standard as it was written, and the elements of its schema.

The standard's own JSON schema judges the form; nothing here is a second opinion on it.
Source: Bitol, Open Data Contract Standard v3 (bitol.io), fields Schema, Properties.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mesh.findings import KeyPath


@dataclass(frozen=True, slots=True)
class Element:
    """An element of a contract's schema: a table, a column, or what is nested in one, at any depth.

    `data` is what was written at `path`; `below` are the elements in it, in the order of the file's keys.
    """

    path: KeyPath
    data: Mapping[str, Any]
    below: tuple[Element, ...] = ()

    @property
    def name(self) -> str:
        """Name as written; an element of a list or of a map has the word for its place: `items`, `key` or `value`."""
        return self.data.get("name") or str(self.path[-1])

    @property
    def catalog_name(self) -> str:
        """Name in the catalog: `physicalName`, else the name."""
        return self.data.get("physicalName") or self.name

    @property
    def columns(self) -> tuple[Element, ...]:
        """Columns of a table, or fields of a column that is an object: what stands in its `properties`."""
        return tuple(element for element in self.below if element.path[-2] == "properties")

    def nested(self, *place: str) -> Element | None:
        """The element at a place that holds one: `items`, or `map` and `key`."""
        whole = (*self.path, *place)
        return next((element for element in self.below if element.path == whole), None)

    def custom(self, name: str) -> Any:
        """Value of one of the `customProperties`; None where there is none of that name, a list where several are.

        Names are compared without case, `_` and `-`, as people write them.
        """
        plain = _plain(name)
        entries: list[Any] = self.data.get("customProperties") or []
        values = [entry.get("value") for entry in entries if _plain(str(entry.get("property"))) == plain]
        return values[0] if len(values) == 1 else values or None

    def walk(self) -> Iterator[Element]:
        """The element and all that is nested in it, from the outside in."""
        yield self
        for element in self.below:
            yield from element.walk()


def _plain(name: str) -> str:
    return name.replace("_", "").replace("-", "").casefold()


@dataclass(frozen=True, slots=True)
class Contract:
    """A data contract that holds its standard.

    `tables` are the elements of `schema`; `elements` are those and all that is nested in them, at every depth, and
    `classified` those among them that have a `classification`.
    """

    data: Mapping[str, Any]
    tables: tuple[Element, ...]
    elements: tuple[Element, ...]
    classified: tuple[Element, ...]

    @property
    def version(self) -> str:
        """Version of the contract."""
        return self.data["version"]

    @property
    def domain(self) -> str | None:
        """Name of the domain, if the contract says it."""
        return self.data.get("domain")

    @property
    def purpose(self) -> str:
        """The purpose of the data, on one line as AWS takes a description; empty when the contract does not say."""
        description: Mapping[str, str | None] = self.data.get("description") or {}
        return " ".join((description.get("purpose") or "").split())

    def column_name(self, path: KeyPath) -> str:
        """Name of a column, or of what is nested in it, by its path: `captain.email`, `phones.items`."""
        here: Any = self.data["schema"][path[1]]
        names: list[str] = []
        for step in path[2:]:
            here = here[step]
            if isinstance(step, int):
                names.append(str(here.get("name")))
            elif step not in ("properties", "map"):
                names.append(step)
        return ".".join(names)
