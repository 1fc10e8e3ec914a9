"""Lake Formation's answer to who makes a database, or points one or a table at a place, as it is stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mesh.access.data_locations import may_create_database, may_point
from mesh.access.lake import Lake
from sandbox.enforcement import glue
from sandbox.enforcement.aws_call import AwsCall

POINTS: Final = frozenset({"CreateDatabase", "UpdateDatabase", "CreateTable", "UpdateTable"})
"""Operations of Glue that say where data is."""


def refusal(call: AwsCall, lake: Lake, role: str) -> str:
    """The permission that a role lacks for an operation of `POINTS`, in words; empty when it lacks none."""
    where = _place(call)
    if call.operation == "CreateDatabase":
        held = may_create_database(lake, role, where)
    elif call.operation == "UpdateDatabase":
        held = may_point(lake, role, where)
    else:
        name = glue.database(call)
        held = may_point(lake, role, where, lake.databases.get(name), name)
    return "" if held else f"{role} has no permission for {call.operation} at '{where}'"


def _place(call: AwsCall) -> str:
    """The place that a call names; empty when it names none."""
    database: Mapping[str, Any] = call.parameters.get("DatabaseInput") or {}
    table: Mapping[str, Any] = call.parameters.get("TableInput") or {}
    stored: Mapping[str, Any] = table.get("StorageDescriptor") or {}
    formatted: Mapping[str, Any] = call.parameters.get("OpenTableFormatInput") or {}
    iceberg: Mapping[str, Any] = formatted.get("IcebergInput") or {}
    made: Mapping[str, Any] = iceberg.get("CreateIcebergTableInput") or {}
    updated: Mapping[str, Any] = call.parameters.get("UpdateOpenTableFormatInput") or {}
    changed: Mapping[str, Any] = updated.get("UpdateIcebergInput") or {}
    changes: Mapping[str, Any] = changed.get("UpdateIcebergTableInput") or {}
    moved = (change.get("Location") for change in changes.get("Updates") or ())
    places = (database.get("LocationUri"), stored.get("Location"), made.get("Location"), *moved)
    return next((str(place) for place in places if place), "")
