"""Columns of a contract of the standard, such as `datacontract import` writes; types are judged as the mesh does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mesh.beginnings.columns.given_columns import GivenColumn, GivenTable, not_taken
from mesh.contracts import elements, standard
from mesh.contracts.catalog import table_format
from mesh.contracts.column_types import judged_type, type_place
from mesh.model import Contract, Element


def odcs_tables(data: Mapping[str, Any], source: str) -> tuple[GivenTable, ...]:
    """Tables of a contract; raises AnswerError for one that the standard refuses, or whose types no table here has."""
    problems = [problem for problem in standard.problems(source, data) if problem.severity == "error"]
    faults = [f"{'.'.join(map(str, problem.path))}: {problem.message}".removeprefix(": ") for problem in problems]
    contract = elements.read(data) if not faults else None
    if contract is not None and not contract.tables:
        faults.append("there is no 'schema' in it")
    tables = [_table(contract, table, faults) for table in contract.tables] if contract is not None else []
    if faults:
        raise not_taken(source, faults)
    return tuple(tables)


def _table(contract: Contract, table: Element, faults: list[str]) -> GivenTable:
    columns: list[GivenColumn] = []
    place = type_place(contract, table_format(table))
    for column in table.columns:
        kind, mistakes = judged_type(contract, column, place)
        faults += [mistake.message for mistake in mistakes if mistake.severity == "error"]
        if kind is None:
            faults += [] if faults else [f"column '{column.catalog_name}': its type cannot be told"]
            continue
        data = column.data
        columns.append(
            GivenColumn(
                column.catalog_name,
                str(kind),
                bool(data.get("required")),
                bool(data.get("primaryKey")),
                str(data.get("description") or ""),
                ", ".join(dict.fromkeys(_labels(column))),
            )
        )
    return GivenTable(table.catalog_name, tuple(columns), str(table.data.get("description") or ""))


def _labels(column: Element) -> Iterator[str]:
    """Words of the classifications of a column and of all that is nested in it."""
    for element in column.walk():
        written = element.data.get("classification")
        yield from (word.strip() for word in str(written).split(",") if word.strip()) if written else ()
