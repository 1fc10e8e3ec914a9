"""Mesh -> Plan: pure, total for a mesh whose rules hold, and the same Plan for the same mesh and day."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping
from functools import lru_cache, partial

from mesh import names
from mesh.aws.aws_regions import zone_letters
from mesh.iam.perimeter import Perimeter
from mesh.iam.rcp.partner import partner_resources_take_one_writer
from mesh.iam.scp.partner import partner_stays_inside
from mesh.model import (
    Contract,
    Domain,
    Mesh,
    Partner,
    Product,
)
from mesh.plan import continuous_integration, delivered, people, pipeline_nodes, publication
from mesh.plan.catalog_nodes import CatalogNodes
from mesh.plan.nodes import (
    AccountBaselineArgs,
    AuditTrailArgs,
    BreakGlassArgs,
    BreakGlassGroupArgs,
    CatalogEntryArgs,
    ClearanceRoleArgs,
    DataProductArgs,
    Delivery,
    DomainPlan,
    GovernancePlan,
    LandingZoneArgs,
    LocationRoleArgs,
    MemberAccount,
    MeshBusArgs,
    MeshCatalogArgs,
    NetworkArgs,
    OrganizationPlan,
    OrganizationPolicy,
    PartnerAccountArgs,
    PartnerPlan,
    PartnerReplicationArgs,
    PermissionSetsArgs,
    PipelineRoleArgs,
    Plan,
    PublicationArgs,
    StaffRoleArgs,
)


def build(mesh: Mesh, as_of: datetime.date) -> Plan:
    """The Plan of a mesh on a day; the day decides which agreements are open and which reviews are past."""
    return Builder(mesh, as_of).plan()


class Builder(CatalogNodes):
    """Nodes of the Plan, made together or one by one; each method is a pure function of mesh and day."""

    def plan(self) -> Plan:
        """The whole plan."""
        domains = {name: self.domain(name, domain) for name, domain in self.mesh.domains.items()}
        entries = {f"{name}.{p}": entry for name, domain in domains.items() for p, entry in domain.catalog.items()}
        return Plan(
            mesh=self.file.name,
            as_of=self.as_of,
            perimeter=self.perimeter,
            organization=self.organization(),
            governance=self.governance(entries),
            domains=domains,
            partners={name: self.partner(name, partner) for name, partner in self.mesh.partners.items()},
        )

    # ---- organization and governance

    def organization(self) -> OrganizationPlan:
        """The stack `organization`."""
        owner = self.file.owner.team
        return OrganizationPlan(
            access=self.access(self.perimeter.management_id, "organization", owner),
            args=LandingZoneArgs(
                perimeter=self.perimeter,
                accounts=tuple(self.members()),
                let_go=tuple(self.let_go()),
                partner_policies=tuple(policy for name in self.partner_names for policy in self.partner_policies(name)),
                first_ci=continuous_integration.first_roles(self.file.ci, self.perimeter),
                services=self.accounts.organization.services,
                policy_types=self.accounts.organization.policy_types,
                deletion_protection=self.file.defaults.deletion_protection,
            ),
            break_glass_group=BreakGlassGroupArgs(perimeter=self.perimeter),
            people=self.people(),
        )

    def people(self) -> PermissionSetsArgs | None:
        """Permission sets and their assignments; a member whose review is past has none."""
        return people.permission_sets(self.mesh, self.accounts.identity_center, self.as_of)

    def members(self) -> list[MemberAccount]:
        """Accounts of the organisation, without the management account."""

        def member(name: str, unit: str, of: Domain | Partner | None = None) -> MemberAccount:
            address = (of and of.account.email) or self.file.account_email.replace("{account}", name)
            tags = self.tags("organization", (of or self.file).owner.team)
            protected = self.protected(of) if of else self.file.defaults.deletion_protection
            return MemberAccount(name=name, email=address, unit=unit, tags=tags, deletion_protection=protected)

        return [
            member("governance", "governance"),
            *(member(f"domain-{name}", "domains", domain) for name, domain in self.mesh.domains.items()),
            *(member(f"partner-{name}", "partners", partner) for name, partner in self.mesh.partners.items()),
        ]

    def fixed_policies(self) -> tuple[OrganizationPolicy, ...]:
        """Control policies whose number and size do not grow with the mesh."""
        return _fixed_policies(self.perimeter)

    def partner_policies(self, name: str) -> list[OrganizationPolicy]:
        """Service and resource control policy of one partner's account, in this order; of one let go as well."""
        account_id, target = self.partner_id(name), f"partner-{name}"
        # A partner that goes before its account has a line would leave the account without them.
        retained = name not in self.accounts.partners
        return [
            OrganizationPolicy(
                name=f"mesh-{target}-stays-inside",
                type="SERVICE_CONTROL_POLICY",
                targets=(target,),
                description=f"Partner {name} reaches no other account.",
                document=partner_stays_inside(account_id),
                retained=retained,
            ),
            OrganizationPolicy(
                name=f"mesh-{target}-one-writer",
                type="RESOURCE_CONTROL_POLICY",
                targets=(target,),
                description=f"Only the declared writers reach into the account of partner {name}.",
                document=partner_resources_take_one_writer(
                    account_id, tuple(self.writers(name)), self.perimeter.governance_id
                ),
                retained=retained,
            ),
        ]

    def governance(self, entries: Mapping[str, CatalogEntryArgs] | None = None) -> GovernancePlan:
        """The stack `governance`; without entries of the catalog what is the same whatever the contracts say."""
        defaults, owner, entries = self.file.defaults, self.file.owner, entries or {}
        return GovernancePlan(
            access=self.access(self.perimeter.governance_id, "governance", owner.team, self.governance_is_assumed),
            account=AccountBaselineArgs(
                perimeter=self.perimeter,
                owner="governance",
                owner_email=owner.email,
                account_id=self.perimeter.governance_id,
                budget=defaults.budget,
                log_retention=defaults.log_retention,
                results_retention=defaults.results_retention,
                deletion_protection=defaults.deletion_protection,
            ),
            catalog=MeshCatalogArgs(
                perimeter=self.perimeter,
                classifications=dict(self.file.classifications),
                clearances=tuple(self.clearances.values()),
                publishers=tuple(
                    names.publisher_role(self.perimeter.governance_id, name) for name in self.mesh.domains
                ),
                direct={name: self.domain_id(name) for name in self.mesh.domains}
                if self.file.granted_by == "hub"
                else {},
                machines=pipeline_nodes.granted_by_hub(self),
            ),
            audit=AuditTrailArgs(
                perimeter=self.perimeter,
                bucket=self.perimeter.buckets.audit(self.perimeter.governance_id),
                retention=defaults.audit_retention,
                deletion_protection=defaults.deletion_protection,
            ),
            bus=MeshBusArgs(perimeter=self.perimeter),
            break_glass=BreakGlassArgs(perimeter=self.perimeter),
            network=NetworkArgs(perimeter=self.perimeter, zones=zone_letters(self.file.region, self.file.zones)),
            locations={name: self.location(name) for name in self.mesh.domains},
            registered=self.registered(),
            entries=entries,
            publication=self.publication(entries),
            ci=continuous_integration.roles_of_domains(
                self.file.ci, self.perimeter, {name: self.domain_id(name) for name in self.mesh.domains}
            ),
        )

    def publication(self, entries: Mapping[str, CatalogEntryArgs]) -> PublicationArgs:
        """The publication function, with a document for each product that has tables."""
        hub, domains = self.perimeter.governance_id, {self.domain_id(name): name for name in self.mesh.domains}
        contracts = {
            publication.contract_path(entry.domain, entry.product): partial(
                publication.contract_document,
                entry,
                self.mesh.contracts[name],
                self.domain_id(entry.domain),
                self.mesh.domains[entry.domain].owner,
            )
            for name, entry in entries.items()
        }
        defaults = self.file.defaults
        about = partial(
            publication.mesh_document,
            self.perimeter,
            self.classifications,
            domains,
            lag_days=defaults.publication_lag,
            snapshot_days=defaults.snapshots,
        )
        return PublicationArgs(
            perimeter=self.perimeter,
            log_bucket=self.perimeter.buckets.logs("governance", hub),
            documents=publication.Documents({publication.MESH_PATH: about, **contracts}),
            lag_days=defaults.publication_lag,
            deletion_protection=self.file.defaults.deletion_protection,
        )

    # ---- domains

    def domain(self, name: str, domain: Domain) -> DomainPlan:
        """The two stacks of a domain."""
        account_id, stack, owner = self.domain_id(name), f"domain-{name}", domain.owner.team
        assumed = name not in self.accounts.domains
        contracted = {p: (product, self.mesh.contracts[f"{name}.{p}"]) for p, product in domain.products.items()}
        catalog = {p: self.entry(name, p, *pair) for p, pair in contracted.items() if "table" in pair[0].ports}
        return DomainPlan(
            name=name,
            access=self.access(account_id, stack, owner, assumed),
            deciding=self.deciding(account_id, name, owner),
            account=self.account(name, domain),
            clearances=self.clearance_roles(name),
            staff=self.staff_roles(name),
            products={p: self.product(name, p, *pair, account_id) for p, pair in contracted.items()},
            pipelines={p: self.pipeline(name, p) for p in contracted},
            job_baseline=pipeline_nodes.baseline(self, name),
            start=pipeline_nodes.start(self, name),
            jobs={p: job for p in contracted if (job := pipeline_nodes.job(self, name, p)) is not None},
            catalog=catalog,
            optimizers={p: made for p, entry in catalog.items() if (made := self.optimizers(entry)) is not None},
            retention=self.retention(name),
            drafts={p: self.draft(entry) for p, entry in catalog.items()},
            links=self.links(name, domain, account_id),
            deliveries=self.deliveries(name, domain),
        )

    def account(self, name: str, domain: Domain) -> AccountBaselineArgs:
        """The baseline of a domain's account."""
        account_id, budget = self.domain_id(name), domain.account.budget
        baseline = self.baseline(name, domain.owner.email, account_id, budget, tuple(self.clearances))
        return dataclasses.replace(baseline, with_boundary=False, deletion_protection=self.protected(domain))

    def clearance_roles(self, domain: str) -> dict[str, ClearanceRoleArgs]:
        """The role of every clearance in a domain's account."""
        account_id = self.domain_id(domain)
        return {
            name: ClearanceRoleArgs(
                perimeter=self.perimeter,
                clearance=clearance,
                account_id=account_id,
                owner=domain,
                by_hub=self.file.granted_by == "hub",
            )
            for name, clearance in self.clearances.items()
        }

    def staff_roles(self, domain: str) -> dict[str, StaffRoleArgs]:
        """The roles of engineers, owners and auditors in a domain's account."""
        account_id = self.domain_id(domain)
        return {
            duty: StaffRoleArgs(perimeter=self.perimeter, domain=domain, duty=duty, account_id=account_id)
            for duty in names.STAFF
        }

    def pipeline(self, domain: str, product: str) -> PipelineRoleArgs:
        """The pipeline role of a product."""
        return pipeline_nodes.role(self, domain, product)

    def location(self, domain: str) -> LocationRoleArgs:
        """A domain's two roles in the governance account."""
        return LocationRoleArgs(perimeter=self.perimeter, domain=domain, domain_id=self.domain_id(domain))

    def one_product(self, domain: str, name: str) -> DataProductArgs:
        """A data product by its names."""
        product, contract = self.mesh.domains[domain].products[name], self.mesh.contracts[f"{domain}.{name}"]
        return self.product(domain, name, product, contract, self.domain_id(domain))

    def baseline(
        self, owner: str, email: str, account_id: str, budget: int | None, clearances: tuple[str, ...] = ()
    ) -> AccountBaselineArgs:
        """The baseline of an account."""
        defaults = self.file.defaults
        return AccountBaselineArgs(
            perimeter=self.perimeter,
            owner=owner,
            owner_email=email,
            account_id=account_id,
            budget=budget or defaults.budget,
            log_retention=defaults.log_retention,
            results_retention=defaults.results_retention,
            clearances=clearances,
            deletion_protection=defaults.deletion_protection,
        )

    def product(self, domain: str, name: str, product: Product, contract: Contract, account_id: str) -> DataProductArgs:
        """A data product with its contract."""
        reference, defaults = f"{domain}.{name}", self.file.defaults
        labels = self.labels[reference]
        return DataProductArgs(
            perimeter=self.perimeter,
            domain=domain,
            name=name,
            kind=product.kind,
            description=contract.purpose,
            account_id=account_id,
            ports=frozenset(product.ports),
            labels=labels,
            readers=self.covering(labels),
            retention=product.retention or defaults.retention,
            log_bucket=self.perimeter.buckets.logs(domain, account_id),
            lag=defaults.publication_lag,
            pipeline_clearance=pipeline_nodes.clearance_of(product),
            delivers=reference in self.agreements,
            has_job=product.pipeline is not None and product.pipeline.runtime != "external",
            deletion_protection=self.protected(self.mesh.domains[domain], product),
            tags={
                "mesh:product": reference,
                "mesh:kind": product.kind,
                "mesh:labels": "+".join(sorted(labels)) or "none",
                "mesh:contract": contract.version,
            },
        )

    # ---- partners

    def deliveries(self, domain: str, owner: Domain) -> dict[str, PartnerReplicationArgs]:
        """Replications of a domain's products to partners, by product."""
        replications: dict[str, PartnerReplicationArgs] = {}
        for name in owner.products:
            agreements = self.agreements.get(f"{domain}.{name}")
            if agreements:
                replications[name] = PartnerReplicationArgs(
                    perimeter=self.perimeter,
                    domain=domain,
                    product=name,
                    account_id=self.domain_id(domain),
                    deliveries=tuple(
                        Delivery(
                            partner=partner,
                            partner_id=self.partner_id(partner),
                            inbox=self.perimeter.buckets.inbox(partner, self.partner_id(partner)),
                            key=self.inbox_key(partner),
                            end=agreement.expires,
                            open=self.is_open(agreement),
                        )
                        for partner, agreement in agreements
                    ),
                )
        return replications

    def partner_args(self, name: str) -> PartnerAccountArgs:
        """A partner's account above the baseline."""
        defaults = self.file.defaults
        return PartnerAccountArgs(
            perimeter=self.perimeter,
            partner=name,
            account_id=self.partner_id(name),
            writers=self.writers(name),
            retention=defaults.retention,
            deletion_protection=self.protected(self.mesh.partners[name]),
        )

    def partner(self, name: str, partner: Partner) -> PartnerPlan:
        """The stack of a partner."""
        account_id, stack = self.partner_id(name), f"partner-{name}"
        baseline = self.baseline(stack, partner.owner.email, account_id, partner.account.budget)
        return PartnerPlan(
            name=name,
            access=self.access(account_id, stack, partner.owner.team, name not in self.accounts.partners),
            account=dataclasses.replace(baseline, deletion_protection=self.protected(partner)),
            partner=self.partner_args(name),
            tables=delivered.inbox_tables(self.mesh, self.perimeter, self.words, name, account_id),
        )


@lru_cache(maxsize=8)
def _fixed_policies(perimeter: Perimeter) -> tuple[OrganizationPolicy, ...]:
    # The same for whatever a mesh has; a validation asks three times, and `mesh diff` for two sides.
    return LandingZoneArgs(perimeter=perimeter, accounts=()).policies
