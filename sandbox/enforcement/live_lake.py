"""Lake Formation as it is stored: settings, LF-tags, grants and locations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mesh.access.lake import Lake, LakeDatabase, Lakes, LakeTable, Location, LocationGrant
from mesh.evaluator import UnknownError
from mesh.plan.nodes.grants import EVERYONE_IAM_ALLOWS, Covered, Grant, Label, NamedResource, WholeCatalog

Creators = Mapping[tuple[str, ...], str]
"""Creators of databases and tables, by catalog, database and table: moto does not keep them."""


def live_lakes(region: str, accounts: Iterable[str], creators: Creators) -> Lakes:
    """Lake Formation of these accounts. Raises UnknownError for a grant on a resource that the evaluator lacks."""
    return Lakes([_lake(region, account, creators) for account in dict.fromkeys(accounts)])


def governed(region: str, account: str) -> bool:
    """True when Lake Formation decides in an account: new tables there are not open to all whom IAM allows."""
    return not _is_open(_settings(region, account))


def administers(region: str, account: str, role: str) -> bool:
    """True when a role administers the account's lake, so that it sees everything that the catalog describes."""
    return role in _principals(_settings(region, account), "DataLakeAdmins", "ReadOnlyAdmins")


def _backend(region: str, account: str) -> Any:
    from moto.lakeformation.models import lakeformation_backends

    return lakeformation_backends[account][region]


def _settings(region: str, account: str) -> Mapping[str, Any]:
    settings: Mapping[str, Any] = _backend(region, account).settings[account]
    return settings


def _principals(settings: Mapping[str, Any], *members: str) -> tuple[str, ...]:
    return tuple(p["DataLakePrincipalIdentifier"] for name in members for p in settings.get(name) or ())


def _is_open(settings: Mapping[str, Any]) -> bool:
    return any(_opens(settings, name) for name in ("CreateDatabaseDefaultPermissions", "CreateTableDefaultPermissions"))


def _opens(described: Mapping[str, Any], name: str) -> bool:
    """Whether default permissions open what is made to all whom IAM admits."""
    return any(
        permission["Principal"]["DataLakePrincipalIdentifier"] == EVERYONE_IAM_ALLOWS
        for permission in described.get(name) or ()
    )


def _lake(region: str, account: str, creators: Creators) -> Lake:
    from moto.glue.models import glue_backends

    backend, settings = _backend(region, account), _settings(region, account)
    stored: Mapping[str, Any] = glue_backends[account][region].databases
    return Lake(
        account=account,
        administrators=_principals(settings, "DataLakeAdmins"),
        open_by_default=_is_open(settings),
        full_table_outside=bool(settings.get("AllowFullTableExternalDataAccess")),
        filtering_outside=bool(settings.get("AllowExternalDataFiltering")),
        databases={name: _database(backend, account, database, creators) for name, database in stored.items()},
        grants=tuple(_grants(backend)),
        locations=tuple(
            Location(arn=stored.arn, role=stored.role_arn or "") for stored in [*backend.resources.values()]
        ),
        location_grants=tuple(_location_grants(backend)),
    )


# ---- labels


def _database(backend: Any, account: str, database: Any, creators: Creators) -> LakeDatabase:
    described: Mapping[str, Any] = database.input or {}
    return LakeDatabase(
        creator=creators.get((account, database.name)),
        labels=_labels(backend.lf_database_tags.get((account, database.name))),
        location=str(described.get("LocationUri") or ""),
        tables={name: _table(backend, account, database, table, creators) for name, table in database.tables.items()},
    )


def _table(backend: Any, account: str, parent: Any, table: Any, creators: Creators) -> LakeTable:
    database: str = parent.name
    described: Mapping[str, Any] = table.as_dict()
    storage: Mapping[str, Any] = described.get("StorageDescriptor") or {}
    columns = columns_of(described)
    column_tags = {name: backend.lf_columns_tags.get((account, database, table.name, name)) for name in columns}
    return LakeTable(
        location=str(storage.get("Location") or ""),
        columns=columns,
        creator=creators.get((account, database, table.name)),
        # What is made in a database has its default permissions from the start, whatever becomes of those.
        open_by_default=_opens(parent.input or {}, "CreateTableDefaultPermissions"),
        labels=_labels(backend.lf_table_tags.get((account, database, table.name))),
        column_labels={name: _labels(tags) for name, tags in column_tags.items() if tags},
    )


