"""Statements that change rows, as one query: the rows that a table has afterwards, each with what became of it.

Athena User Guide, "Update Iceberg table data" (DELETE, UPDATE and MERGE); Trino documentation, "MERGE": of several WHEN
the first that fits holds. Athena writes files of deletes and the emulator the whole table; a reader sees the same rows.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from sqlglot import exp

from sandbox.athena.named_tables import read_tables
from sandbox.athena.query_errors import QueryError
from sandbox.athena.statements import AthenaStatement, EngineThree

KEPT, CHANGED, DELETED, ADDED, DROPPED = range(5)
"""What became of a row: of the target's the first three, of the source's the others."""

CHANGE: Final = "$change"
ROW: Final = "$row"
"""Columns beside those of the target: what became of a row, and of MERGE which of the target's rows it was."""

_SOURCE: Final = "$source"
_PARTS: Final[Mapping[type[exp.Expr], frozenset[str]]] = {
    exp.Delete: frozenset({"this", "where"}),
    exp.Update: frozenset({"this", "expressions", "where"}),
    exp.Merge: frozenset({"this", "using", "on", "whens"}),
    exp.When: frozenset({"matched", "condition", "then"}),
}
"""Parts of Trino's statements; sqlglot reads more."""

_OF_UPDATE: Final = (
    "The UPDATE SET target column {} doesn't exist",
    "GENERIC_INTERNAL_ERROR: Multiple entries with same key: {}",
)
_OF_MERGE: Final = (
    "Merge column name does not exist in target table: {}",
    "DUPLICATE_COLUMN_NAME: line 1:1: Merge column name is specified more than once: {}",
)
"""Trino's words for a column that is not there, and for one that is written to twice, for which UPDATE has no rule."""

_Values = Mapping[str, exp.Expr]


def as_query(statement: AthenaStatement, columns: Sequence[str]) -> AthenaStatement:
    """The query of a statement on a target with these columns. Raises QueryError for what Athena has not."""
    tree = statement.tree
    assert tree is not None
    for node in tree.find_all(*_PARTS):
        foreign = {part for part, value in node.args.items() if value} - _PARTS[type(node)]
        if foreign:
            raise QueryError(f"line 1:1: mismatched input '{min(foreign).strip('_')}'")
    if isinstance(tree, exp.Merge) and not tree.args.get("on"):
        raise QueryError("line 1:1: mismatched input 'when'")
    query = _WRITTEN[type(tree)](tree.copy(), columns)
    return dataclasses.replace(statement, kind="query", tree=query, tables=read_tables(query, statement.database))


def _deleted(tree: exp.Expr, columns: Sequence[str]) -> exp.Expr:
    change = _case([(_where(tree), _number(DELETED))], _number(KEPT))
    return _select([*map(_column, columns), _as(change, CHANGE)]).from_(tree.this)


def _updated(tree: exp.Expr, columns: Sequence[str]) -> exp.Expr:
    where, given = _where(tree), _assigned(tree.expressions, columns, _OF_UPDATE)
    values = [
        _as(_case([(where, given[name])], _column(name)), name) if name in given else _column(name) for name in columns
    ]
    change = _case([(where, _number(CHANGED))], _number(KEPT))
    return _select([*values, _as(change, CHANGE)]).from_(tree.this)


def _merged(tree: exp.Expr, columns: Sequence[str]) -> exp.Expr:
    target, source = tree.this, tree.args["using"]
    name, other = target.alias_or_name, source.alias_or_name
    target.set("alias", None)
    own = _query(f'SELECT row_number() OVER () AS "{ROW}"')
    own.set("expressions", [*map(_column, columns), *own.expressions])
    joined = exp.Join(
        this=_within(_query(f'SELECT *, 1 AS "{_SOURCE}"').from_(source), other), on=tree.args["on"], side="FULL"
    )
    clauses = [_clause(when, columns) for when in tree.args["whens"].expressions]
    absent, alone = _is_null(_column(ROW, name)), _is_null(_column(_SOURCE, other))

    def cases(value: Callable[[int, _Values], exp.Expr], kept: exp.Expr, none: exp.Expr) -> exp.Expr:
        """A value by what becomes of a row: of the source alone, of the target alone, or of both."""
        fitting = {
            matched: [(condition, value(change, given)) for on, condition, change, given in clauses if on == matched]
            for matched in (True, False)
        }
        return _case([(absent, _case(fitting[False], none)), (alone, kept)], _case(fitting[True], kept))

    def of(column: str) -> exp.Expr:
        kept = _column(column, name)
        return cases(
            lambda change, given: given.get(column) or (exp.null() if change == ADDED else kept), kept, exp.null()
        )

    change = cases(lambda change, _: _number(change), _number(KEPT), _number(DROPPED))
    listed = [*(_as(of(column), column) for column in columns), _as(change, CHANGE), _column(ROW, name)]
    query = _select(listed).from_(_within(own.from_(target), name))
    query.set("joins", [joined])
    return query


