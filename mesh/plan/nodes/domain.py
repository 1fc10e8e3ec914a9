"""Nodes of the stack of a domain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from mesh import names
from mesh.contracts.catalog import CatalogTable
from mesh.iam.mesh_catalog import ABOUT_DEFAULT, ATHENAS_DATABASE
from mesh.iam.perimeter import Perimeter
from mesh.iam.product.audience import Audience
from mesh.iam.product.bucket_policy import bucket_policy
from mesh.iam.product.key_policy import key_policy
from mesh.iam.roles.clearance import clearance_permissions
from mesh.iam.roles.permission_set import permission_set_trust
from mesh.iam.roles.staff import auditor_permissions, engineer_permissions, owner_permissions
from mesh.iam.statement import Document
from mesh.plan.nodes import lf_tags
from mesh.plan.nodes.account import AccountBaselineArgs
from mesh.plan.nodes.account_access import AccountAccess, Tags
from mesh.plan.nodes.clearance import Clearance
from mesh.plan.nodes.drafts import CheckRoleArgs, DraftDatabaseArgs, DraftTablesArgs
from mesh.plan.nodes.grants import Grant, NamedResource, on_databases, on_tables
from mesh.plan.nodes.jobs import HeardPublicationsArgs, JobBaselineArgs, StartRoleArgs
from mesh.plan.nodes.lf_tags import TagAssignment
from mesh.plan.nodes.partner_replication import PartnerReplicationArgs
from mesh.plan.nodes.pipeline import PipelineArgs, PipelineRoleArgs
from mesh.plan.nodes.publication import ForwardRoleArgs, WakeupsArgs
from mesh.plan.nodes.retention import RetentionRoleArgs, TableOptimizersArgs


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearanceRoleArgs:
    """The role of a clearance in an account; `owner` names the domain. `by_hub` says that the hub grants to it."""

    perimeter: Perimeter
    clearance: Clearance
    account_id: str
    owner: str
    by_hub: bool = False

    @property
    def arn(self) -> str:
        """ARN of the role."""
        return names.clearance_role(self.account_id, self.clearance.name)

    @property
    def trust(self) -> Document:
        """Trust policy of the role: people with the permission set of the same name assume it."""
        return permission_set_trust(self.account_id, self.clearance.name)

    @property
    def permissions(self) -> Document:
        """Permissions of the role."""
        results = self.perimeter.buckets.results(self.owner, self.account_id)
        return clearance_permissions(
            self.perimeter, self.account_id, self.clearance.name, results, names.ACCOUNT_KEY_ALIAS
        )

    @property
    def grants(self) -> tuple[Grant, ...]:
        """Grants to the role: the hub's expressions, passed on; none where the hub grants to the role itself."""
        if self.by_hub:
            return ()
        hub, clearance = self.perimeter.governance_id, self.clearance
        return (
            on_databases(clearance.name, self.arn, hub, clearance.classifications),
            on_tables(clearance.name, self.arn, hub, clearance.expression),
        )


