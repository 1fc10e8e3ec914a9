"""Metadata of an Iceberg table: what the function needs of the JSON file that a pointer names.

Source: Apache Iceberg table spec, appendix C, "Table Metadata and Snapshots".
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from json_values import mapping
from table_files import TableFiles, UnreadableFileError


class StoredField(NamedTuple):
    """A column or nested field: `type` is a primitive's name, or `struct`, `list` or `map`."""

    id: int
    path: str
    type: str
    required: bool

    @property
    def parent(self) -> str:
        """The path of the field that it is in; empty for a column."""
        return self.path.rpartition(".")[0]


@dataclass(frozen=True)
class TableMetadata:
    """A metadata file; `pointer` is its address, `document` what stands in it."""

    pointer: str
    document: Mapping[str, Any]

    @property
    def uuid(self) -> str:
        """The table's `table-uuid`, which a CREATE gives and no commit changes."""
        return str(self.document.get("table-uuid"))

    @property
    def properties(self) -> Mapping[str, str]:
        """The table's properties."""
        return self.document.get("properties") or {}

    @cached_property
    def schemas(self) -> Mapping[int, tuple[StoredField, ...]]:
        """The fields of every schema, by its number."""
        return {int(schema["schema-id"]): tuple(fields(schema)) for schema in self.document["schemas"]}

    @property
    def schema(self) -> tuple[StoredField, ...]:
        """The fields of the current schema."""
        return self.schemas[int(self.document["current-schema-id"])]

    @cached_property
    def snapshots(self) -> Mapping[int, Mapping[str, Any]]:
        """The snapshots that a reader may ask for, by their ids."""
        return {int(each["snapshot-id"]): each for each in self.document.get("snapshots") or ()}

    @property
    def current(self) -> Mapping[str, Any] | None:
        """The snapshot that a reader gets who asks for none; a new table has none."""
        chosen = self.document.get("current-snapshot-id")
        return self.snapshots.get(int(chosen)) if chosen is not None else None

    def schema_of(self, snapshot: Mapping[str, Any]) -> tuple[StoredField, ...]:
        """The fields with which a snapshot is read by who asks for it."""
        number = snapshot.get("schema-id")
        return self.schema if number is None else self.schemas[int(number)]


def read_metadata(files: TableFiles, pointer: str) -> TableMetadata:
    """The metadata file that a pointer names; raises UnreadableFileError."""
    content = files.read(pointer)
    try:
        document: Any = json.loads(content)
        metadata = TableMetadata(pointer, document)
        if document["format-version"] > 1:  # an older version may lack `schemas`
            _whole(metadata)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableFileError(f"'{pointer}' is no metadata of an Iceberg table: {error!r}") from error
    return metadata


def _whole(metadata: TableMetadata) -> None:
    """Look at everything once, so that what is missing is found here."""
    _ = metadata.schema, metadata.properties, [metadata.schema_of(each) for each in metadata.snapshots.values()]
    chosen = metadata.document.get("current-snapshot-id")
    if chosen not in (None, -1) and metadata.current is None:
        raise KeyError(f"snapshot {chosen}")


def fields(struct: Mapping[str, Any], path: str = "") -> Iterator[StoredField]:
    """The fields of a struct, each followed by those in it."""
    for field in struct["fields"]:
        here = f"{path}.{field['name']}" if path else str(field["name"])
        yield from _field(int(field["id"]), here, field["type"], bool(field["required"]))


def _field(number: int, path: str, type_: Any, required: bool) -> Iterator[StoredField]:
    nested = mapping(type_)
    kind = str(nested["type"]) if nested else str(type_).replace(" ", "")
    yield StoredField(number, path, kind, required)
    if kind == "struct":
        yield from fields(nested, path)
    elif kind == "list":
        yield from _field(nested["element-id"], f"{path}.element", nested["element"], nested["element-required"])
    elif kind == "map":
        yield from _field(nested["key-id"], f"{path}.key", nested["key"], required=True)
        yield from _field(nested["value-id"], f"{path}.value", nested["value"], nested["value-required"])
    elif nested:
        raise ValueError(f"a type '{kind}'")
