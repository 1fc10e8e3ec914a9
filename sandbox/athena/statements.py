"""A statement of Athena as read: its kind, its tree and the tables that it names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlglot import exp, tokenize
from sqlglot.dialects.trino import Trino
from sqlglot.errors import ParseError, SqlglotError, TokenError
from sqlglot.tokenizer_core import Token, TokenType

from sandbox.athena.named_tables import read_tables, table_name
from sandbox.athena.query_errors import QueryError
from sandbox.athena.seen_tables import TableName

_PARSERS: Final = "FUNCTION_PARSERS"
_THEIRS: Final[Mapping[str, Any]] = getattr(Trino.Parser, _PARSERS)


class EngineThree(Trino):
    """Athena engine version 3: Trino's grammar, functions kept by the names that the query gives them."""

    INDEX_OFFSET = 0

    class Parser(Trino.Parser):
        """Every call of a function is one kind of node, so that one list of names decides."""

        FUNCTIONS: Mapping[str, Any] = {}
        FUNCTION_PARSERS: Mapping[str, Any] = {
            name: _THEIRS[name] for name in ("CAST", "TRY_CAST", "EXTRACT", "POSITION", "TRIM", "SUBSTRING", "LISTAGG")
        }


@dataclass(frozen=True)
class AthenaStatement:
    """One statement. `kind` is `query`, `explain`, `show tables`, `insert`, `create table as`, …; `tree` is the query
    that is run (of EXPLAIN, INSERT, CREATE TABLE AS, UNLOAD: the inner one), None where there is none.

    `tables` are read, `target` is written or described. `text` has parameters put in; `options` are of the kind: `like`
    (pattern of SHOW), `columns` (of INSERT), `type` and `format` (of EXPLAIN), `to` (of UNLOAD), `name` (of PREPARE).
    """

    kind: str
    text: str
    database: str
    tree: exp.Expr | None = None
    tables: tuple[TableName, ...] = ()
    target: TableName | None = None
    options: Mapping[str, str] = field(default_factory=dict[str, str])


_NAME: Final = r'(?:"(?:[^"]|"")+"|`[^`]+`|[A-Za-z_][\w$]*)'
_DOTTED: Final = rf"{_NAME}(?:\s*\.\s*{_NAME}){{0,2}}"
_TEXT: Final = r"'(?:[^']|'')*'"
_QUERY: Final = ("SELECT", "WITH", "VALUES", "TABLE", "(")

