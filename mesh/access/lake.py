"""Lake Formation of every account: labels, grants and settings decide the columns that a role may read.

Rules: Lake Formation Developer Guide, "Lake Formation tag-based access control" (inheritance database -> table ->
column, an assignment below overrides the one above), "Managing LF-tag value permissions", "Permission cascading rules"
(what an account may pass on), "Implicit Lake Formation permissions" (who creates a table has every permission on it,
and who created the database of it has none), "Changing the default settings for your data lake"
(`IAMAllowedPrincipals`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from mesh.evaluator.patterns import like
from mesh.evaluator.world import Account
from mesh.plan.nodes.grants import EVERYONE_IAM_ALLOWS, Covered, Expression, Grant, NamedResource

Labels = Mapping[str, str]
"""Values of LF-tags by their key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LakeTable:
    """A table: location of its data, its columns, and the labels assigned to it and to columns; its creator, if known.

    `open_by_default` says that a default permission of its database opened it to all whom IAM admits.
    """

    location: str
    columns: tuple[str, ...]
    creator: str | None = None
    open_by_default: bool = False
    labels: Labels = field(default_factory=dict[str, str])
    column_labels: Mapping[str, Labels] = field(default_factory=dict[str, Labels])


@dataclass(frozen=True, slots=True, kw_only=True)
class LakeDatabase:
    """A database: its creator, its location, its tables, and the labels that they inherit."""

    creator: str | None
    labels: Labels
    tables: Mapping[str, LakeTable]
    location: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A registered location, as `arn:aws:s3:::bucket/path`; in hybrid mode IAM decides without an opt-in."""

    arn: str
    role: str
    hybrid: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationGrant:
    """DATA_LOCATION_ACCESS of a principal on a place, as `arn:aws:s3:::bucket/path`."""

    principal: str
    arn: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lake:
    """Lake Formation in one account: its catalog's contents, grants and settings."""

    account: str
    administrators: tuple[str, ...] = ()
    open_by_default: bool = True
    """Whether new databases and tables are open to everyone whom IAM admits, which is AWS's default."""
    full_table_outside: bool = False
    filtering_outside: bool = False
    databases: Mapping[str, LakeDatabase] = field(default_factory=dict[str, LakeDatabase])
    grants: tuple[Grant, ...] = ()
    locations: tuple[Location, ...] = ()
    location_grants: tuple[LocationGrant, ...] = ()


class Reason(NamedTuple):
    """A grant that makes a column readable, and the account whose Lake Formation has it."""

    account: str
    grant: str


