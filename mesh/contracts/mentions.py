"""Mentions of elements in a contract: by service levels, relationships and quality rules; each is of something there.

What surely is not there is an error; what may be known elsewhere (a table of another system) is a warning.
Source: ODCS v3.1, References, Service-Level Agreement, Data Quality.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, cast

from mesh.contracts import queries
from mesh.contracts.mistakes import ContractMistake
from mesh.findings import KeyPath, Severity, among, nearest
from mesh.model import Contract, Element

COLUMN_ARGUMENTS: Final = ("properties", "property", "columns", "column", "fields", "field")
"""Arguments of quality rules that name columns: the standard's, and those that tools write in its place."""

_MENTIONING: Final = frozenset(("quality", "relationships"))

Lookup = Callable[[str], Contract | None]
"""The contract in a file of the mesh folder, None for an unusable one; raises KeyError for a file of no product."""


def mentions(contract: Contract, file: str, lookup: Lookup) -> Iterator[ContractMistake]:
    """Mistakes in what a contract mentions and does not have; `file` is its own, from which others are looked up."""
    data = contract.data
    for number, level in enumerate(data.get("slaProperties") or ()):
        if (element := level.get("element")) is not None:
            about = f"element of service level '{level.get('property')}'"
            yield from _service_level(contract, ("slaProperties", number, "element"), element, about)
    if (element := data.get("slaDefaultElement")) is not None:
        yield from _service_level(contract, ("slaDefaultElement",), element, "element of all service levels")
    for element in contract.elements:
        if not _MENTIONING.isdisjoint(element.data):
            yield from _mentions_of(contract, element, file, lookup)


def _mentions_of(contract: Contract, element: Element, file: str, lookup: Lookup) -> Iterator[ContractMistake]:
    if "quality" in element.data:
        yield from _quality(contract, element)
    if "relationships" in element.data:
        yield from _relationships(contract, element, file, lookup)


# ---- names


def find(elements: tuple[Element, ...], name: str, by_id: bool = False) -> Element | None:
    """The element of a name, a name in the catalog or, if wanted, an id; case makes no difference, as in SQL."""
    plain = name.strip().casefold()
    for element in elements:
        if by_id and element.data.get("id") == name:
            return element
    return next((e for e in elements if plain in (e.name.casefold(), e.catalog_name.casefold())), None)


def _below(element: Element) -> tuple[Element, ...]:
    """Elements that a name can mean below an element: its fields, also those of its items."""
    items = element.nested("items")
    return element.below if items is None else (*element.below, *_below(items))


def _missing(table: Element, steps: list[str], by_id: bool = False) -> str:
    """The sentence on the first of some nested names that is not in a table; empty when all are."""
    here = table
    for depth, step in enumerate(steps):
        found = find(_below(here), step, by_id)
        if found is None:
            # The fields of a column can be in its physical type alone, which is not read here.
            if depth and not _below(here):
                return ""
            where = f"table '{table.name}'" if here is table else f"'{here.name}' of table '{table.name}'"
            names = [element.name for element in _below(here)]
            return f"{where} has no column '{step}'{among(nearest(step, names), names)}"
        here = found
    return ""


# ---- service levels


def _service_level(contract: Contract, path: KeyPath, text: str, about: str) -> Iterator[ContractMistake]:
    for word in (part.strip() for part in text.split(",")):
        if not word:
            continue
        found = _element(contract, word)
        if found:
            yield ContractMistake(path, f"'{word}' is the {about}, and {found[0]}", found[1])


def _element(contract: Contract, text: str) -> tuple[str, Severity] | None:
    """The sentence on an element that is not in a contract, and its severity; None when it is there."""
    if "/" in text:
        return _qualified(contract, text)
    steps = text.split(".")
    for start in range(len(steps)):
        table = find(contract.tables, steps[start])
        if table is not None:
            missing = _missing(table, steps[start + 1 :])
            return (missing, "error") if missing else None
    whole = find(contract.tables, text)
    if whole is not None or (len(contract.tables) == 1 and not _missing(contract.tables[0], steps)):
        return None
    if len(steps) == 1 and len(contract.tables) == 1:
        return _missing(contract.tables[0], steps), "error"
    names = [table.name for table in contract.tables]
    # The standard's own examples name tables as their database has them, which no contract says.
    return (
        f"the contract has no table '{steps[0]}'{nearest(steps[0], names) or among('', names)}",
        "warning",
    )


