"""Relations of DuckDB over the tables that a query names: each with the seen columns, and no more."""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# pyright: reportUnknownParameterType=false, reportUntypedBaseClass=false, reportAttributeAccessIssue=false
# PyArrow has no types to report.

from __future__ import annotations

from typing import Any

import pyarrow as pa

from sandbox.athena.duck import DuckEngine
from sandbox.athena.file_scan import FileScan
from sandbox.athena.iceberg_scans import IcebergSnapshot
from sandbox.athena.object_file_system import ReadObjects
from sandbox.athena.parquet_scans import parquet_scan
from sandbox.athena.seen_tables import Files, SeenTable
from sandbox.athena.special_tables import not_there, special_table


class Relations:
    """The relations of one query's engine; `objects` has what was read for each.

    Each table is read by its own `Files`: what its metadata name of another's objects is not read with that one's
    rights.
    """

    def __init__(self, engine: DuckEngine) -> None:
        self._engine = engine
        self._number = 0
        self.objects: list[ReadObjects] = []
        self.schemas: dict[str, pa.Schema] = {}

    @property
    def bytes_read(self) -> int:
        """Bytes that were read of all tables."""
        return sum(each.bytes_read for each in self.objects)

    def register(self, table: SeenTable, files: Files, snapshot: int | None = None) -> str:
        """The name in DuckDB of a table's relation, made now; of an Iceberg table that of a snapshot, if one is named.

        Raises QueryError when the table cannot be read, or is a special one that the caller may not see.
        """
        self._number += 1
        name = f"relation_{self._number}"
        self.objects.append(objects := ReadObjects(files, self._engine.failures))
        self._give(name, _source(table, objects, snapshot))
        return name

    def rows(self, table: pa.Table) -> str:
        """The name in DuckDB of a relation over rows that are there."""
        self._number += 1
        name = f"relation_{self._number}"
        self._give(name, table)
        return name

    def _give(self, name: str, source: Any) -> None:
        """Make a relation of a name, over something of Arrow's, whose columns are in their order."""
        if isinstance(source, FileScan):
            self._engine.register(f"scan_of_{name}", source)
            columns = ", ".join('"' + each.replace('"', '""') + '"' for each in source.names)
            view = f"CREATE TEMP VIEW {name} AS SELECT {columns} FROM scan_of_{name}"  # noqa: S608 (names are quoted)
            self._engine.execute(view)
        else:
            self._engine.register(name, source)
        self.schemas[name] = source.schema


def _source(table: SeenTable, objects: ReadObjects, snapshot: int | None) -> Any:
    if table.format == "parquet" and not table.name.special:
        return parquet_scan(table, objects)
    if table.format == "parquet":
        raise not_there(table.name)
    iceberg = IcebergSnapshot(table, objects, snapshot)
    return special_table(iceberg) if table.name.special else iceberg.scan()
