"""Remarks on a contract by itself: its status, the kind of its tables, texts that are cut, tags that are no labels."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, cast

from mesh.aws.text_length import longest_count
from mesh.contracts.catalog import LONGEST_COMMENT, LONGEST_DESCRIPTION
from mesh.contracts.labels import LabelWords, words
from mesh.contracts.mistakes import ContractMistake
from mesh.findings import KeyPath, listed, near_names
from mesh.model import Contract, Element
from mesh.validation_messages import shorten

STATUSES: Final = ("proposed", "draft", "active", "deprecated", "retired")
"""Statuses of a contract; the standard takes others as well (ODCS, Fundamentals)."""

RETIRED: Final = "retired"
REMOVAL: Final = (
    "once nobody reads it, write 'deletion-protection: false' at the product, run `mesh up`, and remove it from its "
    "domain's file"
)
"""The way on which a product goes, whose data is protected."""
"""Statuses of a contract that nobody should begin to rely on (ODCS, Fundamentals)."""

TABLES: Final = frozenset(
    "table,base table,base_table,external table,external_table,managed table,managed_table,iceberg,iceberg table,"
    "iceberg_table,parquet,hive table,object,record".split(",")
)
"""Words that say in `physicalType` that a table is a table."""

LABELLING: Final = frozenset({"classification", "sensitivity", "data_classification", "dataclassification", "label"})
"""Names of custom properties whose values are words of a classification."""

SENSITIVE: Final = frozenset({"pii", "sensitive", "confidential", "personal", "personaldata", "personal_data", "phi"})
"""Names of tags and custom properties with which other tools mark what only some may read."""

_NO: Final = (None, False, 0, "", "false", "no", "none", "0")


def remarks(contract: Contract, known: LabelWords) -> Iterator[ContractMistake]:
    """Remarks on a contract that the catalog can show."""
    yield from _status(contract)
    if longest_count(contract.purpose) > LONGEST_DESCRIPTION:
        yield _cut(("description", "purpose"), "the purpose", contract.purpose, LONGEST_DESCRIPTION)
    yield from _unlabelled((), contract.data, contract.tables, known)
    for table in contract.tables:
        yield from _kind(table)
        yield from _positions(table)
    for element in contract.elements:
        data = element.data
        if longest_count(data.get("description") or "") > LONGEST_COMMENT:
            yield from _long(element)
        if "tags" in data or "customProperties" in data:
            yield from _unlabelled(element.path, data, (element,), known)


def _warning(path: KeyPath, message: str) -> ContractMistake:
    return ContractMistake(path, message, "warning")


def _status(contract: Contract) -> Iterator[ContractMistake]:
    status = contract.data.get("status")
    if isinstance(status, str) and status.strip().lower() == RETIRED:
        message = f"the contract is retired, and its product is deployed like any other; {REMOVAL}"
        yield _warning(("status",), message)
    elif isinstance(status, str) and status.strip().lower() not in STATUSES:
        # The standard takes any text: only one that is nearly another is a slip of the hand.
        for near in near_names(status, STATUSES, most=1, cutoff=0.8):
            message = f"the status '{shorten(status)}' is none that the standard knows; did you mean '{near}'? "
            yield _warning(("status",), f"{message}Known: {listed(STATUSES)}")


def _kind(table: Element) -> Iterator[ContractMistake]:
    kind, logical = table.data.get("physicalType"), table.data.get("logicalType")
    if isinstance(kind, str) and kind.strip().lower() not in TABLES:
        message = (
            f"'{table.name}' is a '{kind}' by its contract, and the platform makes a table of it; write "
            "'physicalType: table', or keep it in the contract of the system that has it"
        )
        yield _warning((*table.path, "physicalType"), message)
    elif logical == "blob":
        message = f"'{table.name}' is a 'blob' by its contract, and the platform makes a table of it; write 'object'"
        yield _warning((*table.path, "logicalType"), message)


def _long(element: Element) -> Iterator[ContractMistake]:
    text = element.data["description"]
    comment, depth = " ".join(text.split()), len(element.path)
    if depth == 2 and longest_count(text) > LONGEST_DESCRIPTION:
        yield _cut((*element.path, "description"), "the description of a table", text, LONGEST_DESCRIPTION)
    elif depth == 4 and longest_count(comment) > LONGEST_COMMENT:
        yield _cut((*element.path, "description"), f"the description of '{element.name}'", comment, LONGEST_COMMENT)


def _cut(path: KeyPath, what: str, text: str, longest: int) -> ContractMistake:
    unit = "characters" if text.isascii() else "bytes in UTF-8"
    has = f"{what} has {longest_count(text):,} {unit}"
    return _warning(path, f"{has}, and Glue takes {longest:,}: the catalog shows its beginning")


def _positions(table: Element) -> Iterator[ContractMistake]:
    """Remarks on columns of a primary key, whose positions say their order: each has another one, or none has one."""
    what, marked, position = "primary key", "primaryKey", "primaryKeyPosition"
    keyed = [column for column in table.columns if marked in column.data or position in column.data]
    if not keyed:
        return
    first: dict[int, str] = {}
    for column in keyed:
        number, is_key = column.data.get(position, -1), column.data.get(marked)
        if number != -1 and not is_key:
            message = f"'{column.name}' has a position in the {what} and is not in it; write '{marked}: true' as well"
            yield _warning((*column.path, position), message)
        elif is_key and number == -1 and any(other.data.get(position, -1) != -1 for other in keyed):
            message = (
                f"'{column.name}' has no '{position}', and other columns of the {what} have one; number all of them"
            )
            yield ContractMistake(column.path, message)
        elif is_key and number in first:
            message = f"'{column.name}' and '{first[number]}' are both number {number} of the {what}; give each its own"
            yield ContractMistake((*column.path, position), message)
        elif is_key and number != -1:
            first[number] = column.name


# ---- tags and custom properties that look like labels


def _unlabelled(
    path: KeyPath, data: Mapping[str, Any], about: Iterable[Element], known: LabelWords
) -> Iterator[ContractMistake]:
    """Remarks on tags and custom properties that are named like a label which what they are about does not have."""
    tags, extras = data.get("tags"), data.get("customProperties")
    if not tags and not extras:
        return
    for number, tag in enumerate(tags or ()):
        yield from _lookalike((*path, "tags", number), f"tag '{tag}'", str(tag), about, known)
    for number, extra in enumerate(extras or ()):
        here = (*path, "customProperties", number)
        yield from _extra(here, str(extra.get("property")), extra.get("value"), about, known)


def _extra(
    path: KeyPath, name: str, value: Any, about: Iterable[Element], known: LabelWords
) -> Iterator[ContractMistake]:
    if isinstance(value, Mapping):
        for key, inner in cast("Mapping[str, Any]", value).items():
            yield from _extra(path, key, inner, about, known)
    elif isinstance(value, str) and (name.casefold() in LABELLING or set(_parts(name)) <= _AROUND):
        for word in words(value):
            yield from _lookalike(path, f"custom property '{name}: {value}'", word, about, known)
    elif not isinstance(value, list) and (value.casefold() if isinstance(value, str) else value) not in _NO:
        yield from _lookalike(path, f"custom property '{name}'", name, about, known)


_AROUND: Final = frozenset(
    "category class classification column confidentiality contains data field has is label level privacy security "
    "sensitivity tag true type yes".split()
)
"""Words that people put around the name of a label, as in `contains_pii`, `isPII` or `sensitivity:pii`."""

_PART: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


def _parts(text: str) -> list[str]:
    """Words of a name, in lower case: `contains_pii` and `containsPII` have two."""
    return [part.casefold() for part in _PART.findall(text)]


def _lookalike(
    path: KeyPath, what: str, word: str, about: Iterable[Element], known: LabelWords
) -> Iterator[ContractMistake]:
    plain = word.strip().casefold()
    near = {name.casefold(): name for name in (*known.aliases, *known.classifications)}
    if plain not in near and plain not in SENSITIVE:
        inside = [part for part in _parts(word) if part not in _AROUND]
        plain = inside[0] if len(inside) == 1 else plain
    if plain in near:
        meant = set(known.labels(near[plain]))
    elif plain in SENSITIVE:
        meant = set[str]()
    else:
        return
    has = {label for element in about for label in known.of_element(element)}
    if has and meant <= has:
        return
    choice = f"classification: {near[plain]}" if plain in near else "classification:"
    several = "" if plain in near else f" with one of {listed(known.classifications)}"
    where = "" if len(path) > 4 else " at the columns that it is true of"
    yield _warning(path, f"the {what} is no label, and everybody reads this; write '{choice}'{several}{where}")
