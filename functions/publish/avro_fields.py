"""Fields of manifest lists and manifests: readers find them by their ids, and this function reads them by their names.

So a file is taken only where both say the same: each id of the specification has its name, once, and no other field has
that name. Source: Apache Iceberg table spec, "Manifests", "Manifest Lists" and appendix A, "Avro".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from document_kinds import FaultError, not_allowed
from json_values import mapping, shown

TypeCheck = Callable[[Any], None]
"""A check of the type of a field, without its null; raises FaultError."""

PROMOTED: Final[Mapping[str, tuple[str, ...]]] = {"long": ("long", "int"), "double": ("double", "float")}
"""The types in a file that a reader takes for a type."""


@dataclass(frozen=True)
class AvroField:
    """A field of the specification: its names, the first of today, its type, and whether a reader needs it."""

    names: tuple[str, ...]
    type: TypeCheck
    needed: bool = False


def primitive(name: str) -> TypeCheck:
    """A primitive type."""
    allowed = PROMOTED.get(name, (name,))

    def check(type_: Any) -> None:
        plain = mapping(type_)
        said = plain.get("type") if plain and "logicalType" not in plain else type_
        if not isinstance(said, str) or said not in allowed:
            raise not_allowed(said, f"the type {name}")

    return check


def items(number: int, type_: TypeCheck) -> TypeCheck:
    """A list, whose elements have an id."""

    def check(said: Any) -> None:
        array = _kind(said, "array")
        if type(array.get("element-id")) is not int or array["element-id"] != number:
            raise not_allowed(array.get("element-id"), f"the element-id {number}")
        type_(array.get("items"))

    return check


def counts(key: int, value: int, type_: str) -> TypeCheck:
    """A map from ids of columns, which Avro has as an array of pairs."""
    pair = AvroRecord({key: AvroField(("key",), INT, True), value: AvroField(("value",), primitive(type_), True)})
    return lambda said: pair(_kind(said, "array", "map").get("items"))


class AvroRecord:
    """A record with the fields of a table; one that has an id and a name of its own beside them is left alone."""

    def __init__(self, known: Mapping[int, AvroField]) -> None:
        self._known = known
        self._ids = {name: number for number, field in known.items() for name in field.names}

    def __call__(self, said: Any) -> None:
        """Check a record's schema."""
        ids, names = set[int](), set[str]()
        for each in _listed(_kind(said, "record").get("fields")):
            field = mapping(each)
            number, name = field.get("field-id"), field.get("name")
            if type(number) is not int or not isinstance(name, str):
                raise FaultError(f"has a field {shown(name)} with the field-id {shown(number)}: readers need a number")
            if number in ids or name in names:
                raise FaultError(f"has two fields with the field-id {number} or the name {shown(name)}")
            ids.add(number)
            names.add(name)
            self._field(number, name, field.get("type"))
        for number, field in self._known.items():
            if field.needed and number not in ids:
                raise FaultError(f"has no field '{field.names[0]}' with the field-id {number}, which readers need")

    def _field(self, number: int, name: str, type_: Any) -> None:
        field = self._known.get(number)
        if self._ids.get(name, number) != number or (field and name not in field.names):
            own = f"'{field.names[0]}' has {number}" if field else f"'{name}' has {self._ids[name]}"
            raise FaultError(f"has a field {shown(name)} with the field-id {number}, in the specification {own}")
        if field is None:
            return
        try:
            field.type(_without_null(type_))
        except FaultError as fault:
            raise fault.within(name) from None


def partition_ids(manifest: Any) -> set[int]:
    """The ids of the partition's fields in the schema of a manifest that was checked."""
    found = manifest
    for number in (2, 102):
        found = _without_null(next(each["type"] for each in found["fields"] if each["field-id"] == number))
    return {each["field-id"] for each in found["fields"]}