_BY_HAND: Final = (
    ("show databases", rf"SHOW\s+(?:DATABASES|SCHEMAS)(?:\s+(?:LIKE\s+)?(?P<like>{_TEXT}))?"),
    ("show tables", rf"SHOW\s+TABLES(?:\s+(?:IN|FROM)\s+(?P<database>{_NAME}))?(?:\s+(?:LIKE\s+)?(?P<like>{_TEXT}))?"),
    ("show views", rf"SHOW\s+VIEWS(?:\s+(?:IN|FROM)\s+(?P<database>{_NAME}))?(?:\s+(?:LIKE\s+)?(?P<like>{_TEXT}))?"),
    (
        "show columns",
        rf"SHOW\s+COLUMNS\s+(?:IN|FROM)\s+(?P<table>{_DOTTED})(?:\s+(?:IN|FROM)\s+(?P<database>{_NAME}))?",
    ),
    ("show create table", rf"SHOW\s+CREATE\s+TABLE\s+(?P<table>{_DOTTED})"),
    ("show create view", rf"SHOW\s+CREATE\s+VIEW\s+(?P<table>{_DOTTED})"),
    ("show partitions", rf"SHOW\s+PARTITIONS\s+(?P<table>{_DOTTED})"),
    ("show tblproperties", rf"SHOW\s+TBLPROPERTIES\s+(?P<table>{_DOTTED})(?:\s*\(\s*(?P<like>{_TEXT})\s*\))?"),
    ("describe", rf"DESC(?:RIBE)?\s+(?:(?P<format>FORMATTED|EXTENDED)\s+)?(?P<table>{_DOTTED})"),
    ("use", rf"USE\s+(?P<name>{_NAME})"),
    ("prepare", rf"PREPARE\s+(?P<name>{_NAME})\s+FROM\s+(?P<query>.+)"),
    ("execute", rf"EXECUTE\s+(?P<name>{_NAME})(?:\s+USING\s+(?P<values>.+))?"),
    ("deallocate", rf"DEALLOCATE\s+PREPARE\s+(?P<name>{_NAME})"),
    ("optimize", rf"OPTIMIZE\s+(?P<table>{_DOTTED})\s+REWRITE\s+DATA\b.*"),
    ("vacuum", rf"VACUUM\s+(?P<table>{_DOTTED})"),
    ("msck repair table", rf"MSCK\s+REPAIR\s+TABLE\s+(?P<table>{_DOTTED})"),
    ("drop table", rf"DROP\s+TABLE\s+(?P<exists>IF\s+EXISTS\s+)?(?P<table>{_DOTTED})"),
    ("drop view", rf"DROP\s+VIEW\s+(?P<exists>IF\s+EXISTS\s+)?(?P<table>{_DOTTED})"),
    ("drop database", rf"DROP\s+(?:DATABASE|SCHEMA)\s+(?P<exists>IF\s+EXISTS\s+)?(?P<name>{_NAME})\b.*"),
    ("create database", rf"CREATE\s+(?:DATABASE|SCHEMA)\s+(?:IF\s+NOT\s+EXISTS\s+)?(?P<name>{_NAME})\b.*"),
    ("create view", rf"CREATE\s+(?P<replace>OR\s+REPLACE\s+)?VIEW\s+(?P<table>{_DOTTED})\s+AS\s+(?P<query>.+)"),
    ("alter view", r"ALTER\s+VIEW\b.*"),
    ("alter database", r"ALTER\s+(?:DATABASE|SCHEMA)\b.*"),
    ("alter table", rf"ALTER\s+TABLE\s+(?P<table>{_DOTTED})\s+.+"),
)
"""Statements that are no queries (Amazon Athena User Guide, "DDL statements" and "Use prepared statements")."""


def parse(sql: str, database: str, parameters: Sequence[str] = ()) -> AthenaStatement:
    """The one statement of a text; `?` stands for execution parameters, each one literal of SQL.

    Raises QueryError with Athena's words for what is not one statement, or is none that it has.
    """
    try:
        text, first = _with_parameters(sql, parameters)
        return _by_hand(text, database.lower()) or _by_grammar(text, first, database.lower())
    except ParseError as error:
        raise _mismatched(error) from None
    except RecursionError:
        raise QueryError("NOT_SUPPORTED: line 1:1: the query is nested too deeply to be run here") from None
    except (TokenError, SqlglotError) as error:
        raise QueryError(f"line 1:1: mismatched input: {str(error).splitlines()[0]}") from None


def literal(text: str) -> str:
    """A parameter as a literal of SQL, as it was given; refuses anything else (User Guide, "Use execution parameters"):
    no name, no operator, no second value."""
    sign = r"\s*[+-]?"
    number = rf"{sign}(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"
    typed = rf"(?:DATE|TIMESTAMP|DECIMAL|X|TIME)?\s*{_TEXT}"
    if not re.fullmatch(rf"{number}\s*|\s*(?:{typed}|TRUE|FALSE|NULL)\s*", text, re.IGNORECASE):
        raise QueryError(f"SYNTAX_ERROR: line 1:1: the execution parameter is not one literal: {text[:80]}")
    return text.strip()


