"""Elements of a contract's schema, found by one walk along the places that the standard's JSON schema has for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from mesh.contracts import standard
from mesh.findings import KeyPath
from mesh.model import Contract, Element

ASTRAY: Final = (
    "this 'classification' stands in no column, so that no column carries it; "
    "write it at the column, or at a field in it"
)

_TABLE: Final = "SchemaObject"
_KEY: Final = "classification"


Places = Mapping[str, Mapping[tuple[str, ...], tuple[str, bool]]]


def read(data: Mapping[str, Any]) -> Contract:
    """The contract in a file that holds its standard, with every element of its schema."""
    written: Any = data.get("schema") or ()
    places, every = standard.places(), list[Element]()
    tables = [_element(("schema", number), one, _TABLE, places, every) for number, one in enumerate(written)]
    return Contract(data, tuple(tables), tuple(every), tuple(one for one in every if _KEY in one.data))


def _element(path: KeyPath, data: Mapping[str, Any], kind: str, places: Places, every: list[Element]) -> Element:
    below: list[Element] = []
    for place, (inner, several) in places[kind].items():
        if place[0] not in data:
            continue
        here: Any = data
        for step in place:
            here = here.get(step) if here else None
        if here and several:
            below += [_element((*path, *place, n), one, inner, places, every) for n, one in enumerate(here)]
        elif here is not None and not several:
            below.append(_element((*path, *place), here, inner, places, every))
    element = Element(path, data, tuple(below))
    every.append(element)
    return element


def astray(contract: Contract, text: str) -> list[KeyPath]:
    """Places of every `classification` in a contract that none of its elements has; `text` is the file's."""
    # Each key is a word of the text, but for one with an escape: where the words are no more than the keys, there is
    # nothing to look for.
    if "\\" not in text and text.count(_KEY) == len(contract.classified):
        return []
    columns = {element.path for table in contract.tables for column in table.columns for element in column.walk()}
    return [path for path in _classified(contract.data, ()) if path[:-1] not in columns]


def _classified(here: Any, path: KeyPath) -> Iterator[KeyPath]:
    if isinstance(here, Mapping):
        for key, value in cast("Mapping[str, Any]", here).items():
            if key == _KEY:
                yield (*path, key)
            yield from _classified(value, (*path, key))
    elif isinstance(here, list):
        for number, value in enumerate(cast("list[Any]", here)):
            yield from _classified(value, (*path, number))
