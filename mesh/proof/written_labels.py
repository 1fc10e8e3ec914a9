"""Labels of every column as its contract's text has them, read by a parser and a walk that the plan has no part in.

The proof of I13 starts from here: a label that the model loses on its way into the plan is a witness, not a silence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, cast

from mesh.model import Mesh, contract_file
from mesh.proof import written_members
from mesh.proof.written_agreements import WrittenAgreement, agreements
from mesh.proof.written_ci import WrittenCi, written_ci
from mesh.proof.written_members import WrittenPeople, load
from mesh.proof.written_pipelines import LeftBehind, WrittenPipeline, approvers, left_behind, pipelines

LabelSet = frozenset[str]

_KEY: Final = "classification"


@dataclass(frozen=True, slots=True)
class WrittenContract:
    """Labels of a contract by table and column, the places of those in no column, and those that it leaves behind."""

    tables: Mapping[str, Mapping[str, LabelSet]]
    astray: tuple[str, ...] = ()
    left_behind: tuple[LeftBehind, ...] = ()

    @property
    def labels(self) -> LabelSet:
        """Labels of the product: the union of those of its columns."""
        return frozenset[str]().union(*(labels for table in self.tables.values() for labels in table.values()))


@dataclass(frozen=True, slots=True)
class WrittenLabels:
    """Contracts as they are written, by `<domain>.<product>`; what each clearance reads; people, and their addresses;
    agreements of partners; all classifications; `ci:` of mesh.yaml; pipelines; the approvers of each clearance.

    Which products there are, and which file is the contract of each, is the model's word.
    """

    contracts: Mapping[str, WrittenContract]
    clearances: Mapping[str, LabelSet]
    people: WrittenPeople
    addresses: tuple[str, ...] = ()
    agreements: tuple[WrittenAgreement, ...] = ()
    classifications: LabelSet = frozenset()
    ci: WrittenCi | None = None
    pipelines: Mapping[str, WrittenPipeline] = field(default_factory=dict[str, WrittenPipeline])
    approvers: Mapping[str, LabelSet] = field(default_factory=dict[str, LabelSet])


def read(directory: Path, mesh: Mesh) -> WrittenLabels:
    """Labels in the files of a mesh folder, which is known to be valid; the files are read anew."""
    mesh_file = load(directory / "mesh.yaml")
    meanings = _meanings(mesh_file)
    return WrittenLabels(
        {
            f"{domain}.{name}": _contract(load(directory / contract_file(domain, name, product)), meanings)
            for domain, owner in mesh.domains.items()
            for name, product in owner.products.items()
        },
        written_members.reads(directory),
        written_members.read(directory),
        tuple(mesh_file.get("people-addresses") or ()),
        agreements(directory, mesh.partners),
        frozenset(mesh_file.get("classifications") or ()),
        written_ci(mesh_file),
        pipelines(directory),
        approvers(directory),
    )


def _meanings(mesh_file: Mapping[str, Any]) -> Mapping[str, LabelSet]:
    """Words of the mesh for other labels than themselves."""
    aliases: Mapping[str, list[str]] = mesh_file.get("classification-aliases") or {}
    none: list[str] = mesh_file.get("no-label") or []
    return {word: frozenset(names) for word, names in aliases.items()} | {word: frozenset[str]() for word in none}


def _contract(written: Mapping[str, Any], meanings: Mapping[str, LabelSet]) -> WrittenContract:
    tables: dict[str, dict[str, LabelSet]] = {}
    carried: set[str] = set()
    schema: list[Mapping[str, Any]] = written.get("schema") or []
    for number, table in enumerate(schema):
        columns = tables.setdefault(_name(table), {})
        properties: list[Mapping[str, Any]] = table.get("properties") or []
        for position, column in enumerate(properties):
            found = dict(_classified(column, f"schema.{number}.properties.{position}."))
            carried |= found.keys()
            columns[_name(column)] = frozenset[str]().union(*(_meant(text, meanings) for text in found.values()))
    astray = tuple(place for place, _ in _classified(written, "") if place not in carried)
    return WrittenContract(tables, astray, left_behind(written))


def _name(element: Mapping[str, Any]) -> str:
    return element.get("physicalName") or element["name"]


def _classified(here: object, place: str) -> Iterator[tuple[str, str]]:
    """Place and text of every `classification`, whatever it stands in."""
    if isinstance(here, Mapping):
        for key, value in cast("Mapping[str, object]", here).items():
            if key == _KEY and isinstance(value, str):
                yield f"{place}{key}", value
            else:
                yield from _classified(value, f"{place}{key}.")
    elif isinstance(here, list):
        for number, value in enumerate(cast("list[object]", here)):
            yield from _classified(value, f"{place}{number}.")


def _meant(text: str, meanings: Mapping[str, LabelSet]) -> LabelSet:
    words = (part.strip() for part in text.split(","))
    return frozenset[str]().union(*(meanings.get(word, frozenset((word,))) for word in words))
