"""Opened columns: what clearances come to read of products that were there, by labels, clearances and ports."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from mesh.approvals.needs import ChangeRequest, Need, approvers_of, guard_needs, platform_of
from mesh.contracts.labels import label_words, product_labels
from mesh.findings import listed
from mesh.model import Contract, Mesh

RENAMED: Final = "renamedFrom"
ReadLabels = frozenset[str]


class ColumnPlace(NamedTuple):
    """A column: product (`<domain>.<product>`), table and name."""

    product: str
    table: str
    column: str


@dataclass(frozen=True, slots=True)
class _ReadableProduct:
    """A product as clearances read it: its columns' labels by place, its own labels, its ports."""

    columns: Mapping[ColumnPlace, ReadLabels]
    sources: Mapping[ColumnPlace, ColumnPlace]
    labels: ReadLabels
    ports: tuple[str, ...]

    def readable(self, reads: ReadLabels) -> frozenset[ColumnPlace]:
        """Columns that a clearance reads: all of files whose every label it covers, of tables those that it covers."""
        if "files" in self.ports and self.labels <= reads:
            return frozenset(self.columns)
        if "table" not in self.ports:
            return frozenset()
        return frozenset(place for place, labels in self.columns.items() if labels <= reads)


def _products(mesh: Mesh) -> dict[str, _ReadableProduct]:
    words, found = label_words(mesh.file), dict[str, _ReadableProduct]()
    for reference, contract in mesh.contracts.items():
        product = mesh.product(reference)
        if product is not None:
            columns, sources = dict[ColumnPlace, ReadLabels](), dict[ColumnPlace, ColumnPlace]()
            for place, source, written in _columns(reference, contract):
                columns[place] = ReadLabels(label for text in written for label in words.labels(text))
                sources[place] = source
            found[reference] = _ReadableProduct(columns, sources, product_labels(contract, words), product.ports)
    return found


def _columns(reference: str, contract: Contract) -> Iterator[tuple[ColumnPlace, ColumnPlace, list[str | None]]]:
    """Columns of a contract, each with the place that it had before, and all classifications that count for it."""
    for table in contract.tables:
        for column in table.columns:
            former = column.custom(RENAMED)
            source = former if isinstance(former, str) else column.catalog_name
            written = [table.data.get("classification"), *(each.data.get("classification") for each in column.walk())]
            place = ColumnPlace(reference, table.catalog_name, column.catalog_name)
            yield place, place._replace(column=source), written


def opened_columns(before: Mesh, after: Mesh) -> Mapping[str, tuple[ColumnPlace, ...]]:
    """Columns that each clearance comes to read, of products and columns that were there before."""
    old, new = _products(before), _products(after)
    opened: defaultdict[str, list[ColumnPlace]] = defaultdict(list)
    for clearance, file in after.clearances.items():
        former = before.clearances.get(clearance)
        for reference in sorted(old.keys() & new.keys()):
            had = old[reference].readable(ReadLabels(former.reads)) if former else frozenset[ColumnPlace]()
            for place in sorted(new[reference].readable(ReadLabels(file.reads))):
                was = _place_before(place, old[reference], new[reference])
                if was is not None and was not in had:
                    opened[clearance].append(place)
    return {clearance: tuple(places) for clearance, places in opened.items()}


def _place_before(place: ColumnPlace, old: _ReadableProduct, new: _ReadableProduct) -> ColumnPlace | None:
    """The place at which a column stood; None of one that is new."""
    return next((each for each in (new.sources[place], place) if each in old.columns), None)


def lost_labels_of(before: Mesh, after: Mesh) -> Mapping[str, tuple[ColumnPlace, ...]]:
    """Columns that lose a label, by the label."""
    old, new = _products(before), _products(after)
    lost: defaultdict[str, list[ColumnPlace]] = defaultdict(list)
    for reference in sorted(old.keys() & new.keys()):
        for place in sorted(new[reference].columns):
            was = _place_before(place, old[reference], new[reference])
            for label in old[reference].columns[was] - new[reference].columns[place] if was else ():
                lost[label].append(place)
        # Files that are there stay, and are read by the labels of the whole product.
        told = {label for label, places in lost.items() if any(place.product == reference for place in places)}
        for label in old[reference].labels - new[reference].labels - told:
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
            by = approvers_of(before, [clearance])
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
