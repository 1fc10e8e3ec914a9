"""Checks of a draft's name mapping: by it, readers find columns in files that have no ids of columns.

Source: Apache Iceberg table spec, "Column Projection" and appendix C, "Name Mapping Serialization".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from document_kinds import INT, FaultError, ObjectKind, like, listed
from iceberg_document import StoredField
from json_values import read_json, shown, told
from table_metadata import FOREIGN, TableMetadata

MAPPING: Final = "schema.name-mapping.default"


def _entries(value: Any) -> None:
    """The entries of a mapping, and of what is nested in one."""
    ENTRIES(value)


ENTRIES: Final = listed(
    ObjectKind({"names": listed(like(r"(?s).+", "a name"))}, {"field-id": INT, "fields": lambda value: _entries(value)})
)


def mapping_findings(promised: tuple[StoredField, ...], metadata: TableMetadata) -> Iterator[str]:
    """Names under which a column would take values that are not its own.

    A name is its column's in the contract, or was in a schema of the draft: after a rename both stand in the mapping.
    """
    said = metadata.properties.get(MAPPING)
    if said is None:
        return
    try:
        entries = read_json(said)
        ENTRIES(entries)
    except FOREIGN as error:
        yield f"the property {MAPPING} is no name mapping ({_why(error)}): set it anew, or remove it"
        return
    now = {each.path: each.id for each in promised}
    paths: dict[int, set[tuple[str, ...]]] = {}
    for field in (*promised, *(field for schema in metadata.schemas.values() for field in schema)):
        paths.setdefault(field.id, set()).add(field.path)
    yield from _Mapping(now, paths, {each.id: each.name for each in promised}).of(entries, ((),))


def _why(error: Exception) -> str:
    return str(error) if isinstance(error, FaultError) else told(error)


class _Mapping:
    """A mapping that is held to the columns of a contract, and to those that a draft had."""

    def __init__(
        self,
        now: Mapping[tuple[str, ...], int],
        paths: Mapping[int, set[tuple[str, ...]]],
        names: Mapping[int, str],
    ) -> None:
        self._now, self._paths, self._names = now, paths, names
        self._seen: set[int] = set()

    def of(self, entries: list[Mapping[str, Any]], parents: tuple[tuple[str, ...], ...]) -> Iterator[str]:
        """Findings of entries that stand in a field with one of the paths `parents`."""
        said: set[str] = set()
        for entry in entries:
            number, names = entry.get("field-id"), list[str](entry["names"])
            if number is not None and number in self._seen:
                yield f"the property {MAPPING} has the field-id {number} twice: take one of the entries out"
            if number is not None:
                self._seen.add(number)
            for name in names:
                if name in said:
                    yield f"the property {MAPPING} has the name {shown(name)} twice: take one of them out"
                said.add(name)
                if number is not None:
                    yield from self._name(number, name, parents)
            here = tuple((*parent, name) for parent in parents for name in names)
            yield from self.of(entry.get("fields", []), here)

    def _name(self, number: int, name: str, parents: tuple[tuple[str, ...], ...]) -> Iterator[str]:
        here = [(*parent, name) for parent in parents]
        own = self._paths.get(number, set())
        if any(path in own for path in here) and all(self._now.get(path, number) == number for path in here):
            return
        column = self._names.get(number, f"field {number}")
        yield (
            f"the property {MAPPING} reads values of '{name}' as '{column}': remove '{name}' from the names of field "
            f"{number}"
        )