def _with_parameters(sql: str, parameters: Sequence[str]) -> tuple[str, str]:
    """The text without its last semicolon and with parameters in place, and its first word."""
    tokens = tokenize(sql, read=EngineThree)
    while tokens and tokens[-1].token_type == TokenType.SEMICOLON:
        tokens.pop()
    if not tokens:
        raise QueryError("line 1:1: mismatched input '<EOF>'")
    if any(token.token_type == TokenType.SEMICOLON for token in tokens):
        raise QueryError(f"Only one sql statement is allowed. Got: {sql}")
    _refuse_dialects(tokens)
    places = [token for token in tokens if token.token_type == TokenType.PLACEHOLDER]
    if tokens[0].text.upper() == "PREPARE":
        return _cut(sql, tokens), "PREPARE"
    if len(places) != len(parameters):
        raise QueryError(
            f"INVALID_PARAMETER_USAGE: line 1:1: Incorrect number of parameters: expected {len(places)} but found "
            f"{len(parameters)}"
        )
    text = _cut(sql, tokens)
    for token, value in reversed(list(zip(places, parameters, strict=True))):
        start = token.start - tokens[0].start
        text = f"{text[:start]} {literal(value)} {text[start + 1 :]}"
    return text, tokens[0].text.upper()


def _refuse_dialects(tokens: Sequence[Token]) -> None:
    """Refuses what sqlglot reads in any dialect and Athena in none: `a::type`, `a == 1`, FROM with no SELECT before it,
    and a comma behind which nothing is listed."""
    opening = {TokenType.L_PAREN, TokenType.UNION, TokenType.ALL, TokenType.EXCEPT, TokenType.INTERSECT}
    for before, token in zip([None, *tokens], tokens, strict=False):
        first = token.token_type == TokenType.FROM and (before is None or before.token_type in opening)
        double = token.token_type == TokenType.EQ and token.text != "="
        nothing = before is not None and before.token_type == TokenType.COMMA and token.token_type in _BEHIND_A_LIST
        if first or double or nothing or token.token_type in {TokenType.DCOLON, TokenType.PARAMETER}:
            raise _unexpected(token)
    if tokens[-1].token_type == TokenType.COMMA:
        raise _unexpected(None)


_BEHIND_A_LIST: Final = {
    TokenType.R_PAREN,
    TokenType.FROM,
    TokenType.WHERE,
    TokenType.WHEN,
    TokenType.GROUP_BY,
    TokenType.HAVING,
    TokenType.ORDER_BY,
}
"""Words of Trino with which nothing begins that is listed."""


def _cut(sql: str, tokens: Sequence[Token]) -> str:
    """The text from its first token to its last one; comments before and behind are away."""
    return sql[tokens[0].start : tokens[-1].end + 1]


def _by_hand(text: str, database: str) -> AthenaStatement | None:
    """A statement that has no query or is not in the grammar, None for any other."""
    for kind, pattern in _BY_HAND:
        found = re.fullmatch(pattern, text, re.IGNORECASE | re.DOTALL)
        if not found:
            continue
        parts = {name: value for name, value in found.groupdict().items() if value is not None}
        inner = parts.pop("query", "")
        tree = _query(inner) if kind == "create view" else None
        named = parts.pop("table", "")
        within = _plain(parts.get("database", "")) or database
        if "database" in parts:
            parts["database"] = within
        for key in ("name", "database"):
            if key in parts:
                parts[key] = _plain(parts[key])
        if "like" in parts:
            parts["like"] = parts["like"][1:-1].replace("''", "'")
        if inner:
            parts["query"] = inner
        return AthenaStatement(
            kind,
            text,
            database,
            tree,
            read_tables(tree, database) if tree else (),
            _named(named, within) if named else None,
            parts,
        )
    if re.match(r"(SHOW|DESC|DESCRIBE|USE|PREPARE|EXECUTE|DEALLOCATE|OPTIMIZE|VACUUM|MSCK)\b", text, re.IGNORECASE):
        raise QueryError(f"line 1:{len(text.split()[0]) + 2}: mismatched input '{[*text.split(), '<EOF>'][1]}'")
    return None


