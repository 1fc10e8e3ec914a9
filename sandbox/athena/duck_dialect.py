"""Athena's SQL in DuckDB's words: tables are given relations, functions are of a list, and nothing else is in reach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB

from sandbox.athena.duck_calls import Calls
from sandbox.athena.duck_text import DuckText, text
from sandbox.athena.named_tables import OF_CATALOG, WITHIN, place
from sandbox.athena.query_errors import QueryError
from sandbox.athena.seen_tables import SeenColumn, TableName
from sandbox.athena.sql_grammar import refuse_foreign
from sandbox.athena.sql_types import types
from sandbox.athena.statements import AthenaStatement

UNNAMED: Final = "_unnamed_"
"""The beginning of a column's name that has none in the query."""


class QueryRelation(NamedTuple):
    """A relation of DuckDB that stands for a table: its name there and its columns with Glue's types."""

    name: str
    columns: Sequence[SeenColumn] = ()


class _Duck(DuckDB):
    class Generator(DuckDB.Generator):
        TRANSFORMS: Mapping[Any, Any] = {**DuckDB.Generator.TRANSFORMS, DuckText: text}


def duck_sql(
    statement: AthenaStatement, relations: Mapping[TableName, QueryRelation], now: datetime | None = None
) -> str:
    """The query of a statement in DuckDB's SQL, for a connection whose time zone is UTC.

    `now` is the clock of `current_timestamp`. Raises QueryError for a table that is not in `relations`, a function that
    is not registered, and what has no right translation.
    """
    if not isinstance(statement.tree, exp.Query | exp.Values):
        raise QueryError(f"NOT_SUPPORTED: {statement.kind} has no query that can be run")
    try:
        return _translated(statement.tree.copy(), relations, now or datetime.now(UTC))
    except RecursionError:
        raise QueryError("NOT_SUPPORTED: the query is nested too deeply to be run here") from None


def _translated(tree: exp.Expr, relations: Mapping[TableName, QueryRelation], now: datetime) -> str:
    for table in tree.find_all(exp.Table):
        name = table.meta.get(OF_CATALOG)
        if name is not None and name not in relations:
            raise QueryError(f"TABLE_NOT_FOUND: {place(table)}: Table 'awsdatacatalog.{name}' does not exist")
    refuse_foreign(tree, {column.name.lower() for relation in relations.values() for column in relation.columns})
    known = types(tree, {name: relation.columns for name, relation in relations.items()})
    _short_references(tree)
    _bind(tree, relations)
    tree = _name_columns(tree)
    tree = Calls(known, now).rewritten(tree)
    return _Duck().generate(tree, identify=True, comments=False)


def output_names(names: Sequence[str]) -> list[str]:
    """Athena's names for DuckDB's columns of a result: `_col1` for the second one where it has no name."""
    return [f"_col{place}" if name.startswith(UNNAMED) else name for place, name in enumerate(names)]


def _short_references(tree: exp.Expr) -> None:
    """`db.t.col` and `awsdatacatalog.db.t.col` lose what stands before the table's name, since relations have none.

    `t.row.field` is written alike; it is a column with a catalog's table in front only where such a table is read.
    """
    qualified = {
        (table.meta[OF_CATALOG].database, table.name.lower())
        for table in tree.find_all(exp.Table)
        if OF_CATALOG in table.meta and not table.alias
    }
    aliases = {found.alias.lower() for found in tree.find_all(exp.Table, exp.Subquery, exp.CTE) if found.alias}
    for column in tree.find_all(exp.Column):
        if column.db and (column.db.lower(), column.table.lower()) in qualified and column.db.lower() not in aliases:
            column.set("db", None)
            column.set("catalog", None)


def _bind(tree: exp.Expr, relations: Mapping[TableName, QueryRelation]) -> None:
    """Each table becomes its relation, each name of WITH one that no query can write."""
    for table in tree.find_all(exp.Table):
        if not table.alias:
            alias = exp.TableAlias(this=exp.to_identifier(table.name, quoted=True))
            alias.set("columns", table.args["alias"].args.get("columns") if table.args.get("alias") else None)
            table.set("alias", alias)
        name = table.meta.get(WITHIN) or relations[table.meta[OF_CATALOG]].name
        table.set("this", exp.to_identifier(name, quoted=True))
        table.set("db", None)
        table.set("catalog", None)
        table.set("version", None)
    for cte in tree.find_all(exp.CTE):
        cte.args["alias"].set("this", exp.to_identifier(cte.meta[WITHIN], quoted=True))


def _name_columns(tree: exp.Expr) -> exp.Expr:
    """Columns without a name get one that `output_names` knows."""
    number = 0
    for select in tree.find_all(exp.Select):
        listed: list[exp.Expr] = []
        for column in select.expressions:
            inner = column
            while isinstance(inner, exp.Paren):
                inner = inner.this
            if isinstance(inner, exp.Dot) and not isinstance(inner.expression, exp.Star):
                column = exp.alias_(column, inner.expression.name, quoted=True)
            elif not isinstance(inner, exp.Alias | exp.Column | exp.Star):
                column = exp.alias_(column, f"{UNNAMED}{number}", quoted=True)
                number += 1
            listed.append(column)
        select.set("expressions", listed)
    for values in list(tree.find_all(exp.Values)):
        alias = values.args.get("alias")
        if alias and alias.args.get("columns"):
            continue
        row = values.expressions[0]
        width = len(row.expressions) if isinstance(row, exp.Tuple) else 1
        named = _named_values(values, [f"{UNNAMED}{number + place_}" for place_ in range(width)])
        number += width
        if values is tree:
            return named
        values.replace(named)
    return tree


def _named_values(values: exp.Values, names: Sequence[str]) -> exp.Expr:
    """VALUES with names for its columns, as a relation or as a query."""
    alias = values.args.get("alias")
    columns = [exp.to_identifier(name, quoted=True) for name in names]
    inner = values.copy()
    inner.set(
        "alias", exp.TableAlias(this=alias.this.copy() if alias else exp.to_identifier("_values"), columns=columns)
    )
    if isinstance(values.parent, exp.From | exp.Join):
        return inner
    query = exp.select("*").from_(inner)
    for key in ("with_", "order", "limit", "offset"):
        inner.set(key, None)
        if values.args.get(key):
            query.set(key, values.args[key])
    return query
