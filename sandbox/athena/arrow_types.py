"""Types of columns: Glue's as Arrow's, Arrow's and DuckDB's as Athena's.

Source: Athena User Guide, "Data types in Amazon Athena".
"""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# pyright: reportUnknownParameterType=false, reportUntypedBaseClass=false, reportAttributeAccessIssue=false
# PyArrow has no types to report.

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

import pyarrow as pa

from mesh.contracts.types import ColumnType, parse

_PLAIN: Final[Mapping[str, pa.DataType]] = {
    "boolean": pa.bool_(),
    "tinyint": pa.int8(),
    "smallint": pa.int16(),
    "int": pa.int32(),
    "bigint": pa.int64(),
    "float": pa.float32(),
    "double": pa.float64(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "timestamptz": pa.timestamp("us", tz="UTC"),
    "string": pa.string(),
    "binary": pa.binary(),
}

_DUCKDB: Final[Mapping[str, str]] = {
    "hugeint": "bigint",
    "uhugeint": "bigint",
    "ubigint": "bigint",
    "uinteger": "bigint",
    "usmallint": "integer",
    "utinyint": "smallint",
    "float": "real",
    "blob": "varbinary",
    "timestamp_s": "timestamp",
    "timestamp_ms": "timestamp",
    "timestamp_ns": "timestamp",
    "time with time zone": "time with time zone",
    "uuid": "uuid",
    "json": "json",
    '"null"': "unknown",
    "null": "unknown",
}

_ARROW: Final[Mapping[pa.DataType, str]] = {
    pa.bool_(): "boolean",
    pa.int8(): "tinyint",
    pa.int16(): "smallint",
    pa.int32(): "integer",
    pa.int64(): "bigint",
    pa.uint8(): "smallint",
    pa.uint16(): "integer",
    pa.uint32(): "bigint",
    pa.uint64(): "bigint",
    pa.float32(): "real",
    pa.float64(): "double",
    pa.date32(): "date",
    pa.string(): "varchar",
    pa.large_string(): "varchar",
    pa.string_view(): "varchar",
    pa.binary(): "varbinary",
    pa.large_binary(): "varbinary",
    pa.null(): "unknown",
}


@lru_cache(maxsize=4096)
def glue_arrow(text: str) -> pa.DataType:
    """The type that holds a column of Glue's type: `struct<a:int>`; raises UnknownTypeError."""
    return arrow_of(parse(text))


def arrow_of(type_: ColumnType) -> pa.DataType:
    """The type of Arrow for a type of the catalog."""
    inner = [arrow_of(part.type) for part in type_.parts]
    match type_.name:
        case "decimal":
            return pa.decimal128(*type_.numbers)
        case "array":
            return pa.list_(pa.field("element", inner[0]))
        case "map":
            return pa.map_(*inner)
        case "struct":
            return pa.struct([pa.field(part.name, each) for part, each in zip(type_.parts, inner, strict=True)])
        case name:
            return _PLAIN[name]


def athena_type(type_: Any) -> str:
    """The type that Athena names for a column of a result; `type_` is one of Arrow, or of DuckDB."""
    return _of_arrow(type_) if isinstance(type_, pa.DataType) else _of_duckdb(type_)


def _of_arrow(type_: pa.DataType) -> str:
    if pa.types.is_decimal(type_):
        return f"decimal({type_.precision},{type_.scale})"
    if pa.types.is_timestamp(type_):
        return "timestamp with time zone" if type_.tz else "timestamp"
    if pa.types.is_time(type_):
        return "time"
    if pa.types.is_map(type_):
        return f"map({_of_arrow(type_.key_type)}, {_of_arrow(type_.item_type)})"
    if pa.types.is_struct(type_):
        return f"row({', '.join(f'{each.name} {_of_arrow(each.type)}' for each in type_)})"
    if is_list(type_):
        return f"array({_of_arrow(type_.value_type)})"
    return _ARROW.get(type_) or str(type_)


def is_list(type_: pa.DataType) -> bool:
    """Whether a type is of lists, of whatever kind."""
    return pa.types.is_list(type_) or pa.types.is_large_list(type_) or pa.types.is_fixed_size_list(type_)


def _of_duckdb(type_: Any) -> str:
    if type_.id in ("list", "array"):
        return f"array({_of_duckdb(type_.children[0][1])})"
    if type_.id == "map":
        key, value = (inner for _, inner in type_.children)
        return f"map({_of_duckdb(key)}, {_of_duckdb(value)})"
    if type_.id == "struct":
        return f"row({', '.join(f'{name} {_of_duckdb(inner)}' for name, inner in type_.children)})"
    name = str(type_).lower()
    return _DUCKDB.get(name) or name


def glue_of(type_: pa.DataType) -> str:
    """Glue's type for a type of Arrow."""
    if pa.types.is_decimal(type_):
        return f"decimal({type_.precision},{type_.scale})"
    if pa.types.is_timestamp(type_):
        return "timestamptz" if type_.tz else "timestamp"
    if pa.types.is_map(type_):
        return f"map<{glue_of(type_.key_type)},{glue_of(type_.item_type)}>"
    if pa.types.is_struct(type_):
        return f"struct<{','.join(f'{each.name}:{glue_of(each.type)}' for each in type_)}>"
    if is_list(type_):
        return f"array<{glue_of(type_.value_type)}>"
    return _GLUE[_ARROW[type_]]


_GLUE: Final[Mapping[str, str]] = {
    "boolean": "boolean",
    "tinyint": "tinyint",
    "smallint": "smallint",
    "integer": "int",
    "bigint": "bigint",
    "real": "float",
    "double": "double",
    "date": "date",
    "varchar": "string",
    "varbinary": "binary",
}
