"""Logical types of the standard: the column type of each, and how its options and a physical type have to agree.

An option that changes the type is honoured or refused, never ignored. A contradiction is an error; it is a warning
where the column holds every value all the same, such as whole numbers in a column that is said to hold numbers.
Source: Bitol, Open Data Contract Standard, "Schema", `logicalType` and `logicalTypeOptions`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final, NamedTuple

from mesh.contracts import types
from mesh.contracts.type_options import UTC, Said, is_whole, names_a_time, names_a_zone, places, whole
from mesh.contracts.types import ColumnType, UnknownTypeError
from mesh.findings import Severity

LOGICAL: Final = {
    "string": "string",
    "integer": "bigint",
    "number": "double",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamp",
}
"""Physical types by logical type, for columns whose contract has a logical type only; others need more."""

_WHOLE: Final = ("tinyint", "smallint", "int", "bigint")

_INTEGER_FORMATS: Final = {
    "i8": ("tinyint", 3),
    "i16": ("smallint", 5),
    "i32": ("int", 10),
    "i64": ("bigint", 19),
    "u8": ("smallint", 3),
    "u16": ("int", 5),
    "u32": ("bigint", 10),
    "u64": ("decimal(20,0)", 20),
    "i128": ("decimal(38,0)", 38),
    "u128": ("decimal(38,0)", 38),
}
"""Least type of whole numbers by format, and digits of a decimal that holds them; of 128 bits all but the largest."""

_NUMBER_FORMATS: Final = {"f32": "float", "f64": "double"}

_ELEMENTS: Final = {
    "float16": "float",
    "bfloat16": "float",
    "float32": "float",
    "float64": "double",
    "int8": "tinyint",
    "uint8": "smallint",
}
"""Type of a vector's elements by `elementType`; `binary` is a bit, which no type here holds in an array."""

_OPEN: Final = {"object": "struct", "array": "array", "map": "map"}
"""Nested types by logical type."""

_FITS: Final[Mapping[str, frozenset[str]]] = {
    "string": frozenset({"string", "binary"}),
    "integer": frozenset({*_WHOLE, "decimal"}),
    "number": frozenset({"float", "double", "decimal"}),
    "boolean": frozenset({"boolean"}),
    "date": frozenset({"date"}),
    "timestamp": frozenset({"timestamp", "timestamptz"}),
    "time": frozenset({"string"}),
    # JSON as text is a common way to store what is nested, and Athena reads it with its JSON functions.
    "object": frozenset({"struct", "map", "string"}),
    "map": frozenset({"map", "string"}),
    # `datacontract import parquet` calls a column of bytes an array.
    "array": frozenset({"array", "string", "binary"}),
    "vector": frozenset({"array", "binary"}),
}
"""Names of the column types that hold what a logical type says."""

_HOLDS: Final[Mapping[str, frozenset[str]]] = {
    "number": frozenset(_WHOLE),
    # `datacontract` before 1.1 called a timestamp a date. ISO 8601 as text, as its `import csv` leaves it, sorts and
    # compares as the time does.
    "date": frozenset({"string", "timestamp", "timestamptz"}),
    "timestamp": frozenset({"string"}),
}
"""Names of the column types that contradict a logical type, but whose columns hold its values: warned of."""

_DATES_OF_3_0: Final = frozenset({"timestamp", "timestamptz", "string"})
"""Other types that a `date` can have in 3.0 of the standard, which has no logical type `timestamp`."""


class TypeFault(NamedTuple):
    """A fault in an element's type, and the key of the element at which it stands.

    The message goes on from the name of the element, or says what is wrong with `text`, a type that cannot be read.
    """

    key: str
    message: str
    severity: Severity = "error"
    text: str | None = None


Judged = tuple[ColumnType | None, tuple[TypeFault, ...]]
"""A type and its faults; None for the type when it cannot be told."""


# ---- a logical type alone


