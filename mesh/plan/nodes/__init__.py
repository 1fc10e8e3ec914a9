"""Nodes of the Plan: frozen dataclasses that *are* the components' arguments.

`plan.domains["playback"].products["sessions"]` is the `DataProductArgs` that `DataProduct` takes. Policy documents are
properties of a node, made from its own fields, so a node built by hand has them too and none can be left out.
"""

from __future__ import annotations

from mesh.plan.nodes.account import AccountBaselineArgs
from mesh.plan.nodes.account_access import AccountAccess, Tags
from mesh.plan.nodes.clearance import Clearance
from mesh.plan.nodes.continuous_integration import CiRoleArgs, FirstCiRoles
from mesh.plan.nodes.domain import (
    CatalogEntryArgs,
    ClearanceRoleArgs,
    DataProductArgs,
    DefaultDatabaseArgs,
    DomainPlan,
    ResourceLinkArgs,
    StaffRoleArgs,
)
from mesh.plan.nodes.drafts import CheckRoleArgs, DraftDatabaseArgs, DraftTablesArgs
from mesh.plan.nodes.governance import (
    AuditTrailArgs,
    BreakGlassArgs,
    GovernancePlan,
    LocationRoleArgs,
    MeshBusArgs,
    MeshCatalogArgs,
    PublicationRoleArgs,
    RegisteredLocationArgs,
)
from mesh.plan.nodes.jobs import HeardPublicationsArgs, JobBaselineArgs, StartRoleArgs
from mesh.plan.nodes.network import NetworkArgs
from mesh.plan.nodes.organization import (
    Assignment,
    BreakGlassGroupArgs,
    DeclarativePolicy,
    LandingZoneArgs,
    LetGoAccount,
    MemberAccount,
    OptOutPolicy,
    OrganizationPlan,
    OrganizationPolicy,
    PermissionSet,
    PermissionSetsArgs,
)
from mesh.plan.nodes.partner import InboxTablesArgs, PartnerAccountArgs, PartnerPlan
from mesh.plan.nodes.partner_replication import Delivery, PartnerReplicationArgs
from mesh.plan.nodes.pipeline import PipelineArgs, PipelineRoleArgs
from mesh.plan.nodes.plan import Plan
from mesh.plan.nodes.publication import ForwardRoleArgs, PublicationAlarm, PublicationArgs, WakeupsArgs
from mesh.plan.nodes.retention import RetentionRoleArgs, TableOptimizersArgs
from mesh.plan.nodes.roles import RoleDocuments

__all__ = [
    "AccountAccess",
    "AccountBaselineArgs",
    "Assignment",
    "AuditTrailArgs",
    "BreakGlassArgs",
    "BreakGlassGroupArgs",
    "CatalogEntryArgs",
    "CheckRoleArgs",
    "CiRoleArgs",
    "Clearance",
    "ClearanceRoleArgs",
    "DataProductArgs",
    "DeclarativePolicy",
    "DefaultDatabaseArgs",
    "Delivery",
    "DomainPlan",
    "DraftDatabaseArgs",
    "DraftTablesArgs",
    "FirstCiRoles",
    "ForwardRoleArgs",
    "GovernancePlan",
    "HeardPublicationsArgs",
    "InboxTablesArgs",
    "JobBaselineArgs",
    "LandingZoneArgs",
    "LetGoAccount",
    "LocationRoleArgs",
    "MemberAccount",
    "MeshBusArgs",
    "MeshCatalogArgs",
    "NetworkArgs",
    "OptOutPolicy",
    "OrganizationPlan",
    "OrganizationPolicy",
    "PartnerAccountArgs",
    "PartnerPlan",
    "PartnerReplicationArgs",
    "PermissionSet",
    "PermissionSetsArgs",
    "PipelineArgs",
    "PipelineRoleArgs",
    "Plan",
    "PublicationAlarm",
    "PublicationArgs",
    "PublicationRoleArgs",
    "RegisteredLocationArgs",
    "ResourceLinkArgs",
    "RetentionRoleArgs",
    "RoleDocuments",
    "StaffRoleArgs",
    "StartRoleArgs",
    "TableOptimizersArgs",
    "Tags",
    "WakeupsArgs",
]
