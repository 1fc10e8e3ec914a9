"""Mutants of Lake Formation: each is a mistake in one grant or one label."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

from mesh.access.lake import Labels, Lake, LakeDatabase, Lakes, LakeTable
from mesh.plan.nodes.grants import Covered, Expression, Grant
from mesh.proof.mutants import Mistake, Mutant


def lake_mutants(whole: Lakes, form: Callable[[str], str]) -> Iterator[tuple[Mutant, Lakes]]:
    """Every mutant of the labels and of one grant of each form, with Lake Formation as it then is.

    `form` puts marks in the place of the names of owners and the ids of accounts.
    """
    seen: set[str] = set()
    for account, lake in whole.lakes.items():
        others = [other for other in whole.lakes.values() if other is not lake]
        for mutant, mutated in (*_of_grants(account, lake), *_of_labels(account, lake)):
            what = form(f"{mutant} {next((g.on for g in lake.grants if g.name == mutant.sid), '')}")
            if what not in seen:
                seen.add(what)
                yield mutant, Lakes([mutated, *others])


def _of_grants(account: str, lake: Lake) -> Iterator[tuple[Mutant, Lake]]:
    document = f"Lake Formation of {account}"
    for place, grant in enumerate(lake.grants):
        before, behind = lake.grants[:place], lake.grants[place + 1 :]
        yield Mutant(document, grant.name), dataclasses.replace(lake, grants=(*before, *behind))
        for change, mistake, changed in _changed_grants(grant):
            mutant = Mutant(document, grant.name, change, mistake)
            yield mutant, dataclasses.replace(lake, grants=(*before, changed, *behind))


def _changed_grants(grant: Grant) -> Iterator[tuple[str, Mistake, Grant]]:
    for permission in grant.permissions:
        rest = tuple(each for each in grant.permissions if each != permission)
        if rest:
            yield permission, "dropped", dataclasses.replace(grant, permissions=rest)
    if "ALL" not in grant.permissions:
        yield "ALL", "added", dataclasses.replace(grant, permissions=(*grant.permissions, "ALL"))
    yield "the grant option", "turned", dataclasses.replace(grant, grantable=not grant.grantable)
    if isinstance(grant.on, Covered):
        for key, expression in _wider(grant.on.expression):
            yield key, "widened", dataclasses.replace(grant, on=dataclasses.replace(grant.on, expression=expression))


def _wider(expression: Expression) -> Iterator[tuple[str, Expression]]:
    """The expression with every value of one key, which is a classification more that it covers."""
    for place, (key, values) in enumerate(expression):
        if len(values) == 1:
            more = tuple(sorted({*values, "true", "false"}))
            yield key, (*expression[:place], (key, more), *expression[place + 1 :])


def _of_labels(account: str, lake: Lake) -> Iterator[tuple[Mutant, Lake]]:
    """Labels turned, on databases, tables and columns, and those of databases dropped, which nothing stands above.

    A label of a column that is dropped is that of its database: a mistake only where the two differ, and then the same
    as one that is turned.
    """
    for name, database in lake.databases.items():
        document = f"labels of {account}"
        for key in database.labels:
            rest = {k: v for k, v in database.labels.items() if k != key}
            yield Mutant(document, name, key), _with(lake, name, dataclasses.replace(database, labels=rest))
        for key, labels in _turned(database.labels):
            changed = dataclasses.replace(database, labels=labels)
            yield Mutant(document, name, key, "turned"), _with(lake, name, changed)
        for table_name, table in database.tables.items():
            for what, turned in _tables(table, database.labels):
                tables = {**database.tables, table_name: turned}
                mutant = Mutant(document, f"{name}.{table_name}", what, "turned")
                yield mutant, _with(lake, name, dataclasses.replace(database, tables=tables))


def _tables(table: LakeTable, inherited: Labels) -> Iterator[tuple[str, LakeTable]]:
    for key, labels in _turned({**inherited, **table.labels}):
        yield key, dataclasses.replace(table, labels=labels)
    for column, assigned in table.column_labels.items():
        for key, labels in _turned(assigned):
            rest = {**table.column_labels, column: labels}
            yield f"{key} of {column}", dataclasses.replace(table, column_labels=rest)


def _turned(labels: Labels) -> Iterator[tuple[str, Labels]]:
    for key, value in labels.items():
        yield key, {**labels, key: "true" if value == "false" else "false"}


def _with(lake: Lake, name: str, database: LakeDatabase) -> Lake:
    return dataclasses.replace(lake, databases={**lake.databases, name: database})