QUERY_DAYS: Final = 7
"""Days that results of a pipeline's queries are kept, in the product's bucket."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataProductArgs:
    """A data product: its bucket, its key and their policies. `retention`, and `lag` of its publication, in days.

    `pipeline_clearance` is what its own pipeline reads other products with, which is a part of that role's path.
    """

    perimeter: Perimeter
    domain: str
    name: str
    kind: str
    description: str
    account_id: str
    ports: frozenset[str]
    labels: frozenset[str]
    readers: tuple[str, ...]
    retention: int
    log_bucket: str
    lag: int = 14
    pipeline_clearance: str | None = None
    delivers: bool = False
    has_job: bool = False
    deletion_protection: bool = True
    tags: Tags = field(default_factory=dict[str, str])

    @property
    def bucket(self) -> str:
        """Name of the bucket."""
        return self.perimeter.buckets.of_product(self.domain, self.name, self.account_id)

    @property
    def expiring(self) -> Mapping[str, int]:
        """Days by folder of the bucket after which what is in it expires: files, deliveries, results of queries."""
        return {"files": self.retention, "outbound": self.retention, names.QUERIES: QUERY_DAYS}

    @property
    def old_versions(self) -> int:
        """Days that old versions stay; of tables longer than a publication may lag, for what was deleted too early."""
        days = min(self.retention, 30)
        return max(days, self.lag + 1) if "table" in self.ports else days

    @property
    def audience(self) -> Audience:
        """Roles that the bucket and the key admit; `readers` are the clearances that cover every label."""
        table, files, governance = "table" in self.ports, "files" in self.ports, self.perimeter.governance_id
        return Audience(
            account_id=self.account_id,
            pipeline=names.pipeline_role(self.account_id, self.name, self.pipeline_clearance or names.NO_CLEARANCE),
            location=names.location_role(governance, self.domain) if table else None,
            check=names.check_role(self.account_id) if table else None,
            starter=names.deploy_role(self.account_id) if table else None,
            # In any account: a clearance is valid in all domains, and a document does not grow with their number.
            clearances=tuple(names.clearance_role("*", reader) for reader in self.readers) if files else (),
            machines=tuple(names.pipeline_role("*", "*", reader) for reader in self.readers) if files else (),
            retention=names.retention_role(self.account_id) if table else None,
            logs=names.log_group(self.perimeter.region, self.account_id, self.name)[2] if self.has_job else None,
            delivery=names.delivery_role(self.account_id, self.name) if self.delivers else None,
        )

    @property
    def bucket_policy(self) -> Document:
        """Resource policy of the bucket; holds `KEY_ARN`."""
        return bucket_policy(self.perimeter, self.bucket, self.audience)

    @property
    def key_policy(self) -> Document:
        """Resource policy of the key."""
        return key_policy(self.perimeter, self.audience)


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffRoleArgs:
    """A role of a domain's staff, in the domain's account; `duty` is one of `names.STAFF`."""

    perimeter: Perimeter
    domain: str
    duty: str
    account_id: str

    @property
    def arn(self) -> str:
        """ARN of the role."""
        return names.staff_role(self.account_id, self.duty)

    @property
    def trust(self) -> Document:
        """Trust policy of the role: people with the permission set of the duty assume it."""
        return permission_set_trust(self.account_id, names.staff_permission_set(self.duty))

    @property
    def permissions(self) -> Document:
        """Permissions of the role. Raises ValueError for a duty that is none."""
        match self.duty:
            case "engineer":
                return engineer_permissions(self.perimeter, self.account_id)
            case "owner":
                return owner_permissions(self.perimeter, self.account_id, self.domain)
            case "auditor":
                return auditor_permissions(self.account_id)
            case _:
                raise ValueError(f"'{self.duty}' is no duty of a domain's staff")


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogEntryArgs:
    """A product with a table port in the mesh catalog: its database, and its tables once they are published."""

    perimeter: Perimeter
    domain: str
    product: str
    description: str
    bucket: str
    tables: tuple[CatalogTable, ...]
    classifications: tuple[str, ...]
    deletion_protection: bool = True

    @property
    def database(self) -> str:
        """Name of the database."""
        return names.database(self.domain, self.product)

    @property
    def closing(self) -> tuple[TagAssignment, ...]:
        """The LF-tags of the database, which close what is in it; they come before its first table."""
        return tuple(lf_tags.of_database(self.classifications))

    @property
    def publisher(self) -> str:
        """ARN of the role that makes and moves the tables."""
        return names.publisher_role(self.perimeter.governance_id, self.domain)

    @property
    def grant(self) -> Grant:
        """Grant to the publisher to see the database and to make tables in it, which are then its own."""
        return Grant(
            name=f"publishes-{self.domain}.{self.product}",
            principal=self.publisher,
            permissions=("CREATE_TABLE", "DESCRIBE"),
            on=NamedResource(catalog=self.perimeter.governance_id, database=self.database),
        )

    @property
    def labelling(self) -> tuple[TagAssignment, ...]:
        """The LF-tags of columns that publication puts, in their order: those that close, then those that open."""
        return tuple(lf_tags.of_columns(self.tables, self.classifications))

    @property
    def location(self) -> str:
        """Path of the tables, which the stack `governance` registers with Lake Formation."""
        return names.tables_of(self.bucket)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceLinkArgs:
    """A link in a domain's account to a database of the hub that it has or consumes; it gives no permission."""

    perimeter: Perimeter
    account_id: str
    producer: str
    product: str

    @property
    def database(self) -> str:
        """Name of the database, in the mesh catalog and of the link alike."""
        return names.database(self.producer, self.product)

    @property
    def grant(self) -> Grant:
        """Grant to everyone in the account to see the link; the database itself has grants of its own."""
        return Grant(
            name=f"{self.producer}.{self.product}",
            principal=f"{self.account_id}:IAMPrincipals",
            permissions=("DESCRIBE",),
            on=NamedResource(catalog=self.account_id, database=self.database),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultDatabaseArgs:
    """The empty database `default` of an account, which Athena asks every querying role to see."""

    account_id: str

    @property
    def database(self) -> str:
        """Name of the database, which is Athena's to choose."""
        return ATHENAS_DATABASE

    @property
    def description(self) -> str:
        """Description of the database."""
        return ABOUT_DEFAULT

    @property
    def grant(self) -> Grant:
        """Grant to everyone in the account to see it; there is nothing in it."""
        return Grant(
            name="default",
            principal=f"{self.account_id}:IAMPrincipals",
            permissions=("DESCRIBE",),
            on=NamedResource(catalog=self.account_id, database=self.database),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainPlan:
    """A domain: products, pipelines (their roles), jobs, catalog, deliveries by product; links by `<domain>.<product>`.

    It has two stacks in its account. `domain-<d>` makes what the domain owns, its tables as drafts among it, with the
    role of `access`; `access-<d>` makes what decides who reads, with the role of `deciding`: the boundary, the roles of
    clearances, staff, pipelines and deliveries, Lake Formation's settings and grants, links, databases of drafts. The
    entries of `catalog` are made by the stack `governance`, and their tables by publication.
    """

    name: str
    access: AccountAccess
    deciding: AccountAccess
    account: AccountBaselineArgs
    clearances: Mapping[str, ClearanceRoleArgs]
    staff: Mapping[str, StaffRoleArgs]
    products: Mapping[str, DataProductArgs]
    pipelines: Mapping[str, PipelineRoleArgs]
    jobs: Mapping[str, PipelineArgs]
    job_baseline: JobBaselineArgs | None
    start: StartRoleArgs | None
    optimizers: Mapping[str, TableOptimizersArgs]
    retention: RetentionRoleArgs | None
    catalog: Mapping[str, CatalogEntryArgs]
    drafts: Mapping[str, DraftTablesArgs]
    links: Mapping[str, ResourceLinkArgs]
    deliveries: Mapping[str, PartnerReplicationArgs]

    @property
    def default(self) -> DefaultDatabaseArgs:
        """The database that Athena asks for."""
        return DefaultDatabaseArgs(account_id=self.deciding.account_id)

    @property
    def draft_databases(self) -> Mapping[str, DraftDatabaseArgs]:
        """The databases of drafts by product."""
        return {
            name: DraftDatabaseArgs(
                account_id=draft.account_id,
                domain=draft.domain,
                product=draft.product,
                deletion_protection=draft.deletion_protection,
            )
            for name, draft in self.drafts.items()
        }

    @property
    def check(self) -> CheckRoleArgs:
        """The role with which drafts are checked."""
        return CheckRoleArgs(perimeter=self.account.perimeter, domain=self.name, account_id=self.deciding.account_id)

    @property
    def forward(self) -> ForwardRoleArgs:
        """The role with which wake-ups are passed on."""
        return ForwardRoleArgs(perimeter=self.account.perimeter, account_id=self.deciding.account_id)

    @property
    def heard(self) -> HeardPublicationsArgs | None:
        """The rules with which its account hears; None where it publishes nothing and starts with nothing published."""
        products = tuple(sorted({job.event for job in self.jobs.values() if job.event and job.runtime != "external"}))
        if not (products or self.drafts):
            return None
        return HeardPublicationsArgs(
            perimeter=self.account.perimeter, domain=self.name, account_id=self.access.account_id, products=products
        )

    @property
    def wakeups(self) -> WakeupsArgs:
        """The rules that pass wake-ups on."""
        account_id = self.access.account_id
        return WakeupsArgs(perimeter=self.account.perimeter, domain=self.name, account_id=account_id)
