"""Nodes of drafts: databases and tables that a domain's pipelines write to, and the role that checks them."""

from __future__ import annotations

from dataclasses import dataclass

from mesh import names
from mesh.contracts.catalog import CatalogTable
from mesh.iam.perimeter import Perimeter
from mesh.iam.roles.draft_check import check_permissions, check_trust
from mesh.iam.statement import Document
from mesh.plan.nodes.grants import EVERYONE_IAM_ALLOWS, Grant, NamedResource


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftDatabaseArgs:
    """The database of a product's drafts, in its domain's own catalog; open there to all whom IAM admits."""

    account_id: str
    domain: str
    product: str
    deletion_protection: bool = True

    @property
    def database(self) -> str:
        """Name of the database."""
        return names.draft_database(self.domain, self.product)

    @property
    def description(self) -> str:
        """Description of the database."""
        return f"Drafts of {self.domain}.{self.product}: its pipeline commits here, the mesh checks and publishes"

    @property
    def grant(self) -> Grant:
        """The grant to all whom IAM admits; what is made in the database is open to them as well."""
        return Grant(
            name=f"{self.product}-draft",
            principal=EVERYONE_IAM_ALLOWS,
            permissions=("ALL",),
            on=NamedResource(catalog=self.account_id, database=self.database),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftTablesArgs:
    """The tables of a product as its contract has them, with the ids of its lock, in the database of its drafts.

    `snapshots` is for how many days an Iceberg table keeps its snapshots.
    """

    account_id: str
    domain: str
    product: str
    bucket: str
    tables: tuple[CatalogTable, ...]
    snapshots: int = 30
    deletion_protection: bool = True

    @property
    def database(self) -> str:
        """Name of the database, which the stack `access-<d>` makes."""
        return names.draft_database(self.domain, self.product)

    @property
    def location(self) -> str:
        """Path of the tables."""
        return names.tables_of(self.bucket)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRoleArgs:
    """The role with which the publication function reads the drafts of a domain's account."""

    perimeter: Perimeter
    domain: str
    account_id: str

    @property
    def arn(self) -> str:
        """ARN of the role."""
        return names.check_role(self.account_id)

    @property
    def trust(self) -> Document:
        """Trust policy of the role: the publication function assumes it."""
        return check_trust(self.perimeter.governance_id)

    @property
    def permissions(self) -> Document:
        """Permissions of the role."""
        results = self.perimeter.buckets.results(self.domain, self.account_id)
        return check_permissions(self.perimeter, self.account_id, self.domain, results)
