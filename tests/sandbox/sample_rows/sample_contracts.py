"""Contracts for tests of sample rows, as Python has them, and the rows that are made of them."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Final

from mesh.contracts import elements, standard
from mesh.contracts.labels import LabelWords
from mesh.findings import Problem
from sandbox.sample_rows.foreign_keys import MeshContract
from sandbox.sample_rows.mesh_rows import rows_of
from tests.sandbox.sample_rows.raw_contract_checks import astray, broken

NOW: Final = datetime.datetime(2027, 3, 1, 12, 30)
WORDS: Final = LabelWords(frozenset({"pii", "financial"}))

Tables = dict[str, list[dict[str, Any]]]


def contract(*tables: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """A contract of some tables."""
    return {
        "apiVersion": "v3.2.0",
        "kind": "DataContract",
        "id": "a",
        "version": "1.0.0",
        "status": "active",
        "description": {"purpose": "A test."},
        "schema": list(tables),
        **more,
    }


def table(name: str, *columns: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """A table of some columns."""
    return {"name": name, "properties": list(columns), **more}


def column(name: str, kind: str, **more: Any) -> dict[str, Any]:
    """A column of a physical type."""
    return {"name": name, "physicalType": kind, **more}


def beside(file: str, table_id: str, column_id: str) -> str:
    """The reference to a column of a contract in a file, relative to the one that refers."""
    return f"{file}.odcs.yaml#/schema/{table_id}/properties/{column_id}"


def sampled(
    contracts: Mapping[str, Any], rows: int = 200, seed: int = 1, now: datetime.datetime = NOW
) -> tuple[dict[str, Tables], list[Problem]]:
    """Rows by product and table, and the problems; each contract holds the standard."""
    written: dict[str, MeshContract] = {}
    for product, data in contracts.items():
        file = f"contracts/{product.replace('.', '/')}.odcs.yaml"
        assert not [one.message for one in standard.problems(file, data) if one.severity == "error"]
        written[product] = MeshContract(file, elements.read(data))
    made, problems = rows_of(written, WORDS, rows, seed, now)
    products = {
        product: {
            name: [
                dict(zip(batch, values, strict=True))
                for batch in one.batches(64)
                for values in zip(*batch.values(), strict=True)
            ]
            for name, one in tables.items()
        }
        for product, tables in made.items()
    }
    return products, problems


def rows_that_hold(contracts: Mapping[str, Any], rows: int = 200, seed: int = 1) -> dict[str, Tables]:
    """Rows that the checks find nothing wrong with, of contracts without errors."""
    products, problems = sampled(contracts, rows, seed)
    assert [(one.path, one.message) for one in problems if one.severity == "error"] == []
    for product, data in contracts.items():
        told = list(broken(data, products[product], rows, NOW))
        assert not told, told[:5]
    files = {f"{product.replace('.', '/')}.odcs.yaml": product for product in contracts}
    raw = {file: contracts[product] for file, product in files.items()}
    assert list(astray(raw, {file: products[product] for file, product in files.items()})) == []
    return products


def refusals(contracts: Mapping[str, Any], rows: int = 200) -> list[str]:
    """The errors, each with the path of keys where it stands."""
    problems = sampled(contracts, rows)[1]
    return [f"{'.'.join(map(str, one.path))}: {one.message}" for one in problems if one.severity == "error"]