def _without_null(type_: Any) -> Any:
    """The type of a field that may be null; other unions no reader takes."""
    if not isinstance(type_, list):
        return type_
    union = cast("list[Any]", type_)
    if len(union) != 2 or union[0] != "null":
        raise not_allowed(union, "a type, or null and a type")
    return union[1]


def _kind(type_: Any, kind: str, logical: str | None = None) -> Mapping[str, Any]:
    said = mapping(type_)
    if said.get("type") != kind:
        raise not_allowed(said.get("type", type_), f"the type {kind}")
    if said.get("logicalType") != logical:
        raise not_allowed(said.get("logicalType"), f"the logicalType {logical}" if logical else "no logicalType")
    return said


def _listed(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise not_allowed(value, "a list of fields")
    return cast("list[Any]", value)


def text(*names: str, needed: bool = False) -> AvroField:
    """A field of text."""
    return AvroField(names, primitive("string"), needed)


def number(*names: str, needed: bool = False) -> AvroField:
    """A field of 64 bits."""
    return AvroField(names, primitive("long"), needed)


def small(*names: str, needed: bool = False) -> AvroField:
    """A field of 32 bits."""
    return AvroField(names, INT, needed)


INT: Final = primitive("int")
BYTES: Final = primitive("bytes")
SUMMARY: Final = AvroRecord(
    {
        509: AvroField(("contains_null",), primitive("boolean"), True),
        518: AvroField(("contains_nan",), primitive("boolean")),
        510: AvroField(("lower_bound",), BYTES),
        511: AvroField(("upper_bound",), BYTES),
    }
)
MANIFEST_LIST: Final = AvroRecord(
    {
        500: text("manifest_path", needed=True),
        501: number("manifest_length", needed=True),
        502: small("partition_spec_id", needed=True),
        503: number("added_snapshot_id", needed=True),
        # Iceberg's Java (Spark, Athena, Glue's optimizers) has the longer names.
        504: small("added_files_count", "added_data_files_count", needed=True),
        505: small("existing_files_count", "existing_data_files_count", needed=True),
        506: small("deleted_files_count", "deleted_data_files_count", needed=True),
        507: AvroField(("partitions",), items(508, SUMMARY)),
        512: number("added_rows_count", needed=True),
        513: number("existing_rows_count", needed=True),
        514: number("deleted_rows_count", needed=True),
        515: number("sequence_number"),
        516: number("min_sequence_number"),
        517: small("content"),
        519: AvroField(("key_metadata",), BYTES),
        520: number("first_row_id"),
    }
)
DATA_FILE: Final = AvroRecord(
    {
        100: text("file_path", needed=True),
        101: text("file_format", needed=True),
        102: AvroField(("partition",), AvroRecord({}), True),
        103: number("record_count", needed=True),
        104: number("file_size_in_bytes", needed=True),
        105: number("block_size_in_bytes"),
        108: AvroField(("column_sizes",), counts(117, 118, "long")),
        109: AvroField(("value_counts",), counts(119, 120, "long")),
        110: AvroField(("null_value_counts",), counts(121, 122, "long")),
        111: AvroField(("distinct_counts",), counts(123, 124, "long")),
        125: AvroField(("lower_bounds",), counts(126, 127, "bytes")),
        128: AvroField(("upper_bounds",), counts(129, 130, "bytes")),
        131: AvroField(("key_metadata",), BYTES),
        132: AvroField(("split_offsets",), items(133, primitive("long"))),
        134: small("content"),
        135: AvroField(("equality_ids",), items(136, primitive("long"))),
        137: AvroField(("nan_value_counts",), counts(138, 139, "long")),
        140: small("sort_order_id"),
        142: number("first_row_id"),
        143: text("referenced_data_file"),
        144: number("content_offset"),
        145: number("content_size_in_bytes"),
    }
)
MANIFEST: Final = AvroRecord(
    {
        0: small("status", needed=True),
        1: number("snapshot_id"),
        2: AvroField(("data_file",), DATA_FILE, True),
        3: number("sequence_number"),
        4: number("file_sequence_number"),
    }
)