def alone(logical: str | None, told: Said) -> Judged:
    """The type of an element that has no physical type."""
    if logical is None:
        if told.precision is not None:
            return _digits(told)
        return None, (TypeFault("", "has no type: add a 'physicalType', such as string or struct<a:int>"),)
    if logical == "integer":
        return _integer(told)
    if logical == "number":
        return _number(told)
    if logical == "date" and names_a_time(told.format):
        fault = f"is a date, but its format '{told.format}' has a time of day: add 'physicalType: timestamp'"
        return None, (TypeFault("logicalTypeOptions", fault),)
    if logical == "timestamp":
        return (ColumnType("timestamptz"), ()) if told.timezone else (ColumnType("timestamp"), tuple(_zones(told)))
    if logical == "vector":
        return _vector(told)
    if logical == "time":
        fault = "is a time of day, which neither Athena nor Glue stores: add 'physicalType: string', as HH:MM:SS"
        return None, (TypeFault("logicalType", fault),)
    if logical in LOGICAL:
        return ColumnType(LOGICAL[logical]), ()
    return None, (TypeFault("", f"is {types.missing(ColumnType(_OPEN[logical]))}"),)


def _integer(told: Said) -> Judged:
    if told.format in _INTEGER_FORMATS:
        least, digits = _INTEGER_FORMATS[told.format]
        if least.startswith("decimal"):
            fault = f"is an integer of format {told.format}, wider than bigint: add 'physicalType: {least}'"
            rest = ", or string if it has more than 38 digits" if digits == 38 else ""
            return None, (TypeFault("logicalTypeOptions", fault + rest),)
        return ColumnType(least), ()
    if told.precision is not None and (whole(told.scale) or whole(told.precision) > 18):
        return _digits(told)
    return ColumnType("bigint"), ()


def _number(told: Said) -> Judged:
    if told.precision is not None:
        if told.format in _NUMBER_FORMATS:
            fault = f"has both format {told.format} and precision {told.precision}: keep one of the two"
            return None, (TypeFault("logicalTypeOptions", fault),)
        return _digits(told)
    if told.scale is not None:
        fault = f"has scale {told.scale} without a precision: add one, or 'physicalType: decimal(p,s)'"
        return None, (TypeFault("customProperties", fault),)
    if told.format in _NUMBER_FORMATS:
        return ColumnType(_NUMBER_FORMATS[told.format]), ()
    if digits := places(told.multiple_of):
        # Binary fractions have no 0.01, and how many digits stand before the point is not said.
        fault = (
            f"has multiples of {told.multiple_of}, which double does not hold exactly:"
            f" add 'physicalType: {_exact(digits)}', or double if that is near enough"
        )
        return None, (TypeFault("logicalTypeOptions", fault),)
    return ColumnType("double"), ()


def _exact(digits: int) -> str:
    """A decimal with some digits after the point, and room before it."""
    return f"decimal({18 if digits <= 9 else 38},{min(digits, 38)})"


def _vector(told: Said) -> Judged:
    element = told.element_type or "float32"
    if element in _ELEMENTS:
        return types.array(ColumnType(_ELEMENTS[element])), ()
    fault = f"is a vector of {element}: add 'physicalType: binary' for packed bits, or array<boolean>"
    return None, (TypeFault("logicalTypeOptions", fault),)


def _digits(told: Said) -> Judged:
    """The decimal that custom properties say."""
    shown = f"precision {told.precision} and scale {told.scale or 0}"
    if not is_whole(told.precision) or not (told.scale is None or is_whole(told.scale)):
        return None, (TypeFault("customProperties", f"has {shown}, which are not both whole numbers"),)
    try:
        return types.decimal(whole(told.precision), whole(told.scale)), ()
    except UnknownTypeError as error:
        return None, (TypeFault("customProperties", f"has {shown}: {error}"),)


# ---- a physical type beside it


