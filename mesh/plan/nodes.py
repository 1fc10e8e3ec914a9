"""The Plan: frozen dataclasses that *are* the components' arguments.

`plan.domains["playback"].products["sessions"]` is the `DataProductArgs` that `DataProduct` takes. Policy documents are
properties of a node, made from its own fields, so a node built by hand has them too and none can be left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from mesh import names
from mesh.contracts.catalog import CatalogTable
from mesh.iam import central, guardrails, product, roles
from mesh.iam.perimeter import Perimeter
from mesh.iam.values import Document

Tags = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountAccess:
    """How a stack reaches an account: what an `aws.Provider` is made from.

    `assumed` marks an id that AWS has not given yet: it is planned and proven with, and never deployed to.
    """

    account_id: str
    region: str
    deploy_role: str
    preview_role: str
    tags: Tags
    assumed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationPolicy:
    """A service or resource control policy and where it is attached: `root`, a unit's name, or an account's."""

    name: str
    type: str
    target: str
    description: str
    document: Document


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberAccount:
    """An account of the organisation; `unit` is `governance`, `domains` or `partners`."""

    name: str
    email: str
    unit: str
    tags: Tags


@dataclass(frozen=True, kw_only=True)
class OrganizationArgs:
    """The organisation: units, accounts, what holds everywhere, and the two roles that every account starts with."""

    perimeter: Perimeter
    accounts: tuple[MemberAccount, ...]
    partner_policies: tuple[OrganizationPolicy, ...] = ()
    deletion_protection: bool = True

    @cached_property
    def policies(self) -> tuple[OrganizationPolicy, ...]:
        """Every service and resource control policy, partners' own last."""
        p, scp, rcp = self.perimeter, "SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"
        doors = guardrails.no_side_doors(p)
        fixed = (
            ("identities-stay-inside", scp, "root", "No identity acts on a resource outside the organisation.",
             guardrails.identities_stay_inside(p)),
            ("guardrails-stay-up", scp, "root", "Only deployments change what protects data.",
             guardrails.guardrails_stay_up()),
            ("resources-stay-inside", rcp, "root", "Nobody outside the organisation reaches a resource.",
             guardrails.resources_stay_inside(p)),
            ("no-side-doors-domains", scp, "domains", "No service carries data out of a domain.", doors),
            ("domain-resources", rcp, "domains", "Only domains and governance reach domain resources.",
             guardrails.domain_resources_stay_in_domains(p)),
            ("no-side-doors-governance", scp, "governance", "No service carries data out of governance.", doors),
            ("no-side-doors-partners", scp, "partners", "No service carries data out of a partner account.", doors),
        )  # fmt: skip
        named = tuple(
            OrganizationPolicy(name=f"mesh-{name}", type=kind, target=target, description=text, document=body)
            for name, kind, target, text, body in fixed
        )
        return (*named, *self.partner_policies)

    @cached_property
    def deploy_trust(self) -> Document:
        """Trust of `mesh/deploy`."""
        return roles.deploy_trust(self.perimeter, names.ci_role(self.perimeter.governance_id, "deploy"))

    @cached_property
    def preview_trust(self) -> Document:
        """Trust of `mesh/preview`."""
        ids = self.perimeter.governance_id
        return roles.deploy_trust(self.perimeter, names.ci_role(ids, "preview"), names.ci_role(ids, "deploy"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PermissionSet:
    """What people sign in with; it does nothing but step into one role of the mesh. `role` is a pattern of ARNs."""

    name: str
    description: str
    role: str

    @property
    def policy(self) -> Document:
        """Inline policy of the permission set."""
        return roles.permission_set(self.role)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """A group that holds a permission set in one account; `account` is the account's name in the organisation."""

    group: str
    group_id: str
    permission_set: str
    account: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PermissionSetsArgs:
    """Who steps into which role: one permission set a clearance and one for partners' people, and who holds them.

    A clearance is held once, in the group's home account; that it is valid in every domain follows from the data.
    """

    instance: str
    permission_sets: tuple[PermissionSet, ...]
    assignments: tuple[Assignment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clearance:
    """A clearance as one Lake Formation expression: for each classification `[false]` or `[false, true]`.

    The hub's grant and the domain's are made from the same value: a consumer account may pass on an expression
    only when it is exactly the one shared with it (Lake Formation Developer Guide, "Permission cascading rules").
    """

    name: str
    reads: frozenset[str]
    classifications: tuple[str, ...]

    @property
    def expression(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """LF-tag key and values, for every classification of the mesh."""
        return tuple((key, ("false", "true") if key in self.reads else ("false",)) for key in self.classifications)

    def covers(self, labels: frozenset[str]) -> bool:
        """Whether everything with these labels may be read."""
        return labels <= self.reads


@dataclass(frozen=True, slots=True, kw_only=True)
class MeshCatalogArgs:
    """The one catalog: Lake Formation's settings, LF-tags, the hub's grants, and the publishers it lets in."""

    perimeter: Perimeter
    classifications: Mapping[str, str]
    clearances: tuple[Clearance, ...]
    publishers: tuple[str, ...]

    @property
    def administrators(self) -> tuple[str, ...]:
        """Lake Formation administrators: the deployment, nobody else."""
        return (names.deploy_role(self.perimeter.governance_id),)

    @property
    def catalog_policy(self) -> Document:
        """Resource policy of the catalog."""
        return central.catalog_policy(self.perimeter)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditTrailArgs:
    """The organisation's trail and the bucket that keeps it; `retention` in days."""

    perimeter: Perimeter
    bucket: str
    retention: int
    deletion_protection: bool = True

    @property
    def bucket_policy(self) -> Document:
        """Resource policy of the audit bucket."""
        return central.audit_bucket_policy(self.perimeter, self.bucket)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeshBusArgs:
    """The event bus that carries what happens to products."""

    perimeter: Perimeter

    @property
    def policy(self) -> Document:
        """Resource policy of the bus."""
        return central.bus_policy(self.perimeter)


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationRoleArgs:
    """The roles of a domain in the governance account: one reads its buckets for Lake Formation, one publishes."""

    perimeter: Perimeter
    domain: str
    domain_id: str

    @property
    def trust(self) -> Document:
        """Who assumes the location role."""
        return roles.location_trust(self.perimeter.governance_id)

    @property
    def permissions(self) -> Document:
        """What the location role may do."""
        return roles.location_permissions(self.perimeter, self.domain, self.domain_id)

    @property
    def publisher_trust(self) -> Document:
        """Who assumes the publisher role."""
        return roles.publisher_trust(self.domain_id)

    @property
    def publisher_permissions(self) -> Document:
        """What the publisher role may do."""
        return roles.publisher_permissions(self.perimeter, self.domain, self.domain_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainAccountArgs:
    """Baseline of an account: keys, boundary, logs, query results, budget. `owner` names the domain or partner.

    `clearances` that are held in the account have a workgroup each; without any there is one for the account.
    `budget` in US dollars a month; `log_retention` and `results_retention` in days.
    """

    perimeter: Perimeter
    owner: str
    owner_email: str
    account_id: str
    budget: int
    log_retention: int
    results_retention: int
    clearances: tuple[str, ...] = ()
    deletion_protection: bool = True

    @property
    def workgroups(self) -> Mapping[str, str]:
        """Athena workgroups, and where each keeps its results.

        One a clearance: results are data, and who holds less must not read what a query of more has found.
        """
        if not self.clearances:
            return {names.WORKGROUP: f"s3://{self.results_bucket}/"}
        return {names.workgroup(name): f"s3://{self.results_bucket}/{name}/" for name in self.clearances}

    @property
    def log_bucket(self) -> str:
        """Where the account's buckets write their access logs."""
        return names.log_bucket(self.perimeter.mesh, self.owner)

    @property
    def results_bucket(self) -> str:
        """Where the account's queries write their results."""
        return names.results_bucket(self.perimeter.mesh, self.owner)

    @property
    def boundary(self) -> Document:
        """Permissions boundary of every role in the account."""
        return roles.boundary(self.perimeter, self.account_id)

    @property
    def key_policy(self) -> Document:
        """Resource policy of the account's key."""
        return central.account_key_policy(self.perimeter, self.account_id)

    @property
    def log_bucket_policy(self) -> Document:
        """Resource policy of the log bucket."""
        return central.log_bucket_policy(self.perimeter, self.log_bucket, self.account_id)

    @property
    def results_bucket_policy(self) -> Document:
        """Resource policy of the bucket of query results."""
        return central.results_bucket_policy(self.perimeter, self.results_bucket, self.account_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearanceRoleArgs:
    """The role of a clearance in an account; `owner` names the domain."""

    perimeter: Perimeter
    clearance: Clearance
    account_id: str
    owner: str

    @property
    def arn(self) -> str:
        """ARN of the role."""
        return names.clearance_role(self.account_id, self.clearance.name)

    @property
    def trust(self) -> Document:
        """Who assumes it: people with the permission set of the same name."""
        return roles.permission_set_trust(self.account_id, self.clearance.name)

    @property
    def permissions(self) -> Document:
        """What it may call."""
        results = names.results_bucket(self.perimeter.mesh, self.owner)
        return roles.clearance_permissions(
            self.perimeter, self.account_id, self.clearance.name, results, names.ACCOUNT_KEY_ALIAS
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DataProductArgs:
    """A data product: its bucket and its key, and who reaches them. `retention` in days."""

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
    delivers: bool = False
    deletion_protection: bool = True
    tags: Tags = field(default_factory=dict[str, str])

    @property
    def bucket(self) -> str:
        """Name of the bucket."""
        return names.bucket(self.perimeter.mesh, self.domain, self.name)

    @property
    def audience(self) -> product.Audience:
        """Who touches the product; `readers` are the clearances that cover every label."""
        table, files, governance = "table" in self.ports, "files" in self.ports, self.perimeter.governance_id
        return product.Audience(
            account_id=self.account_id,
            pipeline=names.pipeline_role(self.account_id, self.name),
            location=names.location_role(governance, self.domain) if table else None,
            publisher=names.publisher_role(governance, self.domain) if table else None,
            clearances=tuple(names.clearance_role("*", reader) for reader in self.readers) if files else (),
            delivery=names.delivery_role(self.account_id, self.name) if self.delivers else None,
        )

    @property
    def bucket_policy(self) -> Document:
        """Resource policy of the bucket; holds `KEY_ARN`."""
        return product.bucket_policy(self.perimeter, self.bucket, self.audience)

    @property
    def key_policy(self) -> Document:
        """Resource policy of the key."""
        return product.key_policy(self.perimeter, self.audience)


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineRoleArgs:
    """The only writer of a product."""

    perimeter: Perimeter
    domain: str
    product: str
    account_id: str

    @property
    def arn(self) -> str:
        """ARN of the role."""
        return names.pipeline_role(self.account_id, self.product)

    @property
    def trust(self) -> Document:
        """Who assumes it."""
        return roles.pipeline_trust(self.account_id)

    @property
    def permissions(self) -> Document:
        """What it may do."""
        return roles.pipeline_permissions(self.perimeter, self.account_id, self.domain, self.product)


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogEntryArgs:
    """What the mesh catalog shows of a product with a table port."""

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
    def location(self) -> str:
        """The path that is registered with Lake Formation: tables only, never the files port."""
        return f"{self.bucket}/tables"

    @property
    def location_role(self) -> str:
        """The role that Lake Formation reads with."""
        return names.location_role(self.perimeter.governance_id, self.domain)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceLinkArgs:
    """A consumed database as the consumer's own account shows it; a link, never a permission."""

    perimeter: Perimeter
    account_id: str
    producer: str
    product: str

    @property
    def database(self) -> str:
        """Name of the database, in the mesh catalog and of the link alike."""
        return names.database(self.producer, self.product)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One agreement on the producer's side; a closed one replicates nothing."""

    partner: str
    partner_id: str
    inbox: str
    open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryArgs:
    """What S3 copies from a product's `outbound/<partner>/` into the partners' inboxes."""

    perimeter: Perimeter
    domain: str
    product: str
    account_id: str
    deliveries: tuple[Delivery, ...]

    @property
    def bucket(self) -> str:
        """The product's bucket."""
        return names.bucket(self.perimeter.mesh, self.domain, self.product)

    @property
    def trust(self) -> Document:
        """Who assumes the delivery role."""
        return roles.delivery_trust(self.account_id, self.bucket)

    @property
    def permissions(self) -> Document:
        """What the delivery role may do; closed agreements are not among the inboxes."""
        inboxes = tuple(delivery.inbox for delivery in self.deliveries if delivery.open)
        return roles.delivery_permissions(self.perimeter, self.account_id, self.bucket, inboxes)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerAccountArgs:
    """What a partner's account has above the baseline: the inbox, its catalog, the role of its people."""

    perimeter: Perimeter
    partner: str
    account_id: str
    writers: tuple[str, ...]
    retention: int
    deletion_protection: bool = True

    @property
    def inbox(self) -> str:
        """Name of the inbox bucket."""
        return names.partner_bucket(self.perimeter.mesh, self.partner)

    @property
    def bucket_policy(self) -> Document:
        """Resource policy of the inbox."""
        return central.inbox_policy(self.perimeter, self.inbox, self.account_id, self.writers)

    @property
    def key_policy(self) -> Document:
        """Resource policy of the inbox's key."""
        return central.inbox_key_policy(self.perimeter, self.account_id, self.writers)

    @property
    def access_trust(self) -> Document:
        """Who assumes the access role: people with the permission set `mesh-partner`."""
        return roles.permission_set_trust(self.account_id, names.PARTNER_PERMISSION_SET)

    @property
    def access_permissions(self) -> Document:
        """What the partner's people may call: their inbox, their catalog, their workgroup."""
        return roles.partner_permissions(self.perimeter, self.partner, self.account_id, self.inbox)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationPlan:
    """The stack `organization`."""

    access: AccountAccess
    args: OrganizationArgs
    people: PermissionSetsArgs | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GovernancePlan:
    """The stack `governance`."""

    access: AccountAccess
    account: DomainAccountArgs
    catalog: MeshCatalogArgs
    audit: AuditTrailArgs
    bus: MeshBusArgs
    locations: Mapping[str, LocationRoleArgs]


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainPlan:
    """The stack of a domain; products, pipelines, catalog and deliveries by product, links by `<domain>.<product>`."""

    name: str
    access: AccountAccess
    publishing: AccountAccess
    account: DomainAccountArgs
    clearances: Mapping[str, ClearanceRoleArgs]
    products: Mapping[str, DataProductArgs]
    pipelines: Mapping[str, PipelineRoleArgs]
    catalog: Mapping[str, CatalogEntryArgs]
    links: Mapping[str, ResourceLinkArgs]
    deliveries: Mapping[str, DeliveryArgs]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerPlan:
    """The stack of a partner."""

    name: str
    access: AccountAccess
    account: DomainAccountArgs
    partner: PartnerAccountArgs


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
