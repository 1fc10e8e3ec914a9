"""Parts of which a query may be made: kinds of nodes, their parts, and functions by their names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Any, Final

from sqlglot import exp

from sandbox.athena.named_tables import place
from sandbox.athena.query_errors import QueryError
from sandbox.athena.sql_functions import ALLOWED

_NODES: Final = frozenset(
    getattr(exp, name)
    for name in """
    Select From Join Where Group Having Order Ordered Limit Offset Fetch Distinct Union Intersect Except Subquery With
    CTE TableAlias Table Values Tuple Lateral Unnest Window WindowSpec Filter IgnoreNulls RespectNulls WithinGroup
    GroupConcat Cube Rollup GroupingSets TableSample Star Column Identifier Alias Dot Literal Boolean Null Var Paren And
    Or Not EQ NEQ GT GTE LT LTE Is In Between Like Escape NullSafeEQ NullSafeNEQ Exists Any All Add Sub Mul Div Mod Neg
    DPipe Case If Cast TryCast DataType DataTypeParam ColumnDef Extract StrPosition Trim Substring Interval CurrentDate
    CurrentTimestamp Localtimestamp HexString UnicodeString Array Bracket Lambda Anonymous AtTimeZone LimitOptions
    ParseJSON Version
    """.split()
)
_PARTS: Final[dict[type[exp.Expr], set[str]]] = {
    exp.Select: {
        "with_",
        "expressions",
        "from_",
        "joins",
        "where",
        "group",
        "having",
        "order",
        "limit",
        "offset",
        "distinct",
        "windows",
    },
    exp.Table: {"this", "db", "catalog", "alias", "sample", "joins", "version"},
    exp.Subquery: {"this", "alias", "with_", "sample", "joins", "order", "limit", "offset"},
    exp.Join: {"this", "on", "using", "side", "kind"},
    exp.Star: set[str](),
    exp.Distinct: {"expressions"},
    exp.With: {"expressions", "recursive"},
    exp.CTE: {"this", "alias"},
    exp.Values: {"expressions", "alias", "with_", "order", "limit", "offset"},
    exp.Lateral: {"this", "alias"},
    exp.Unnest: {"expressions", "alias", "offset"},
    exp.Limit: {"expression"},
    exp.Fetch: {"direction", "count", "limit_options"},
    exp.ParseJSON: {"this", "is_literal"},
    exp.LimitOptions: {"rows"},
    exp.Cast: {"this", "to", "safe"},
    exp.TryCast: {"this", "to", "requires_string", "safe"},
    exp.Like: {"this", "expression"},
    exp.In: {"this", "expressions", "query"},
    exp.Union: {"with_", "this", "expression", "distinct", "order", "limit", "offset"},
    exp.Intersect: {"with_", "this", "expression", "distinct", "order", "limit", "offset"},
    exp.Except: {"with_", "this", "expression", "distinct", "order", "limit", "offset"},
    exp.Group: {"expressions", "cube", "rollup", "grouping_sets"},
    exp.Substring: {"this", "start", "length"},
    exp.StrPosition: {"this", "substr"},
    exp.Trim: {"this", "position", "expression"},
}
"""Parts of nodes by which sqlglot reads more than Trino has; other nodes may have all of theirs."""

_TYPES: Final = frozenset(
    getattr(exp.DType, name)
    for name in """BOOLEAN TINYINT SMALLINT INT BIGINT FLOAT DOUBLE DECIMAL VARCHAR TEXT VARBINARY DATE TIMESTAMP
    TIMESTAMPTZ ARRAY MAP STRUCT JSON""".split()
)

_IMPLICIT: Final = frozenset(
    """rowid filename file_row_number file_index rowcount current_catalog current_database current_date current_schema
    current_role current_time current_timestamp current_user localtime localtimestamp session_user user""".split()
)
"""Names that DuckDB understands as columns or values where no column is called so."""

_UNNAMED: Final = re.compile(r"_col\d+")
"""Athena's names for columns that have none."""


def refuse_foreign(tree: exp.Expr, columns: set[str]) -> None:
    """Raises QueryError for what is no part of a query of Athena's, or cannot be run here. `columns` are those of the
    tables."""
    names = columns | {found.alias.lower() for found in tree.find_all(exp.Alias)} | _listed(tree)
    for node in tree.walk():
        if type(node) not in _NODES:
            raise QueryError(f"NOT_SUPPORTED: {place(node)}: {_word(node)} cannot be run here")
        allowed = _PARTS.get(type(node))
        for part, value in node.args.items():
            if allowed is not None and part not in allowed and value not in (None, False, [], ""):
                raise QueryError(
                    f"NOT_SUPPORTED: {place(node)}: {_word(node)} with {part.strip('_')} cannot be run here"
                )
        _refuse_node(node, names)
    _refuse_own_aliases(tree, columns)


def _refuse_own_aliases(tree: exp.Expr, columns: set[str]) -> None:
    """A column's alias is not seen by the columns beside it nor by WHERE, GROUP BY and HAVING, as it is in DuckDB."""
    every = Counter(found.alias.lower() for found in tree.find_all(exp.Alias))
    others = columns | _listed(tree)
    for select in tree.find_all(exp.Select):
        mine = {found.alias.lower() for found in select.expressions if isinstance(found, exp.Alias)}
        mine = {name for name in mine if every[name] == 1 and name not in others}
        for part in [*select.expressions, *(select.args.get(key) for key in ("where", "group", "having"))]:
            for column in part.find_all(exp.Column) if mine and part is not None else ():
                if not column.table and column.name.lower() in mine and column.parent_select is select:
                    raise column_not_found(column)


