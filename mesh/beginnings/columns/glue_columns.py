"""Columns of a table of Glue, as `aws glue get-table` prints it: JSON with the key `Table`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from mesh.beginnings.columns.given_columns import GivenColumn, GivenTable
from mesh.beginnings.question import AnswerError


def glue_table(answer: Any, source: str) -> GivenTable:
    """The table of an answer of Glue; raises AnswerError for JSON that is none."""
    table = _mapping(_mapping(answer).get("Table")) or _mapping(answer)
    storage = _mapping(table.get("StorageDescriptor"))
    columns = [
        *_columns(storage, "Columns", source),
        *_columns(table, "PartitionKeys", source),
    ]
    if not columns:
        raise AnswerError(
            f"{source} is no answer of `aws glue get-table`: it has no Table with StorageDescriptor and Columns"
        )
    return GivenTable(str(table.get("Name") or ""), tuple(columns), str(table.get("Description") or ""))


def _columns(of: Mapping[str, Any], key: str, source: str) -> Iterator[GivenColumn]:
    written = of.get(key)
    for number, each in enumerate(cast("list[Any]", written) if isinstance(written, list) else ()):
        column = _mapping(each)
        if not isinstance(column.get("Name"), str):
            raise AnswerError(f"{key}[{number}] of {source} has no Name; save the answer of `aws glue get-table` anew")
        kind = str(column.get("Type") or "unknown")
        yield GivenColumn(str(column["Name"]), kind, description=str(column.get("Comment") or ""))


def _mapping(value: Any) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}
