"""Lake Formation as moto has it stored: settings, LF-tags, grants and locations of what was deployed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from mesh.access.lake import EVERYONE_IAM_ALLOWS, Lake, LakeDatabase, Lakes, LakeTable, Location
from mesh.evaluator import UnknownError
from mesh.plan.nodes.grants import Covered, Grant, Label, NamedResource, WholeCatalog

Creators = Mapping[tuple[str, str], str]
"""Who created a database, by catalog and name; moto does not remember it."""

_KINDS: Final = {"DATABASE": "DATABASE", "TABLE": "TABLE"}


def live_lakes(region: str, accounts: Iterable[str], creators: Creators) -> Lakes:
    """Lake Formation of these accounts. Raises UnknownError for a grant on what the evaluator does not know."""
    return Lakes([_lake(region, account, creators) for account in dict.fromkeys(accounts)])


def governed(region: str, account: str) -> bool:
    """Whether Lake Formation decides in an account: new tables there are not open to everyone whom IAM lets in."""
    return not _open(_settings(region, account))


def administers(region: str, account: str, role: str) -> bool:
    """Whether a role is an administrator of the account's lake, who sees everything that its catalog describes."""
    return role in _principals(_settings(region, account), "DataLakeAdmins", "ReadOnlyAdmins")


def _backend(region: str, account: str) -> Any:
    from moto.lakeformation.models import lakeformation_backends

    return lakeformation_backends[account][region]


def _settings(region: str, account: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = _backend(region, account).settings[account]
    return found


def _principals(settings: Mapping[str, Any], *members: str) -> tuple[str, ...]:
    return tuple(each["DataLakePrincipalIdentifier"] for name in members for each in settings.get(name) or ())


def _open(settings: Mapping[str, Any]) -> bool:
    defaults = [
        each["Principal"]["DataLakePrincipalIdentifier"]
        for name in ("CreateDatabaseDefaultPermissions", "CreateTableDefaultPermissions")
        for each in settings.get(name) or ()
    ]
    return EVERYONE_IAM_ALLOWS in defaults


def _lake(region: str, account: str, creators: Creators) -> Lake:
    from moto.glue.models import glue_backends

    backend, settings = _backend(region, account), _settings(region, account)
    stored: Mapping[str, Any] = glue_backends[account][region].databases
    return Lake(
        account=account,
        administrators=_principals(settings, "DataLakeAdmins"),
        open_by_default=_open(settings),
        full_table_outside=bool(settings.get("AllowFullTableExternalDataAccess")),
        filtering_outside=bool(settings.get("AllowExternalDataFiltering")),
        databases={name: _database(backend, account, database, creators) for name, database in stored.items()},
        grants=tuple(_grants(backend)),
        locations=tuple(Location(arn=each.arn, role=each.role_arn or "") for each in backend.resources.values()),
    )


# ---- labels


def _database(backend: Any, account: str, database: Any, creators: Creators) -> LakeDatabase:
    return LakeDatabase(
        creator=creators.get((account, database.name)),
        labels=_labels(backend.lf_database_tags.get((account, database.name))),
        tables={name: _table(backend, account, database.name, table) for name, table in database.tables.items()},
    )


def _table(backend: Any, account: str, database: str, table: Any) -> LakeTable:
    described: Mapping[str, Any] = table.as_dict()
    storage: Mapping[str, Any] = described.get("StorageDescriptor") or {}
    columns = columns_of(described)
    own = {name: backend.lf_columns_tags.get((account, database, table.name, name)) for name in columns}
    return LakeTable(
        location=str(storage.get("Location") or ""),
        columns=columns,
        labels=_labels(backend.lf_table_tags.get((account, database, table.name))),
        column_labels={name: _labels(tags) for name, tags in own.items() if tags},
    )


def columns_of(table: Mapping[str, Any]) -> tuple[str, ...]:
    """Names of the columns of a table as Glue describes it, those of its partitions included."""
    storage: Mapping[str, Any] = table.get("StorageDescriptor") or {}
    every: list[Mapping[str, Any]] = [*(storage.get("Columns") or ()), *(table.get("PartitionKeys") or ())]
    return tuple(dict.fromkeys(str(column["Name"]) for column in every))


def _labels(tags: Iterable[Mapping[str, Any]] | None) -> dict[str, str]:
    return {tag["TagKey"]: tag["TagValues"][0] for tag in tags or ()}


# ---- grants


def _grants(backend: Any) -> Iterator[Grant]:
    for catalog, held in backend.grants.items():
        for permission in held.permissions:
            yield from _grant(catalog, permission)


def _grant(catalog: str, held: Any) -> Iterator[Grant]:
    principal: str = held.principal["DataLakePrincipalIdentifier"]
    on = _on(catalog, held.resource)
    if on is None:
        return
    passed_on = [each for each in held.permissions if each in held.permissions_with_grant_options]
    kept = [each for each in held.permissions if each not in passed_on]
    for permissions, grantable in ((passed_on, True), (kept, False)):
        if permissions:
            named = f"{', '.join(sorted(permissions))} on {_said(on)} to {principal}"
            yield Grant(name=named, principal=principal, permissions=tuple(permissions), on=on, grantable=grantable)


def _on(catalog: str, resource: Mapping[str, Any]) -> Covered | WholeCatalog | Label | NamedResource | None:
    """What a grant is on; None for a data location, which gives nobody data to read."""
    kind, *more = resource
    if more:
        raise UnknownError(f"a grant on several things at once: {', '.join(resource)}")
    found: Mapping[str, Any] = resource[kind] or {}
    catalog = str(found.get("CatalogId") or catalog)
    match kind:
        case "LFTagPolicy":
            # As the Plan writes expressions: in an order of their own.
            expression = tuple(sorted((e["TagKey"], tuple(sorted(e["TagValues"]))) for e in found["Expression"]))
            return Covered(catalog=catalog, kind=found["ResourceType"], expression=expression)
        case "Database":
            return NamedResource(catalog=catalog, database=found["Name"])
        case "Table":
            table = "*" if found.get("TableWildcard") is not None else found["Name"]
            return NamedResource(catalog=catalog, database=found["DatabaseName"], table=table)
        case "LFTag":
            return Label(catalog=catalog, key=found["TagKey"], values=tuple(sorted(found["TagValues"])))
        case "Catalog":
            return WholeCatalog(catalog=catalog)
        case "DataLocation":
            return None
        case _:
            raise UnknownError(f"a grant on {kind} is not known to the evaluator")


def _said(on: Covered | WholeCatalog | Label | NamedResource) -> str:
    match on:
        case Covered(kind=kind, expression=expression):
            return f"{kind.lower()}s where " + " and ".join(f"{key} in ({', '.join(v)})" for key, v in expression)
        case NamedResource(database=database, table=table):
            return f"{database}.{table}" if table else database
        case Label(key=key):
            return f"LF-tag {key}"
        case WholeCatalog(catalog=catalog):
            return f"catalog {catalog}"
