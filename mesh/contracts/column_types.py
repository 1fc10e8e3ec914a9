"""Type of a contract's column, from its physical and its logical type, its options, and what is nested in it.

What stands below an element (`properties`, `items`, `map`) makes its type. A whole `physicalType` beside that has to be
the same; a word such as `struct` or `array` says only that the type stands below.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple, cast

from mesh.contracts import logical_types, types
from mesh.contracts.logical_types import Judged, TypeFault
from mesh.contracts.mistakes import ContractMistake
from mesh.contracts.type_names import MEANINGS
from mesh.contracts.type_options import NOTHING_SAID, Said, loses_digits, said
from mesh.contracts.types import IDENTIFIER, ColumnType, Part, UnknownTypeError, needs_a_name
from mesh.findings import listed
from mesh.model import Contract, Element
from mesh.validation_messages import shorten

OURS: Final = frozenset("api athena custom glue hive iceberg kafka kinesis local presto pubsub s3 sftp trino".split())
"""Kinds of servers that have no types of their own, or the same names as a table here."""


_DATABASES: Final = frozenset({"oracle", "snowflake"})
"""Kinds of servers that have a type NUMBER."""


class TypePlace(NamedTuple):
    """The place of a type, as far as it bears on it: format of its table, servers and version of its contract."""

    format: str = "iceberg"
    platforms: tuple[str, ...] = ()
    dates_have_time: bool = False


def type_place(contract: Contract, table_format: str) -> TypePlace:
    """The place of a table's types. A `date` of version 3.0 can have a time: there was no other logical type for it."""
    servers: Any = contract.data.get("servers") or ()
    platforms = tuple(sorted({str(server.get("type")) for server in servers} - OURS)) if servers else ()
    return TypePlace(table_format, platforms, str(contract.data.get("apiVersion")).startswith("v3.0"))


def column_type(column: Element, place: TypePlace) -> ColumnType:
    """The type of a column that `judged_type` finds nothing wrong with."""
    made, _ = _judged(column, place)
    assert made is not None, column.path
    return made


def judged_type(
    contract: Contract, column: Element, place: TypePlace
) -> tuple[ColumnType | None, list[ContractMistake]]:
    """The type of a column, None if it cannot be told, and the mistakes in it, each with its place."""
    made, faults = _judged(column, place)
    return made, [_mistake(contract, element, fault) for element, fault in faults] if faults else []


def _mistake(contract: Contract, element: Element, fault: TypeFault) -> ContractMistake:
    path = (*element.path, fault.key) if fault.key in element.data else element.path
    column_name = f"column '{contract.column_name(element.path)}'"
    told = f"type '{fault.text}' of {column_name}: " if fault.text is not None else f"{column_name} "
    return ContractMistake(path, told + fault.message, fault.severity)


def _a(kind: str) -> str:
    return f"an {kind}" if kind.startswith("a") else f"a {kind}"


_Faults = list[tuple[Element, TypeFault]]


def _judged(column: Element, place: TypePlace) -> tuple[ColumnType | None, _Faults]:
    data = column.data
    if not column.below and "logicalTypeOptions" not in data and "customProperties" not in data:
        made, told = _plain(data.get("physicalType"), data.get("logicalType"), place)
        return made, [(column, fault) for fault in told] if told else []
    faults: _Faults = []
    made = _element(column, None, place, faults)
    if made is not None and made.depth > types.DEEPEST:
        faults.append((column, TypeFault("", f"is nested more than {types.DEEPEST} times")))
    return made, faults


@lru_cache(maxsize=8192)
def _plain(physical: str | None, logical: str | None, place: TypePlace) -> Judged:
    """The type of an element that has nothing else which bears on it."""
    return _alone(physical, logical, None, NOTHING_SAID, place)


def _element(element: Element, given: ColumnType | None, place: TypePlace, faults: _Faults) -> ColumnType | None:
    """The type of an element; `given` is its type as the text of an enclosing element says it."""
    data = element.data
    if element.below:
        return _nested(element, given, place, faults)
    made, told = _alone(data.get("physicalType"), data.get("logicalType"), given, said(element), place)
    faults.extend((element, fault) for fault in told)
    return made


def _alone(physical: str | None, logical: str | None, given: ColumnType | None, told: Said, place: TypePlace) -> Judged:
    if physical == logical == "number" and given is None and not _DATABASES.intersection(place.platforms):
        return _json_number(told)
    stated, faults = _stated(physical, given, place)
    if faults and stated is None:
        return None, faults
    if stated is None:
        made, more = logical_types.alone(logical, told)
    elif logical not in (None, "array") and physical is not None and physical.rstrip().endswith("[]"):
        made, more = _array_of_sql(stated, logical, told, place)
    else:
        made, more = logical_types.completed(stated, logical, told, place.dates_have_time)
        if loses_digits(physical if stated.name.startswith("timestamp") else None, told):
            message = "has digits of a second beyond the six that a table keeps; write timestamp(6), or string"
            more = (*more, TypeFault("physicalType", message, "warning"))
    if made is None or any(fault.severity == "error" for fault in more):
        return made, (*faults, *more)
    return made, (*faults, *more, *_unfit(made, place))