def columns_of(table: Mapping[str, Any]) -> tuple[str, ...]:
    """Names of the columns of a table as Glue describes it, those of its partitions included."""
    storage: Mapping[str, Any] = table.get("StorageDescriptor") or {}
    columns: list[Mapping[str, Any]] = [*(storage.get("Columns") or ()), *(table.get("PartitionKeys") or ())]
    return tuple(dict.fromkeys(str(column["Name"]) for column in columns))


def _labels(tags: Iterable[Mapping[str, Any]] | None) -> dict[str, str]:
    return {tag["TagKey"]: tag["TagValues"][0] for tag in tags or ()}


# ---- grants


def _grants(backend: Any) -> Iterator[Grant]:
    for catalog, stored in backend.grants.items():
        for permission in stored.permissions:
            yield from _grants_of(catalog, permission)


def _grants_of(catalog: str, stored: Any) -> Iterator[Grant]:
    """The grants in a stored one: a grant of its permissions with the grant option, and a grant of the others."""
    principal: str = stored.principal["DataLakePrincipalIdentifier"]
    resource = _granted_on(catalog, stored.resource)
    if resource is None:
        return
    with_option = [p for p in stored.permissions if p in stored.permissions_with_grant_options]
    without_option = [p for p in stored.permissions if p not in with_option]
    for permissions, grantable in ((with_option, True), (without_option, False)):
        if permissions:
            name = f"{', '.join(sorted(permissions))} on {_described(resource)} to {principal}"
            yield Grant(
                name=name, principal=principal, permissions=tuple(permissions), on=resource, grantable=grantable
            )


def _location_grants(backend: Any) -> Iterator[LocationGrant]:
    for stored in [*backend.grants.values()]:
        for permission in stored.permissions:
            place: Mapping[str, Any] = permission.resource.get("DataLocation") or {}
            if place and "DATA_LOCATION_ACCESS" in permission.permissions:
                principal: str = permission.principal["DataLakePrincipalIdentifier"]
                yield LocationGrant(principal=principal, arn=place["ResourceArn"])


def _granted_on(catalog: str, resource: Mapping[str, Any]) -> Covered | WholeCatalog | Label | NamedResource | None:
    """The resource of a grant; None for a data location, whose grant gives nobody data to read."""
    kind, *others = resource
    if others:
        raise UnknownError(f"a grant on several things at once: {', '.join(resource)}")
    names: Mapping[str, Any] = resource[kind] or {}
    catalog = str(names.get("CatalogId") or catalog)
    match kind:
        case "LFTagPolicy":
            # The Plan sorts the terms of an expression, and their values.
            terms = names["Expression"]
            expression = tuple(sorted((term["TagKey"], tuple(sorted(term["TagValues"]))) for term in terms))
            return Covered(catalog=catalog, kind=names["ResourceType"], expression=expression)
        case "Database":
            return NamedResource(catalog=catalog, database=names["Name"])
        case "Table":
            table = "*" if names.get("TableWildcard") is not None else names["Name"]
            return NamedResource(catalog=catalog, database=names["DatabaseName"], table=table)
        case "LFTag":
            return Label(catalog=catalog, key=names["TagKey"], values=tuple(sorted(names["TagValues"])))
        case "Catalog":
            return WholeCatalog(catalog=catalog)
        case "DataLocation":
            return None
        case _:
            raise UnknownError(f"a grant on {kind} is not known to the evaluator")


def _described(on: Covered | WholeCatalog | Label | NamedResource) -> str:
    match on:
        case Covered(kind=kind, expression=expression):
            return f"{kind.lower()}s where " + " and ".join(f"{key} in ({', '.join(v)})" for key, v in expression)
        case NamedResource(database=database, table=table):
            return f"{database}.{table}" if table else database
        case Label(key=key):
            return f"LF-tag {key}"
        case WholeCatalog(catalog=catalog):
            return f"catalog {catalog}"
