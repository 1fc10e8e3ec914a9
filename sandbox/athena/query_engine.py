"""One statement of Athena from its text to its answer: read, its tables found, run by DuckDB, told in its words."""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# pyright: reportUnknownParameterType=false
# PyArrow has no types to report.

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import duckdb
import pyarrow as pa

from sandbox.athena import catalog_rows, row_changes, table_writes
from sandbox.athena.arrow_types import athena_type, glue_arrow, glue_of
from sandbox.athena.duck import DuckEngine, RunningQuery
from sandbox.athena.duck_dialect import QueryRelation, duck_sql, output_names
from sandbox.athena.query_errors import OF_THE_SYSTEM, QueryError
from sandbox.athena.query_failures import told
from sandbox.athena.query_words import Catalog, QueryAnswer, WritableCatalog
from sandbox.athena.relations import Relations
from sandbox.athena.result_text import result_rows
from sandbox.athena.seen_tables import Files, SeenColumn, SeenTable, TableName
from sandbox.athena.special_tables import not_there
from sandbox.athena.statements import AthenaStatement, parse

Stoppable = Callable[[Callable[[], None]], object]
"""Hears of a query that runs what stops it."""

SECONDS: Final = 120.0
"""For one query; Athena's own limit is half an hour (Service quotas, "DML query timeout")."""


def run(
    sql: str,
    database: str,
    parameters: Sequence[str],
    catalog: WritableCatalog,
    now: datetime | None,
    stoppable: Stoppable = lambda _stop: None,
) -> QueryAnswer:
    """The answer to a statement, whose rows come while they are read. Raises QueryError, also out of the rows."""
    statement = parse(sql, database, parameters)
    if statement.kind == "query":
        return _query(statement, catalog, now, stoppable)
    if statement.kind in _CATALOG:
        return _about_the_catalog(statement, catalog)
    if statement.kind in _WRITES:
        return _written(statement, catalog, now, stoppable)
    if statement.kind in table_writes.ACTIONS:
        raise table_writes.refuse(statement, catalog)
    raise QueryError(f"NOT_SUPPORTED: {statement.kind.upper()} is not executed in the emulator", OF_THE_SYSTEM)


# ---- queries


class _OfTable:
    """Objects of one table, and no others: whoever writes a table's metadata names in them what it likes."""

    def __init__(self, table: SeenTable, files: Files) -> None:
        self._place, self._files = f"{table.location.rstrip('/')}/", files

    def size(self, path: str) -> int:
        """Bytes of an object."""
        return self._files.size(self._within(path))

    def read(self, path: str, start: int, length: int) -> bytes:
        """Bytes of an object from a position on."""
        return self._files.read(self._within(path), start, length)

    def below(self, prefix: str) -> list[tuple[str, int]]:
        """Objects below a prefix, each with its size."""
        return self._files.below(self._within(prefix))

    def _within(self, path: str) -> str:
        if not path.startswith(self._place):
            raise PermissionError(f"{path} is outside of the table")
        return path


@dataclass(frozen=True, slots=True)
class _Begun:
    """A query that runs; `opened` ends it, `scanned` counts bytes."""

    running: RunningQuery
    opened: ExitStack
    scanned: Callable[[], int]

    @property
    def columns(self) -> tuple[tuple[str, str], ...]:
        """Athena's names and types."""
        names = output_names([name for name, _ in self.running.columns])
        return tuple(zip(names, (athena_type(kind) for _, kind in self.running.columns), strict=True))

    def batches(self, statement: AthenaStatement) -> Iterator[pa.RecordBatch]:
        """The rows, after which nothing is open. Raises QueryError."""
        with self.opened:
            try:
                yield from self.running.batches
            except duckdb.Error as error:
                raise told(error, statement) from None


def _begin(statement: AthenaStatement, catalog: Catalog, now: datetime | None, stoppable: Stoppable) -> _Begun:
    with ExitStack() as opened:
        engine = opened.enter_context(DuckEngine())
        stoppable(engine.stop)
        relations = Relations(engine)
        found = {name: _relation(name, catalog, relations) for name in statement.tables}
        translated = duck_sql(statement, found, now)
        try:
            running = opened.enter_context(engine.query(translated, SECONDS))
        except duckdb.Error as error:
            raise told(error, statement) from None
        return _Begun(running, opened.pop_all(), lambda: relations.bytes_read)


def _query(statement: AthenaStatement, catalog: Catalog, now: datetime | None, stoppable: Stoppable) -> QueryAnswer:
    begun = _begin(statement, catalog, now, stoppable)
    rows = (row for batch in begun.batches(statement) for row in result_rows(batch))
    return QueryAnswer("DML", "SELECT", begun.columns, rows, begun.scanned)


