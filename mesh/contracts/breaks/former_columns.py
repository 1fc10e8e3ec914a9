"""Columns before a change that those after it have the data or the place of, also under another table's name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from mesh.contracts import catalog
from mesh.contracts.breaks.contract_fields import fields_of
from mesh.contracts.breaks.contract_side import ContractSide
from mesh.contracts.breaks.former_fields import former_fields
from mesh.contracts.lock_shape import RENAMED
from mesh.model import Contract, Element


def renamed_tables(before: Contract, after: Contract) -> dict[str, str]:
    """Tables that have another name now, by the one before: those that came with just the columns of one that went."""
    olds, news = _tables(before), _tables(after)
    gone = [name for name in olds if name not in news]
    renamed: dict[str, str] = {}
    for name, table in news.items():
        columns = {column.catalog_name for column in table.columns}
        like = [old for old in gone if {column.catalog_name for column in olds[old].columns} == columns]
        if name not in olds and len(like) == 1 and like[0] not in renamed:
            renamed[like[0]] = name
    return renamed


def _tables(contract: Contract) -> dict[str, Element]:
    return {table.catalog_name: table for table in contract.tables}


def former_columns(before: ContractSide, after: ContractSide) -> Mapping[str, tuple[str, ...]]:
    """Columns before by each column after (`profiles.birth_year`); none of one that is new.

    A column is what its id is or was renamed from; one of a Parquet table is what its name says, too. Whatever else
    comes under the name of a column that went is taken for that one: its data may have moved along.
    """
    every = list(_columns(before, after))
    went = _every_column(before.contract) - {one.source for one in every}
    return {one.name: tuple(sorted(_formers(one, went))) for one in every}


class _Column(NamedTuple):
    """A column after: its name with its table's, the column it goes on with, its namesake, and its names before."""

    name: str
    source: str
    namesake: str
    names: frozenset[str]
    by_name: bool


def _columns(before: ContractSide, after: ContractSide) -> Iterator[_Column]:
    olds = _tables(before.contract)
    were = {name: was for was, name in renamed_tables(before.contract, after.contract).items()}
    for name, table in _tables(after.contract).items():
        was = were.get(name, name)
        old = olds.get(was)
        sources: dict[str, str | None] = {}
        if old is not None:
            locked = (before.locked(was), after.locked(name)) if was == name else (None, None)
            sources = former_fields(fields_of(before.contract, old), fields_of(after.contract, table), *locked)
        there = {column.catalog_name for column in old.columns} if old else set[str]()
        is_parquet = old is not None and "parquet" in {catalog.table_format(one) for one in (old, table)}
        for column in table.columns:
            own, source = column.catalog_name, sources.get(column.catalog_name)
            names = frozenset(one for one in (own, column.custom(RENAMED)) if isinstance(one, str))
            namesake = f"{was}.{own}" if own in there else ""
            yield _Column(f"{name}.{own}", f"{was}.{source}" if source else "", namesake, names, is_parquet)


def _every_column(contract: Contract) -> set[str]:
    return {f"{table.catalog_name}.{column.catalog_name}" for table in contract.tables for column in table.columns}


def _formers(one: _Column, went: set[str]) -> Iterator[str]:
    if one.source:
        yield one.source
    if one.namesake and one.namesake != one.source and (one.by_name or not one.source):
        yield one.namesake
    if not one.source and not one.namesake:
        yield from (column for column in went if column.partition(".")[2] in one.names)
