"""Rows of a mesh: a sample of every table of every product, made from the contracts alone."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from mesh.contracts.labels import LabelWords, label_words
from mesh.findings import BadInputError, Finding, Problem
from mesh.load import Loaded
from mesh.model import Mesh, contract_file
from sandbox.sample_rows.foreign_keys import ForeignKeys, MeshContract
from sandbox.sample_rows.sample_tables import SampleTable
from sandbox.sample_rows.table_maker import TableMaker


@dataclass(frozen=True, slots=True)
class SampleRows:
    """Tables by product (`<domain>.<product>`) and by name; `remarks` are on rules that the rows may not hold."""

    products: Mapping[str, Mapping[str, SampleTable]]
    remarks: tuple[Finding, ...] = ()


def sample_rows(loaded: Loaded, rows: int, seed: int, now: datetime.datetime) -> SampleRows:
    """The sample of a mesh that has no errors: `rows` rows a table, the same for the same mesh, seed and moment.

    A moment without a zone is UTC. Raises BadInputError, with every finding, where rules contradict each other.
    """
    mesh = loaded.usable()
    contracts = {
        f"{domain}.{name}": MeshContract(contract_file(domain, name, product), mesh.contracts[f"{domain}.{name}"])
        for domain, owner in mesh.domains.items()
        for name, product in owner.products.items()
    }
    products, problems = rows_of(contracts, label_words(mesh.file), rows, seed, now)
    findings = sorted(set(loaded.place(problems)))
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors:
        raise BadInputError(errors)
    return SampleRows(products, tuple(findings))


def rows_of(
    contracts: Mapping[str, MeshContract], words: LabelWords, rows: int, seed: int, now: datetime.datetime
) -> tuple[Mapping[str, Mapping[str, SampleTable]], list[Problem]]:
    """Tables of some contracts by product and name, as far as they can be made, and the problems of their rules."""
    moment = now.astimezone(datetime.UTC).replace(tzinfo=None) if now.tzinfo else now
    maker = TableMaker(ForeignKeys(contracts), words, rows, seed, moment)
    products: dict[str, dict[str, SampleTable]] = {}
    for product, name in maker.drafts:
        table = maker.table(product, name)
        if table is not None:
            products.setdefault(product, {})[name] = table
    problems = [
        Problem(contracts[product].file, fault.path, fault.message)
        for product, faults in maker.faults.items()
        for fault in faults
    ]
    remarks = [
        Problem(contracts[product].file, fault.path, fault.message, "note")
        for product, faults in maker.remarks.items()
        for fault in faults
    ]
    return products, problems + remarks


def derived(mesh: Mesh) -> Mapping[str, tuple[str, ...]]:
    """Products whose rows come from those of others, with what each reads: their pipelines make them, where one runs
    here.
    """
    return {
        reference: product.pipeline.reads
        for reference in mesh.products()
        if (product := mesh.product(reference)) is not None and product.pipeline is not None and product.pipeline.reads
    }