# ---- relationships


def _relationships(contract: Contract, element: Element, file: str, lookup: Lookup) -> Iterator[ContractMistake]:
    for number, relationship in enumerate(element.data["relationships"] or ()):
        here: KeyPath = (*element.path, "relationships", number)
        ends: dict[str, Any] = {key: relationship[key] for key in ("from", "to") if key in relationship}
        for key, value in ends.items():
            several = not isinstance(value, str)
            for position, reference in enumerate(value if several else (value,)):
                path = (*here, key, position) if several else (*here, key)
                found = _reference(contract, reference, file, lookup)
                if found:
                    yield ContractMistake(path, f"the relationship names '{reference}', and {found[0]}", found[1])
        if len({len(value) for value in ends.values() if not isinstance(value, str)}) > 1:
            message = "'from' and 'to' of a relationship name as many columns each, in the same order"
            yield ContractMistake(here, message, "error")


def _reference(contract: Contract, text: str, file: str, lookup: Lookup) -> tuple[str, Severity] | None:
    """The sentence on what a relationship names and nobody has, and its severity; None when it is there."""
    other, found, inside = text.rpartition("#")
    if not found:
        return _element(contract, text)
    if "://" in other:
        return None
    target = posixpath.normpath(posixpath.join(posixpath.dirname(file), other))
    try:
        beside = lookup(target)
    except KeyError:
        return f"no product has the contract {target}; correct the path", "warning"
    return None if beside is None else _element(beside, inside.lstrip("/"))


def _qualified(contract: Contract, text: str) -> tuple[str, Severity] | None:
    """As `_element`, for a text such as `schema/<id>/properties/<id>`."""
    section, *steps = text.strip("/").split("/")
    if section != "schema" or not steps:
        return None
    table = find(contract.tables, steps[0], by_id=True)
    if table is None:
        ids = [str(table.data.get("id") or table.name) for table in contract.tables]
        return (
            f"no table has the id '{steps[0]}'{nearest(steps[0], ids) or among('', ids)}",
            "error",
        )
    missing = _missing(table, steps[2::2], by_id=True)
    return (missing, "error") if missing else None


# ---- quality rules


def _quality(contract: Contract, element: Element) -> Iterator[ContractMistake]:
    table = contract.tables[int(element.path[1])]
    column = None if element is table else element
    rules: list[Mapping[str, Any]] = element.data["quality"] or []
    for number, rule in enumerate(rules):
        here: KeyPath = (*element.path, "quality", number)
        arguments: Mapping[str, Any] = rule.get("arguments", {})
        for key in COLUMN_ARGUMENTS:
            for name in _texts(arguments.get(key)):
                yield from _named_column(table, (*here, "arguments", key), name)
        # Versions before 3.1 let a rule have any key.
        for name in _texts(rule.get("column")):
            yield from _named_column(table, (*here, "column"), name)
        query = rule.get("query")
        if isinstance(query, str):
            for message, severity in queries.mistakes(query, contract, table, column):
                yield ContractMistake((*here, "query"), message, severity)


def _texts(value: object) -> Iterator[str]:
    several = cast("list[object]", value) if isinstance(value, list) else [value]
    yield from (one for one in several if isinstance(one, str) and "{" not in one)


def _named_column(table: Element, path: KeyPath, name: str) -> Iterator[ContractMistake]:
    missing = _missing(table, name.split("."))
    if missing and find(_below(table), name) is None:
        yield ContractMistake(path, f"the quality rule names '{name}', and {missing}", "error")
