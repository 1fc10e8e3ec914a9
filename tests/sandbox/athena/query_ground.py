"""Tables on local files under names of S3, and their rows as a query sees them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.schema import Schema
from pyiceberg.table import Table

from sandbox.athena.duck import DuckEngine
from sandbox.athena.relations import Relations
from sandbox.athena.seen_tables import SeenColumn, SeenTable, TableName

Rows = list[tuple[Any, ...]]


@dataclass
class LocalFiles:
    """Objects of S3 in a folder; `refused` says whose reading is refused, `reads` what was read."""

    folder: Path
    refused: Callable[[str], bool] = lambda path: False
    reads: list[tuple[str, int]] = field(default_factory=list)

    def _file(self, path: str) -> Path:
        if self.refused(path):
            raise PermissionError(f"not authorized to perform: s3:GetObject on {path}")
        plain = path.removeprefix("file://")
        return Path(plain) if plain.startswith(str(self.folder)) else self.folder / path.removeprefix("s3://")

    def size(self, path: str) -> int:
        return self._file(path).stat().st_size

    def read(self, path: str, start: int, length: int) -> bytes:
        with self._file(path).open("rb") as opened:
            opened.seek(start)
            found = opened.read(length)
        self.reads.append((path, len(found)))
        return found

    def below(self, prefix: str) -> list[tuple[str, int]]:
        root = self._file(prefix)
        files = sorted(each for each in root.rglob("*") if each.is_file())
        return [(f"{prefix}{each.relative_to(root)}", each.stat().st_size) for each in files]

    @property
    def data_read(self) -> set[str]:
        """Names of the Parquet files that were read."""
        return {path.rpartition("/")[2] for path, _ in self.reads if path.endswith(".parquet")}


class Ground:
    """A folder with a catalog of pyiceberg's, and queries over its tables."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files = LocalFiles(folder)
        self.catalog = SqlCatalog("local", uri=f"sqlite:///{folder}/catalog.db", warehouse=f"file://{folder}/warehouse")
        self.catalog.create_namespace("db")

    def iceberg(self, schema: Schema | pa.Schema, name: str = "t", **more: Any) -> Table:
        return self.catalog.create_table(f"db.{name}", schema, **more)

    def parquet(self, key: str, rows: pa.Table, **more: Any) -> None:
        path = self.folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(rows, path, **more)

    def query(self, sql: str, **tables: SeenTable) -> Rows:
        """Rows of a query that names the tables in braces."""
        with self.relations() as (engine, relations):
            names = {name: relations.register(table, self.files) for name, table in tables.items()}
            with engine.query(sql.format(**names), 30) as running:
                return [tuple(row.values()) for batch in running.batches for row in batch.to_pylist()]

    @contextmanager
    def relations(self) -> Iterator[tuple[DuckEngine, Relations]]:
        self.files.reads.clear()
        with DuckEngine() as engine:
            yield engine, Relations(engine)


def seen(table: Table, columns: str, special: str = "", whole: bool = True) -> SeenTable:
    """An Iceberg table with columns as `name type; name type`."""
    name = TableName("db", table.name()[-1], special)
    return SeenTable(name, _columns(columns), "iceberg", table.location(), table.metadata_location, whole=whole)


def seen_parquet(columns: str, location: str = "s3://lake/t/", special: str = "", **more: Any) -> SeenTable:
    return SeenTable(TableName("db", "t", special), _columns(columns), "parquet", location, **more)


def _columns(text: str) -> tuple[SeenColumn, ...]:
    return tuple(SeenColumn(*each.split(maxsplit=1)) for each in text.split("; "))
