"""Statements that write rows: into an Iceberg table, or away from it by UNLOAD; no others are executed.

Athena User Guide, "INSERT INTO", "UNLOAD" and "Update Iceberg table data"; Lake Formation Developer Guide, "Lake
Formation permissions reference": where Lake Formation has the place, the caller needs INSERT on the table.
"""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# pyright: reportUnknownParameterType=false, reportAttributeAccessIssue=false
# PyArrow has no types to report.

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from sandbox.athena import row_changes
from sandbox.athena.arrow_types import athena_type, glue_arrow
from sandbox.athena.query_errors import OF_THE_SYSTEM, QueryError
from sandbox.athena.query_words import QueryAnswer, WritableCatalog
from sandbox.athena.seen_tables import SeenTable, TableName
from sandbox.athena.special_tables import not_there
from sandbox.athena.statements import AthenaStatement

ACTIONS: Final[Mapping[str, str]] = {
    "alter database": "glue:UpdateDatabase",
    "alter table": "glue:UpdateTable",
    "alter view": "glue:UpdateTable",
    "create database": "glue:CreateDatabase",
    "create table": "glue:CreateTable",
    "create table as": "glue:CreateTable",
    "create view": "glue:CreateTable",
    "delete": "glue:UpdateTable",
    "drop database": "glue:DeleteDatabase",
    "drop table": "glue:DeleteTable",
    "drop view": "glue:DeleteTable",
    "merge": "glue:UpdateTable",
    "msck repair table": "glue:BatchCreatePartition",
    "optimize": "glue:UpdateTable",
    "update": "glue:UpdateTable",
    "vacuum": "glue:UpdateTable",
}
"""What each statement that writes asks of Glue, in its caller's name."""

_KINDS: Final[Sequence[tuple[str, Callable[[pa.DataType], bool]]]] = (
    ("null", pa.types.is_null),
    ("text", pa.types.is_string),
    ("boolean", pa.types.is_boolean),
    ("integer", pa.types.is_integer),
    ("decimal", pa.types.is_decimal),
    ("floating", pa.types.is_floating),
    ("date", pa.types.is_date),
    ("timestamp", pa.types.is_timestamp),
)
_TAKES: Final[Mapping[str, set[str]]] = {
    "text": {"null", "text"},
    "boolean": {"null", "boolean"},
    "integer": {"null", "integer"},
    "decimal": {"null", "decimal", "integer"},
    "floating": {"null", "floating", "decimal", "integer"},
    "date": {"null", "date"},
    "timestamp": {"null", "timestamp", "date"},
}
"""Kinds of values that a column of a kind takes without a cast (Trino, "Conversion functions", "Implicit coercion")."""

_FORMAT: Final = re.compile(r"\bformat\s*=\s*'(\w+)'", re.IGNORECASE)

_PLACE: Final = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/.*)?")
"""A bucket, and what is below it (S3 User Guide, "General purpose bucket naming rules")."""

Rows = Callable[[], tuple[pa.Schema, Iterable[pa.RecordBatch]]]
"""The rows of a statement's query, once to be read."""


def insert(statement: AthenaStatement, catalog: WritableCatalog, rows: Rows, scanned: Callable[[], int]) -> QueryAnswer:
    """Append the rows of the query to the target. Raises QueryError for who may not, and for what does not fit."""
    target = _target(statement, catalog)
    named = statement.options.get("columns")
    columns = named.split(",") if named else [column.name for column in target.columns]
    schema, batches = rows()
    if len(schema) != len(columns):
        raise QueryError(
            f"TYPE_MISMATCH: line 1:1: Insert query has mismatched column types: Table has {len(columns)} columns, "
            f"query has {len(schema)}"
        )
    known = {column.name: column.type for column in target.columns}
    for name in columns:
        if name not in known:
            raise QueryError(f"COLUMN_NOT_FOUND: line 1:1: Insert column name does not exist in target table: {name}")
        if columns.count(name) > 1:
            raise QueryError(f"DUPLICATE_COLUMN_NAME: line 1:1: Insert column name is specified more than once: {name}")
    _require_types([glue_arrow(known[name]) for name in columns], schema.types)
    found = pa.Table.from_batches(batches, schema).rename_columns(columns)
    catalog.append(target, found)
    return QueryAnswer("DML", "INSERT", (("rows", "bigint"),), [[str(found.num_rows)]], scanned, found.num_rows)


def _require_types(table: Sequence[pa.DataType], query: Sequence[pa.DataType]) -> None:
    """Raises QueryError for a value of another kind than its column: a number is no text, a text is no date."""
    if not all(
        _kind(given) in _TAKES.get(_kind(wanted), {_kind(given)}) for wanted, given in zip(table, query, strict=True)
    ):
        listed = (", ".join(map(athena_type, types)) for types in (table, query))
        raise QueryError(
            "TYPE_MISMATCH: line 1:1: Insert query has mismatched column types: Table: [{}], Query: [{}]".format(
                *listed
            )
        )


