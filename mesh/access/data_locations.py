"""Data locations of Lake Formation: who may point a database or a table at a place, and with whose role it is read.

Lake Formation Developer Guide, "Underlying data access control", "Implicit Lake Formation permissions", "Registering an
Amazon S3 location". At a registered location a database or table is made with DATA_LOCATION_ACCESS, which an
administrator of the lake has everywhere; at a place that is
not registered with no permission of Lake Formation; and a table below the location of its own database with none
either, whoever registered that location, and when.
"""

from __future__ import annotations

from mesh.access.lake import Lake, LakeDatabase, Lakes, Location, Reason
from mesh.plan.nodes.grants import NamedResource, WholeCatalog


def place(text: str) -> str:
    """Bucket and path of a place, written as an ARN or a URI, with a slash behind: `bucket/path/`."""
    return text.removeprefix("arn:aws:s3:::").removeprefix("s3://").removeprefix("s3a://").rstrip("/") + "/"


def _holds(outer: str, inner: str) -> bool:
    return bool(outer) and place(inner).startswith(place(outer))


def registered(lake: Lake, where: str) -> Location | None:
    """The registered location in which a place lies, the nearest of several; None where none is."""
    holding = [location for location in lake.locations if _holds(location.arn, where)]
    return max(holding, key=lambda location: len(place(location.arn)), default=None)


def may_point(lake: Lake, role: str, where: str, parent: LakeDatabase | None = None, name: str = "") -> Reason | None:
    """The permission by which a role points a database at a place, or a table of the database `parent`; None without.

    `name` is the database's. The permission to create the database or the table itself is another question.
    """
    if registered(lake, where) is None:
        return Reason(lake.account, "the place is not registered: Lake Formation asks nothing")
    if role in lake.administrators:
        return Reason(lake.account, "implicit: an administrator of the lake")
    if parent and _holds(parent.location, where) and may_create_tables(lake, role, parent, name):
        return Reason(lake.account, "implicit: below the location of its database")
    for grant in lake.location_grants:
        if grant.principal == role and _holds(grant.arn, where):
            return Reason(lake.account, f"DATA_LOCATION_ACCESS on {grant.arn}")
    return None


def may_create_database(lake: Lake, role: str, where: str) -> Reason | None:
    """The permission by which a role makes a database at a place; None without."""
    creates = role in lake.administrators or any(
        isinstance(grant.on, WholeCatalog) and grant.principal == role and "CREATE_DATABASE" in grant.permissions
        for grant in lake.grants
    )
    return may_point(lake, role, where) if creates else None


def may_create_tables(lake: Lake, role: str, database: LakeDatabase, name: str) -> Reason | None:
    """The permission by which a role makes tables in a database: its creator's, or a grant of it; None without."""
    if role == database.creator:
        return Reason(lake.account, "implicit permissions of the creator")
    for grant in lake.grants:
        on_it = isinstance(grant.on, NamedResource) and grant.on.database == name and grant.on.table is None
        if on_it and grant.principal == role and {"CREATE_TABLE", "ALL"} & set(grant.permissions):
            return Reason(lake.account, grant.name)
    return None


def may_grant(lake: Lake, role: str, permission: str, database: str) -> Reason | None:
    """The right by which a role grants a permission on a database: as administrator, creator, or by a grant option."""
    if role in lake.administrators:
        return Reason(lake.account, "an administrator of the lake")
    stored = lake.databases.get(database)
    if stored and role == stored.creator:
        return Reason(lake.account, "implicit permissions of the creator")
    for grant in lake.grants:
        on_it = isinstance(grant.on, NamedResource) and grant.on.database == database
        if on_it and grant.grantable and grant.principal == role and permission in grant.permissions:
            return Reason(lake.account, grant.name)
    return None


def read_with(lakes: Lakes, catalog: str, database: str, table: str) -> str | None:
    """The role with which Lake Formation reads a table for whoever may select it; None where it reads none.

    The table says where its data is, and the location there whose role reads it: not the domain that the table is of.
    """
    found = lakes.table(catalog, database, table)
    location = registered(lakes.lakes[catalog], found[1].location) if found else None
    return location.role if location else None
