"""Errors of DuckDB in Athena's words."""

from __future__ import annotations

import duckdb

from sandbox.athena.query_errors import QueryError
from sandbox.athena.statements import Statement


def told(error: duckdb.Error, _statement: Statement) -> QueryError:
    """The error."""
    return QueryError(str(error))