def _clause(when: exp.Expr, columns: Sequence[str]) -> tuple[bool, exp.Expr, int, _Values]:
    """A WHEN: whether it is of rows that match, its condition, what becomes of the row, and the values that it gets."""
    matched, condition, then = bool(when.args["matched"]), when.args.get("condition") or exp.true(), when.args["then"]
    if matched and isinstance(then, exp.Var) and then.name.upper() == "DELETE":
        return matched, condition, DELETED, {}
    if matched and isinstance(then, exp.Update):
        return matched, condition, CHANGED, _assigned(then.expressions, columns, _OF_MERGE)
    if not matched and isinstance(then, exp.Insert) and isinstance(then.expression, exp.Tuple):
        values, into = then.expression.expressions, then.this
        names = [*map(_plain_name, into.expressions)] if isinstance(into, exp.Tuple) else [*columns]
        if not values or not names:
            raise QueryError("line 1:1: mismatched input ')'")
        if len(names) != len(values):
            raise QueryError("TYPE_MISMATCH: line 1:1: MERGE insert column count and value count differ")
        return matched, condition, ADDED, _known(list(zip(names, values, strict=True)), columns, _OF_MERGE)
    raise QueryError("line 1:1: mismatched input 'when'")


def _assigned(given: Sequence[exp.Expr] | exp.Star, columns: Sequence[str], words: tuple[str, str]) -> _Values:
    if isinstance(given, exp.Star):
        raise QueryError("line 1:1: mismatched input '*'")
    if not given:
        raise QueryError("line 1:1: mismatched input '<EOF>'")
    if not all(isinstance(each, exp.EQ) for each in given):
        raise QueryError("line 1:1: mismatched input 'set'")
    return _known([(_plain_name(each.this), each.expression) for each in given], columns, words)


def _plain_name(node: exp.Expr) -> str:
    """The name of a column that is written to, which nothing qualifies."""
    if isinstance(node, exp.Identifier):
        return node.name.lower()
    if not isinstance(node, exp.Column) or not isinstance(node.this, exp.Identifier):
        raise QueryError("line 1:1: mismatched input 'set'")
    if node.table:
        raise QueryError("line 1:1: mismatched input '.'")
    return node.name.lower()


def _known(given: Sequence[tuple[str, exp.Expr]], columns: Sequence[str], words: tuple[str, str]) -> _Values:
    absent, repeated = words
    values: dict[str, exp.Expr] = {}
    for name, value in given:
        if name not in columns:
            raise QueryError(f"COLUMN_NOT_FOUND: line 1:1: {absent.format(name)}")
        if name in values:
            raise QueryError(repeated.format(name))
        values[name] = value
    return values


# ---- nodes


def _query(text: str) -> exp.Select:
    [tree] = EngineThree().parse(text)
    assert isinstance(tree, exp.Select)
    return tree


def _select(listed: Sequence[exp.Expr]) -> exp.Select:
    return exp.Select(expressions=[*listed])


def _where(tree: exp.Expr) -> exp.Expr:
    where = tree.args.get("where")
    return where.this if where else exp.true()


def _within(query: exp.Select, name: str) -> exp.Subquery:
    return exp.Subquery(this=query, alias=exp.TableAlias(this=exp.to_identifier(name, quoted=True)))


def _column(name: str, table: str | None = None) -> exp.Column:
    return exp.column(name, table, quoted=True)


def _number(value: int) -> exp.Expr:
    return exp.Literal.number(value)


def _as(value: exp.Expr, name: str) -> exp.Expr:
    return exp.alias_(value, name, quoted=True)


def _is_null(value: exp.Expr) -> exp.Expr:
    return exp.Is(this=value, expression=exp.null())


def _case(branches: Sequence[tuple[exp.Expr, exp.Expr]], default: exp.Expr) -> exp.Expr:
    """CASE, of copies; without a branch its default."""
    ifs = [exp.If(this=condition.copy(), true=value.copy()) for condition, value in branches]
    return exp.Case(ifs=ifs, default=default.copy()) if ifs else default.copy()


_WRITTEN: Final[Mapping[type[exp.Expr], Callable[[exp.Expr, Sequence[str]], exp.Expr]]] = {
    exp.Delete: _deleted,
    exp.Update: _updated,
    exp.Merge: _merged,
}
