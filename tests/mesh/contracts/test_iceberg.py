"""Column types as Iceberg has them: JSON, and the paths of nested fields."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from hypothesis import given

from mesh.contracts.iceberg import iceberg_type, nested_paths
from mesh.contracts.types import ColumnType, parse
from tests.mesh.contracts.test_types import TYPES


def ids(value: Any) -> Iterator[int]:
    """Every id in an Iceberg type."""
    if isinstance(value, dict):
        for key, part in value.items():
            if key == "id" or key.endswith("-id"):
                yield part
            else:
                yield from ids(part)
    elif isinstance(value, list):
        for part in value:
            yield from ids(part)


@given(TYPES)
def test_every_nested_field_has_a_path_and_takes_its_id(column: ColumnType) -> None:
    paths = list(nested_paths(column, "c"))
    numbers = {path: number for number, path in enumerate(dict.fromkeys(paths), 2)}
    found = list(ids(json.loads(iceberg_type(column, "c", numbers))))
    assert sorted(found) == sorted(numbers[path] for path in paths)


def test_a_struct_is_written_as_glue_takes_it() -> None:
    column = parse("struct<a:int,b:array<decimal(9,2)>>")
    assert json.loads(iceberg_type(column, "c", {"c.a": 2, "c.b": 3, "c.b.element": 4})) == {
        "type": "struct",
        "fields": [
            {"id": 2, "name": "a", "required": False, "type": "int"},
            {
                "id": 3,
                "name": "b",
                "required": False,
                "type": {"type": "list", "element-id": 4, "element": "decimal(9,2)", "element-required": False},
            },
        ],
    }
    assert iceberg_type(parse("bigint"), "c", {}) == '"long"'
