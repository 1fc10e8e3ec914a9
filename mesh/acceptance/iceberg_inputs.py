"""Iceberg tables as Glue's input has them: ids, keys and partition fields that fit one another.

Apache Iceberg table spec, "Schemas and Data Types", "Identifier Field IDs", "Partitioning" and "Partition Transforms".
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from mesh.acceptance.emitted import objects_at, values_at
from mesh.acceptance.glue_types import nested_ids

_INPUT: Final = "openTableFormatInput.icebergInput.icebergTableInput"
_FIELDS: Final = f"{_INPUT}.schema.fields"
_KEYS: Final = f"{_INPUT}.schema.identifierFieldIds"
_SPEC: Final = f"{_INPUT}.partitionSpec.fields"
_TRANSFORM: Final = re.compile(r"(identity|void|year|month|day|hour|bucket\[[1-9]\d*\]|truncate\[[1-9]\d*\])")
_DAYS: Final = ("date", "timestamp", "timestamptz")
_TAKES: Final[Mapping[str, tuple[str, ...]]] = {
    "year": _DAYS,
    "month": _DAYS,
    "day": _DAYS,
    "hour": ("timestamp", "timestamptz"),
    "bucket": (
        "int",
        "long",
        "decimal",
        "date",
        "time",
        "timestamp",
        "timestamptz",
        "string",
        "uuid",
        "fixed",
        "binary",
    ),
    "truncate": ("int", "long", "decimal", "string", "binary"),
}
"""Transform -> types of a source that it takes; the others take any that is no list, map or struct."""
_FIRST_PARTITION: Final = 1000


def wrong_table(inputs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Values of an Iceberg table's input that do not fit one another."""
    fields = objects_at(inputs, _FIELDS)
    own = [each.get("id") for each in fields]
    nested = [number for each in fields for number in nested_ids(str(each.get("type")))]
    yield from _twice(f"{_FIELDS}.id", "field id", (*own, *nested))
    yield from _twice(f"{_FIELDS}.name", "column", (str(each.get("name")).lower() for each in fields))
    by_id = {each.get("id"): each for each in fields if isinstance(each.get("id"), int)}
    for _, number in values_at(inputs, _KEYS):
        column = by_id.get(number) if isinstance(number, int) else None
        if column is None:
            yield _KEYS, f"no column has id {number}"
        elif column.get("required") is not True:
            yield _KEYS, f"{column.get('name')} identifies rows, and is not required"
        elif _name(column) in ("float", "double", ""):
            yield _KEYS, f"{column.get('name')} identifies rows, and is a float, a list, a map or a struct"
    yield from _wrong_partitions(objects_at(inputs, _SPEC), by_id)


def _wrong_partitions(
    partitions: list[Mapping[str, Any]], by_id: Mapping[Any, Mapping[str, Any]]
) -> Iterator[tuple[str, str]]:
    yield from _twice(f"{_SPEC}.fieldId", "partition field id", (each.get("fieldId") for each in partitions))
    yield from _twice(f"{_SPEC}.name", "partition field", (each.get("name") for each in partitions))
    columns = {str(column.get("name")): number for number, column in by_id.items()}
    for each in partitions:
        name, source, transform = each.get("name"), each.get("sourceId"), str(each.get("transform"))
        number, column = each.get("fieldId"), by_id.get(source) if isinstance(source, int) else None
        if isinstance(number, int) and number < _FIRST_PARTITION:
            yield f"{_SPEC}.fieldId", f"{number} is less than {_FIRST_PARTITION:,}: ids of columns are"
        if not _TRANSFORM.fullmatch(transform):
            yield f"{_SPEC}.transform", f"{transform!r} is no transform"
        elif column is None:
            yield f"{_SPEC}.sourceId", f"no column has id {source}"
        elif _name(column) not in _TAKES.get(transform.partition("[")[0], (_name(column) or "-",)):
            yield (
                f"{_SPEC}.transform",
                f"{transform!r} does not take {column.get('name')}, which is {column.get('type')}",
            )
        if columns.get(str(name), source) != source or (str(name) in columns and transform != "identity"):
            yield f"{_SPEC}.name", f"{name!r} is the name of a column, and another value"


def _name(column: Mapping[str, Any]) -> str:
    """The name of a primitive type, without its size; empty for others."""
    try:
        type_: Any = json.loads(str(column.get("type")))
    except ValueError:
        return ""
    return re.split(r"[(\[]", type_)[0] if isinstance(type_, str) else ""


def _twice(path: str, what: str, values: Iterable[Any]) -> Iterator[tuple[str, str]]:
    counted = Counter(str(each) for each in values if each is not None)
    yield from ((path, f"{what} {each} stands twice") for each, number in counted.items() if number > 1)