class Lakes:
    """Lake Formation of every account."""

    def __init__(self, lakes: Iterable[Lake]) -> None:
        self.lakes = {lake.account: lake for lake in lakes}
        self._held: dict[tuple[str, str], tuple[tuple[Grant, tuple[Reason, ...]], ...]] = {}

    def table(self, catalog: str, database: str, table: str) -> tuple[LakeDatabase, LakeTable] | None:
        """A table of a catalog; None when there is none."""
        lake = self.lakes.get(catalog)
        parent = lake.databases.get(database) if lake else None
        entry = parent.tables.get(table) if parent else None
        return (parent, entry) if parent and entry else None

    def readable(
        self, role: str, account: Account, catalog: str, database: str, table: str
    ) -> dict[str, tuple[Reason, ...]]:
        """The columns that a role of an account may select, each with the grants that let it.

        Empty also for a table that does not exist.
        """
        database_and_table = self.table(catalog, database, table)
        if database_and_table is None:
            return {}
        parent, entry = database_and_table
        whole = self._whole(role, catalog, entry.creator, entry.open_by_default)
        if whole:
            return dict.fromkeys(entry.columns, (whole,))
        held = self.held(role, account, catalog)
        readable: dict[str, tuple[Reason, ...]] = {}
        for column in entry.columns:
            reasons = _column(held, parent, entry, column, database, table)
            if reasons:
                readable[column] = reasons
        return readable

    def unlabelled(
        self, role: str, account: Account, catalog: str, database: str, table: str | None = None
    ) -> tuple[Reason, ...]:
        """The grants by which a role would select a column without labels, of a table or of one that is yet to come.

        It is asked for who may read by labels: neither for the creator, nor where the account is open by default.
        """
        lake = self.lakes.get(catalog)
        parent = lake.databases.get(database) if lake else None
        if parent is None:
            return ()
        entry = parent.tables.get(table) if table is not None else None
        bare = LakeTable(location="", columns=(), labels=entry.labels if entry else {})
        return _column(self.held(role, account, catalog), parent, bare, "", database, table or "")

    def visible(self, role: str, account: Account, catalog: str, database: str) -> tuple[Reason, ...]:
        """Grants by which a role sees a database; empty when it does not."""
        lake = self.lakes.get(catalog)
        entry = lake.databases.get(database) if lake else None
        if entry is None:
            return ()
        whole = self._whole(role, catalog, entry.creator)
        if whole:
            return (whole,)
        return next(
            (
                reasons
                for grant, reasons in self.held(role, account, catalog)
                if _on_database(grant, entry.labels, database) and _permits(grant, "DESCRIBE")
            ),
            (),
        )

    def _whole(self, role: str, catalog: str, creator: str | None, is_open: bool = False) -> Reason | None:
        """The reason why a role needs no grant: it is the creator, or it is open by default; else None.

        Who creates a database has no permission on a table that another creates in it.
        """
        lake = self.lakes[catalog]
        if role == creator:
            return Reason(catalog, "implicit permissions of the creator")
        if is_open or lake.open_by_default:
            return Reason(catalog, f"{EVERYONE_IAM_ALLOWS}, by the default permissions of new tables")
        return None

    def held(self, role: str, account: Account, catalog: str) -> tuple[tuple[Grant, tuple[Reason, ...]], ...]:
        """The grants on a catalog that reach a role, each with its chain from the hub."""
        key = (role, catalog)
        if key not in self._held:
            self._held[key] = tuple(self._reaching(role, account, catalog))
        return self._held[key]

    def _reaching(self, role: str, account: Account, catalog: str) -> Iterable[tuple[Grant, tuple[Reason, ...]]]:
        hub = self.lakes.get(catalog)
        # `<id>:IAMPrincipals` stands for every role and user of an account.
        direct = {role, EVERYONE_IAM_ALLOWS, f"{account.id}:IAMPrincipals"}
        for grant in hub.grants if hub else ():
            if grant.principal in direct and _catalog(grant) == catalog:
                yield grant, (Reason(catalog, grant.name),)
        home = self.lakes.get(account.id)
        if home is None or home is hub or hub is None:
            return
        for grant in home.grants:
            if grant.principal in direct and _catalog(grant) == catalog:
                shared = _shared(hub.grants, grant, account)
                if shared:
                    yield grant, (Reason(catalog, shared.name), Reason(account.id, grant.name))


def _catalog(grant: Grant) -> str:
    return grant.on.catalog


def _shared(grants: Sequence[Grant], passed_on: Grant, account: Account) -> Grant | None:
    """The hub's grant behind one that an account passed on: on the same resource, with the grant option."""
    for grant in grants:
        covered = grant.on == passed_on.on and set(passed_on.permissions) <= set(grant.permissions)
        if covered and grant.grantable and _reaches(grant.principal, account):
            return grant
    return None


def _reaches(principal: str, account: Account) -> bool:
    """Whether a grant to an account, a unit or the organisation reaches an account."""
    if principal == account.id:
        return True
    if not principal.startswith("arn:aws:organizations::"):
        return False
    kind, _, rest = principal.split(":", 5)[5].partition("/")
    organization, _, unit = rest.partition("/")
    if organization != account.organization:
        return False
    return kind == "organization" or unit in account.path


def _column(
    held: Sequence[tuple[Grant, tuple[Reason, ...]]],
    parent: LakeDatabase,
    entry: LakeTable,
    column: str,
    database: str,
    table: str,
) -> tuple[Reason, ...]:
    # A tag of the column overrides that of its table, which overrides that of the database.
    labels = {**parent.labels, **entry.labels, **entry.column_labels.get(column, {})}
    for grant, reasons in held:
        if _permits(grant, "SELECT") and _on_table(grant, labels, database, table):
            return reasons
    return ()


def _permits(grant: Grant, permission: str) -> bool:
    return permission in grant.permissions or "ALL" in grant.permissions


def _on_table(grant: Grant, labels: Labels, database: str, table: str) -> bool:
    match grant.on:
        case Covered(kind="TABLE", expression=expression):
            return covers(expression, labels)
        case NamedResource(database=named, table=only):
            return named == database and only is not None and like(only)(table)
        case _:
            return False


def _on_database(grant: Grant, labels: Labels, database: str) -> bool:
    match grant.on:
        case Covered(kind="DATABASE", expression=expression):
            return covers(expression, labels)
        case NamedResource(database=named, table=None):
            return named == database
        case _:
            return False


def covers(expression: Expression, labels: Labels) -> bool:
    """Whether labels satisfy an expression: every key is there, with one of its values."""
    return all(labels.get(key) in values for key, values in expression)
