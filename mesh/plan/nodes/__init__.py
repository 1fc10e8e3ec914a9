"""The Plan: frozen dataclasses that *are* the components' arguments.

`plan.domains["playback"].products["sessions"]` is the `DataProductArgs` that `DataProduct` takes. Policy documents are
properties of a node, made from its own fields, so a node built by hand has them too and none can be left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mesh.iam.perimeter import Perimeter
from mesh.plan.nodes.account import AccountBaselineArgs
from mesh.plan.nodes.account_access import AccountAccess, Tags
from mesh.plan.nodes.domain import (
    CatalogEntryArgs,
    ClearanceRoleArgs,
    DataProductArgs,
    Delivery,
    DomainPlan,
    PartnerReplicationArgs,
    PipelineRoleArgs,
    ResourceLinkArgs,
)
from mesh.plan.nodes.governance import (
    AuditTrailArgs,
    BreakGlassArgs,
    Clearance,
    GovernancePlan,
    LocationRoleArgs,
    MeshBusArgs,
    MeshCatalogArgs,
)
from mesh.plan.nodes.network import NetworkArgs
from mesh.plan.nodes.organization import (
    Assignment,
    BreakGlassGroupArgs,
    DeclarativePolicy,
    LandingZoneArgs,
    MemberAccount,
    OrganizationPlan,
    OrganizationPolicy,
    PermissionSet,
    PermissionSetsArgs,
)
from mesh.plan.nodes.partner import PartnerAccountArgs, PartnerPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that can be known before AWS is asked."""

    mesh: str
    perimeter: Perimeter
    organization: OrganizationPlan
    governance: GovernancePlan
    domains: Mapping[str, DomainPlan]
    partners: Mapping[str, PartnerPlan]

    @property
    def stacks(self) -> tuple[str, ...]:
        """Every stack, in the order in which they are deployed the first time.

        Partners come before domains: an inbox has to exist before a product replicates into it.
        """
        return (
            "organization",
            "governance",
            *(f"partner-{name}" for name in self.partners),
            *(f"domain-{name}" for name in self.domains),
        )


__all__ = [
    "AccountAccess",
    "AccountBaselineArgs",
    "Assignment",
    "AuditTrailArgs",
    "BreakGlassArgs",
    "BreakGlassGroupArgs",
    "CatalogEntryArgs",
    "Clearance",
    "ClearanceRoleArgs",
    "DataProductArgs",
    "DeclarativePolicy",
    "Delivery",
    "DomainPlan",
    "GovernancePlan",
    "LandingZoneArgs",
    "LocationRoleArgs",
    "MemberAccount",
    "MeshBusArgs",
    "MeshCatalogArgs",
    "NetworkArgs",
    "OrganizationPlan",
    "OrganizationPolicy",
    "PartnerAccountArgs",
    "PartnerPlan",
    "PartnerReplicationArgs",
    "PermissionSet",
    "PermissionSetsArgs",
    "PipelineRoleArgs",
    "Plan",
    "ResourceLinkArgs",
    "Tags",
]
