"""Pieces of DuckDB's SQL with places for the parts of a query."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlglot import exp
from sqlglot.expressions.core import Expression

from sandbox.athena.sql_types import NUMBER


class DuckText(Expression):
    """A text of DuckDB's: `{0}` is the first of `expressions`, `{*}` are all. `call` says that it is one call of a
    function, to which FILTER or OVER may be put."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "expressions": False, "call": False}

    def with_call(self, call: bool) -> DuckText:
        """The same, with or without parentheses of its own."""
        self.set("call", call)
        return self


_WHOLE = (exp.Column, exp.Literal, exp.Cast, exp.Lambda, exp.Distinct, exp.Order, exp.Star, exp.Array, exp.Null)
_ALONE = (exp.Boolean, exp.Paren, exp.Anonymous, exp.Identifier, DuckText, exp.Ordered)


def put(pattern: str, *parts: exp.Expr, of: exp.Expr | None = None) -> DuckText:
    """A text around parts; it stands for `of`, whose type it has."""
    call = pattern.partition("(")[0].replace("_", "").isalnum() and pattern.endswith(")")
    built = DuckText(this=pattern, expressions=[part.copy() for part in parts], call=call)
    if of is not None and NUMBER in of.meta:
        built.meta[NUMBER] = of.meta[NUMBER]
    return built


def text(generator: Any, node: exp.Expr) -> str:
    """A text as sqlglot writes it."""
    listed = [_safe(generator, part) for part in node.expressions]
    written = str(node.this).replace("{*}", ", ".join(listed))
    for place in reversed(range(len(listed))):
        written = written.replace(f"{{{place}}}", f"\x00{place}\x00")
    for place, part in enumerate(listed):
        written = written.replace(f"\x00{place}\x00", part)
    return written if node.args.get("call") else f"({written})"


def _safe(generator: Any, part: exp.Expr) -> str:
    written = generator.sql(part)
    return written if isinstance(part, _WHOLE + _ALONE) else f"({written})"
