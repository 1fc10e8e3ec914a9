"""Replication status of objects, which S3 tells with each.

S3 User Guide, "Getting replication status information".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

ReplicationStatus = Literal["COMPLETED", "FAILED", "REPLICA"]

_KEPT = "replication_status"


def set_status(stored: Any, status: ReplicationStatus) -> None:
    """Keep the status of an object (moto's)."""
    setattr(stored, _KEPT, status)


def status_of(stored: Any) -> str:
    """The status of an object; empty for one that no rule has taken."""
    return getattr(stored, _KEPT, "")


def telling_replication() -> Iterator[tuple[Any, str, Any]]:
    """Replacements in moto's S3, for GetObject and HeadObject."""
    from moto.s3.models import FakeKey

    plain: Any = FakeKey.response_dict

    def response_dict(stored: Any) -> dict[str, Any]:
        status = status_of(stored)
        told = {"x-amz-replication-status": status} if status else {}
        return {**plain.fget(stored), **told}

    yield FakeKey, "response_dict", property(response_dict)
