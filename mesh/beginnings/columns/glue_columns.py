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
    columns = [*_columns(storage.get("Columns"), source), *_columns(table.get("PartitionKeys"), source)]
    if not columns:
        raise AnswerError(
            f"{source} is no answer of `aws glue get-table`: it has no Table with StorageDescriptor and Columns"
        )
    return GivenTable(str(table.get("Name") or ""), tuple(columns), str(table.get("Description") or ""))


def _columns(written: Any, source: str) -> Iterator[GivenColumn]:
    for number, each in enumerate(cast("list[Any]", written) if isinstance(written, list) else (), start=1):
        column = _mapping(each)
        name, kind = column.get("Name"), column.get("Type")
        if not (isinstance(name, str) and isinstance(kind, str) and name and kind):
            raise AnswerError(f"{source} is no answer of `aws glue get-table`: column {number} has no Name and Type")
        yield GivenColumn(name, kind, description=str(column.get("Comment") or ""))


def _mapping(value: Any) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}
