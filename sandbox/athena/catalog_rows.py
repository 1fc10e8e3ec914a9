"""Rows about the catalog: of SHOW, DESCRIBE and `information_schema`; all of what somebody sees, and no more."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from sandbox.athena.query_errors import QueryError
from sandbox.athena.query_words import Catalog

CATALOG: Final = "awsdatacatalog"
INFORMATION_SCHEMA: Final = "information_schema"

_Row = tuple[Any, ...]


def database_names(catalog: Catalog, like: str | None) -> list[_Row]:
    """SHOW DATABASES: one name a row."""
    return [(name,) for name in _matching((str(each["Name"]) for each in catalog.databases()), like)]


def table_names(catalog: Catalog, database: str, like: str | None) -> list[_Row]:
    """SHOW TABLES: one name a row. Raises QueryError for a database that the caller does not see."""
    _require_database(catalog, database)
    return [(name,) for name in _matching((str(each["Name"]) for each in catalog.tables(database)), like)]


def view_names(catalog: Catalog, database: str, like: str | None) -> list[_Row]:
    """SHOW VIEWS: one name a row."""
    _require_database(catalog, database)
    views = (str(each["Name"]) for each in catalog.tables(database) if each.get("TableType") == "VIRTUAL_VIEW")
    return [(name,) for name in _matching(views, like)]


def described_columns(table: Mapping[str, Any]) -> Iterator[_Row]:
    """DESCRIBE: name, type and comment of each column, padded as Athena does; then those that partition it."""
    keys = _columns(table.get("PartitionKeys"))
    for column in (*_columns(_storage(table).get("Columns")), *keys):
        yield tuple(f"{each:<20}" for each in column)
    if keys:
        yield from (("",), ("# Partition Information",), ("# col_name", "data_type", "comment"), ("",))
        for column in keys:
            yield tuple(f"{each:<20}" for each in column)


def column_names(table: Mapping[str, Any]) -> list[_Row]:
    """SHOW COLUMNS: one name a row."""
    storage = _storage(table)
    return [(column[0],) for column in (*_columns(storage.get("Columns")), *_columns(table.get("PartitionKeys")))]


def properties(table: Mapping[str, Any]) -> list[_Row]:
    """SHOW TBLPROPERTIES: name and value."""
    parameters: Mapping[str, Any] = table.get("Parameters") or {}
    return sorted((str(name), str(value)) for name, value in parameters.items())


# ---- information_schema


def information_schema(
    catalog: Catalog, table: str, type_of: Callable[[str], str]
) -> tuple[_Schema, list[_Row]] | None:
    """Columns and rows of a table of `information_schema`; None for one that there is not."""
    found = _INFORMATION.get(table)
    return (found[0], list(found[1](catalog, type_of))) if found else None


_Schema = tuple[tuple[str, str], ...]
"""Names and types, of Glue's, of the columns of a table."""


def _schemata(catalog: Catalog, _type: Callable[[str], str]) -> Iterator[_Row]:
    yield from ((CATALOG, name) for name in (*_names(catalog), INFORMATION_SCHEMA))


def _tables(catalog: Catalog, _type: Callable[[str], str]) -> Iterator[_Row]:
    for database, table in _every_table(catalog):
        kind = "VIEW" if table.get("TableType") == "VIRTUAL_VIEW" else "BASE TABLE"
        yield CATALOG, database, str(table["Name"]), kind


def _views(catalog: Catalog, _type: Callable[[str], str]) -> Iterator[_Row]:
    for database, table in _every_table(catalog):
        if table.get("TableType") == "VIRTUAL_VIEW":
            yield CATALOG, database, str(table["Name"]), ""


def _information_columns(catalog: Catalog, type_of: Callable[[str], str]) -> Iterator[_Row]:
    for database, table in _every_table(catalog):
        keys = _columns(table.get("PartitionKeys"))
        columns = (*_columns(_storage(table).get("Columns")), *keys)
        for place, (name, kind, comment) in enumerate(columns, 1):
            extra = "partition key" if (name, kind, comment) in keys else None
            yield CATALOG, database, str(table["Name"]), name, place, None, "YES", type_of(kind), comment or None, extra


def _every_table(catalog: Catalog) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for database in _names(catalog):
        yield from ((database, table) for table in catalog.tables(database))


def _strings(*names: str) -> _Schema:
    return tuple((name, "string") for name in names)


_OF_TABLES: Final = ("table_catalog", "table_schema", "table_name")
_INFORMATION: Final[Mapping[str, tuple[_Schema, Callable[[Catalog, Callable[[str], str]], Iterator[_Row]]]]] = {
    "schemata": (_strings("catalog_name", "schema_name"), _schemata),
    "tables": (_strings(*_OF_TABLES, "table_type"), _tables),
    "views": (_strings(*_OF_TABLES, "view_definition"), _views),
    "columns": (
        (
            *_strings(*_OF_TABLES, "column_name"),
            ("ordinal_position", "bigint"),
            *_strings("column_default", "is_nullable", "data_type", "comment", "extra_info"),
        ),
        _information_columns,
    ),
}


def _names(catalog: Catalog) -> list[str]:
    return [str(each["Name"]) for each in catalog.databases()]


def _require_database(catalog: Catalog, database: str) -> None:
    if database not in _names(catalog):
        raise QueryError(f"SCHEMA_NOT_FOUND: Schema '{database}' does not exist")


def _matching(found: Iterable[str], like: str | None) -> list[str]:
    """Names that match a pattern of Hive: `*` is any text, `|` separates choices."""
    if like is None:
        return sorted(found)
    parts = ("|".join(".*".join(map(re.escape, one.split("*"))) for one in like.split("|")),)
    wanted = re.compile(parts[0], re.IGNORECASE)
    return sorted(name for name in found if wanted.fullmatch(name))


def _storage(table: Mapping[str, Any]) -> Mapping[str, Any]:
    storage: Mapping[str, Any] | None = table.get("StorageDescriptor")
    return storage or {}


def _columns(described: Sequence[Mapping[str, Any]] | None) -> tuple[tuple[str, str, str], ...]:
    return tuple(
        (str(each["Name"]), str(each["Type"]), str(each.get("Comment") or ""))
        for each in described or ()
        if not is_past(each)
    )


def is_past(column: Mapping[str, Any]) -> bool:
    """Whether Glue says of a column that the table's Iceberg schema has it no more."""
    parameters: Mapping[str, str] | None = column.get("Parameters")
    return (parameters or {}).get("iceberg.field.current") == "false"
