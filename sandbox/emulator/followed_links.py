"""Requests to Glue that are answered from the target of a resource link."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

_target: ContextVar[Mapping[str, str]] = ContextVar("names of the target of the link that a request goes through")

OPERATIONS: Final[Mapping[str, str]] = {
    "BatchCreatePartition": "batch_create_partition",
    "BatchDeletePartition": "batch_delete_partition",
    "BatchDeleteTable": "batch_delete_table",
    "BatchGetPartition": "batch_get_partition",
    "BatchUpdatePartition": "batch_update_partition",
    "CreatePartition": "create_partition",
    "CreateTable": "create_table",
    "DeletePartition": "delete_partition",
    "DeleteTable": "delete_table",
    "DeleteTableVersion": "delete_table_version",
    "GetPartition": "get_partition",
    "GetPartitions": "get_partitions",
    "GetTable": "get_table",
    "GetTableVersion": "get_table_version",
    "GetTableVersions": "get_table_versions",
    "GetTables": "get_tables",
    "UpdatePartition": "update_partition",
    "UpdateTable": "update_table",
}
"""Operations of Glue that go through a link of their database, and moto's methods for them."""


@contextmanager
def going_to(target: Mapping[str, str]) -> Generator[None]:
    """Inside, requests to Glue are about this catalog, database and perhaps table, by the names of their parameters."""
    token = _target.set(target)
    try:
        yield
    finally:
        _target.reset(token)


def following_links() -> Iterator[tuple[Any, str, Any]]:
    """Replacements in moto's Glue."""
    from moto.glue.responses import GlueResponse

    for method in OPERATIONS.values():
        yield GlueResponse, method, _at_the_target(getattr(GlueResponse, method))


def _at_the_target(answer: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def answered(response: Any) -> Any:
        target = _target.get({})
        if target:
            response.body = json.dumps({**response.parameters, **target})
        return answer(response)

    return answered
