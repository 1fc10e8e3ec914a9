"""Consumers that a change of a contract hits: domains, their pipelines and partners, each with the columns it reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal, NamedTuple

from mesh.contracts.breaks import LABEL_ADDED, BreakVerdict, ContractChange
from mesh.contracts.consumed_columns import named_columns
from mesh.contracts.labels import LabelWords, label_words
from mesh.model import Contract, Mesh


class ProductReader(NamedTuple):
    """A reader of a product by the files of the mesh: a domain, a pipeline or a partner, and the columns it reads.

    `cleared` are the labels that it may read; None for a domain, whose people hold different clearances.
    """

    kind: Literal["domain", "pipeline", "partner"]
    name: str
    columns: frozenset[str]
    cleared: frozenset[str] | None = None

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class BrokenConsumer(NamedTuple):
    """A reader that changes hit, with those changes and the columns of its own that they bear on."""

    reader: ProductReader
    columns: tuple[str, ...]
    changes: tuple[ContractChange, ...]


def readers_of(mesh: Mesh, product: str) -> tuple[ProductReader, ...]:
    """Everybody who reads a product of a mesh, apart from people: domains, pipelines, partners, each by name.

    A domain reads the columns that its `consumes` lists, and all if it lists none; its pipelines read those of them
    that their clearance covers, and a partner what its agreement covers.
    """
    contract = mesh.contracts.get(product)
    if contract is None:
        return ()
    every = _Readers(mesh, product, contract, label_words(mesh.file))
    return (*every.domains(), *every.pipelines(), *every.partners())


class _Readers(NamedTuple):
    mesh: Mesh
    product: str
    contract: Contract
    words: LabelWords

    def domains(self) -> Iterator[ProductReader]:
        for name in sorted(self.mesh.domains):
            if (columns := self._listed(name)) is not None:
                yield ProductReader("domain", name, columns)

    def pipelines(self) -> Iterator[ProductReader]:
        for domain, owner in sorted(self.mesh.domains.items()):
            for name, product in sorted(owner.products.items()):
                pipeline = product.pipeline
                if pipeline is None or self.product not in pipeline.reads:
                    continue
                listed = self._listed(domain)
                clearance = self.mesh.clearances.get(pipeline.clearance or "")
                cleared = frozenset(clearance.reads if clearance else ())
                columns = self._covered(cleared) if listed is None else self._covered(cleared) & listed
                yield ProductReader("pipeline", f"{domain}.{name}", columns, cleared)

    def partners(self) -> Iterator[ProductReader]:
        for name, partner in sorted(self.mesh.partners.items()):
            for agreement in partner.agreements:
                if agreement.product == self.product:
                    cleared = frozenset(agreement.classifications)
                    yield ProductReader("partner", name, self._covered(cleared), cleared)

    def _listed(self, domain: str) -> frozenset[str] | None:
        """The columns that a domain says that it uses; None where it does not consume the product."""
        for used in self.mesh.domains[domain].consumption:
            if used.product == self.product:
                return named_columns(self.contract, used.columns)
        return None

    def _covered(self, reads: frozenset[str]) -> frozenset[str]:
        """The columns whose labels are among some classifications."""
        return frozenset(
            f"{table.catalog_name}.{column.catalog_name}"
            for table in self.contract.tables
            for column in table.columns
            if reads.issuperset(self.words.of_element(column))
        )


def broken_consumers(
    readers: Iterable[ProductReader],
    changes: Iterable[ContractChange],
    verdicts: Iterable[BreakVerdict] = ("breaking",),
) -> tuple[BrokenConsumer, ...]:
    """The readers, as they were before, that changes with one of some verdicts hit.

    A change that bears on no column of a reader's does not hit it; one of the product as a whole hits all.
    """
    of = frozenset(verdicts)
    wanted = [change for change in changes if change.verdict in of]
    hit: list[BrokenConsumer] = []
    for reader in readers:
        mine = [(change, _borne_on(change, reader)) for change in wanted]
        told = tuple(change for change, columns in mine if columns is not None)
        if told:
            columns = sorted({column for _, columns in mine for column in columns or ()})
            hit.append(BrokenConsumer(reader, tuple(columns), told))
    return tuple(hit)


def _borne_on(change: ContractChange, reader: ProductReader) -> frozenset[str] | None:
    """The columns of a reader that a change bears on, none for the product as a whole; None where it does not hit."""
    if change.rule == LABEL_ADDED and reader.cleared is not None and reader.cleared.issuperset(change.after):
        return None
    if not change.columns:
        return frozenset()
    tables = {column.removesuffix("*") for column in change.columns if column.endswith(".*")}
    on = frozenset(
        column for column in reader.columns if column in change.columns or f"{column.partition('.')[0]}." in tables
    )
    return on or None


def broken_consumers_as_json(hit: Iterable[BrokenConsumer]) -> list[Mapping[str, Any]]:
    """Broken consumers for `--json`."""
    return [
        {
            "kind": one.reader.kind,
            "name": one.reader.name,
            "columns": list(one.columns),
            "rules": sorted({change.rule for change in one.changes}),
        }
        for one in hit
    ]