def _array_of_sql(stated: ColumnType, logical: str | None, told: Said, place: TypePlace) -> Judged:
    """The type of `TEXT[]`, of which `datacontract import sql` writes the logical type of an element."""
    element = stated
    while element.name == "array" and element.parts:
        element = element.parts[0].type
    made, faults = logical_types.completed(element, logical, told, place.dates_have_time)
    if made is None or any(fault.severity == "error" for fault in faults):
        return logical_types.completed(stated, logical, told, place.dates_have_time)
    message = f"is {stated}, and its logicalType is that of an element: write 'logicalType: array'"
    return stated, (TypeFault("logicalType", message, "warning"),)


def _json_number(told: Said) -> Judged:
    """The type of a `number` as `datacontract import json` and `import openapi` write it: JSON's, the logical type."""
    made, faults = logical_types.alone("number", told)
    if made == ColumnType("double") and told.format is None:
        message = "is a number of JSON, which is taken for double; write decimal(p,s) where digits count, as in money"
        return made, (*faults, TypeFault("physicalType", message, "warning"))
    return made, faults


def _stated(physical: str | None, given: ColumnType | None, place: TypePlace) -> Judged:
    """The type that an element's physical type says, or else the text of an enclosing one."""
    if physical is None:
        return given, ()
    try:
        own = types.read(physical)
    except UnknownTypeError as error:
        elsewhere = (
            f"; the types are those of the table here, not of {listed(place.platforms)}" if place.platforms else ""
        )
        return None, (TypeFault("physicalType", f"{error}{elsewhere}", text=shorten(physical)),)
    if given is not None and not _agree(own, given):
        message = f"is {own} here, but {given} in the 'physicalType' around it: make them the same"
        return None, (TypeFault("physicalType", message),)
    return given if given is not None and own.is_open else own, tuple(_meanings(physical, place))


def _agree(own: ColumnType, given: ColumnType) -> bool:
    """Whether two types that are said of one element are the same, as far as both say."""
    if own.name != given.name or own.numbers != given.numbers:
        return own.name == given.name and (own.is_open or given.is_open)
    if own.is_open or given.is_open:
        return True
    mine, theirs = ({part.name: part.type for part in one.parts} for one in (own, given))
    return mine.keys() == theirs.keys() and all(_agree(mine[name], theirs[name]) for name in mine)


def _meanings(physical: str, place: TypePlace) -> Iterator[TypeFault]:
    """Warnings of names that mean more on a server of the contract."""
    name = physical.strip().lower()
    for platform in place.platforms:
        if meaning := MEANINGS.get(platform, {}).get(name):
            message = f"is '{name}', which {meaning.told} on {platform}, a server of this contract, and not here"
            yield TypeFault("physicalType", f"{message}: write {meaning.nearest}", "warning")


def _unfit(type_: ColumnType, place: TypePlace) -> Iterator[TypeFault]:
    """Types in a type that a parquet table cannot have.

    Source: Athena User Guide, "Data types in Amazon Athena": its DDL has no timestamp with a time zone, and keys of a
    map are of a primitive type.
    """
    if place.format != "parquet" or (type_.name != "timestamptz" and not type_.parts):
        return
    every = list(type_.walk())
    if any(inner.name == "timestamptz" for inner in every):
        message = "has a time zone, which a parquet table cannot have: write timestamp, or 'tableFormat: iceberg'"
        yield TypeFault("physicalType", message)
    if any(inner.name == "map" and inner.parts and inner.parts[0].type.parts for inner in every):
        yield TypeFault("physicalType", _KEY_IS_NESTED)


def in_parquet(type_: ColumnType) -> ColumnType | None:
    """A type as a table of Parquet files has it: without time zones; None where it has a map with a nested key.

    Athena reads a timestamp that the file says is UTC into one without a zone (source as above).
    """
    if type_.name == "timestamptz":
        return ColumnType("timestamp")
    if type_.name == "map" and type_.parts and type_.parts[0].type.parts:
        return None
    parts = [(part, in_parquet(part.type)) for part in type_.parts]
    if any(inner is None for _, inner in parts):
        return None
    return dataclasses.replace(type_, parts=tuple(part._replace(type=inner) for part, inner in parts if inner))


_KEY_IS_NESTED: Final = "has a map with a nested key, which a parquet table cannot have: write a plain key"

# ---- what is nested


