"""Pulumi components, one AWS entity each; they take nodes of the Plan, read no YAML and make no provider."""

from components.account_baseline import AccountBaseline
from components.account_boundary import AccountBoundary
from components.account_budget import AccountBudget
from components.audit_trail import AuditTrail
from components.break_glass import BreakGlass
from components.break_glass_group import BreakGlassGroup
from components.catalog_entry import CatalogEntry
from components.check_role import CheckRole
from components.ci_role import CiRole
from components.clearance_role import ClearanceRole
from components.data_lake import DataLake
from components.data_product import DataProduct
from components.default_database import DefaultDatabase
from components.delivery_role import DeliveryRole
from components.draft_database import DraftDatabase
from components.draft_tables import DraftTables
from components.forward_role import ForwardRole
from components.heard_publications import HeardPublications
from components.inbox_tables import InboxTables
from components.job_baseline import JobBaseline
from components.landing_zone import LandingZone
from components.location_role import LocationRole
from components.mesh_bus import MeshBus
from components.mesh_catalog import MeshCatalog
from components.mesh_role import MeshRole
from components.partner_account import PartnerAccount
from components.partner_replication import PartnerReplication
from components.permission_sets import PermissionSets
from components.pipeline import Pipeline
from components.pipeline_role import PipelineRole
from components.private_bucket import PrivateBucket
from components.private_network import PrivateNetwork
from components.publication import Publication
from components.publication_role import PublicationRole
from components.registered_location import RegisteredLocation
from components.resource_link import ResourceLink
from components.retention_role import RetentionRole
from components.staff_role import StaffRole
from components.start_role import StartRole
from components.table_optimizers import TableOptimizers
from components.wakeups import Wakeups

__all__ = [
    "AccountBaseline",
    "AccountBoundary",
    "AccountBudget",
    "AuditTrail",
    "BreakGlass",
    "BreakGlassGroup",
    "CatalogEntry",
    "CheckRole",
    "CiRole",
    "ClearanceRole",
    "DataLake",
    "DataProduct",
    "DefaultDatabase",
    "DeliveryRole",
    "DraftDatabase",
    "DraftTables",
    "ForwardRole",
    "HeardPublications",
    "InboxTables",
    "JobBaseline",
    "LandingZone",
    "LocationRole",
    "MeshBus",
    "MeshCatalog",
    "MeshRole",
    "PartnerAccount",
    "PartnerReplication",
    "PermissionSets",
    "Pipeline",
    "PipelineRole",
    "PrivateBucket",
    "PrivateNetwork",
    "Publication",
    "PublicationRole",
    "RegisteredLocation",
    "ResourceLink",
    "RetentionRole",
    "StaffRole",
    "StartRole",
    "TableOptimizers",
    "Wakeups",
]