def completed(stated: ColumnType, logical: str | None, told: Said, dates_have_time: bool) -> Judged:
    """The type that a physical type and what stands beside it say together."""
    made, faults = _closed(stated, logical, told) if stated.is_open else (stated, ())
    if made is None:
        return None, faults
    for inner in made.walk():
        if inner.is_open:
            return None, (TypeFault("physicalType", f"is {types.missing(inner)}"),)
    return made, tuple(_contradictions(made, logical, told, dates_have_time))


def _closed(stated: ColumnType, logical: str | None, told: Said) -> Judged:
    if stated.name == "decimal" and told.precision is not None:
        return _digits(told)
    if stated.name == "array" and logical == "vector":
        return _vector(told)
    key, value = told.map_types
    if stated.name == "map" and key and value:
        try:
            return types.mapping(types.parse(LOGICAL.get(key, key)), types.parse(LOGICAL.get(value, value))), ()
        except UnknownTypeError as error:
            return None, (TypeFault("customProperties", f"is a map: {error}"),)
    return None, (TypeFault("physicalType", f"is {types.missing(stated)}"),)


def _contradictions(stated: ColumnType, logical: str | None, told: Said, dates_have_time: bool) -> Iterator[TypeFault]:
    against = contradiction(stated, logical, told, dates_have_time)
    if against is not None:
        yield against
        return
    if logical == "integer" or (logical is None and stated.name in _WHOLE):
        yield from _too_narrow(stated, told)
    if stated.name in ("float", "double", "decimal"):
        yield from _number_faults(stated, told)
    if stated.name in ("timestamp", "timestamptz"):
        yield from _time_faults(stated, told)
    if logical == "date" and stated.name == "date" and names_a_time(told.format):
        yield TypeFault("logicalTypeOptions", f"is a date, and its format '{told.format}' has a time of day")
    if logical == "vector" and stated.name == "array":
        wanted, faults = _vector(told)
        yield from faults
        if wanted is not None and not _holds(stated.parts[0].type.name, wanted.parts[0].type.name):
            yield TypeFault(
                "physicalType", f"is {stated}, but its elements are {told.element_type or 'float32'}: write {wanted}"
            )


def contradiction(stated: ColumnType, logical: str | None, told: Said, dates_have_time: bool) -> TypeFault | None:
    """The contradiction between a column's type and its logical type."""
    if logical is None or logical not in _FITS or stated.name in _FITS[logical]:
        if logical == "integer" and stated.name == "decimal" and stated.numbers[1:] > (0,):
            return TypeFault("physicalType", f"is an integer, but {stated} has digits after the point: make them agree")
        return None
    if logical == "date" and dates_have_time and stated.name in _DATES_OF_3_0:
        return None
    wanted, _ = alone(logical, told)
    ways = [f"'physicalType: {wanted}'"] if wanted else []
    ways += [f"'logicalType: {other}'" for other, fitting in _FITS.items() if stated.name in fitting][:1]
    message = f"is {logical} by its logicalType and {stated} by its physicalType"
    if stated.name in _HOLDS.get(logical, ()):
        return TypeFault("physicalType", f"{message}; {' or '.join(ways)} would agree", "warning")
    return TypeFault("physicalType", f"{message}: one is wrong; write {' or '.join(ways)}")


def _too_narrow(stated: ColumnType, told: Said) -> Iterator[TypeFault]:
    if told.scale is not None and whole(told.scale) and stated.name in _WHOLE:
        yield TypeFault("customProperties", f"has scale {told.scale}, but {stated} has no digits after the point")
    yield from _out_of_bounds(stated, told)
    if told.format not in _INTEGER_FORMATS:
        return
    least, digits = _INTEGER_FORMATS[told.format]
    if stated.name == "decimal":
        narrow = stated.numbers[0] - stated.numbers[1] < digits
        least = f"decimal({digits},0)"
    else:
        narrow = not _holds(stated.name, least)
    if narrow:
        yield TypeFault("physicalType", f"is {stated}, too narrow for integers of format {told.format}: write {least}")