def _by_grammar(text: str, first: str, database: str) -> AthenaStatement:
    """A query, or a statement around one."""
    if first in _QUERY:
        return _reading("query", text, text, database)
    if found := re.fullmatch(
        r"EXPLAIN\s+(?P<analyze>ANALYZE\s+)?(?:\((?P<options>[\w\s,]+)\)\s*)?(?P<query>.+)",
        text,
        re.IGNORECASE | re.DOTALL,
    ):
        options = _explained(found["options"] or "")
        kind = "explain analyze" if found["analyze"] else "explain"
        return _reading(kind, found["query"], text, database, options=options)
    if found := re.fullmatch(
        rf"UNLOAD\s*\((?P<query>.+)\)\s*TO\s+(?P<to>{_TEXT})\s+WITH\s*\((?P<with>[^()]*(?:\([^()]*\)[^()]*)*)\)",
        text,
        re.IGNORECASE | re.DOTALL,
    ):
        return _reading(
            "unload", found["query"], text, database, options={"to": found["to"][1:-1], "with": found["with"].strip()}
        )
    if found := re.fullmatch(
        rf"CREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(?P<table>{_DOTTED})\s*(?:WITH\s*\((?P<with>.*?)\)\s*)?AS\s+(?P<query>.+?)(?P<empty>\s+WITH\s+NO\s+DATA)?",
        text,
        re.IGNORECASE | re.DOTALL,
    ):
        options = {"with": found["with"] or "", "data": "no" if found["empty"] else "yes"}
        return _reading("create table as", found["query"], text, database, _named(found["table"], database), options)
    if re.match(r"CREATE\s+(EXTERNAL\s+)?TABLE\b", text, re.IGNORECASE):
        found = re.match(
            rf"CREATE\s+(?:EXTERNAL\s+)?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(?P<table>{_DOTTED})", text, re.IGNORECASE
        )
        return AthenaStatement(
            "create table", text, database, target=_named(found["table"], database) if found else None, options={}
        )
    if first in {"INSERT", "DELETE", "UPDATE", "MERGE"}:
        return _writing(text, first.lower(), database)
    raise QueryError(f"line 1:1: mismatched input '{first.lower()}'")


def _reading(
    kind: str,
    query: str,
    text: str,
    database: str,
    target: TableName | None = None,
    options: Mapping[str, str] | None = None,
) -> AthenaStatement:
    tree = _query(query)
    return AthenaStatement(kind, text, database, tree, read_tables(tree, database), target, options or {})


def _writing(text: str, kind: str, database: str) -> AthenaStatement:
    """INSERT has its query as `tree`; DELETE, UPDATE and MERGE have the whole."""
    _require_opening(text, kind)
    tree = _tree(text)
    if not isinstance(tree, exp.Insert | exp.Delete | exp.Update | exp.Merge):
        raise QueryError(f"line 1:1: mismatched input '{kind}'")
    into = tree.this
    options: dict[str, str] = {}
    if isinstance(into, exp.Schema):
        options["columns"] = ",".join(str(column.name).lower() for column in into.expressions)
        into = into.this
    if not isinstance(into, exp.Table):
        raise QueryError(f"line 1:1: mismatched input '{kind}'")
    target = table_name(into, database)
    if isinstance(tree, exp.Insert):
        query = tree.expression
        foreign = {part for part, value in tree.args.items() if value} - {"this", "expression", "with_"}
        if not isinstance(query, exp.Query | exp.Values) or foreign:
            raise QueryError("line 1:1: mismatched input 'insert'")
        if tree.args.get("with_"):
            query.set("with_", tree.args["with_"])
        return AthenaStatement(kind, text, database, query, read_tables(query, database), target, options)
    return AthenaStatement(kind, text, database, tree, read_tables(tree, database), target, options)


_OPENINGS: Final[Mapping[str, tuple[str, Sequence[str]]]] = {
    "insert": ("INTO", _QUERY),
    "delete": ("FROM", ("WHERE", "<EOF>")),
    "update": ("", ("SET",)),
    "merge": ("INTO", ()),
}
"""Trino's word before the target of a statement, and those that may stand behind it; of MERGE sqlglot asks the same."""


