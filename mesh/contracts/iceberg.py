"""Column types as Iceberg's JSON, with the id of every nested field.

Source: Apache Iceberg table spec, appendix C (JSON of a schema).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from mesh.contracts.types import ColumnType, Part

ICEBERG_NAMES: Final = {
    "boolean": "boolean",
    "tinyint": "int",
    "smallint": "int",
    "int": "int",
    "bigint": "long",
    "float": "float",
    "double": "double",
    "date": "date",
    "timestamp": "timestamp",
    "timestamptz": "timestamptz",
    "string": "string",
    "binary": "binary",
}


def nested_paths(type_: ColumnType, path: str) -> Iterator[str]:
    """Paths of all fields nested in a type, as `column.field`, `column.element`, `column.key` and `column.value`."""
    # All fields of a level come before those nested in them, as Iceberg numbers them.
    for part in type_.parts:
        yield f"{path}.{part.name}"
    for part in type_.parts:
        yield from nested_paths(part.type, f"{path}.{part.name}")


def iceberg_type(type_: ColumnType, path: str, ids: Mapping[str, int]) -> str:
    """The type of a column as the JSON text that Glue's Iceberg input takes."""
    return json.dumps(_json(type_, path, ids), separators=(",", ":"))


def _json(type_: ColumnType, path: str, ids: Mapping[str, int]) -> Any:
    if type_.name == "decimal":
        return str(type_)
    if type_.name == "array":
        (element,) = type_.parts
        return {
            "type": "list",
            "element-id": ids[f"{path}.element"],
            "element": _json(element.type, f"{path}.element", ids),
            "element-required": element.required,
        }
    if type_.name == "map":
        key, value = type_.parts
        return {
            "type": "map",
            "key-id": ids[f"{path}.key"],
            "key": _json(key.type, f"{path}.key", ids),
            "value-id": ids[f"{path}.value"],
            "value": _json(value.type, f"{path}.value", ids),
            "value-required": value.required,
        }
    if type_.name == "struct":
        return {"type": "struct", "fields": [_field(part, path, ids) for part in type_.parts]}
    return ICEBERG_NAMES[type_.name]


def _field(part: Part, path: str, ids: Mapping[str, int]) -> dict[str, Any]:
    here = f"{path}.{part.name}"
    written = {"id": ids[here], "name": part.name, "required": part.required, "type": _json(part.type, here, ids)}
    return {**written, "doc": part.doc} if part.doc else written


PROMOTIONS: Final = frozenset({("int", "long"), ("float", "double")})
"""Types that data is read as though it was written as another one (Iceberg table spec, "Schema Evolution")."""

_DECIMAL: Final = re.compile(r"decimal\((\d+),(\d+)\)")


def reads_as(written: str, read: str) -> bool:
    """Whether data of one Iceberg type is read as another."""
    if written == read or (written, read) in PROMOTIONS:
        return True
    old, new = _DECIMAL.fullmatch(written), _DECIMAL.fullmatch(read)
    return bool(old and new and old[2] == new[2] and int(old[1]) <= int(new[1]))