def _written(
    statement: AthenaStatement, catalog: WritableCatalog, now: datetime | None, stoppable: Stoppable
) -> QueryAnswer:
    begun: list[_Begun] = []

    def rows() -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
        begun.append(_begin(_as_query(statement, catalog), catalog, now, stoppable))
        return begun[0].running.schema, begun[0].batches(statement)

    return _WRITES[statement.kind](statement, catalog, rows, lambda: begun[0].scanned() if begun else 0)


_CHANGES: Final = ("delete", "merge", "update")
_WRITES: Final = {
    "insert": table_writes.insert,
    "unload": table_writes.unload,
    **dict.fromkeys(_CHANGES, table_writes.change),
}


def _as_query(statement: AthenaStatement, catalog: Catalog) -> AthenaStatement:
    """A statement as the query that tells the rows to write."""
    target = catalog.table(statement.target) if statement.kind in _CHANGES and statement.target else None
    return row_changes.as_query(statement, [column.name for column in target.columns]) if target else statement


def _relation(name: TableName, catalog: Catalog, relations: Relations) -> QueryRelation:
    if name.database == catalog_rows.INFORMATION_SCHEMA:
        return _information(name, catalog, relations)
    table = catalog.table(name)
    if table is None or not table.columns:
        raise not_there(name)
    files = _OfTable(table, catalog.files(table))
    if name.snapshot is not None and table.format != "iceberg":
        raise QueryError(f"NOT_SUPPORTED: {name} is no Iceberg table, and has no versions")
    made = relations.register(table, files, name.snapshot)
    return QueryRelation(made, _columns(relations.schemas[made]) if name.special else table.columns)


def _information(name: TableName, catalog: Catalog, relations: Relations) -> QueryRelation:
    found = None if name.special else catalog_rows.information_schema(catalog, name.table, _athena_type_of)
    if found is None:
        raise not_there(name)
    schema, rows = found
    arrow = pa.schema([(column, glue_arrow(kind)) for column, kind in schema])
    columns = [*zip(*rows, strict=True)] or [()] * len(schema)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, arrow, strict=True)]
    return QueryRelation(relations.rows(pa.table(arrays, schema=arrow)), [SeenColumn(*each) for each in schema])


def _columns(schema: pa.Schema) -> list[SeenColumn]:
    return [SeenColumn(field.name, glue_of(field.type)) for field in schema]


def _athena_type_of(glue_type: str) -> str:
    return athena_type(glue_arrow(glue_type))


# ---- statements about the catalog


def _about_the_catalog(statement: AthenaStatement, catalog: Catalog) -> QueryAnswer:
    columns, rows = _CATALOG[statement.kind](statement, catalog)
    substatement = statement.kind.upper().replace(" ", "_")
    typed = tuple((name, "string") for name in columns)
    return QueryAnswer("UTILITY", substatement, typed, [[*map(str, row)] for row in rows], lambda: 0)


_Lines = tuple[Sequence[str], Iterable[Sequence[Any]]]


def _databases(statement: AthenaStatement, catalog: Catalog) -> _Lines:
    return ("database_name",), catalog_rows.database_names(catalog, statement.options.get("like"))


def _within(statement: AthenaStatement) -> tuple[str, str | None]:
    return statement.options.get("database") or statement.database, statement.options.get("like")


def _tables(statement: AthenaStatement, catalog: Catalog) -> _Lines:
    return ("tab_name",), catalog_rows.table_names(catalog, *_within(statement))


def _views(statement: AthenaStatement, catalog: Catalog) -> _Lines:
    return ("views",), catalog_rows.view_names(catalog, *_within(statement))


def _described(statement: AthenaStatement, catalog: Catalog) -> Mapping[str, Any]:
    name = statement.target
    found = catalog.described(name.database, name.table) if name and not name.special else None
    if name is None or found is None:
        raise QueryError(f"FAILED: SemanticException [Error 10001]: Table not found {name}")
    return found


def _describe(statement: AthenaStatement, catalog: Catalog) -> _Lines:
    return ("col_name", "data_type", "comment"), catalog_rows.described_columns(_described(statement, catalog))


def _column_names(statement: AthenaStatement, catalog: Catalog) -> _Lines:
    return ("field",), catalog_rows.column_names(_described(statement, catalog))


def _properties(statement: AthenaStatement, catalog: Catalog) -> _Lines:
    return ("prpt_name", "prpt_value"), catalog_rows.properties(_described(statement, catalog))


_CATALOG: Final[Mapping[str, Callable[[AthenaStatement, Catalog], _Lines]]] = {
    "show databases": _databases,
    "show tables": _tables,
    "show views": _views,
    "show columns": _column_names,
    "show tblproperties": _properties,
    "describe": _describe,
}
