"""Tables that a query names: what is a table of the catalog, and what is a name that the query itself makes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Final

from sqlglot import exp

from sandbox.athena.query_errors import QueryError
from sandbox.athena.seen_tables import SPECIAL, TableName

CATALOG: Final = "awsdatacatalog"

OF_CATALOG: Final = "table"
WITHIN: Final = "with"
"""Marks in a node's `meta`: the TableName that it reads; the name, of its own in the tree, of the CTE that
it is or reads."""


def read_tables(tree: exp.Expr, database: str) -> tuple[TableName, ...]:
    """Tables of the catalog that are read, each once, in the order of the text. Marks every table in the tree.

    A name without a database is a CTE's where one is in sight (Trino, SELECT, "WITH clause": visible to later CTEs of
    the same WITH, to the query it belongs to, and to itself where it is RECURSIVE).
    """
    return tuple(dict.fromkeys(_walk(tree, {}, database, count(1))))


def table_name(table: exp.Table, database: str) -> TableName:
    """The name in the catalog; refuses other catalogs and what is no name."""
    if not isinstance(table.this, exp.Identifier):
        word = table.this.name or "table"
        raise QueryError(f"FUNCTION_NOT_FOUND: {place(table.this)}: Table function '{word.lower()}' not registered")
    if table.catalog and table.catalog.lower() != CATALOG:
        raise QueryError(f"CATALOG_NOT_FOUND: {place(table)}: Catalog '{table.catalog.lower()}' does not exist")
    within = (table.db or database).lower()
    if not within:
        raise QueryError(
            f"MISSING_SCHEMA_NAME: {place(table)}: Schema must be specified when session schema is not set"
        )
    name, _, special = table.name.lower().partition("$")
    if special in SPECIAL and name:
        return TableName(within, name, special)
    return TableName(within, table.name.lower(), snapshot=_snapshot(table))


def _snapshot(table: exp.Table) -> int | None:
    """The snapshot that a query names (Athena User Guide, "Perform time travel and version travel queries")."""
    version = table.args.get("version")
    if version is None:
        return None
    kind, named = version.name.upper(), version.expression
    if kind != "VERSION" or not isinstance(named, exp.Literal) or named.is_string:
        raise QueryError(f"NOT_SUPPORTED: {place(table)}: FOR VERSION AS OF takes the id of a snapshot here")
    return int(named.name)


def place(node: exp.Expr | None) -> str:
    """`line 1:8`, where a node begins as far as sqlglot has it; `line 1:1` otherwise."""
    first = list(node.parts) if isinstance(node, exp.Column | exp.Table) else []
    for part in [*first, *(node.dfs() if node is not None else ())]:
        meta = part.meta
        if "line" in meta and "start" in meta:
            return f"line {meta['line']}:{max(1, meta['col'] - (meta['end'] - meta['start']))}"
    return "line 1:1"


def _walk(node: exp.Expr, seen: dict[str, str], database: str, numbers: Iterator[int]) -> Iterator[TableName]:
    """Names below a node, in the order of the text as far as the tree has it: WITH before the query."""
    inside = dict(seen)
    known = node.args.get("with_")
    if isinstance(known, exp.With):
        for cte in known.expressions:
            cte.meta[WITHIN] = unused = f"_with_{next(numbers)}"
            if known.recursive:
                inside[cte.alias.lower()] = unused
            yield from _walk(cte.this, inside, database, numbers)
            inside[cte.alias.lower()] = unused
    if isinstance(node, exp.Table):
        cte = inside.get(node.name.lower()) if isinstance(node.this, exp.Identifier) and not node.db else None
        if cte is not None:
            node.meta[WITHIN] = cte
        else:
            node.meta[OF_CATALOG] = table_name(node, database)
            yield node.meta[OF_CATALOG]
    for child in node.iter_expressions():
        if child is not known:
            yield from _walk(child, inside, database, numbers)
