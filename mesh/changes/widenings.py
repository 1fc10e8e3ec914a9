"""Widenings of access: labels that a change takes away, which clearances read more by it, and who said yes.

An entry under `widenings` of `clearances/<clearance>.yaml` is that yes. The file is of the clearance's approvers
(CODEOWNERS), so a domain cannot write it. It counts for some days: a label that comes back, and is taken away again
later, is another decision. Labels are those of the contracts, for whoever changes a contract writes its lock; of the
locks only the ids are asked, by which a column has its data.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from mesh.approvals.readable_sides import readable_sides
from mesh.contracts.breaks import ContractSide, contract_side
from mesh.contracts.breaks.contract_fields import labels_of
from mesh.contracts.breaks.former_columns import former_columns
from mesh.contracts.breaks.renamed_products import renamed_products
from mesh.contracts.labels import product_labels
from mesh.contracts.widened_clearances import gaining_clearances
from mesh.findings import Problem, listed
from mesh.model import ClearanceFile, Mesh, Widening, contract_file

ENTRY_DAYS: Final = 30
"""Days for which an entry counts, from its own."""

WHOLE: Final = "*"
"""The column of an entry where a product as a whole loses a label, for its last column with it went."""


class GainingClearance(NamedTuple):
    """A clearance that reads more: its approvers by the files of before, and the entry by which one said yes.

    Of one that was not there before the platform team is asked.
    """

    name: str
    approvers: tuple[str, ...]
    entry: Widening | None


class LabelWidening(NamedTuple):
    """A column (`profiles.birth_year`), or a product (`*`), that loses labels, and the clearances that gain."""

    product: str
    file: str
    column: str
    labels: tuple[str, ...]
    gaining: tuple[GainingClearance, ...]

    @property
    def missing(self) -> tuple[GainingClearance, ...]:
        """The clearances in whose file no approver said yes."""
        return tuple(one for one in self.gaining if one.entry is None)

    def problems(self) -> Iterator[Problem]:
        """A problem for each clearance that gains without an entry, at the product's contract."""
        what = f"'{self.column}'" if self.column != WHOLE else f"'{self.product}' as a whole"
        label = f"the {'label' if len(self.labels) == 1 else 'labels'} {listed(self.labels)}"
        for one in self.missing:
            entry = (
                f"{{product: {self.product}, column: {_quoted(self.column)}, labels: [{', '.join(self.labels)}], …}}"
            )
            why = f"{what} loses {label}, and who holds '{one.name}' reads it then: ask {listed(one.approvers)} for"
            yield Problem(self.file, (), f"{why} the entry {entry} under 'widenings' of clearances/{one.name}.yaml")

    def as_json(self) -> dict[str, Any]:
        """The widening for `--json`."""
        gaining: list[dict[str, Any]] = [
            {
                "clearance": one.name,
                "approvers": list(one.approvers),
                "entry": one.entry.model_dump(mode="json", by_alias=True) if one.entry else None,
            }
            for one in self.gaining
        ]
        return {"product": self.product, "column": self.column, "labels": list(self.labels), "gaining": gaining}


def widenings(before: Mesh, after: Mesh, as_of: datetime.date) -> tuple[LabelWidening, ...]:
    """Every label that columns and products lose, each side with the label words of its own mesh.

    A product or table under another name is the one that it was. What a mistake leaves open loses no label.
    """
    before, after = readable_sides(before, after)
    renamed = {name: was for was, name in renamed_products(before, after).items()}
    found: list[LabelWidening] = []
    for product in sorted(after.contracts):
        old, new = contract_side(before, renamed.get(product, product)), contract_side(after, product)
        if old is None or new is None or old.says_the_same(new):
            continue
        lost = list(_lost(old, new))
        told = {label for _, was, now in lost for label in was - now}
        was, now = (product_labels(one.contract, one.words) for one in (old, new))
        if was - now - told:
            lost.append((WHOLE, was, now))
        found += (_widening(before, after, product, *one, as_of) for one in lost)
    return tuple(found)


_Lost = tuple[str, frozenset[str], frozenset[str]]
"""A column with its labels before and after."""


def _lost(old: ContractSide, new: ContractSide) -> Iterator[_Lost]:
    had, has = _labels(old), _labels(new)
    for column, formers in former_columns(old, new).items():
        was = frozenset[str]().union(*(had[former] for former in formers), _of_name(old, column))
        if was - has[column]:
            yield column, was, has[column]


def _of_name(side: ContractSide, column: str) -> frozenset[str]:
    """Labels that a Parquet column of a name had before it was removed: files that are there are read by the name."""
    table, _, name = column.partition(".")
    locked = side.lock.tables.get(table) if side.lock else None
    if locked is None or locked.format != "parquet":
        return frozenset()
    gone = (one for one in locked.removed if one.path.partition(".")[0] == name)
    return frozenset(label for one in gone for label in one.labels)


def _labels(side: ContractSide) -> dict[str, frozenset[str]]:
    """Labels by column, `profiles.birth_year`."""
    return {
        f"{table.catalog_name}.{name}": labels
        for table in side.contract.tables
        for name, labels in labels_of(table, side.words).items()
    }


def _widening(
    before: Mesh, after: Mesh, product: str, column: str, was: frozenset[str], now: frozenset[str], as_of: datetime.date
) -> LabelWidening:
    labels = tuple(sorted(was - now))
    gaining: list[GainingClearance] = []
    for name in gaining_clearances(after.clearances, was, now):
        file = after.clearances[name]
        approvers = _approvers(before, name)
        gaining.append(GainingClearance(name, approvers, _entry(file, product, column, labels, approvers, as_of)))
    declared = after.product(product)
    assert declared is not None, product
    domain, _, own_name = product.partition(".")
    return LabelWidening(product, contract_file(domain, own_name, declared), column, labels, tuple(gaining))


def _approvers(before: Mesh, clearance: str) -> tuple[str, ...]:
    """Addresses whose yes counts, by the files of before: nobody makes oneself an approver, nor brings a clearance."""
    file = before.clearances.get(clearance)
    return tuple(one.email for one in file.approvers) if file else (before.file.owner.email,)


def _entry(
    file: ClearanceFile,
    product: str,
    column: str,
    labels: tuple[str, ...],
    approvers: tuple[str, ...],
    as_of: datetime.date,
) -> Widening | None:
    """The entry of a clearance by which a label may go, if one of its approvers wrote it in the last days."""
    first = as_of - datetime.timedelta(days=ENTRY_DAYS)
    for entry in file.widenings:
        is_of_it = (entry.product, entry.column) == (product, column) and set(labels) <= set(entry.labels)
        if is_of_it and entry.approved_by in approvers and first <= entry.date <= as_of:
            return entry
    return None


def _quoted(column: str) -> str:
    return f'"{column}"' if column == WHOLE else column
