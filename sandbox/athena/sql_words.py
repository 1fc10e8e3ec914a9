"""Little languages inside of literals: JSON paths, formats of dates, texts with groups of a match."""

from __future__ import annotations

import re
from typing import Final

from sqlglot import exp

from sandbox.athena.named_tables import place
from sandbox.athena.query_errors import QueryError

_PATH: Final = r"""\$(?:\.\w+|\[\d+\]|\["[^"\\]+"\]|\['[^'\\]+'\])*"""

_FORMATS: Final = {
    "a": "%a", "b": "%b", "c": "%-m", "d": "%d", "e": "%-d", "f": "%f", "H": "%H", "h": "%I", "I": "%I", "i": "%M",
    "j": "%j", "k": "%-H", "l": "%-I", "M": "%B", "m": "%m", "p": "%p", "r": "%I:%M:%S %p", "S": "%S", "s": "%S",
    "T": "%H:%M:%S", "W": "%A", "Y": "%Y", "y": "%y", "%": "%%",
}  # fmt: skip
"""MySQL's letters (Trino, "Date and time functions", "MySQL date functions") in strftime's; those that Trino has not
(`%D %U %u %V %w %X`) and `%v %x` are not here."""


def _literal(node: exp.Expr, of: exp.Expr, word: str) -> str:
    if not (isinstance(node, exp.Literal) and node.is_string):
        raise QueryError(f"NOT_SUPPORTED: {place(of)}: {word} that is no literal cannot be run here")
    return node.name


def json_path(node: exp.Expr, of: exp.Expr) -> str:
    """A path of json_extract with steps to members and elements."""
    path = _literal(node, of, "a JSON path")
    if not re.fullmatch(_PATH, path):
        raise QueryError(f"NOT_SUPPORTED: {place(of)}: the JSON path '{path}' cannot be run here")
    return re.sub(r"""\[["']([^"']+)["']\]""", r'."\1"', path)


def replacement(node: exp.Expr, of: exp.Expr) -> exp.Expr:
    r"""A replacement with groups: `$1` is `\1`, `\$` is a dollar (Trino, "Regular expression functions")."""
    given, written, position = _literal(node, of, "a replacement"), "", 0
    while position < len(given):
        sign, following = given[position], given[position + 1 : position + 2]
        if sign == "\\" and following:
            written += "\\\\" if following == "\\" else following
            position += 1
        elif sign == "$" and following.isdigit():
            written += "\\" + following
            position += 1
        elif sign in "$\\":
            raise QueryError(f"INVALID_FUNCTION_ARGUMENT: {place(of)}: Illegal replacement sequence: {given}")
        else:
            written += sign
        position += 1
    return exp.Literal.string(written)


def date_pattern(node: exp.Expr, of: exp.Expr) -> exp.Expr:
    """A format of date_format and date_parse."""
    given = _literal(node, of, "a format")
    written = ""
    signs = iter(given)
    for sign in signs:
        if sign != "%":
            written += sign
            continue
        letter = next(signs, "")
        if letter not in _FORMATS:
            raise QueryError(f"INVALID_FUNCTION_ARGUMENT: {place(of)}: %{letter} not supported in date format string")
        written += _FORMATS[letter]
    return exp.Literal.string(written)
