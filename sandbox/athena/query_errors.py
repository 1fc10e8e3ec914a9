"""Failures of queries, in Athena's words and categories."""

from __future__ import annotations

from typing import Final

OF_THE_SYSTEM: Final = 1
OF_THE_QUERY: Final = 2
"""Categories of an error (Athena API, AthenaError): Athena itself; the query or the data it reads ("User")."""


INTERNAL: Final = "GENERIC_INTERNAL_ERROR"
"""The beginning of the reason for which a query failed by no fault of its own, nor of its caller's rights."""


class QueryError(Exception):
    """A query that fails, with the sentence of its StateChangeReason: `TABLE_NOT_FOUND: line 1:15: Table '…' does not
    exist`."""

    def __init__(self, reason: str, category: int = OF_THE_QUERY) -> None:
        super().__init__(reason)
        self.reason = reason
        self.category = category


class CutOffError(QueryError):
    """A query that took more time or memory than it may."""
