"""Columns of a product by the names that a consumer may write for them, and those that a consumption names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from mesh.model import Contract


def columns_by_name(contract: Contract) -> Mapping[str, frozenset[str]]:
    """Columns as `<table>.<column>`, by that and by the column's name alone, which is one of each table that has it."""
    named: defaultdict[str, set[str]] = defaultdict(set)
    for table in contract.tables:
        for column in table.columns:
            path = f"{table.catalog_name}.{column.catalog_name}"
            named[path].add(path)
            named[column.catalog_name].add(path)
    return {name: frozenset(paths) for name, paths in named.items()}


def named_columns(contract: Contract, names: Iterable[str] | None) -> frozenset[str]:
    """The columns of a product that a consumer names; all where it names none."""
    known = columns_by_name(contract)
    wanted = known if names is None else names
    return frozenset(path for name in wanted for path in known.get(name, ()))
