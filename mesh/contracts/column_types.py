"""Type of a contract's column, from its physical and its logical type and what is nested in it."""

from __future__ import annotations

from collections.abc import Iterator

from mesh.contracts import types
from mesh.contracts.types import ColumnType, UnknownTypeError
from mesh.findings import KeyPath
from mesh.model import Element
from mesh.validation_messages import shorten


def column_type(column: Element) -> ColumnType:
    """The type of a column that `type_mistakes` finds nothing wrong with."""
    text = _text(column)
    assert text is not None, column.path
    return types.parse(text)


def type_mistakes(column: Element) -> Iterator[tuple[KeyPath, str]]:
    """Mistakes in the type of a column, each with its place."""
    text = _text(column)
    if text is None:
        yield column.path, f"column '{column.name}' needs a 'physicalType', such as string or struct<a:int>"
        return
    try:
        types.parse(text)
    except UnknownTypeError as error:
        yield (*column.path, "physicalType"), f"type '{shorten(text)}' of column '{column.name}': {error}"


def _text(column: Element) -> str | None:
    return column.data.get("physicalType") or types.LOGICAL.get(column.data.get("logicalType") or "")
