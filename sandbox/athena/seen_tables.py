"""Tables as somebody sees them: the columns that Lake Formation shows, and where their data are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple, Protocol

SPECIAL: Final = ("history", "snapshots", "files", "manifests", "partitions", "refs")
"""Tables of metadata that Athena has of an Iceberg table `t`, as `"t$history"`."""


class TableName(NamedTuple):
    """A table as a query names it, in lower case; `special` is the part behind `$`, empty for the table itself.

    `snapshot` is the one that `FOR VERSION AS OF` names; None for the current one.
    """

    database: str
    table: str
    special: str = ""
    snapshot: int | None = None

    def __str__(self) -> str:
        return f"{self.database}.{self.table}" + (f"${self.special}" if self.special else "")


class SeenColumn(NamedTuple):
    """A column that the caller may read; `type` is Glue's: `struct<a:int,b:array<string>>`."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class SeenTable:
    """A table of the catalog, cut to what the caller reads. `columns` are in the table's order, those by which Hive
    partitions come last and are in `partition_keys`, too.

    Of an Iceberg table `metadata` is the file that the catalog points at; of any other, `partitions` has the values of
    each registered partition with its location, and `location` is the table's. `whole` says that no column is withheld.
    """

    name: TableName
    columns: tuple[SeenColumn, ...]
    format: Literal["iceberg", "parquet"]
    location: str
    metadata: str = ""
    partition_keys: tuple[str, ...] = ()
    partitions: Mapping[tuple[str, ...], str] = field(default_factory=dict[tuple[str, ...], str])
    whole: bool = True


class Files(Protocol):
    """Objects of S3 as somebody may read them: each call is decided. Paths are `s3://bucket/key`.

    Raises PermissionError, with AWS's sentence, for what is refused, and FileNotFoundError.
    """

    def size(self, path: str) -> int:
        """Bytes of an object."""
        ...

    def read(self, path: str, start: int, length: int) -> bytes:
        """Bytes of an object from a position on; fewer where it ends."""
        ...

    def below(self, prefix: str) -> list[tuple[str, int]]:
        """Objects below a prefix that ends with `/`, each with its size, in the order of their names."""
        ...
