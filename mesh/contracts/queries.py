"""SQL of quality rules: its columns are columns of the tables that it reads.

The words of a query are looked at first; it is parsed only when one of them may be unknown.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from mesh.findings import Severity, unknown
from mesh.model import Contract, Element

if TYPE_CHECKING:
    from sqlglot import exp
    from sqlglot.optimizer.scope import Scope

PLACEHOLDER: Final = re.compile(r"[\"'`]?\$?\{\s*(\w+)\s*\}[\"'`]?")
"""Placeholders of a query (ODCS, Data Quality): `{object}` and `{property}`, and as other tools write them."""
TABLE_PLACEHOLDERS: Final = frozenset(("object", "table", "model", "schema"))
COLUMN_PLACEHOLDERS: Final = frozenset(("property", "column", "field"))

DIALECTS: Final = {
    "athena": "athena",
    "bigquery": "bigquery",
    "clickhouse": "clickhouse",
    "databricks": "databricks",
    "duckdb": "duckdb",
    "hive": "hive",
    "mysql": "mysql",
    "oracle": "oracle",
    "postgres": "postgres",
    "postgresql": "postgres",
    "presto": "presto",
    "redshift": "redshift",
    "snowflake": "snowflake",
    "sqlserver": "tsql",
    "synapse": "tsql",
    "trino": "trino",
}
"""Names of dialects in sqlglot by the type of a server; Athena's is tried first for others."""

_TEXTS: Final = re.compile(r"'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/", re.DOTALL)
_INTERVAL: Final = re.compile(r"\binterval\s+'?\S+'?\s+\w+", re.IGNORECASE)
_WORD: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?![A-Za-z0-9_]*\s*\()")
_UNNAMED: Final = "unnamed_placeholder"

RESERVED: Final = frozenset(
    "all and any as asc between by case cast current_date current_time current_timestamp desc distinct else end exists "
    "false from group having in is like limit localtimestamp not null nulls offset on or order over partition select "
    "some then true when where with first last integer bigint double varchar decimal boolean timestamp".split()
)
"""Words that no column is likely to have: those of SQL that quality rules use."""

OF_THE_ENGINE: Final = frozenset("sysdate systimestamp rownum rowid current_date current_timestamp now today".split())
"""Words that some engine takes without brackets, and that are no columns."""


def mistakes(query: str, contract: Contract, table: Element, column: Element | None) -> Iterator[tuple[str, Severity]]:
    """Sentences on what a query names and a contract has not, each with its severity.

    `table` and `column` are where the rule stands.
    """
    text = _filled(query, table, column)
    if text is None:
        message = "the query has a placeholder for a column, and the rule stands at a table; name the column"
        yield message, "error"
        return
    known = {name.casefold() for element in (table, *table.columns) for name in (element.name, element.catalog_name)}
    words = _WORD.findall(_INTERVAL.sub("", _TEXTS.sub("", text)))
    plain = text.count("(") == text.count(")") and "select" in text.casefold()
    if plain and all(word.casefold() in RESERVED or word.casefold() in known for word in words):
        return
    yield from _parsed_mistakes(text, contract)


def _filled(query: str, table: Element, column: Element | None) -> str | None:
    """The query with names in its placeholders; None for one with a placeholder for a column that nothing says."""
    unfilled = False

    def name(match: re.Match[str]) -> str:
        nonlocal unfilled
        word = match[1].lower()
        if word in TABLE_PLACEHOLDERS:
            return table.catalog_name
        if word not in COLUMN_PLACEHOLDERS:
            return _UNNAMED
        unfilled |= column is None
        return "" if column is None else _path(table, column)

    text = PLACEHOLDER.sub(name, query)
    return None if unfilled else text


def _path(table: Element, column: Element) -> str:
    """A column, or the column that holds a nested one, as a query names it."""
    return next(top.catalog_name for top in table.columns if top.path == column.path[: len(top.path)])


