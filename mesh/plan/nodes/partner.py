"""Nodes of the stack of a partner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mesh import names
from mesh.contracts.catalog import CatalogTable
from mesh.iam.ends import Ends
from mesh.iam.partner import inbox_bucket_policy, inbox_key_policy
from mesh.iam.perimeter import Perimeter
from mesh.iam.roles.partner_access import partner_permissions
from mesh.iam.roles.permission_set import permission_set_trust
from mesh.iam.statement import Document
from mesh.plan.nodes.account import AccountBaselineArgs
from mesh.plan.nodes.account_access import AccountAccess
from mesh.plan.nodes.roles import RoleDocuments


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerAccountArgs:
    """A partner's account above the baseline: the inbox, its catalog, the role of its people.

    `writers` are the delivery roles of open agreements, each with its last day.
    """

    perimeter: Perimeter
    partner: str
    account_id: str
    writers: Ends
    retention: int
    deletion_protection: bool = True

    @property
    def inbox(self) -> str:
        """Name of the inbox bucket."""
        return self.perimeter.buckets.inbox(self.partner, self.account_id)

    @property
    def bucket_policy(self) -> Document:
        """Resource policy of the inbox."""
        return inbox_bucket_policy(self.perimeter, self.inbox, self.account_id, self.writers)

    @property
    def key_policy(self) -> Document:
        """Resource policy of the inbox's key."""
        return inbox_key_policy(self.perimeter, self.account_id, self.writers)

    @property
    def access(self) -> RoleDocuments:
        """Documents of the role of the partner's people, who sign in with the permission set `mesh-partner`.

        They may use their inbox, their catalog and their workgroup.
        """
        return RoleDocuments(
            trust=permission_set_trust(self.account_id, names.PARTNER_PERMISSION_SET),
            permissions=partner_permissions(self.perimeter, self.partner, self.account_id, self.inbox),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxTablesArgs:
    """Tables over what one agreement brings into a partner's inbox, in the partner's own catalog.

    They stay when the agreement has ended, as what was delivered does.
    """

    perimeter: Perimeter
    partner: str
    account_id: str
    domain: str
    product: str
    tables: tuple[CatalogTable, ...]

    @property
    def database(self) -> str:
        """The partner's database, which `PartnerAccountArgs` has."""
        return names.snake(self.partner)

    def name(self, table: CatalogTable) -> str:
        """Name of a table: those of two products may bear one name in their contracts."""
        return f"{names.database(self.domain, self.product)}__{table.name}"

    def location(self, table: CatalogTable) -> str:
        """Folder of a table in the inbox, and below it in the product's bucket, as replication keeps keys."""
        inbox = self.perimeter.buckets.inbox(self.partner, self.account_id)
        return f"s3://{inbox}/{names.outbound(self.partner, self.domain, self.product)}/{table.name}/"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerPlan:
    """The stack of a partner; `tables` by product, as `<domain>.<product>`."""

    name: str
    access: AccountAccess
    account: AccountBaselineArgs
    partner: PartnerAccountArgs
    tables: Mapping[str, InboxTablesArgs]
