"""Tables of the mesh catalog and of drafts: reading them, and the one update that moves a published table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from aws_errors import all_taken, code, taken
from botocore.exceptions import ClientError
from publish_settings import PromisedColumn, PromisedTable

PARQUET: Final[Mapping[str, Any]] = {
    "InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
    "OutputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
    "SerdeInfo": {"SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"},
}
POINTER: Final = "metadata_location"


KEPT: Final = ("Name", "Description", "TableType", "Parameters", "StorageDescriptor", "PartitionKeys")
"""What of a stored table makes it again."""


class OvertakenError(Exception):
    """Somebody else has changed what was read: nothing was written, and a later wake-up begins anew."""


class PartitionsError(Exception):
    """Glue did not write partitions, for no reason that lies in them; a later wake-up tries again."""


@dataclass(frozen=True)
class StoredTable:
    """A table of Glue's as it is now."""

    document: Mapping[str, Any]

    @property
    def version(self) -> str:
        """The version that an update has to name."""
        return str(self.document.get("VersionId", ""))

    @property
    def parameters(self) -> Mapping[str, str]:
        """The table's parameters."""
        return self.document.get("Parameters") or {}

    @property
    def location(self) -> str:
        """The location, with a slash at its end."""
        storage: Mapping[str, Any] = self.document.get("StorageDescriptor") or {}
        return str(storage.get("Location", "")).rstrip("/") + "/"

    @property
    def pointer(self) -> str | None:
        """The published or committed state: the metadata file of an Iceberg table, the location of another."""
        return self.parameters.get(POINTER) if self.is_iceberg else self.location

    @property
    def is_iceberg(self) -> bool:
        """Whether engines take the table for an Iceberg one."""
        return self.parameters.get("table_type", "").upper() == "ICEBERG"

    @property
    def input(self) -> dict[str, Any]:
        """The table as an update takes it, to make it again what it is now."""
        return {key: self.document[key] for key in KEPT if key in self.document}

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of all columns."""
        storage: Mapping[str, Any] = self.document.get("StorageDescriptor") or {}
        return tuple(each["Name"] for each in (*(storage.get("Columns") or ()), *self.keys))

    @property
    def keys(self) -> Sequence[Mapping[str, Any]]:
        """The partition columns."""
        return self.document.get("PartitionKeys") or ()


class CatalogTables:
    """The tables of one database of a Glue catalog."""

    def __init__(self, glue: Any, catalog_id: str, database: str) -> None:
        self._glue = glue
        self._place = {"CatalogId": catalog_id, "DatabaseName": database}

    def get(self, name: str) -> StoredTable | None:
        """A table as it is now; None if there is none."""
        try:
            return StoredTable(self._glue.get_table(**self._place, Name=name)["Table"])
        except ClientError as error:
            if code(error) == "EntityNotFoundException":
                return None
            raise

    def put(self, table_input: Mapping[str, Any], base: StoredTable | None) -> None:
        """Create a table, or update it if it still has the version of `base`; raises OvertakenError if not.

        Pointer, columns and location move in one call. The version before is archived, for who asks what readers saw.
        Raises RefusedForGoodError for a table that AWS does not take.
        """
        # Glue says the first of an old version (Glue API, UpdateTable), the others where two calls cross; that there is
        # no database is no crossing.
        crossed = ["ConcurrentModificationException", "EntityNotFoundException" if base else "AlreadyExistsException"]
        try:
            with taken(f"table {table_input['Name']}"):
                if base is None:
                    self._glue.create_table(**self._place, TableInput=table_input)
                else:
                    self._glue.update_table(
                        **self._place, TableInput=table_input, VersionId=base.version, SkipArchive=False
                    )
        except ClientError as error:
            if code(error) in crossed:
                raise OvertakenError(f"{self._place['DatabaseName']}.{table_input['Name']}: {error}") from error
            raise

    def partitions(self, name: str) -> dict[tuple[str, ...], str]:
        """The locations of a table's partitions by their values."""
        pages = self._glue.get_paginator("get_partitions").paginate(
            **self._place, TableName=name, ExcludeColumnSchema=True
        )
        return {
            tuple(each["Values"]): each["StorageDescriptor"]["Location"]
            for page in pages
            for each in page["Partitions"]
        }

    def put_partitions(self, name: str, new: Sequence[Mapping[str, Any]], moved: Sequence[Mapping[str, Any]]) -> None:
        """Create partitions, and point those that are there elsewhere; a partition moves at once, not all of them.

        Raises RefusedForGoodError for partitions that AWS does not take, PartitionsError for what it did not write.
        """
        place = {**self._place, "TableName": name}
        for some in _batches(new):
            with taken(_partitions(name)):
                answer = self._glue.batch_create_partition(**place, PartitionInputList=some)
            _without_errors(name, answer)
        for some in _batches(moved):
            entries = [{"PartitionValueList": each["Values"], "PartitionInput": each} for each in some]
            with taken(_partitions(name)):
                answer = self._glue.batch_update_partition(**place, Entries=entries)
            _without_errors(name, answer)


