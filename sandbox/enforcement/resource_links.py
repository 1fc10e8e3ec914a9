"""Resource links of Glue: names in one catalog for databases and tables of another, which calls go through.

Lake Formation Developer Guide, "Resource link handling in AWS Glue APIs": who goes through a link needs IAM's and Lake
Formation's permissions on the target, and on the link as well, which is DESCRIBE.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final, NamedTuple

from sandbox.emulator.followed_links import OPERATIONS
from sandbox.enforcement import glue
from sandbox.enforcement.aws_call import AwsCall

_TO_THE_TABLE: Final = frozenset(OPERATIONS) - {"CreateTable", "DeleteTable", "BatchDeleteTable", "GetTables"}
"""Operations that go through the link of a table, too."""


class LinkTarget(NamedTuple):
    """The target of a link; of a database, without a table."""

    catalog: str
    database: str
    table: str = ""


class FollowedCall(NamedTuple):
    """A call about the target of a link, and the names in it that are the target's."""

    call: AwsCall
    names: Mapping[str, str]


def followed(call: AwsCall, account: str) -> FollowedCall | None:
    """The call that one through a link comes to; None where it names no link, or does not go through one."""
    if call.service != "glue" or call.operation not in OPERATIONS:
        return None
    catalog, database, table = glue.owner(call, account), glue.database(call), glue.table(call)
    target = database_target(call.region, catalog, database)
    if target is None and call.operation in _TO_THE_TABLE:
        target = table_target(call.region, catalog, database, table)
    if target is None:
        return None
    names = {"CatalogId": target.catalog, "DatabaseName": target.database}
    if target.table:
        names["TableName" if call.text("TableName") else "Name"] = target.table
    return FollowedCall(replace(call, parameters={**call.parameters, **names}), names)


def database_target(region: str, catalog: str, database: str) -> LinkTarget | None:
    """The target of a link to a database; None for a database of its own."""
    stored = _databases(region, catalog).get(database)
    described: Mapping[str, Any] = (stored.input if stored else None) or {}
    target: Mapping[str, str] = described.get("TargetDatabase") or {}
    return LinkTarget(target.get("CatalogId") or catalog, target["DatabaseName"]) if target else None


def table_target(region: str, catalog: str, database: str, table: str) -> LinkTarget | None:
    """The target of a link to a table; None for a table of its own."""
    stored = _databases(region, catalog).get(database)
    found = stored.tables.get(table) if stored else None
    described: Mapping[str, Any] = found.as_dict() if found else {}
    target: Mapping[str, str] = described.get("TargetTable") or {}
    return LinkTarget(target.get("CatalogId") or catalog, target["DatabaseName"], target["Name"]) if target else None


def about(call: AwsCall, target: LinkTarget) -> AwsCall:
    """The call with which somebody who asks for a link asks for its target."""
    names = {"CatalogId": target.catalog, "Name": target.table or target.database}
    if not target.table:
        return replace(call, operation="GetDatabase", parameters=names)
    return replace(call, operation="GetTable", parameters={**names, "DatabaseName": target.database})


def with_targets(call: AwsCall, answer: dict[str, Any], sees: Callable[[LinkTarget], bool]) -> dict[str, Any] | None:
    """An answer in which links tell of their targets, as far as somebody sees those; None where it has no links."""
    if call.operation == "GetDatabase":
        return {**answer, "Database": _told(call.region, answer["Database"], sees)}
    if call.operation == "GetDatabases":
        return {**answer, "DatabaseList": [_told(call.region, each, sees) for each in answer["DatabaseList"]]}
    if call.operation == "GetTables":
        return {**answer, "TableList": [_told(call.region, each, sees) for each in answer["TableList"]]}
    return None


def _told(region: str, link: dict[str, Any], sees: Callable[[LinkTarget], bool]) -> dict[str, Any]:
    """A link with what Glue tells of its target: names and identity stay the link's."""
    named: Mapping[str, str] = link.get("TargetTable") or link.get("TargetDatabase") or {}
    if not named:
        return link
    table = named["Name"] if link.get("TargetTable") else ""
    target = LinkTarget(named.get("CatalogId") or link["CatalogId"], named["DatabaseName"], table)
    database = _databases(region, target.catalog).get(target.database)
    stored = database.tables.get(table) if database and table else database
    if stored is None or not sees(target):
        return link
    members: Mapping[str, Any] = stored.as_dict()
    return {**{name: members[name] for name in _OF_THE_TARGET if members.get(name)}, **_said(link)}


def _said(link: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in link.items() if value is not None}


_OF_THE_TARGET: Final = ("Description", "LocationUri", "Parameters", "StorageDescriptor", "PartitionKeys", "TableType")


def _databases(region: str, catalog: str) -> Mapping[str, Any]:
    from moto.glue.models import glue_backends

    databases: Mapping[str, Any] = glue_backends[catalog][region].databases
    return databases