def _kind(type_: pa.DataType) -> str:
    return next((name for name, is_such in _KINDS if is_such(type_)), "")


def change(statement: AthenaStatement, catalog: WritableCatalog, rows: Rows, scanned: Callable[[], int]) -> QueryAnswer:
    """Write what DELETE, UPDATE or MERGE makes of its target; `rows` are those of its query in `row_changes`.

    Raises QueryError for who may not, and for a row of the target to which MERGE would do two things.
    """
    target = _target(statement, catalog)
    refused = catalog.refusal(ACTIONS[statement.kind], target.name)
    if refused:
        raise QueryError(f"Insufficient permissions to execute the query. {refused}")
    schema, batches = rows()
    found = pa.Table.from_batches(batches, schema)
    changes: list[int] = found.column(row_changes.CHANGE).to_pylist()
    if row_changes.ROW in found.column_names:
        left = _one_for_each(found.column(row_changes.ROW).to_pylist(), changes)
        found, changes = found.take(pa.array(left, pa.int64())), [changes[place] for place in left]
    after = found.filter(pa.array([what != row_changes.DELETED for what in changes], pa.bool_()))
    counted = Counter(changes)
    if counted[row_changes.CHANGED] or counted[row_changes.DELETED]:
        catalog.replace(target, after.select([column.name for column in target.columns]))
    elif counted[row_changes.ADDED]:
        new = found.filter(pa.array([what == row_changes.ADDED for what in changes], pa.bool_()))
        catalog.append(target, new.select([column.name for column in target.columns]))
    number = len(changes) - counted[row_changes.KEPT]
    return QueryAnswer("DML", statement.kind.upper(), (("rows", "bigint"),), [[str(number)]], scanned, number)


def _one_for_each(rows: Sequence[int | None], changes: Sequence[int]) -> list[int]:
    """Places of what MERGE makes: one for each row of the target, and those that it adds."""
    of_the_target: dict[int, int] = {}
    added = [place for place, what in enumerate(changes) if what == row_changes.ADDED]
    for place, row in enumerate(rows):
        if row is None:
            continue
        before = of_the_target.get(row)
        if before is None or changes[before] == row_changes.KEPT:
            of_the_target[row] = place
        elif changes[place] != row_changes.KEPT:
            raise QueryError(
                "MERGE_TARGET_ROW_MULTIPLE_MATCHES: line 1:1: One MERGE target table row matched more than one source "
                "row"
            )
    return sorted([*of_the_target.values(), *added])


def unload(statement: AthenaStatement, catalog: WritableCatalog, rows: Rows, scanned: Callable[[], int]) -> QueryAnswer:
    """Write the rows of the query below a place, as Parquet. Raises QueryError for who may not."""
    given = _FORMAT.search(statement.options.get("with", ""))
    if given is None or given[1].upper() != "PARQUET":
        raise QueryError("NOT_SUPPORTED: UNLOAD is executed here with format = 'PARQUET' alone", OF_THE_SYSTEM)
    if not _PLACE.fullmatch(statement.options["to"]):
        raise QueryError(
            "INVALID_TABLE_PROPERTY: External location is not a valid file system URI: " + statement.options["to"]
        )
    schema, batches = rows()
    found = pa.Table.from_batches(batches, schema)
    body = pa.BufferOutputStream()
    pq.write_table(found, body)
    place = f"{statement.options['to'].rstrip('/')}/"
    file = catalog.unload(place, "part-00000.parquet", body.getvalue().to_pybytes())
    return QueryAnswer(
        "DML", "UNLOAD", (("rows", "bigint"),), [[str(found.num_rows)]], scanned, found.num_rows, (file,)
    )


def refuse(statement: AthenaStatement, catalog: WritableCatalog) -> QueryError:
    """The failure of a statement: its caller may not, in AWS's words; or the emulator cannot execute it."""
    name = statement.target or TableName(statement.options.get("name", statement.database), "")
    refused = catalog.refusal(ACTIONS[statement.kind], name)
    if refused:
        return QueryError(f"Insufficient permissions to execute the query. {refused}")
    return QueryError(f"NOT_SUPPORTED: {statement.kind.upper()} is not executed in the emulator", OF_THE_SYSTEM)


def _target(statement: AthenaStatement, catalog: WritableCatalog) -> SeenTable:
    name = statement.target
    table = catalog.table(name) if name and not name.special else None
    if name is None or table is None:
        raise not_there(name or TableName(statement.database, ""))
    if catalog.governed(table):
        raise QueryError(
            f"PERMISSION_DENIED: Insufficient Lake Formation permission(s): Required Insert on {name.table}"
        )
    if table.format != "iceberg":
        raise QueryError(f"NOT_SUPPORTED: {name} is no Iceberg table, and no rows are put into one here", OF_THE_SYSTEM)
    return table