def _refuse_node(node: exp.Expr, names: set[str]) -> None:
    if isinstance(node, exp.Column) and isinstance(node.this, exp.Identifier):
        _refuse_column(node, names)
    elif isinstance(node, exp.Star):
        counted = isinstance(node.parent, exp.Anonymous) and node.parent.name.lower() == "count"
        if not (counted or isinstance(node.parent, exp.Select | exp.Column)):
            raise QueryError("line 1:1: mismatched input '*'")
    elif rule := _RULES.get(type(node)):
        rule(node)


def _refuse_column(node: exp.Column, names: set[str]) -> None:
    """A name that no table and no alias has, or that is no column, though DuckDB has a meaning for it."""
    name = node.name.lower()
    if name not in names:
        # The field of a row is written like a column of a table.
        unknown = names.isdisjoint(part.name.lower() for part in node.parts) and not _UNNAMED.fullmatch(name)
        if unknown or name in _IMPLICIT:
            raise column_not_found(node)
    if name == "all" and not node.this.quoted:
        raise QueryError(f"{place(node)}: mismatched input 'all'")


def _refuse_name(node: Any) -> None:
    if not node.quoted and not re.fullmatch(r"[A-Za-z_]\w*", node.name):
        raise QueryError(f"{place(node)}: mismatched input '{node.name}'")


def _refuse_literal(node: Any) -> None:
    """A number outside of BIGINT and DECIMAL, which DuckDB has as types that Athena has not."""
    if node.is_string or not re.fullmatch(r"[\d.]+", node.name):
        return
    number, digits = node.name, node.name.replace(".", "").lstrip("0")
    most = 2**63 if isinstance(node.parent, exp.Neg) else 2**63 - 1
    if len(digits) > 38 or ("." not in number and int(number) > most):
        raise QueryError(f"NUMERIC_VALUE_OUT_OF_RANGE: {place(node)}: Invalid numeric literal: {number}")


def _refuse_type(node: Any) -> None:
    if node.this not in _TYPES:
        raise QueryError(f"NOT_SUPPORTED: {place(node.parent)}: type {node.sql('trino').lower()} cannot be used here")


def _refuse_table(node: Any) -> None:
    if not isinstance(node.this, exp.Identifier):
        raise QueryError(f"FUNCTION_NOT_FOUND: {place(node)}: Table function '{node.this.name.lower()}' not registered")


def _refuse_join(node: Any) -> None:
    if str(node.args.get("kind") or "").upper() not in {"", "INNER", "CROSS", "OUTER"}:
        raise QueryError(f"line 1:1: mismatched input '{node.args['kind'].lower()}'")


def _refuse_lateral(node: Any) -> None:
    if not isinstance(node.this, exp.Subquery):
        raise QueryError(f"NOT_SUPPORTED: {place(node)}: LATERAL of anything but a query cannot be run here")


def _refuse_interval(node: Any) -> None:
    if not isinstance(node.args.get("unit"), exp.Var) or not isinstance(node.this, exp.Literal):
        raise QueryError(f"NOT_SUPPORTED: {place(node)}: INTERVAL of several units cannot be run here")


def _refuse_call(node: Any) -> None:
    name = node.name.lower()
    known = ALLOWED.get(name)
    if known is None or not isinstance(node.this, str) or isinstance(node.parent, exp.Dot):
        raise QueryError(f"FUNCTION_NOT_FOUND: {place(node)}: Function '{name}' not registered")
    given = node.expressions
    if not known.least <= len(given) <= known.most:
        raise QueryError(f"FUNCTION_NOT_FOUND: {place(node)}: Unexpected parameters for function {name}")


def column_not_found(node: exp.Expr) -> QueryError:
    """The sentence for a column that is not there and for one that is withheld (it is the same)."""
    named = ".".join(part.name.lower() for part in node.parts) if isinstance(node, exp.Column) else node.name
    return QueryError(
        f"COLUMN_NOT_FOUND: {place(node)}: Column '{named}' cannot be resolved or requester is not authorized to "
        f"access requested resources"
    )


def _listed(tree: exp.Expr) -> set[str]:
    """Names of columns that stand behind an alias, and of lambdas' parameters."""
    listed = {
        column.name.lower() for alias in tree.find_all(exp.TableAlias) for column in alias.args.get("columns") or ()
    }
    listed |= {part.name.lower() for found in tree.find_all(exp.Lambda) for part in found.expressions}
    ordinals = (found.args.get("offset") for found in tree.find_all(exp.Unnest))
    return listed | {found.name.lower() for found in ordinals if isinstance(found, exp.Identifier)}


def _word(node: exp.Expr) -> str:
    return type(node).__name__


_RULES: Final[dict[type[exp.Expr], Callable[[Any], None]]] = {
    exp.Anonymous: _refuse_call,
    exp.Identifier: _refuse_name,
    exp.Literal: _refuse_literal,
    exp.DataType: _refuse_type,
    exp.Table: _refuse_table,
    exp.Join: _refuse_join,
    exp.Lateral: _refuse_lateral,
    exp.Interval: _refuse_interval,
}
