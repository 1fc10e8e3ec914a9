"""Pieces of DuckDB's SQL with places for the parts of a query."""

from __future__ import annotations

import re
from typing import Any, ClassVar, Final

from sqlglot import exp
from sqlglot.expressions.core import Expression

from sandbox.athena.sql_types import NUMBER

_HIDDEN: Final = {ord("{"): "\x01", ord("}"): "\x02"}
_SHOWN: Final = {1: "{", 2: "}"}


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


def quoted(name: str) -> str:
    """A name for a pattern; braces in it are no places for parts."""
    return '"' + name.replace('"', '""').translate(_HIDDEN) + '"'


def text(generator: Any, node: exp.Expr) -> str:
    """A text as sqlglot writes it; parts are put in once, and nothing in them is read as a place."""
    listed = [_safe(generator, part) for part in node.expressions]
    written = ""
    for piece in re.split(r"(\{(?:\d+|\*)\})", str(node.this)):
        if piece == "{*}":
            written += ", ".join(listed)
        elif re.fullmatch(r"\{\d+\}", piece):
            written += listed[int(piece[1:-1])]
        else:
            written += piece.translate(_SHOWN)
    return written if node.args.get("call") else f"({written})"


def _safe(generator: Any, part: exp.Expr) -> str:
    written = generator.sql(part)
    return written if isinstance(part, _WHOLE + _ALONE) else f"({written})"
