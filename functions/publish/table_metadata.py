"""Metadata of an Iceberg table: what the function needs of the JSON file that a pointer names.

Source: Apache Iceberg table spec, appendix C, "Table Metadata and Snapshots".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Final

from document_kinds import FaultError
from iceberg_document import FORMAT, StoredField, check_document, fields
from json_values import mapping, read_json, shown, told
from table_files import TableFiles, UnreadableFileError

FOREIGN: Final = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError)
"""Errors that somebody else's document raises where it is not as the specification has it."""

NAME: Final = ".metadata.json"
"""The end of a metadata file's name, for every reader; one whose name has `.gz` before it is packed."""


LAST_SECOND: Final = 253_402_300_799
"""The last second of the year 9999; a writer may say any time."""


@dataclass(frozen=True)
class TableMetadata:
    """A metadata file; `pointer` is its address, `document` what stands in it.

    Of a file of another format version `document` has the version alone.
    """

    pointer: str
    document: Mapping[str, Any]

    @property
    def version(self) -> int:
        """The version of Iceberg's format."""
        return int(self.document["format-version"])

    @property
    def uuid(self) -> str:
        """The table's `table-uuid`, which a CREATE gives and no commit changes."""
        return str(self.document.get("table-uuid"))

    @property
    def properties(self) -> Mapping[str, str]:
        """The table's properties."""
        return self.document.get("properties", {})

    @cached_property
    def schemas(self) -> Mapping[int, tuple[StoredField, ...]]:
        """The fields of every schema, by its number."""
        return {schema["schema-id"]: tuple(fields(schema)) for schema in self.document.get("schemas", ())}

    @property
    def schema(self) -> tuple[StoredField, ...]:
        """The fields of the current schema."""
        return self.schemas.get(self.document.get("current-schema-id", 0), ())

    @cached_property
    def snapshots(self) -> Mapping[int, Mapping[str, Any]]:
        """The snapshots that a reader may ask for, by their ids."""
        return {each["snapshot-id"]: each for each in self.document.get("snapshots", ())}

    @property
    def current(self) -> Mapping[str, Any] | None:
        """The snapshot that a reader gets who asks for none; a new table has none."""
        chosen = self.document.get("current-snapshot-id")
        return self.snapshots.get(chosen) if chosen is not None else None

    @property
    def snapshot(self) -> int | None:
        """The id of the current snapshot."""
        return self.current["snapshot-id"] if self.current else None

    def names(self, snapshot: int | None) -> bool:
        """Whether a snapshot is one that a reader may still ask for; None is that of a table without one."""
        return snapshot is None or snapshot in self.snapshots

    @property
    def committed(self) -> str:
        """The time of the current snapshot, from which optimizers count how old it is; of the table, without one."""
        moment: int = self.current["timestamp-ms"] if self.current else self.document["last-updated-ms"]
        return datetime.fromtimestamp(min(max(moment // 1000, 0), LAST_SECOND), UTC).isoformat()

    def schema_of(self, snapshot: Mapping[str, Any]) -> tuple[StoredField, ...]:
        """The fields with which a snapshot is read by who asks for it."""
        number = snapshot.get("schema-id")
        return self.schema if number is None else self.schemas[number]


def read_metadata(files: TableFiles, pointer: str) -> TableMetadata:
    """The metadata file that a pointer names; raises UnreadableFileError."""
    if not pointer.endswith(NAME):
        raise UnreadableFileError(f"{shown(pointer)} is no name of a metadata file, which ends in {NAME}")
    content = files.read(pointer)
    try:
        document = read_json(content)
        version = mapping(document).get("format-version")
        if type(version) is int and version != FORMAT:
            return TableMetadata(pointer, {"format-version": version})
        check_document(document)
    except FaultError as fault:
        raise UnreadableFileError(f"'{pointer}' is no metadata of an Iceberg table: {fault}") from fault
    except FOREIGN as error:
        raise UnreadableFileError(f"'{pointer}' is no metadata of an Iceberg table: {told(error)}") from error
    return TableMetadata(pointer, document)
