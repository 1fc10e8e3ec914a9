"""Columns of a table as its data files have them: older names, narrower types, fields that are missing.

Columns of Iceberg are found by field id (Iceberg specification, "Column Projection"), others by name in whatever case
(Athena User Guide, "Handle schema updates": Parquet is read by name).
"""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# pyright: reportUnknownParameterType=false, reportUntypedBaseClass=false, reportAttributeAccessIssue=false
# PyArrow has no types to report.

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from sandbox.athena.arrow_types import is_list

_FIELD_ID: Final = b"PARQUET:field_id"


class UnfitColumnError(Exception):
    """A column of a file that has another type than the table's, and none that can be widened."""

    def __init__(self, name: str, found: pa.DataType) -> None:
        super().__init__(f"{name}: {found}")
        self.name = name
        self.found = found


@dataclass(frozen=True)
class WantedField:
    """A column, or a field in one, that a query may read. One with an `id` is found by it; in files without ids by
    `names`, those of the table's name mapping.

    `children` are the fields of a struct, the element of a list, key and value of a map. `default` is its value in
    files that do not have it. One `outside` is never looked for in a file: Hive's partitions have such columns.
    """

    name: str
    type: pa.DataType
    id: int | None = None
    names: frozenset[str] = frozenset()
    children: tuple[WantedField, ...] = ()
    default: Any = None
    outside: bool = False

    def place(self, fields: Sequence[pa.Field]) -> int | None:
        """The position among the fields of a file; None when it is missing."""
        if self.outside:
            return None
        if self.id is None:
            wanted = self.name.lower()
            return next((at for at, each in enumerate(fields) if each.name.lower() == wanted), None)
        ids = [(each.metadata or {}).get(_FIELD_ID) for each in fields]
        if any(ids):
            sought = str(self.id).encode()
            return ids.index(sought) if sought in ids else None
        return next((at for at, each in enumerate(fields) if each.name in self.names), None)

    def missing(self, length: int) -> pa.Array:
        """The column of a file that does not have it."""
        return pa.repeat(pa.scalar(self.default, self.type), length)


def has_ids(schema: pa.Schema) -> bool:
    """Whether a file says the ids of its fields."""
    return any(_FIELD_ID in (each.metadata or {}) for each in schema)


def reads_as_is(wanted: WantedField, found: pa.Field) -> bool:
    """Whether Arrow's own scan makes the wanted column of a file's, by a cast at the most.

    Raises UnfitColumnError where nothing does.
    """
    simple = _fits(wanted, found)
    return simple and (wanted.name == found.name)


def _fits(wanted: WantedField, found: pa.Field) -> bool:
    inner = _inner(found.type)
    if wanted.children:
        if inner is None or _kind(wanted.type) != _kind(found.type):
            raise UnfitColumnError(found.name, found.type)
        if not pa.types.is_struct(wanted.type):
            fits = [_fits(*pair) for pair in zip(wanted.children, inner, strict=True)]
            return all(fits)
        places = [child.place(inner) for child in wanted.children]
        fits = [
            _fits(child, inner[at]) and child.name == inner[at].name
            for child, at in zip(wanted.children, places, strict=True)
            if at is not None
        ]
        return all(fits) and places == list(range(len(inner)))
    if inner is not None or not _widens(found.type, wanted.type):
        raise UnfitColumnError(found.name, found.type)
    return not _is_special(found.type, wanted.type)


def _kind(type_: pa.DataType) -> str:
    return "list" if is_list(type_) else "map" if pa.types.is_map(type_) else "struct"


def _inner(type_: pa.DataType) -> list[pa.Field] | None:
    if pa.types.is_struct(type_):
        return list(type_)
    if pa.types.is_map(type_):
        return [type_.key_field, type_.item_field]
    return [type_.value_field] if is_list(type_) else None


def _is_text(type_: pa.DataType) -> bool:
    return pa.types.is_string(type_) or pa.types.is_large_string(type_) or pa.types.is_string_view(type_)


def _is_bytes(type_: pa.DataType) -> bool:
    return pa.types.is_binary(type_) or pa.types.is_large_binary(type_) or pa.types.is_fixed_size_binary(type_)


def _widens(found: pa.DataType, wanted: pa.DataType) -> bool:
    """Whether a table of one type reads files of the other: a type that holds every value."""
    if found == wanted or pa.types.is_null(found):
        return True
    if pa.types.is_dictionary(found):
        return _widens(found.value_type, wanted)
    if pa.types.is_string(wanted):
        return _is_text(found) or _is_bytes(found) or found == pa.uuid()
    if pa.types.is_binary(wanted):
        return _is_bytes(found) or _is_text(found)
    if pa.types.is_integer(wanted):
        spare = 0 if pa.types.is_signed_integer(found) else 1
        return pa.types.is_integer(found) and found.bit_width + spare <= wanted.bit_width
    if pa.types.is_floating(wanted):
        return pa.types.is_floating(found) and found.bit_width <= wanted.bit_width
    if pa.types.is_decimal(wanted):
        return (
            pa.types.is_decimal(found)
            and found.scale <= wanted.scale
            and found.precision - found.scale <= wanted.precision - wanted.scale
        )
    same = (pa.types.is_timestamp, pa.types.is_date, pa.types.is_time)
    return any(is_such(found) and is_such(wanted) for is_such in same)


def _is_special(found: pa.DataType, wanted: pa.DataType) -> bool:
    """Whether Arrow's safe cast refuses what is right here: nanoseconds cut, a zone taken for UTC, ids as text."""
    if pa.types.is_timestamp(wanted) and pa.types.is_timestamp(found):
        return found.unit == "ns" or found.tz != wanted.tz
    return pa.types.is_string(wanted) and (found == pa.uuid() or pa.types.is_fixed_size_binary(found))


def reshaped(values: pa.Array, wanted: WantedField) -> pa.Array:
    """The wanted column, made of a file's; the types fit, as `reads_as_is` has found."""
    if values.offset and wanted.children:
        values = values.take(pa.arange(0, len(values)))
    if pa.types.is_struct(wanted.type):
        fields = list(values.type)
        columns = [
            child.missing(len(values)) if (at := child.place(fields)) is None else reshaped(values.field(at), child)
            for child in wanted.children
        ]
        return pa.StructArray.from_arrays(columns, fields=list(wanted.type), mask=values.is_null())
    if pa.types.is_map(wanted.type):
        key, value = (
            reshaped(each, child) for each, child in zip((values.keys, values.items), wanted.children, strict=True)
        )
        return pa.MapArray.from_arrays(values.offsets, key, value, type=wanted.type, mask=values.is_null())
    if is_list(wanted.type):
        if pa.types.is_fixed_size_list(values.type):
            values = values.cast(pa.list_(values.type.value_field))
        inner = reshaped(values.values, wanted.children[0])
        return pa.ListArray.from_arrays(values.offsets.cast(pa.int32()), inner, type=wanted.type, mask=values.is_null())
    return _plain(values, wanted.type)


def _plain(values: pa.Array, wanted: pa.DataType) -> pa.Array:
    if pa.types.is_timestamp(wanted) and pa.types.is_timestamp(values.type):
        if values.type.tz is None and wanted.tz is not None:
            values = pc.assume_timezone(values, "UTC")
        return values.cast(pa.timestamp(wanted.unit, tz=values.type.tz), safe=False).cast(wanted)
    if pa.types.is_string(wanted) and _is_special(values.type, wanted):
        plain = values.storage if values.type == pa.uuid() else values
        return pa.array([None if one is None else str(uuid.UUID(bytes=one)) for one in plain.to_pylist()], wanted)
    return values.cast(wanted)