def _require_opening(text: str, kind: str) -> None:
    """Raises QueryError where a statement that writes begins as in another dialect."""
    tokens = [*tokenize(text, read=EngineThree)]
    words = [*(token.text.upper() for token in tokens), "<EOF>", "<EOF>"]
    before, behind = _OPENINGS[kind]
    target = 2 if before else 1
    at = target + 1
    while words[min(at, len(tokens))] == ".":
        at += 2
    at, wrong = min(at, len(tokens)), None
    if before and words[1] != before:
        wrong = 1
    elif target >= len(tokens) or tokens[target].token_type == TokenType.TABLE:
        wrong = target
    elif behind and words[at] not in behind:
        wrong = at
    elif words[at : at + 2] == ["(", ")"]:
        wrong = at + 1
    if wrong is not None:
        raise _unexpected(tokens[wrong] if wrong < len(tokens) else None)


def _unexpected(token: Token | None) -> QueryError:
    if token is None:
        return QueryError("line 1:1: mismatched input '<EOF>'")
    return QueryError(f"line {token.line}:{token.col - len(token.text) + 1}: mismatched input '{token.text.lower()}'")


def _query(text: str) -> exp.Expr:
    """The tree of a query; anything else is no query."""
    tree = _tree(text)
    found = re.match(r"[\s(]*(\w*)", text)
    word = found[1].upper() if found else ""
    if not isinstance(tree, exp.Query | exp.Values) or word not in _QUERY:
        raise QueryError(f"line 1:1: mismatched input '{(word or text[:1]).lower()}'")
    return tree


def _tree(text: str) -> exp.Expr:
    trees = EngineThree().parse(text)
    if len(trees) != 1 or trees[0] is None:
        raise QueryError(f"Only one sql statement is allowed. Got: {text}")
    said = sum(token.token_type == TokenType.JOIN for token in tokenize(text, read=EngineThree))
    bound = sum(
        any(join.args.get(part) for part in ("on", "using", "method")) or join.args.get("kind") == "CROSS"
        for join in trees[0].find_all(exp.Join)
    )
    if said > bound:
        raise QueryError("line 1:1: mismatched input '<EOF>': JOIN has neither ON nor USING")
    return trees[0]


def _explained(options: str) -> dict[str, str]:
    """Options of EXPLAIN (User Guide, "Using EXPLAIN and EXPLAIN ANALYZE in Athena")."""
    allowed = {"FORMAT": {"TEXT", "GRAPHVIZ", "JSON"}, "TYPE": {"LOGICAL", "DISTRIBUTED", "VALIDATE", "IO"}}
    given: dict[str, str] = {}
    for option in filter(None, (part.strip().upper() for part in options.split(","))):
        name, _, value = option.partition(" ")
        if value.strip() not in allowed.get(name, ()):
            raise QueryError(f"line 1:10: mismatched input '{option.lower()}'")
        given[name.lower()] = value.strip().lower()
    return given


def _plain(name: str) -> str:
    """A name without its quotes, in lower case."""
    if name[:1] in {'"', "`"}:
        name = name[1:-1].replace('""', '"')
    return name.lower()


def _named(dotted: str, database: str) -> TableName:
    parts = [_plain(part.strip()) for part in re.findall(_NAME, dotted)]
    table = exp.to_table(".".join('"' + part.replace('"', '""') + '"' for part in parts), dialect=EngineThree)
    return table_name(table, database)


def _mismatched(error: ParseError) -> QueryError:
    """A text that sqlglot does not read, as Athena says it, without its list of what it expected."""
    if not error.errors:
        return QueryError("line 1:1: mismatched input")
    told = error.errors[0]
    text = str(told.get("highlight") or "<EOF>")
    column = max(1, int(told.get("col") or 1) - len(text) + 1)
    return QueryError(f"line {told.get('line') or 1}:{column}: mismatched input '{text}'")
