"""Elements of a contract's schema, found by one walk along the places that the standard's JSON schema has for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from mesh.contracts import standard
from mesh.findings import KeyPath
from mesh.model import Contract, Element

_TABLE: Final = "SchemaObject"


def read(data: Mapping[str, Any]) -> Contract:
    """The contract in a file that holds its standard, with every element of its schema."""
    written: Any = data.get("schema") or ()
    return Contract(data, tuple(_element(("schema", number), one, _TABLE) for number, one in enumerate(written)))


def _element(path: KeyPath, data: Mapping[str, Any], definition: str) -> Element:
    below: list[Element] = []
    for place, (kind, several) in standard.places()[definition].items():
        if place[0] in data:
            below += _at(path, data, place, kind, several)
    return Element(path, data, tuple(below))


def _at(path: KeyPath, data: Mapping[str, Any], place: tuple[str, ...], kind: str, several: bool) -> Iterator[Element]:
    here: Any = data
    for step in place:
        here = here.get(step) if isinstance(here, Mapping) else None
    whole = (*path, *place)
    if several:
        for number, one in enumerate(here or ()):
            yield _element((*whole, number), one, kind)
    elif here is not None:
        yield _element(whole, here, kind)
