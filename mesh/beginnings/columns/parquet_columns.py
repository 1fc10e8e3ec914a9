"""Columns of a Parquet file, read from its footer with pyarrow; no row is looked at."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, cast

from mesh.beginnings.columns.given_columns import GivenColumn, GivenTable
from mesh.beginnings.question import AnswerError

KINDS: Final = {
    "is_int8": "tinyint",  # `int8` is eight bytes to SQL
    "is_time": "time",
    "is_date": "date",
    "is_duration": "duration",
    "is_interval": "interval",
    "is_union": "union",
    "is_null": "null",
    "is_fixed_size_binary": "binary",
    "is_string_view": "string",
    "is_binary_view": "binary",
    "is_float16": "float",
}
"""Names of types in the notation of contracts by the question of `pyarrow.types` that they answer."""


def parquet_table(path: Path) -> GivenTable:
    """The table of a Parquet file; raises AnswerError for a file that is none."""
    import pyarrow
    from pyarrow import parquet

    refusals: tuple[type[Exception], ...] = (cast("Any", pyarrow).ArrowException, OSError, ValueError)
    try:
        schema = cast("Any", parquet).read_schema(path)
    except refusals as error:
        raise AnswerError(f"{path} is no Parquet file that can be read: {str(error).splitlines()[0]}") from None
    return GivenTable("", tuple(_column(schema.field(number)) for number in range(len(schema))))


def _column(field: Any) -> GivenColumn:
    metadata: dict[bytes, bytes] = field.metadata or {}
    comment = metadata.get(b"comment", b"").decode("utf-8", "replace")
    return GivenColumn(field.name, notation(field.type), not field.nullable, description=comment)


def notation(kind: Any) -> str:
    """The name of a type of Arrow, in the notation of contracts where it has one, else its own, which is refused."""
    import pyarrow

    arrow = cast("Any", pyarrow)
    if arrow.types.is_dictionary(kind) or arrow.types.is_run_end_encoded(kind):
        return notation(kind.value_type)
    if arrow.types.is_struct(kind):
        fields = [kind.field(number) for number in range(kind.num_fields)]
        return f"struct<{','.join(map(_field, fields))}>" if fields else "struct"
    if arrow.types.is_map(kind):
        return f"map<{notation(kind.key_type)},{notation(kind.item_type)}>"
    if any(getattr(arrow.types, f"is_{name}")(kind) for name in ("list", "large_list", "fixed_size_list")):
        return f"array<{notation(kind.value_type)}>"
    if arrow.types.is_decimal(kind):
        return f"decimal({kind.precision},{kind.scale})"
    if arrow.types.is_timestamp(kind):
        return "timestamptz" if kind.tz else "timestamp"
    if isinstance(kind, arrow.BaseExtensionType):
        name = str(kind.extension_name).rpartition(".")[2]
        return name if name in ("uuid", "json") else notation(kind.storage_type)
    return next((name for asked, name in KINDS.items() if getattr(arrow.types, asked)(kind)), str(kind))


def _field(field: Any) -> str:
    return f'"{field.name}":{notation(field.type)}{"" if field.nullable else " not null"}'
