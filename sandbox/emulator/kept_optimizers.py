"""Optimizers of tables: the emulated Glue keeps them, and none of them runs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Optimizers = dict[tuple[str, str, str], dict[str, Any]]
"""Configurations by database, table and type."""


def table_optimizers() -> Iterator[tuple[Any, str, Any]]:
    """Make, read, change and delete optimizers of tables that are there (Glue API, CreateTableOptimizer)."""
    from moto.glue.responses import GlueResponse

    yield GlueResponse, "create_table_optimizer", _create
    yield GlueResponse, "get_table_optimizer", _get
    yield GlueResponse, "update_table_optimizer", _update
    yield GlueResponse, "delete_table_optimizer", _delete


def _kept(response: Any) -> Optimizers:
    """The optimizers of an account, in its backend: they go with it, and are kept with it."""
    kept: Optimizers = response.glue_backend.__dict__.setdefault("table_optimizers", {})
    return kept


def _key(response: Any) -> tuple[str, str, str]:
    said = response.parameters
    # A table that is not there is refused before anything else.
    response.glue_backend.get_table(said["DatabaseName"], said["TableName"])
    return said["DatabaseName"], said["TableName"], said["Type"]


def _present(response: Any) -> tuple[str, str, str]:
    from moto.glue.exceptions import EntityNotFoundException

    key = _key(response)
    if key not in _kept(response):
        raise EntityNotFoundException(f"Table optimizer of type {key[2]} not found for table {key[0]}.{key[1]}.")
    return key


def _create(response: Any) -> Any:
    from moto.core.responses import EmptyResult
    from moto.glue.exceptions import AlreadyExistsException

    key, kept = _key(response), _kept(response)
    if key in kept:
        raise AlreadyExistsException("Table optimizer")
    kept[key] = response.parameters["TableOptimizerConfiguration"]
    return EmptyResult()


def _get(response: Any) -> Any:
    from moto.core.responses import ActionResult

    key = _present(response)
    return ActionResult(
        {
            "CatalogId": response.current_account,
            "DatabaseName": key[0],
            "TableName": key[1],
            "TableOptimizer": {"type": key[2], "configuration": _kept(response)[key]},
        }
    )


def _update(response: Any) -> Any:
    from moto.core.responses import EmptyResult

    _kept(response)[_present(response)] = response.parameters["TableOptimizerConfiguration"]
    return EmptyResult()


def _delete(response: Any) -> Any:
    from moto.core.responses import EmptyResult

    del _kept(response)[_present(response)]
    return EmptyResult()
