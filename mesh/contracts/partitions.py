"""Partitions of a table: the columns that a contract names, their order, and the transform of each.

The standard says that a column is partitioned, and its position; a transform is one of its `customProperties`:
`partitionTransform: day`, `bucket[16]` or `truncate[4]`, as Iceberg writes them. Athena's and Spark's ways to write
one, `day(ts)`, `days`, `bucket(16, id)`, are read too.
Sources: Iceberg table spec, "Partition Transforms"; Athena User Guide, "Creating Iceberg tables"; Spark SQL of Iceberg,
"PARTITIONED BY".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final

from mesh.contracts.labels import LabelWords
from mesh.contracts.mistakes import ContractMistake
from mesh.contracts.types import ColumnType
from mesh.findings import listed
from mesh.model import Element

IDENTITY: Final = "identity"
"""The transform of a column whose own values make the partitions."""

_WHOLE: Final = frozenset({"tinyint", "smallint", "int", "bigint", "decimal"})
_DAYS: Final = frozenset({"date", "timestamp", "timestamptz"})

_FITS: Final[Mapping[str, frozenset[str]]] = {
    "year": _DAYS,
    "month": _DAYS,
    "day": _DAYS,
    "hour": _DAYS - {"date"},
    "bucket": _WHOLE | _DAYS | {"string", "binary"},
    "truncate": _WHOLE | {"string", "binary"},
}
"""Types by the transform that they can have (Iceberg table spec, "Partition Transforms", column "Source types")."""

_SUFFIXES: Final = {"truncate": "trunc"}
"""End of a partition field's name, where it is not that of the transform, as Iceberg's own writers name it."""

_WRITTEN: Final = re.compile(r"\s*([a-z]+)\s*(?:[\[(]\s*([^\[\]()]*?)\s*[\])])?\s*", re.IGNORECASE)
_ALLOWED: Final = "year, month, day, hour, bucket[16], truncate[4] and identity"


class UnknownTransformError(ValueError):
    """The text is no transform of Iceberg's."""


def is_partitioned(column: Element) -> bool:
    """Whether the table is partitioned by a column."""
    return bool(column.data.get("partitioned"))


def ordered(table: Element) -> list[Element]:
    """The columns that a table is partitioned by, in the order of the partitions."""
    return sorted((column for column in table.columns if is_partitioned(column)), key=_position)


def transform(column: Element) -> str:
    """The transform of a column that the table is partitioned by, as Iceberg writes it."""
    written = _transform_written(column)
    return IDENTITY if written is None else _read(written, column.catalog_name)


def field_name(column: str, transform_: str) -> str:
    """The name of a partition field: that of its column, and the transform: `moored_at_day`."""
    if transform_ == IDENTITY:
        return column
    kind = transform_.partition("[")[0]
    return f"{column}_{_SUFFIXES.get(kind, kind)}"


def _transform_written(column: Element) -> str | None:
    written = column.custom("partitionTransform") if "customProperties" in column.data else None
    return None if written is None else str(written)


@lru_cache(maxsize=1024)
def _read(written: str, column: str) -> str:
    match = _WRITTEN.fullmatch(written)
    if match is None:
        raise UnknownTransformError(f"'{written}' is no transform; allowed: {_ALLOWED}; choose one")
    name, inner = match[1].lower(), match[2]
    kind = name.removesuffix("s") if name.removesuffix("s") in ("year", "month", "day", "hour") else name
    kind = {"date": "day", "trunc": "truncate"}.get(kind, kind)
    arguments = [part.strip().strip("`\"'").lower() for part in (inner or "").split(",") if part.strip()]
    numbers = [part for part in arguments if re.fullmatch(r"-?\d+", part)]
    rest = [part for part in arguments if part not in numbers]
    if kind not in (*_FITS, IDENTITY):
        raise UnknownTransformError(f"'{written}' is no transform; allowed: {_ALLOWED}; choose one")
    if rest and rest != [column]:
        raise UnknownTransformError(f"'{written}' names '{', '.join(rest)}', but stands at '{column}': write {kind}")
    if kind in ("bucket", "truncate"):
        if len(numbers) != 1 or not re.fullmatch(r"[1-9]\d{0,8}", numbers[0]):
            raise UnknownTransformError(f"'{written}' needs one number, 1 or more: write {kind}[16]")
        return f"{kind}[{numbers[0]}]"
    if numbers:
        raise UnknownTransformError(f"'{written}' takes no number: write {kind}")
    return kind


