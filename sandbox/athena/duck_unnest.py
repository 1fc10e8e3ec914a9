"""UNNEST in DuckDB's words."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from sandbox.athena.duck_casts import not_known
from sandbox.athena.duck_text import put, quoted
from sandbox.athena.named_tables import place
from sandbox.athena.query_errors import QueryError
from sandbox.athena.sql_types import kind, type_of


def unnest(node: exp.Unnest, known: Mapping[int, exp.DataType]) -> exp.Expr:
    """UNNEST: of a map two columns, of an array of ROWs one for each field (Trino, SELECT, "UNNEST")."""
    if not isinstance(node.parent, exp.From | exp.Join):
        raise QueryError(f"NOT_SUPPORTED: {place(node)}: UNNEST here cannot be run")
    alias = node.args.get("alias")
    names = [column.name for column in (alias.args.get("columns") or ())] if alias else []
    lists = [
        found for number, part in enumerate(node.expressions) for found in _lists(node, number, type_of(part, known))
    ]
    columns = [f"unnest({found})" for found in lists]
    offset = node.args.get("offset")
    if offset:
        lengths = ", ".join(f"coalesce(len({found}), 0)" for found in lists)
        columns.append(f"unnest(range(1, 1 + greatest({lengths})))")
        if isinstance(offset, exp.Identifier):
            names.append(offset.name)
    if names and len(names) != len(columns):
        raise QueryError(
            f"MISMATCHED_COLUMN_ALIASES: {place(node)}: Column alias list has {len(names)} entries but relation has "
            f"{len(columns)} columns"
        )
    names = names or [f"_unnamed_u{number}" for number in range(len(columns))]
    listed = ", ".join(f"{found} AS {quoted(name)}" for found, name in zip(columns, names, strict=True))
    called = quoted(alias.name if alias and alias.name else "_unnest")
    return put(f"(SELECT {listed}) AS {called}", *node.expressions, of=node).with_call(True)


def _lists(node: exp.Unnest, number: int, type_: exp.DataType | None) -> list[str]:
    """The arrays that an argument gives: a map's keys and values, the fields of an array of ROWs."""
    inner = type_.expressions[-1] if type_ is not None and type_.expressions else None
    if kind(type_) is exp.DType.MAP:
        return [f"map_keys({{{number}}})", f"map_values({{{number}}})"]
    if kind(type_) is not exp.DType.ARRAY or not isinstance(inner, exp.DataType):
        raise not_known(node, "UNNEST")
    if inner.this is not exp.DType.STRUCT:
        return [f"{{{number}}}"]
    if not all(isinstance(field, exp.ColumnDef) for field in inner.expressions):
        raise QueryError(f"NOT_SUPPORTED: {place(node)}: UNNEST of a ROW without names of fields cannot be run here")
    fields = [quoted(field.name) for field in inner.expressions]
    return [f"list_transform({{{number}}}, lambda _e: _e.{field})" for field in fields]