def _nested(element: Element, given: ColumnType | None, place: TypePlace, faults: _Faults) -> ColumnType | None:
    data = element.data
    stated, told = _stated(data.get("physicalType"), given, place)
    faults.extend((element, fault) for fault in told)
    kinds = [_BELOW[key] for key in _BELOW if any(below.path[len(element.path)] == key for below in element.below)]
    kind, below = kinds[0]
    if len(kinds) > 1:
        faults.append((element, TypeFault("", f"has {kinds[0][1]} and {kinds[1][1]}: keep one of the two")))
    logical, wrong = data.get("logicalType"), None
    if stated is not None:
        wrong = logical_types.contradiction(stated, logical, said(element), place.dates_have_time)
        if wrong is not None and wrong.severity == "warning":
            faults.append((element, wrong))
            wrong = None
        if wrong is None and stated.name == "string":
            # JSON as text: what stands below describes the text.
            return stated
        if wrong is None and stated.name != kind:
            wrong = TypeFault(
                "physicalType",
                f"is {stated}, but {below} make it {_a(kind)}: one is wrong",
            )
        if wrong is not None:
            faults.append((element, wrong))
            stated = None
    elif logical is not None:
        wrong = logical_types.contradiction(ColumnType(kind), logical, NOTHING_SAID, place.dates_have_time)
        if wrong is not None:
            fault = f"is {logical} by its logicalType, but {below} make it {_a(kind)}: one is wrong"
            faults.append((element, TypeFault("logicalType", fault)))
    make = {"struct": _struct, "array": _array, "map": _map}[kind]
    made = make(element, stated if stated is not None and stated.parts else None, place, faults)
    failed = wrong is not None or any(fault.severity == "error" for fault in told)
    return None if failed else made


_BELOW: Final = {
    "items": ("array", "its 'items'"),
    "properties": ("struct", "its 'properties'"),
    "map": ("map", "its 'map'"),
}
"""Keys of an element below which others stand: the kind of type that they make, and the words for them."""


def _struct(element: Element, stated: ColumnType | None, place: TypePlace, faults: _Faults) -> ColumnType | None:
    given = {part.name: part for part in stated.parts} if stated else {}
    options: Mapping[str, Any] = element.data.get("logicalTypeOptions") or {}
    required = options.get("required")
    # Options of an element without a logical type can be anything.
    never_null = cast("list[Any]", required) if isinstance(required, list) else []
    fields: dict[str, Part | None] = {}
    for field in element.columns:
        name = field.catalog_name
        part = given.get(name)
        made = _element(field, part.type if part else None, place, faults)
        if fault := _name_fault(name, fields, part, stated):
            faults.append((field, fault))
            made = None
        fields[name] = _part(name, field, made, part, name in never_null) if made else None
    if absent := given.keys() - fields.keys():
        fault = f"has {listed(absent)} in its physicalType, but not in its 'properties': make them the same"
        faults.append((element, TypeFault("physicalType", fault)))
        return None
    known = [part for part in fields.values() if part is not None]
    return types.struct(known) if len(known) == len(fields) else None


def _name_fault(
    name: str, before: Mapping[str, Part | None], part: Part | None, stated: ColumnType | None
) -> TypeFault | None:
    if not IDENTIFIER.fullmatch(name):
        return TypeFault("", needs_a_name(name))
    if name in before:
        return TypeFault("", f"has the name '{name}' of another field beside it; give one another 'physicalName'")
    if stated is not None and part is None:
        return TypeFault("", f"is not in the 'physicalType' around it, {stated}: make them the same")
    return None


def _part(name: str, element: Element, made: ColumnType, given: Part | None, required: bool = False) -> Part:
    """A part of a nested type: what its element says, or else the text of an enclosing one."""
    doc = " ".join((element.data.get("description") or "").split())
    said_required = element.data.get("required")
    if said_required is None:
        said_required = required or (given is not None and given.required)
    return Part(name, made, bool(said_required), doc or (given.doc if given else ""))


def _array(element: Element, stated: ColumnType | None, place: TypePlace, faults: _Faults) -> ColumnType | None:
    items = element.nested("items")
    assert items is not None, element.path
    given = stated.parts[0] if stated else None
    made = _element(items, given.type if given else None, place, faults)
    if made is None:
        return None
    return ColumnType("array", parts=(_part("element", items, made, given),))


def _map(element: Element, stated: ColumnType | None, place: TypePlace, faults: _Faults) -> ColumnType | None:
    parts: list[Part | None] = []
    for number, side in enumerate(("key", "value")):
        below = element.nested("map", side)
        if below is None:
            faults.append((element, TypeFault("map", f"is a map without a '{side}': add it beside the other")))
            return None
        given = stated.parts[number] if stated else None
        made = _element(below, given.type if given else None, place, faults)
        parts.append(_part(side, below, made, given) if made else None)
    key, value = parts
    if key is None or value is None:
        return None
    if key.type.parts and place.format == "parquet":
        faults.append((element, TypeFault("map", _KEY_IS_NESTED)))
        return None
    return ColumnType("map", parts=(key._replace(required=True), value))
