"""Derivations: labels of what a pipeline reads that its product does not carry, with a reason and who approved.

A product carries the labels of all that its pipeline may read. Where it leaves one behind, its contract says so:

    customProperties:
      - property: derivesWithout
        value:
          - labels: [pii]
            reason: Hours of viewing by title and day; no row is about one household.
            approved-by: [data-access@aurora.example, privacy-office@aurora.example]
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple, cast

from mesh.contracts.labels import LabelWords
from mesh.contracts.mistakes import ContractMistake
from mesh.findings import KeyPath, unknown
from mesh.model import Contract
from mesh.model.base import EMAIL_PATTERN

DERIVES_WITHOUT: Final = "derivesWithout"
KEYS: Final = ("labels", "reason", "approved-by")
_FORM: Final = "write a list of {labels: […], reason: …, approved-by: […]}"


class Derivation(NamedTuple):
    """One entry of `derivesWithout`, with its place in the contract."""

    path: KeyPath
    labels: tuple[str, ...]
    reason: str
    approved_by: tuple[str, ...]


def derivations(contract: Contract) -> tuple[Derivation, ...]:
    """The entries of a contract that are in form; what is wrong with the others, `mistakes` says."""
    found: list[Derivation] = []
    for path, entry in _entries(contract):
        written = cast("Mapping[str, Any]", entry if isinstance(entry, Mapping) else {})
        if not list(_wrong(path, written)):
            labels, approved_by = (_texts(written[key]) for key in ("labels", "approved-by"))
            found.append(Derivation(path, labels, written["reason"], approved_by))
    return tuple(found)


def mistakes(contract: Contract, words: LabelWords) -> Iterator[ContractMistake]:
    """Mistakes of the entries of a contract: of form, labels that the mesh does not have, and what stands twice."""
    told: set[str] = set()
    for path, entry in _entries(contract):
        if not isinstance(entry, Mapping):
            yield ContractMistake(path, f"'{DERIVES_WITHOUT}' is no list of entries: {_FORM}")
            continue
        written = cast("Mapping[str, Any]", entry)
        wrong = list(_wrong(path, written))
        yield from wrong
        if not wrong:
            for number, label in enumerate(_texts(written["labels"])):
                if label not in words.classifications:
                    message = unknown("classification", label, words.classifications)
                    yield ContractMistake((*path, "labels", number), message)
                elif label in told:
                    message = f"'{label}' is left behind twice, and the reasons would be two; keep one"
                    yield ContractMistake((*path, "labels", number), message)
                told.add(label)
            if len({each.casefold() for each in _texts(written["approved-by"])}) < len(_texts(written["approved-by"])):
                yield ContractMistake((*path, "approved-by"), "an address stands twice in 'approved-by'; keep one")


def _entries(contract: Contract) -> Iterator[tuple[KeyPath, Any]]:
    """Place and value of every entry; the whole value where it is no list."""
    for number, custom in enumerate(contract.data.get("customProperties") or ()):
        if _plain(custom.get("property")) == _plain(DERIVES_WITHOUT):
            place: KeyPath = ("customProperties", number, "value")
            value: Any = custom.get("value")
            if isinstance(value, list):
                yield from (((*place, at), entry) for at, entry in enumerate(cast("list[Any]", value)))
            else:
                yield place, value


def _plain(name: Any) -> str:
    return re.sub("[^a-z]", "", str(name).casefold())


def _wrong(path: KeyPath, entry: Mapping[str, Any]) -> Iterator[ContractMistake]:
    for key in entry:
        if key not in KEYS:
            yield ContractMistake((*path, key), unknown("key", str(key), KEYS))
    labels, reason, approved_by = (entry.get(key) for key in KEYS)
    if not _texts(labels) or isinstance(labels, str):
        yield ContractMistake(path, f"'{DERIVES_WITHOUT}' names no labels: {_FORM}")
    if not isinstance(reason, str) or not reason.strip():
        yield ContractMistake(path, "a label that is left behind needs a reason: write 'reason:', a sentence")
    addresses = _texts(approved_by)
    if not addresses or not all(re.fullmatch(EMAIL_PATTERN, address) for address in addresses):
        yield ContractMistake(path, "a label that is left behind needs who approved: write 'approved-by:', addresses")


def _texts(value: Any) -> tuple[str, ...]:
    """A text or a list of texts, as texts; none for anything else."""
    every = cast("list[object]", value if isinstance(value, list) else [value])
    texts = tuple(each for each in every if isinstance(each, str) and each)
    return texts if len(texts) == len(every) else ()


def column_labels(contract: Contract, words: LabelWords) -> list[frozenset[str]]:
    """Labels of each column of a contract, those of its table included."""
    return [
        frozenset((*words.labels(table.data.get("classification")), *words.of_element(column)))
        for table in contract.tables
        for column in table.columns
    ]
