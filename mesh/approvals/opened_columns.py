"""Opened columns: what clearances come to read of products that were there, by labels, clearances and ports."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from mesh.approvals.needs import ChangeRequest, Need, approvers_of, guard_needs, platform_of
from mesh.contracts.breaks import contract_side
from mesh.contracts.breaks.former_columns import former_columns
from mesh.contracts.breaks.renamed_products import renamed_products
from mesh.contracts.labels import label_words, product_labels
from mesh.findings import listed
from mesh.model import Contract, Mesh

ReadLabels = frozenset[str]

ALL_FILES: Final = "all files"
"""What is read of a product by its port `files`, in the place of a column's name."""


class ColumnPlace(NamedTuple):
    """A column: product (`<domain>.<product>`), table and name."""

    product: str
    table: str
    column: str


@dataclass(frozen=True, slots=True)
class _ReadableProduct:
    """A product as clearances read it: its columns' labels by place, its own labels, its ports."""

    columns: Mapping[ColumnPlace, ReadLabels]
    labels: ReadLabels
    ports: tuple[str, ...]

    def readable(self, reads: ReadLabels) -> frozenset[ColumnPlace]:
        """Columns that a clearance reads: all of files whose every label it covers, of tables those that it covers."""
        if self.opens_files(reads):
            return frozenset(self.columns)
        if "table" not in self.ports:
            return frozenset()
        return frozenset(place for place, labels in self.columns.items() if labels <= reads)

    def opens_files(self, reads: ReadLabels) -> bool:
        """Whether a clearance reads the files, which may hold what is in no table."""
        return "files" in self.ports and self.labels <= reads


def _products(mesh: Mesh) -> dict[str, _ReadableProduct]:
    words, found = label_words(mesh.file), dict[str, _ReadableProduct]()
    for reference, contract in mesh.contracts.items():
        product = mesh.product(reference)
        if product is not None:
            columns = {
                place: ReadLabels(label for text in written for label in words.labels(text))
                for place, written in _columns(reference, contract)
            }
            found[reference] = _ReadableProduct(columns, product_labels(contract, words), product.ports)
    return found


def _columns(reference: str, contract: Contract) -> Iterator[tuple[ColumnPlace, list[str | None]]]:
    """Columns of a contract with all classifications that count for each."""
    for table in contract.tables:
        for column in table.columns:
            written = [table.data.get("classification"), *(each.data.get("classification") for each in column.walk())]
            yield ColumnPlace(reference, table.catalog_name, column.catalog_name), written


@dataclass(frozen=True, slots=True)
class _KeptProduct:
    """A product that was there before, by its name after; the places that each column after had before."""

    name: str
    old: _ReadableProduct
    new: _ReadableProduct
    formers: Mapping[ColumnPlace, tuple[ColumnPlace, ...]]

    def opened(self, reads_before: ReadLabels | None, reads_after: ReadLabels) -> Iterator[ColumnPlace]:
        """Columns that a clearance comes to read, of those that were there; None before is one that was not.

        Of files that it comes to read, with no column that it did not read of the table, `ALL_FILES`.
        """
        had = frozenset[ColumnPlace]() if reads_before is None else self.old.readable(reads_before)
        found = [
            place for place in sorted(self.new.readable(reads_after)) if not had.issuperset(self.formers.get(place, ()))
        ]
        yield from found
        had_files = reads_before is not None and self.old.opens_files(reads_before)
        if not found and self.new.opens_files(reads_after) and not had_files:
            yield ColumnPlace(self.name, "", ALL_FILES)

    def lost(self, place: ColumnPlace) -> ReadLabels:
        """Labels that a column had before, and has no more."""
        was = ReadLabels().union(*(self.old.columns[former] for former in self.formers.get(place, ())))
        return was - self.new.columns[place]


def _kept(before: Mesh, after: Mesh) -> Iterator[tuple[str, _KeptProduct]]:
    """Products of both sides, by the name after."""
    old, new = _products(before), _products(after)
    renamed = {name: was for was, name in renamed_products(before, after).items()}
    for reference in sorted(new):
        was = renamed.get(reference, reference)
        if was in old:
            yield reference, _KeptProduct(reference, old[was], new[reference], _formers(before, after, was, reference))