def _parsed_mistakes(text: str, contract: Contract) -> Iterator[tuple[str, Severity]]:
    from sqlglot import exp
    from sqlglot.optimizer.scope import traverse_scope

    statements = _parsed(text, _dialect(contract))
    if statements is None:
        yield "the query cannot be read as SQL, so its columns are not checked", "warning"
        return
    told: set[str] = set()
    for statement in statements:
        if not isinstance(statement, exp.Query):
            yield "the query is no SELECT, so nothing can be compared with its result", "warning"
            continue
        for scope in traverse_scope(statement):
            for name, message, severity in _scope_mistakes(scope, contract):
                if name not in told:
                    told.add(name)
                    yield message, severity


def _dialect(contract: Contract) -> str:
    kinds = [str(server.get("type")).lower() for server in contract.data.get("servers") or ()]
    return next((DIALECTS[kind] for kind in kinds if kind in DIALECTS), "athena")


@lru_cache(maxsize=256)
def _parsed(text: str, dialect: str) -> tuple[exp.Expr, ...] | None:
    """The statements of a text, in the first dialect that takes it; None when none does."""
    import sqlglot
    from sqlglot.errors import SqlglotError

    # It warns, on the console, of statements that it takes as they are.
    logging.getLogger("sqlglot").setLevel(logging.ERROR)
    for name in (dialect, "trino", "spark", "bigquery", "snowflake", "tsql"):
        try:
            return tuple(one for one in sqlglot.parse(text, read=name) if one is not None)
        except (SqlglotError, RecursionError):
            continue
    return None


def _scope_mistakes(scope: Scope, contract: Contract) -> Iterator[tuple[str, str, Severity]]:
    """Names in a scope of a query that are not known, each with its sentence and severity."""
    from sqlglot import exp

    visible = _visible(scope)
    columns = {alias: _columns(source, contract) for alias, source in visible.items()}
    for source in scope.sources.values():
        if isinstance(source, exp.Table) and source.name != _UNNAMED and _columns(source, contract) is None:
            names = [table.catalog_name for table in contract.tables]
            yield source.name, f"the query reads an {unknown('table', source.name, names)}", "warning"
    aliases = {alias.alias.casefold() for alias in getattr(scope.expression, "selects", ()) if alias.alias}
    for column in scope.columns:
        parts = [part.name.casefold() for part in column.parts]
        # A quoted name is a text in some dialects; a column of a query in this one is looked at there.
        quoted = column.this.args.get("quoted") or column.parent_select is not scope.expression
        if quoted or _UNNAMED in parts or parts[0] in OF_THE_ENGINE:
            continue
        of = next((number for number, part in enumerate(parts[:-1]) if part in visible), None)
        known = _every(columns.values()) if of is None else columns[parts[of]]
        wanted = parts[0 if of is None else of + 1]
        if known is not None and wanted not in known and not (of is None and wanted in aliases):
            yield wanted, f"the query names an {unknown('column', wanted, known)}", "error"


def _every(sources: Iterable[frozenset[str] | None]) -> frozenset[str] | None:
    """Columns of any of some sources; None when one of these is not known, for it may have any column."""
    several = list(sources)
    return frozenset(name for one in several for name in one or ()) if several and None not in several else None


def _visible(scope: Scope) -> dict[str, exp.Expr | Scope]:
    """Sources that columns of a scope can be of: its own, and for a condition's subquery those of the query around."""
    sources: dict[str, exp.Expr | Scope] = {}
    around: Scope | None = scope
    while around is not None:
        sources = {**{alias.casefold(): source for alias, source in around.sources.items()}, **sources}
        around = around.parent if around.is_subquery else None
    return sources


def _columns(source: exp.Expr | Scope, contract: Contract) -> frozenset[str] | None:
    """Names of the columns of a source; None when they are not known."""
    from sqlglot import exp

    if isinstance(source, exp.Table):
        for table in contract.tables:
            if _last(source.name) in (_last(table.name), _last(table.catalog_name)):
                return frozenset(
                    name.casefold() for column in table.columns for name in (column.name, column.catalog_name)
                )
    return None


def _last(name: str) -> str:
    """A table's name without that of its database, which can stand in the same quotes."""
    return name.rpartition(".")[2].casefold()