_BITS: Final = {"tinyint": 7, "smallint": 15, "int": 31, "bigint": 63}


def _out_of_bounds(stated: ColumnType, told: Said) -> Iterator[TypeFault]:
    """Faults of a type of whole numbers that does not hold the least or the largest that the options allow."""
    for bound in told.bounds:
        number = Decimal(bound) if bound is not None and _NUMBER.fullmatch(bound) else Decimal(0)
        fitting = [name for name, bits in _BITS.items() if -(2**bits) <= number < 2**bits]
        if stated.name in _BITS and stated.name not in fitting:
            remedy = f"write {fitting[0]}" if fitting else "write decimal(38,0)"
            yield TypeFault("logicalTypeOptions", f"is {stated}, which does not hold {bound}: {remedy}")
            return


_NUMBER: Final = re.compile(r"[-+]?\d{1,40}(\.\d{0,40})?")


def _holds(wide: str, narrow: str) -> bool:
    """Whether a type of numbers holds every value of another of its kind."""
    for kind in (_WHOLE, ("float", "double")):
        if wide in kind and narrow in kind:
            return kind.index(wide) >= kind.index(narrow)
    return wide == narrow


def _number_faults(stated: ColumnType, told: Said) -> Iterator[TypeFault]:
    wanted = _NUMBER_FORMATS.get(told.format or "")
    if wanted and (stated.name == "decimal" or not _holds(stated.name, wanted)):
        yield TypeFault("physicalType", f"is {stated}, but of format {told.format}: write {wanted}")
    digits = places(told.multiple_of)
    if digits and stated.name != "decimal":
        message = f"is {stated}, which does not hold multiples of {told.multiple_of} exactly; {_exact(digits)} does"
        yield TypeFault("physicalType", message, "warning")
    if stated.name == "decimal" and digits > stated.numbers[1]:
        yield TypeFault("physicalType", f"is {stated}, but has multiples of {told.multiple_of}: write a larger scale")
    if told.precision is None:
        return
    by_digits, faults = _digits(told)
    yield from faults
    if by_digits is None:
        return
    if stated.name == "decimal" and by_digits != stated:
        yield TypeFault(
            "physicalType", f"is {stated} by its physicalType and {by_digits} by its customProperties: one is wrong"
        )
    # `datacontract import sql` writes the binary digits of FLOAT(24) as a precision of 24 and a scale of 0.
    elif stated.name != "decimal" and (whole(told.scale) or whole(told.precision) not in (24, 53)):
        message = f"is {stated} by its physicalType, and {by_digits} by its customProperties: write {by_digits}"
        yield TypeFault("physicalType", message)


def _time_faults(stated: ColumnType, told: Said) -> Iterator[TypeFault]:
    if told.timezone is not None and told.timezone != (stated.name == "timestamptz"):
        other = "timestamptz" if told.timezone else "timestamp"
        says = "true" if told.timezone else "false"
        yield TypeFault("physicalType", f"is {stated}, but says 'timezone: {says}': write {other}")
    elif stated.name == "timestamp":
        yield from _zones(told)


def _zones(told: Said) -> Iterator[TypeFault]:
    """Warnings of a timestamp without a time zone that is said to have one."""
    zone = told.default_timezone
    if zone is not None and zone.lower() not in UTC:
        message = f"is a timestamp without a time zone, and nothing tells readers that '{zone}' is meant"
        yield TypeFault("logicalTypeOptions", f"{message}; 'timezone: true' makes it timestamptz", "warning")
    elif told.timezone is None and names_a_zone(told.format):
        message = f"is a timestamp without a time zone, but its format '{told.format}' has one"
        yield TypeFault("logicalTypeOptions", f"{message}; 'timezone: true' makes it timestamptz", "warning")