def _formers(before: Mesh, after: Mesh, was: str, reference: str) -> Mapping[ColumnPlace, tuple[ColumnPlace, ...]]:
    one, other = contract_side(before, was), contract_side(after, reference)
    if one is None or other is None:
        return {}
    if one.contract.data == other.contract.data and one.lock == other.lock:
        return {place: (place._replace(product=was),) for place, _ in _columns(reference, other.contract)}
    return {
        _place(reference, column): tuple(_place(was, former) for former in formers)
        for column, formers in former_columns(one, other).items()
    }


def _place(reference: str, column: str) -> ColumnPlace:
    table, _, name = column.partition(".")
    return ColumnPlace(reference, table, name)


def opened_columns(before: Mesh, after: Mesh) -> Mapping[str, tuple[ColumnPlace, ...]]:
    """Columns that each clearance comes to read, of products and columns that were there before."""
    kept = [product for _, product in _kept(before, after)]
    opened: dict[str, tuple[ColumnPlace, ...]] = {}
    for clearance, file in after.clearances.items():
        former = before.clearances.get(clearance)
        reads = ReadLabels(former.reads) if former else None
        if found := tuple(place for product in kept for place in product.opened(reads, ReadLabels(file.reads))):
            opened[clearance] = found
    return opened


def lost_labels_of(before: Mesh, after: Mesh) -> Mapping[str, tuple[ColumnPlace, ...]]:
    """Columns that lose a label, by the label."""
    lost: defaultdict[str, list[ColumnPlace]] = defaultdict(list)
    for reference, product in _kept(before, after):
        told: set[str] = set()
        for place in sorted(product.new.columns):
            for label in product.lost(place):
                told.add(label)
                lost[label].append(place)
        # Files that are there stay, and are read by the labels of the whole product.
        for label in product.old.labels - product.new.labels - told:
            lost[label].append(ColumnPlace(reference, "", ""))
    return {label: tuple(places) for label, places in sorted(lost.items())}


def opening_needs(request: ChangeRequest) -> Iterator[Need]:
    """Needs of who guards a label that is removed, or that a clearance comes to read, and of each clearance that gains.

    A clearance that is new has no approvers that could be asked: those who guard its labels are, and the platform team.
    """
    before, after = request.before, request.after
    lost = lost_labels_of(before, after)
    for label, places in lost.items():
        yield from guard_needs(before, [label], _about(places), f"{_shown(places)} loses the label '{{label}}'")
    opened = opened_columns(before, after)
    for clearance, file in after.clearances.items():
        former = before.clearances.get(clearance)
        more = ReadLabels(file.reads) - ReadLabels(former.reads if former else ())
        place = f"{request.folder}/clearances/{clearance}.yaml"
        if more:
            yield from guard_needs(before, more, place, f"the clearance '{clearance}' comes to read '{{label}}'")
        if former is None:
            why = f"the clearance '{clearance}' is new, and has no approvers yet whom this could be asked of"
            yield Need("clearance", place, platform_of(before), why)
        elif more or clearance in opened:
            by = approvers_of(before, [clearance]) or platform_of(before)
            gained = opened.get(clearance, ())
            what = _shown(gained) if gained else f"{listed(more)}, which no column has yet"
            yield Need("clearance", place, by, f"who holds the clearance '{clearance}' comes to read {what}")


def _about(places: tuple[ColumnPlace, ...]) -> str:
    return listed({place.product for place in places})


def _shown(places: tuple[ColumnPlace, ...]) -> str:
    """Columns by product: `identity.profiles (birth_year and profile_name)`."""
    columns: defaultdict[str, set[str]] = defaultdict(set)
    for place in places:
        columns[place.product].update([place.column] if place.column else [])
    return listed(f"{product} ({listed(names)})" if names else product for product, names in columns.items())