# ---- mistakes


_KEYS: Final = ("partitioned", "partitionKeyPosition", "customProperties")


def mistakes(
    columns: Sequence[Element], table_format: str, types: Mapping[str, ColumnType], words: LabelWords
) -> Iterator[ContractMistake]:
    """Mistakes in the partitions of a table, by its columns and the types of those that have one."""
    if not any(key in column.data for column in columns for key in _KEYS):
        return
    yield from _position_mistakes(columns)
    names = {column.catalog_name for column in columns}
    for column in columns:
        if not is_partitioned(column):
            if _transform_written(column) is not None:
                message = f"column '{column.name}' has a partition transform, but not 'partitioned: true': add it"
                yield ContractMistake((*column.path, "customProperties"), message)
            continue
        if labels := words.classifications.intersection(words.of_element(column)):
            message = (
                f"column '{column.name}' is labelled {listed(labels)}, and values of a partition column stand in the"
                " keys of objects, which everybody sees who lists them: partition by another column"
            )
            yield ContractMistake((*column.path, "partitioned"), message)
        if column.catalog_name in types:
            yield from _column_mistakes(column, types[column.catalog_name], table_format, names)


def _column_mistakes(
    column: Element, type_: ColumnType, table_format: str, names: set[str]
) -> Iterator[ContractMistake]:
    place, written = (*column.path, "partitioned"), _transform_written(column)
    if type_.parts:
        yield ContractMistake(place, f"column '{column.name}' is nested; a table is partitioned by plain columns")
        return
    if written is None:
        if type_.name in ("timestamp", "timestamptz"):
            remedy = "add the custom property 'partitionTransform: day'"
            if table_format == "parquet":
                remedy = "partition by a column of its date"
            message = f"column '{column.name}' is a {type_}: the table gets a partition for every microsecond; {remedy}"
            yield ContractMistake(place, message, "warning")
        return
    place = (*column.path, "customProperties")
    try:
        made = transform(column)
    except UnknownTransformError as error:
        yield ContractMistake(place, f"partition transform of column '{column.name}': {error}")
        return
    kind = made.partition("[")[0]
    if table_format == "parquet" and kind != IDENTITY:
        message = f"column '{column.name}' has a partition transform, which a parquet table cannot have"
        yield ContractMistake(place, f"{message}: remove it, or write 'tableFormat: iceberg'")
    elif kind != IDENTITY and type_.name not in _FITS[kind]:
        allowed = listed(other for other, fitting in _FITS.items() if type_.name in fitting)
        message = f"column '{column.name}' is a {type_}, which has no transform '{kind}'; allowed: {allowed}"
        yield ContractMistake(place, message)
    elif kind != IDENTITY and field_name(column.catalog_name, made) in names:
        message = f"the partition of column '{column.name}' is called '{field_name(column.catalog_name, made)}', as is"
        yield ContractMistake(place, f"{message} a column of this table: give that another 'physicalName'")


def _position(column: Element) -> int:
    return column.data.get("partitionKeyPosition") or 0


def _has_position(column: Element) -> bool:
    """Whether a column says its position; the standard's default, -1, says none."""
    return column.data.get("partitionKeyPosition") not in (None, -1)


def _position_mistakes(columns: Sequence[Element]) -> Iterator[ContractMistake]:
    first: dict[int, str] = {}
    said = any(is_partitioned(column) and _has_position(column) for column in columns)
    for column in columns:
        place = (*column.path, "partitionKeyPosition")
        if not is_partitioned(column):
            if _has_position(column):
                message = f"column '{column.name}' has a partition position, but not 'partitioned: true'"
                yield ContractMistake(place, f"{message}: the table is not partitioned by it", "warning")
        elif not _has_position(column):
            if said:
                message = f"column '{column.name}' has no 'partitionKeyPosition', and others of this table have one"
                yield ContractMistake((*column.path, "partitioned"), f"{message}: give each one, or none")
        elif _position(column) < 1:
            message = f"column '{column.name}' has the partition position {_position(column)}; they count from 1"
            yield ContractMistake(place, message)
        elif _position(column) in first:
            message = f"column '{column.name}' has the partition position {_position(column)}, as has"
            yield ContractMistake(place, f"{message} '{first[_position(column)]}': give each its own")
        else:
            first[_position(column)] = column.name
