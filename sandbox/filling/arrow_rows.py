"""Rows of a sample as Arrow and Parquet have them, whole or by partition."""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# pyright: reportUnknownParameterType=false, reportUntypedBaseClass=false
# PyArrow has no types to report.

from __future__ import annotations

import datetime
import io
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import pyarrow.parquet as pq

from mesh.contracts.types import ColumnType
from sandbox.athena.arrow_types import arrow_of, glue_arrow
from sandbox.sample_rows.sample_tables import SampleTable

NO_VALUE = "__HIVE_DEFAULT_PARTITION__"
"""The folder of rows whose partition column is null, as Hive, Spark and Athena write it."""


def arrow_table(table: SampleTable) -> pa.Table:
    """All rows of a table, with the types of its columns."""
    schema = pa.schema([(name, _written(column.type)) for name, column in table.columns.items()])
    batches = [pa.Table.from_pydict(batch, schema=schema) for batch in table.batches()]
    return pa.concat_tables(batches) if batches else schema.empty_table()


def _written(type_: ColumnType) -> pa.DataType:
    """The type of Arrow for a type of the catalog, with what in it is never null."""
    fields = [pa.field(part.name, _written(part.type), nullable=not part.required) for part in type_.parts]
    match type_.name:
        case "array":
            return pa.list_(fields[0].with_name("element"))
        case "map":
            return pa.map_(fields[0].type, fields[1])
        case "struct":
            return pa.struct(fields)
        case _:
            return arrow_of(type_)


def parquet_file(rows: pa.Table) -> bytes:
    """A file of Parquet with these rows."""
    written = io.BytesIO()
    pq.write_table(rows, written)
    return written.getvalue()


def partitioned(rows: pa.Table, keys: Sequence[str]) -> Iterator[tuple[str, pa.Table]]:
    """Rows by the folder of their partition, `day=2026-01-31/`, without the columns that the folder says."""
    if not keys:
        yield "", rows
        return
    found: dict[str, list[int]] = {}
    for number, values in enumerate(zip(*(rows[key].to_pylist() for key in keys), strict=True)):
        folder = "".join(f"{key}={folder_text(value)}/" for key, value in zip(keys, values, strict=True))
        found.setdefault(folder, []).append(number)
    rest = rows.drop_columns(list(keys))
    for folder, numbers in found.items():
        yield folder, rest.take(numbers)


def folder_text(value: Any) -> str:
    """The text of a value in a folder's name, as Athena reads it."""
    match value:
        case None:
            return NO_VALUE
        case bool():
            return str(value).lower()
        case datetime.datetime():
            moment = value.astimezone(datetime.UTC).replace(tzinfo=None) if value.tzinfo else value
            return quote(str(moment).rstrip("0") if moment.microsecond else str(moment), safe="")
        case Decimal() | int() | datetime.date():
            return str(value)
        case _:
            return quote(str(value), safe="")


def for_a_partner(rows: pa.Table, columns: Mapping[str, str]) -> pa.Table:
    """The columns of a partner's table, each with Glue's type there: a moment with a zone becomes one in UTC."""
    fields = [(name, glue_arrow(type_)) for name, type_ in columns.items()]
    return rows.select(list(columns)).cast(pa.schema(fields))
