"""The bad batch of a sample: rows that break the contract of a product, which its pipeline commits after the good ones.

A repeated primary key in an Iceberg table, and a null where the contract wants a value in a plain Parquet one.
"""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# pyright: reportUnknownParameterType=false
# PyArrow has no types to report.

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import pyarrow as pa

from mesh.contracts.catalog import table_format
from mesh.model import Contract, Element


class BadBatch(NamedTuple):
    """Rows for a table, and what is wrong with them."""

    product: str
    table: str
    rows: pa.Table
    mistake: str


def bad_batch(
    contracts: Mapping[str, Contract], tables: Mapping[tuple[str, str], pa.Table], partitions: Mapping[Any, Any]
) -> BadBatch | None:
    """The first batch that a table's contract refuses; None where no contract has a rule that rows could break."""
    for (product, name), rows in tables.items():
        table = next(each for each in contracts[product].tables if each.catalog_name == name)
        keyed = partitions[product, name]
        if not rows.num_rows:
            continue
        key = [each.catalog_name for each in table.columns if each.data.get("primaryKey")]
        if table_format(table) == "iceberg":
            if key:
                return BadBatch(product, name, rows.slice(0, 1), f"a row repeats a primary key ({', '.join(key)})")
        elif column := _required(table.columns, keyed):
            return BadBatch(product, name, _without(rows.slice(0, 1), column), f"column {column} is null in a row")
    return None


def _required(columns: Iterable[Element], keyed: Iterable[str]) -> str:
    plain = (each for each in columns if each.data.get("required") and each.catalog_name not in keyed)
    return next((each.catalog_name for each in plain), "")


def _without(rows: pa.Table, column: str) -> pa.Table:
    place = rows.schema.get_field_index(column)
    return rows.set_column(place, column, pa.nulls(rows.num_rows, rows.schema.field(column).type))
