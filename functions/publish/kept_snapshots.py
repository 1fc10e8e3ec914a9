"""Snapshots that publications name: for how long they are safe from optimizers, which look at the draft alone.

An optimizer keeps a snapshot for some days after its commit, whoever reads it (`snapshot_days` of the document about
the mesh). So a publication is safe for that long; and for longer while it is what the draft has as its newest.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

MARGIN: Final = timedelta(days=2)
"""Time before that in which optimizers are stopped; they run once a day, and a look comes every quarter of an hour."""


def safe_until(publication: Mapping[str, Any], snapshot_days: int) -> datetime | None:
    """The moment from which an optimizer may take what a publication names; None of one that it never does.

    Iceberg tables count, by the commit that is published. Runs of plain Parquet are deleted by nobody.
    """
    tables: Mapping[str, Mapping[str, Any]] = publication["tables"]
    commits = [state.get("committed") or publication["at"] for state in tables.values() if "seal" in state]
    return min(map(datetime.fromisoformat, commits)) + timedelta(days=snapshot_days) if commits else None


def is_safe(publication: Mapping[str, Any], snapshot_days: int, now: datetime) -> bool:
    """Whether nothing that a publication names may be gone."""
    until = safe_until(publication, snapshot_days)
    return until is None or now < until
