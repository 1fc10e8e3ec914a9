"""The subject of a proof: the world of a plan with outsiders in it, actors of every kind, and classes of accounts.

Accounts that differ in name and id only are one class, and claims are made of one or two of each. That they differ in
nothing else is seen from their documents, not assumed.
"""

from __future__ import annotations

import dataclasses
import ipaddress
import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, Final, NamedTuple

from mesh import names
from mesh.access import from_plan, planned_lakes
from mesh.access.chains import DecidedReads
from mesh.access.lake import Lakes
from mesh.evaluator import facts
from mesh.evaluator.decide import Request
from mesh.evaluator.policies import Policy
from mesh.evaluator.world import ANONYMOUS, Account, World
from mesh.model.addresses import Network
from mesh.plan import Plan
from mesh.plan.nodes import DataProductArgs, DomainPlan, PartnerPlan
from mesh.proof.forms import domain_form, form_of, partner_form, some_of_each
from mesh.proof.written_agreements import WrittenAgreement
from mesh.proof.written_labels import WrittenContract, WrittenLabels
from mesh.proof.written_members import WrittenPeople

OTHER_ORGANIZATION: Final = "666666666666"
NO_ORGANIZATION: Final = "777777777777"
IN_NO_UNIT: Final = "555555555555"
BESIDE_GOVERNANCE: Final = "444444444444"
"""Accounts of another organisation, of none, of the organisation in none of the mesh's units, and in governance's."""
OUTSIDE_BUCKET: Final = "arn:aws:s3:::somebody-elses-bucket"


class Actor(NamedTuple):
    """A caller: `who` in words, `name` its ARN; `unit` is None for one outside the organisation.

    The units are `management`, `governance`, `domains` and `partners`.
    """

    who: str
    name: str
    unit: str | None
    account: str | None
    kind: str


