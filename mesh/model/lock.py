"""Lock of a product: the ids by which data files know the columns of its tables, and the labels that were agreed.

Ids are only added. Source: Apache Iceberg table spec, "Schemas and Data Types", "Partition Evolution".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final, Literal, NamedTuple

from pydantic import Field

from mesh.model.base import Closed

FIRST_PARTITION_ID: Final = 1000
"""Id of the first partition field of a table, as Iceberg's own writers have it."""


class LockedField(NamedTuple):
    """A column, or a field nested in one: its id, its Iceberg type, the labels written at it, its earlier names.

    Fields of a Parquet table, which are found by name, have the id 0 and no type.
    """

    id: int = 0
    type: str = ""
    required: bool = False
    labels: tuple[str, ...] = ()
    was: tuple[str, ...] = ()


class RemovedField(NamedTuple):
    """A column or nested field that a table had, with its id, which is never given again, and its labels."""

    path: str
    id: int = 0
    labels: tuple[str, ...] = ()


class RemovedPartition(NamedTuple):
    """A partition field that a table had: it gets its id again, if it returns with the column of the same id."""

    text: str
    source: int
    id: int


class LockedTable(NamedTuple):
    """A table: fields by path (`captain.email`, `phones.element`), partition fields (`day(seen)`) in their order.

    A table that was removed has no fields, and keeps what it had in `removed`.
    """

    format: Literal["iceberg", "parquet"]
    fields: Mapping[str, LockedField]
    partitions: Mapping[str, int]
    key: tuple[str, ...] = ()
    removed: tuple[RemovedField, ...] = ()
    removed_partitions: tuple[RemovedPartition, ...] = ()
    schema_id: int = 0
    spec_id: int = 0


class Lock(NamedTuple):
    """The tables of a product's lock, by name."""

    tables: Mapping[str, LockedTable]


def lock_file(domain: str, name: str) -> str:
    """File of a product's lock, relative to the mesh folder; it belongs to the product, wherever its contract is."""
    return f"contracts/{domain}/{name}.lock.yaml"


# ---- the file, as it is validated when its text is not what `mesh lock` writes

Id = Annotated[int, Field(ge=1, le=2_147_483_447)]
"""Iceberg keeps the 200 largest ids of 32 bits for columns of its own."""

Words = Annotated[tuple[str, ...], Field(strict=False)]


class FieldEntry(Closed):
    """A column or nested field in the file."""

    id: Id | None = Field(default=None, description="The id that data files know it by.")
    type: str = Field(default="", description="Its type in Iceberg.")
    required: bool = Field(default=False, description="Whether every row has a value.")
    labels: Words = Field(default=(), description="Classifications written at it in the contract.")
    was: Words = Field(default=(), description="Its earlier names, the first one first.")


class RemovedEntry(Closed):
    """A column, nested field or partition field that the table had."""

    column: str = Field(default="", description="The path of a column or nested field.")
    partition: str = Field(default="", description="A partition field.")
    source: Id | None = Field(default=None, description="The id of the partition field's column.")
    id: Id | None = Field(default=None, description="The id that is not given again.")
    labels: Words = Field(default=(), description="Classifications that it had.")


class TableEntry(Closed):
    """A table in the file."""

    format: Literal["iceberg", "parquet"] = Field(default="iceberg", description="parquet, or left out.")
    schema_id: Annotated[int, Field(ge=0)] = Field(default=0, description="The number of the schema.")
    spec_id: Annotated[int, Field(ge=0)] = Field(default=0, description="The number of the partition spec.")
    key: Words = Field(default=(), description="Columns that together identify a row.")
    columns: dict[str, FieldEntry] = Field(default_factory=dict, description="Columns and nested fields by path.")
    partitions: dict[str, Id] = Field(default_factory=dict, description="Ids of partition fields.")
    removed: Annotated[tuple[RemovedEntry, ...], Field(strict=False)] = Field(
        default=(), description="What the table had, and its ids."
    )


class LockFile(Closed):
    """A lock as a file: the tables by name."""

    tables: dict[str, TableEntry] = Field(description="The tables by name.")
