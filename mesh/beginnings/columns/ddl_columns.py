"""Columns of DDL, read with sqlglot in the dialect that understands them."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Final

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from mesh.beginnings.columns.given_columns import GivenColumn, GivenTable
from mesh.beginnings.question import AnswerError

DIALECTS: Final = ("athena", "hive", "spark", "postgres", "duckdb", "snowflake", "mysql", "tsql", "bigquery", "oracle")
"""Dialects in which a text is tried, those first whose types are read as they stand."""


def ddl_tables(text: str, source: str) -> tuple[GivenTable, ...]:
    """Tables of the statements of a text; raises AnswerError for one without a table."""
    reason = "there is no CREATE TABLE in it"
    for dialect in DIALECTS:
        try:
            tables = tuple(_tables(text, dialect))
        except (SqlglotError, RecursionError, ValueError) as error:
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            continue
        if tables:
            return tables
    raise AnswerError(f"{source} is no DDL that can be read: {reason}")


def _tables(text: str, dialect: str) -> Iterator[GivenTable]:
    logger = logging.getLogger("sqlglot")
    was, logger.disabled = logger.disabled, True  # what it cannot read it tells there, and the next dialect is tried
    try:
        statements = sqlglot.parse(text, dialect=dialect)
    finally:
        logger.disabled = was
    for statement in statements:
        if isinstance(statement, exp.Create) and isinstance(statement.this, exp.Schema):
            yield _table(statement, dialect)


def _table(statement: exp.Create, dialect: str) -> GivenTable:
    schema = statement.this
    keys = {
        identifier.name
        for constraint in schema.expressions
        if isinstance(constraint, exp.PrimaryKey | exp.Constraint)
        for key in constraint.find_all(exp.PrimaryKey)
        for identifier in key.find_all(exp.Identifier)
    }
    columns = [_column(one, dialect, keys) for one in schema.expressions if isinstance(one, exp.ColumnDef)]
    partitions = statement.find(exp.PartitionedByProperty)
    if partitions is not None:  # Hive's partition columns stand behind the others
        known = {column.name for column in columns}
        inner = (_column(one, dialect, keys) for one in partitions.find_all(exp.ColumnDef))
        columns += [column for column in inner if column.name not in known and column.type]
    comment = statement.find(exp.SchemaCommentProperty)
    return GivenTable(schema.this.name, tuple(columns), comment.this.name if comment is not None else "")


def _column(column: exp.ColumnDef, dialect: str, keys: set[str]) -> GivenColumn:
    kinds = [constraint.args.get("kind") for constraint in column.args.get("constraints") or ()]
    comments = [kind.this.name for kind in kinds if isinstance(kind, exp.CommentColumnConstraint)]
    is_key = column.name in keys or any(isinstance(kind, exp.PrimaryKeyColumnConstraint) for kind in kinds)
    required = is_key or any(
        isinstance(kind, exp.NotNullColumnConstraint) and not kind.args.get("allow_null") for kind in kinds
    )
    kind = column.args.get("kind")
    name = kind.sql(dialect=dialect).lower() if isinstance(kind, exp.DataType) else ""
    return GivenColumn(column.name, name or "unknown", required, is_key, comments[0] if comments else "")