BATCH: Final = 100
"""Partitions of a call (Glue API, BatchCreatePartition and BatchUpdatePartition)."""


def _batches(inputs: Sequence[Mapping[str, Any]]) -> list[Sequence[Mapping[str, Any]]]:
    return [inputs[start : start + BATCH] for start in range(0, len(inputs), BATCH)]


def _partitions(name: str) -> str:
    return f"table {name}, its partitions"


def _without_errors(name: str, answer: Mapping[str, Any]) -> None:
    """Raise what the errors of an answer mean; where two runs crossed, the next one looks again at what is there."""
    details: list[Mapping[str, Any]] = [each.get("ErrorDetail") or {} for each in answer.get("Errors") or ()]
    if not details:
        return
    all_taken(_partitions(name), details)
    if {each.get("ErrorCode") for each in details} <= CROSSED:
        raise OvertakenError(f"{_partitions(name)}: {details[:3]}")
    raise PartitionsError(f"{_partitions(name)}: {details[:3]}")


CROSSED: Final = {"AlreadyExistsException", "EntityNotFoundException", "ConcurrentModificationException"}
"""Codes of a partition that another run has made, moved or taken away."""


def iceberg_input(table: PromisedTable, pointer: str, columns: Sequence[PromisedColumn], before: str | None) -> Any:
    """The hub's entry of an Iceberg table: registered, with the contract's columns and place."""
    parameters = {"EXTERNAL": "TRUE", "table_type": "ICEBERG", POINTER: pointer}
    return {
        "Name": table.name,
        "Description": table.description,
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {**parameters, **({"previous_metadata_location": before} if before else {})},
        "StorageDescriptor": {
            "Columns": [{**_column(each), "Parameters": _ids(each)} for each in columns],
            "Location": table.location,
        },
    }


def parquet_input(table: PromisedTable, location: str) -> Any:
    """The hub's entry of a Parquet table: the prefix of a run, or that of the table if its partitions say where."""
    return {
        "Name": table.name,
        "Description": table.description,
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {"EXTERNAL": "TRUE", "classification": "parquet"},
        "StorageDescriptor": {
            **PARQUET,
            "Columns": [_column(each) for each in table.data_columns],
            "Location": location,
        },
        "PartitionKeys": [_column(each) for each in table.partition_keys],
    }


def partition_input(table: PromisedTable, values: Sequence[str], location: str) -> Any:
    """The hub's entry of a partition, below the prefix of the run that wrote it."""
    columns = [_column(each) for each in table.data_columns]
    return {"Values": list(values), "StorageDescriptor": {**PARQUET, "Columns": columns, "Location": location}}


def _column(column: PromisedColumn) -> dict[str, str]:
    return {"Name": column.name, "Type": column.type, "Comment": column.comment}


def _ids(column: PromisedColumn) -> dict[str, str]:
    """The properties with which Iceberg's own Glue catalog describes a column (IcebergToGlueConverter)."""
    optional = "false" if column.required else "true"
    return {"iceberg.field.current": "true", "iceberg.field.id": str(column.id), "iceberg.field.optional": optional}