class Subject:
    """A plan under proof: its world, its Lake Formation, and the callers and resources that claims are about.

    `asked` has, by the identifier of each invariant asked, a claim for each action (lower case) that it refuses.
    """

    def __init__(self, plan: Plan, written: WrittenLabels | None = None) -> None:
        self.plan, self.perimeter = plan, plan.perimeter
        self._written = written
        self.hub, self.region = plan.perimeter.governance_id, plan.perimeter.region
        self.world: World = from_plan.world(plan)
        for outsider in (Account(OTHER_ORGANIZATION, "o-somebodyelse", ("r-else",)), Account(NO_ORGANIZATION, None)):
            self.world.accounts[outsider.id] = outsider
        # Another account of the organisation, as Control Tower's own: the policies at the root bind it, and no others.
        above = self.world.account(self.hub)
        self.world.accounts[IN_NO_UNIT] = Account(
            IN_NO_UNIT,
            plan.perimeter.organization,
            (plan.perimeter.root,),
            service_control=above.service_control[:1],
            resource_control=above.resource_control[:1],
        )
        # The unit of governance is for one account: whatever else is moved there is not taken for it.
        self.world.accounts[BESIDE_GOVERNANCE] = dataclasses.replace(
            above,
            id=BESIDE_GOVERNANCE,
            service_control=above.service_control[:2],
            resource_control=above.resource_control[:2],
        )
        self.lakes: Lakes = planned_lakes.lakes(plan)
        self.access = DecidedReads(plan, self.world, self.lakes)
        self.asked: dict[str, dict[str, Any]] = {}

    def put_lakes(self, lakes: Lakes) -> None:
        """Puts another Lake Formation in the place of the plan's."""
        self.lakes = lakes
        self.access = DecidedReads(self.plan, self.world, lakes)

    @property
    def as_written(self) -> WrittenLabels:
        """The text that people wrote, read from the files anew and not as the plan carries it."""
        assert self._written is not None, "claims on what people wrote start from their files"
        return self._written

    def written(self, product: DataProductArgs) -> WrittenContract:
        """The labels of a product as its contract's text has them, not as the plan carries them."""
        return self.as_written.contracts[f"{product.domain}.{product.name}"]

    @property
    def written_clearances(self) -> Mapping[str, frozenset[str]]:
        """Classifications that each clearance reads, as its file has it."""
        return self.as_written.clearances

    @property
    def written_people(self) -> WrittenPeople:
        """Holders of clearances and people of partners, as the files have them."""
        return self.as_written.people

    @property
    def written_agreements(self) -> tuple[WrittenAgreement, ...]:
        """Agreements with their last days, as partners' files have them."""
        return self.as_written.agreements

    @property
    def written_classifications(self) -> frozenset[str]:
        """All classifications, as mesh.yaml has them."""
        return self.as_written.classifications

    @property
    def written_addresses(self) -> tuple[Network, ...]:
        """Ranges of addresses that people work from, as mesh.yaml has them."""
        texts = self.perimeter.people_addresses if self._written is None else self._written.addresses
        return tuple(ipaddress.ip_network(text) for text in texts)

    # ---- classes

    @cached_property
    def domains(self) -> tuple[DomainPlan, ...]:
        """The domains whose callers are asked: all, or two of each class."""
        return some_of_each(
            self.plan.domains, {name: domain_form(domain) for name, domain in self.plan.domains.items()}
        )

    @cached_property
    def partners(self) -> tuple[PartnerPlan, ...]:
        """The partners whose callers are asked: all, or two of each class."""
        return some_of_each(
            self.plan.partners, {name: partner_form(partner) for name, partner in self.plan.partners.items()}
        )

    @cached_property
    def owners(self) -> dict[str, str]:
        """Owner of every member account by its id, as its buckets are named: `ads`, `partner-x`, `governance`."""
        owners = {self.hub: "governance"}
        owners |= {domain.access.account_id: name for name, domain in self.plan.domains.items()}
        return owners | {partner.access.account_id: f"partner-{name}" for name, partner in self.plan.partners.items()}

    def others(self, home: str) -> Iterator[DomainPlan]:
        """The domains asked, but for this one."""
        return (domain for domain in self.domains if domain.name != home)

    @cached_property
    def product_classes(self) -> tuple[DataProductArgs, ...]:
        """One product of each class: the policies of bucket and key differ in nothing but names and the account."""
        classes: dict[str, DataProductArgs] = {}
        for product in self.products:
            classes.setdefault(self._product_form(product), product)
        return tuple(classes.values())

    @cached_property
    def account_classes(self) -> tuple[tuple[str, str], ...]:
        """Id and owner (as its buckets are named) of one member account of each class, by what it keeps for itself."""
        owners = {self.hub: "governance"} | {d.access.account_id: d.name for d in self.domains}
        owners |= {partner.access.account_id: f"partner-{partner.name}" for partner in self.partners}
        classes: dict[str, tuple[str, str]] = {}
        for account_id, owner in owners.items():
            buckets = (self.plan.log_bucket(owner), self.plan.results_bucket(owner))
            arns = [f"arn:aws:s3:::{bucket}" for bucket in buckets]
            arns.append(from_plan.key_arn(self.region, account_id, names.ACCOUNT_KEY_ALIAS))
            classes.setdefault(self._policies_form(arns, account_id, owner), (account_id, owner))
        return tuple(classes.values())

    def _policies_form(self, arns: Iterable[str], account_id: str, *owners: str) -> str:
        texts = [json.dumps(policy.document) for arn in arns if (policy := self.policy_of(arn))]
        return form_of(texts, account_id, *owners)

    def _product_form(self, product: DataProductArgs) -> str:
        arns = (f"arn:aws:s3:::{product.bucket}", self.product_key(product))
        return self._policies_form(arns, product.account_id, product.domain, product.name)

    def policy_of(self, arn: str) -> Policy | None:
        """The policy of the resource with that ARN."""
        resource = self.world.resources.get(arn)
        return resource.policy if resource else None

    @cached_property
    def policies(self) -> tuple[Policy, ...]:
        """Every policy of the mesh once, without AWS's own."""
        policies: dict[int, Policy] = {}
        for account in self.world.accounts.values():
            for node in (*account.service_control, *account.resource_control):
                policies |= {id(policy): policy for policy in node}
        for role in self.world.roles.values():
            policies |= {id(policy): policy for policy in (*role.identity, role.trust, role.boundary) if policy}
        carriers = (*self.world.resources.values(), *self.world.endpoints.values())
        policies |= {id(carrier.policy): carrier.policy for carrier in carriers if carrier.policy}
        return tuple(policy for policy in policies.values() if policy.name not in from_plan.OF_AWS)

    @cached_property
    def controls(self) -> tuple[Policy, ...]:
        """The service and resource control policies that bind the accounts asked, without AWS's own."""
        policies: dict[int, Policy] = {}
        for account_id, _, _ in self.accounts_asked:
            account = self.world.account(account_id)
            for node in (*account.service_control, *account.resource_control):
                policies |= {id(policy): policy for policy in node if policy.name not in from_plan.OF_AWS}
        return tuple(policies.values())

    @property
    def documents(self) -> Iterator[tuple[str, str]]:
        """Name and text of every document of the mesh."""
        return ((policy.name, json.dumps(policy.document)) for policy in self.policies)

    @property
    def products(self) -> Iterator[DataProductArgs]:
        """Every product of the mesh."""
        return (product for domain in self.plan.domains.values() for product in domain.products.values())

    def domain_of(self, product: DataProductArgs) -> DomainPlan:
        """The domain of a product."""
        return self.plan.domains[product.domain]

    # ---- callers

    def of_account(self, account_id: str, unit: str, where: str) -> Iterator[Actor]:
        """Callers of every account: the deployment, the preview, any role that a team makes there, the root user."""
        yield Actor(f"the deployment of {where}", names.deploy_role(account_id), unit, account_id, "deploy")
        yield Actor(f"the preview of {where}", names.preview_role(account_id), unit, account_id, "preview")
        yield self.other(account_id, unit, where)
        yield Actor(f"the root user of {where}", f"arn:aws:iam::{account_id}:root", unit, account_id, "root")

    def other(self, account_id: str, unit: str | None, where: str) -> Actor:
        """A role that a team makes in an account, with every permission that IAM can give."""
        # The plan has no such role: the evaluator takes it for an administrator of its account.
        return Actor(
            f"an administrator of {where}", f"arn:aws:iam::{account_id}:role/somebody", unit, account_id, "other"
        )

    def of_domain(self, domain: DomainPlan) -> Iterator[Actor]:
        """Every caller of a domain's account but its jobs."""
        account_id, where = domain.access.account_id, f"domain {domain.name}"
        yield from self.of_account(account_id, "domains", where)
        yield self.deciding(domain)
        for name, role in domain.clearances.items():
            yield Actor(f"clearance {name} in {where}", role.arn, "domains", account_id, "clearance")
        yield from self.staff_of(domain)
        if domain.clearances:
            name = next(iter(domain.clearances))
            arn = from_plan.permission_set_role(account_id, self.region, name)
            yield Actor(f"people with permission set {name} in {where}", arn, "domains", account_id, "people")

    def staff_of(self, domain: DomainPlan) -> Iterator[Actor]:
        """The engineer, the owner and the auditor of a domain."""
        for duty, staff in domain.staff.items():
            yield Actor(f"the {duty} of domain {domain.name}", staff.arn, "domains", domain.access.account_id, "staff")

    def deployment_of(self, domain: DomainPlan) -> Actor:
        """The deployment of what a domain owns."""
        return next(self.of_account(domain.access.account_id, "domains", f"domain {domain.name}"))

    def deciding(self, domain: DomainPlan) -> Actor:
        """The deployment of who reads in a domain."""
        role, account_id = names.deploy_access_role(domain.access.account_id), domain.access.account_id
        return Actor(f"the deployment of who reads in {domain.name}", role, "domains", account_id, "deploy-access")

    def jobs_of(self, domain: DomainPlan) -> Iterator[Actor]:
        """The pipelines and deliveries of a domain, and the check of its drafts."""
        account_id = domain.access.account_id
        yield Actor(f"the check of {domain.name}", names.check_role(account_id), "domains", account_id, "check")
        for name, role in domain.pipelines.items():
            yield Actor(f"the pipeline of {domain.name}.{name}", role.arn, "domains", account_id, "pipeline")
        for name in domain.deliveries:
            arn = names.delivery_role(account_id, name)
            yield Actor(f"the delivery of {domain.name}.{name}", arn, "domains", account_id, "delivery")

    def some_jobs_of(self, domain: DomainPlan) -> Iterable[Actor]:
        """The check of a domain's drafts, and the first of its pipelines."""
        return {job.kind: job for job in reversed(list(self.jobs_of(domain))) if job.kind != "delivery"}.values()

    @cached_property
    def of_governance(self) -> tuple[Actor, ...]:
        """Every caller of the governance account but the domains' own roles there."""
        break_glass, first = names.break_glass_role(self.hub), self.plan.organization.args.first_ci
        return (
            *self.of_account(self.hub, "governance", "the governance account"),
            *(
                Actor(f"CI of {role.stack}", role.arn, "governance", self.hub, "ci")
                for role in (first.roles if first else ())
            ),
            Actor("who has broken the glass", break_glass, "governance", self.hub, "break-glass"),
            Actor("the publication function", names.publication_role(self.hub), "governance", self.hub, "publication"),
        )

    def publishing(self, domain: str) -> Iterator[Actor]:
        """A domain's roles in the governance account."""
        where = f"of domain {domain}"
        location, publisher = names.location_role(self.hub, domain), names.publisher_role(self.hub, domain)
        yield Actor(f"the location role {where}", location, "governance", self.hub, "location")
        yield Actor(f"the publisher {where}", publisher, "governance", self.hub, "publisher")
        ci = self.plan.governance.ci.get(names.ci_of_domain(self.plan.domains[domain].access.account_id))
        if ci:
            yield Actor(f"CI {where}", ci.arn, "governance", self.hub, "ci")

    def of_partner(self, partner: PartnerPlan) -> Iterator[Actor]:
        """Every caller of a partner's account."""
        account_id, where = partner.access.account_id, f"partner {partner.name}"
        yield from self.of_account(account_id, "partners", where)
        yield Actor(f"people of {where}", names.role(account_id, "access"), "partners", account_id, "access")
        forged = names.clearance_role(account_id, "restricted")
        yield Actor(f"a role of {where} named like a clearance", forged, "partners", account_id, "forged")

    @cached_property
    def of_partners(self) -> tuple[Actor, ...]:
        """Every caller of the partners asked."""
        return tuple(caller for partner in self.partners for caller in self.of_partner(partner))

    @cached_property
    def of_management(self) -> tuple[Actor, ...]:
        """Callers of the management account, whom no SCP binds."""
        return (self.other(self.perimeter.management_id, "management", "the management account"),)

    @cached_property
    def outsiders(self) -> tuple[Actor, ...]:
        """Callers of no account of the organisation."""
        forged = names.clearance_role(OTHER_ORGANIZATION, "restricted")
        return (
            self.other(OTHER_ORGANIZATION, None, "an account of another organisation"),
            self.other(NO_ORGANIZATION, None, "an account without an organisation"),
            Actor("an outside role named like a clearance", forged, None, OTHER_ORGANIZATION, "forged"),
            Actor("the outside root", f"arn:aws:iam::{NO_ORGANIZATION}:root", None, NO_ORGANIZATION, "root"),
            Actor("an anonymous caller", ANONYMOUS, None, None, "anonymous"),
        )

    @property
    def administrators(self) -> Iterator[tuple[Actor, Actor]]:
        """An administrator of each account asked, and the deployment of the same account."""
        for account_id, unit, where in self.accounts_asked:
            yield self.other(account_id, unit, where), next(self.of_account(account_id, unit, where))

    # ---- requests

    def own_request(self, caller: Actor, action: str, context: dict[str, Any] | None = None) -> Request:
        """A request for an action on a resource of the caller's own account; on `*` when the action takes none."""
        service = action.partition(":")[0]
        arn = facts.first_resources(service, self.region, caller.account or "").get(action, "*")
        # The ARN of a bucket names no account, so one of the caller's own has to be looked up.
        own = self.moved_home(caller, OUTSIDE_BUCKET) if arn.startswith("arn:aws:s3:::") else arn
        return Request(caller.name, action, own, context or {})

    def moved_home(self, caller: Actor, arn: str) -> str:
        """The ARN of an outsider's resource, with the caller's own account (or bucket) in the outsider's place."""
        if arn.startswith(OUTSIDE_BUCKET):
            audit = f"arn:aws:s3:::{self.plan.governance.audit.bucket}"
            resources = self.world.resources.values()
            buckets = (r.arn for r in resources if r.account == caller.account and ":s3:" in r.arn)
            return next(buckets, audit) + arn.removeprefix(OUTSIDE_BUCKET)
        for outsider in (OTHER_ORGANIZATION, NO_ORGANIZATION):
            arn = arn.replace(outsider, caller.account or self.hub)
        return arn

    # ---- resources

    @property
    def accounts(self) -> Iterator[tuple[str, str, str]]:
        """Id, unit and name of every member account."""
        yield self.hub, "governance", "the governance account"
        for domain in self.plan.domains.values():
            yield domain.access.account_id, "domains", f"domain {domain.name}"
        for partner in self.plan.partners.values():
            yield partner.access.account_id, "partners", f"partner {partner.name}"

    @property
    def accounts_asked(self) -> Iterator[tuple[str, str, str]]:
        """Id, unit and name of the governance account and of the domains and partners asked."""
        yield self.hub, "governance", "the governance account"
        for domain in self.domains:
            yield domain.access.account_id, "domains", f"domain {domain.name}"
        for partner in self.partners:
            yield partner.access.account_id, "partners", f"partner {partner.name}"

    def product_key(self, product: DataProductArgs) -> str:
        """ARN of a product's key."""
        return from_plan.key_arn(self.region, product.account_id, names.key_alias(product.name))

    @property
    def through_s3(self) -> dict[str, Any]:
        """Context keys of a request to KMS that S3 makes for the caller."""
        return {"kms:ViaService": f"s3.{self.region}.amazonaws.com"}

    @property
    def for_the_mesh(self) -> dict[str, Any]:
        """Context keys of a request by a service that acts for an account of the organisation."""
        return {"aws:SourceAccount": self.hub, "aws:SourceOrgID": self.perimeter.organization}


FOR_AN_OUTSIDER: Final[dict[str, Any]] = {"aws:SourceAccount": OTHER_ORGANIZATION, "aws:SourceOrgID": "o-somebodyelse"}
FOR_A_STRANGER: Final[dict[str, Any]] = {"aws:SourceAccount": NO_ORGANIZATION}
"""Context keys of a request by a service that acts for an account of another organisation, or of none."""
