"""Nodes of the stack `organization`: accounts, control policies, permission sets and their assignments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from mesh import names
from mesh.iam import bootstrap, break_glass
from mesh.iam.ai_opt_out import OptOut
from mesh.iam.declarative_policy import Declaration, no_way_out
from mesh.iam.perimeter import Perimeter
from mesh.iam.rcp.domains import domain_resources_stay_in_domains
from mesh.iam.rcp.networks import requests_come_from_our_networks
from mesh.iam.rcp.organization import resources_stay_inside
from mesh.iam.roles.deploy import (
    administrator_trust,
    deploy_access_trust,
    deploy_trust,
    preview_refusals,
    preview_trust,
)
from mesh.iam.roles.permission_set import permission_set
from mesh.iam.scp import exfiltration, guardrails, identities, jobs, origins, who_reads
from mesh.iam.scp.allow_lists import ALLOW_LIST, allow_lists
from mesh.iam.statement import Document
from mesh.plan.nodes.account_access import AccountAccess, Tags
from mesh.plan.nodes.continuous_integration import FirstCiRoles
from mesh.plan.nodes.roles import RoleDocuments

_POLICY_TYPES: Final = (
    "AISERVICES_OPT_OUT_POLICY",
    "DECLARATIVE_POLICY_EC2",
    "RESOURCE_CONTROL_POLICY",
    "SERVICE_CONTROL_POLICY",
)
_TRUSTED_SERVICES: Final = (
    "account.amazonaws.com",
    "cloudtrail.amazonaws.com",
    "ec2.amazonaws.com",
    "iam.amazonaws.com",
    "member.org.stacksets.cloudformation.amazonaws.com",
    "ram.amazonaws.com",
    "sso.amazonaws.com",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationPolicy:
    """A service or resource control policy and where it is attached: `root`, units' names, or an account's."""

    name: str
    type: str
    targets: tuple[str, ...]
    description: str
    document: Document
    retained: bool = False
    """Whether AWS keeps it where the stack lets go of it: its account has no line in `accounts.yaml` that keeps it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclarativePolicy:
    """The declarative policy of EC2, attached to the root: it binds every account, the management account too."""

    name: str = "mesh-no-way-out"
    type: str = "DECLARATIVE_POLICY_EC2"
    targets: tuple[str, ...] = ("root",)
    description: str = "No network reaches the internet, no image or snapshot is public."
    document: Declaration


@dataclass(frozen=True, slots=True, kw_only=True)
class OptOutPolicy:
    """The AI-services opt-out policy, attached to the root: it binds every account, the management account too."""

    name: str = "mesh-no-learning"
    type: str = "AISERVICES_OPT_OUT_POLICY"
    targets: tuple[str, ...] = ("root",)
    description: str = "No AI service of AWS keeps what it is sent, or learns from it."
    document: OptOut


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberAccount:
    """An account of the organisation; `unit` is `governance`, `domains` or `partners`."""

    name: str
    email: str
    unit: str
    tags: Tags
    deletion_protection: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class LetGoAccount:
    """An account whose domain or partner is gone, and that nobody closed: it stays in its unit, policies and all."""

    name: str
    unit: str
    account_id: str


# Without slots, since its cached properties need a `__dict__`.
@dataclass(frozen=True, kw_only=True)
class LandingZoneArgs:
    """The organisation: units, accounts, control policies, and the roles that accounts start with.

    Without `first_ci` there is no CI: people deploy, by break-glass. `services` and `policy_types` are on in an
    organisation that was there before, and stay on. The policies of `let_go` are among `partner_policies`.
    """

    perimeter: Perimeter
    accounts: tuple[MemberAccount, ...]
    let_go: tuple[LetGoAccount, ...] = ()
    partner_policies: tuple[OrganizationPolicy, ...] = ()
    first_ci: FirstCiRoles | None = None
    services: tuple[str, ...] = ()
    policy_types: tuple[str, ...] = ()
    deletion_protection: bool = True
    root_access: tuple[str, ...] = ("RootCredentialsManagement", "RootSessions")
    """Member accounts keep no credentials of a root user; what only a root user can do, the management account does."""

    @property
    def enabled_policy_types(self) -> tuple[str, ...]:
        """Types of policies that are on: those of the mesh, and those that were."""
        return tuple(sorted({*_POLICY_TYPES, *self.policy_types}))

    @property
    def trusted_services(self) -> tuple[str, ...]:
        """Services of AWS with access to the organisation: those that the mesh uses, and those that had it."""
        return tuple(sorted({*_TRUSTED_SERVICES, *self.services}))

    @property
    def populated(self) -> tuple[str, ...]:
        """Units with an account in them."""
        inhabited = {account.unit for account in (*self.accounts, *self.let_go)}
        return tuple(unit for unit in names.UNITS if unit in inhabited)

    @cached_property
    def declared(self) -> DeclarativePolicy:
        """The declarative policy."""
        return DeclarativePolicy(document=no_way_out())

    @cached_property
    def opted_out(self) -> OptOutPolicy:
        """The AI-services opt-out policy."""
        return OptOutPolicy(document=OptOut())

    @cached_property
    def policies(self) -> tuple[OrganizationPolicy, ...]:
        """Every service and resource control policy, partners' own last."""
        p, scp, rcp = self.perimeter, "SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"
        no_exit = exfiltration.no_exfiltration
        fixed = (
            ("identities-stay-inside", scp, "root", "No identity acts on a resource outside the organisation.",
             identities.identities_stay_inside(p)),
            ("guardrails-stay-up", scp, "root", "Only deployments change what protects data.",
             guardrails.guardrails_stay_up(p)),
            ("jobs-stay-as-made", scp, "root", "Nobody acts through a job as a role that they may not assume.",
             jobs.jobs_stay_as_made()),
            ("credentials-stay-inside", scp, "root", "Credentials work in the network, people's at their addresses.",
             origins.credentials_stay_in_the_network(p)),
            ("resources-stay-inside", rcp, "root", "Nobody outside the organisation reaches a resource.",
             resources_stay_inside(p)),
            ("our-networks", rcp, "root", "No resource is reached from a foreign network.",
             requests_come_from_our_networks(p)),
            ("no-side-doors-domains", scp, "domains", "No service carries data out of a domain.",
             no_exit(p, "domains")),
            ("who-reads", scp, "domains", "One deployment of a domain decides who reads, and no other.",
             who_reads.who_reads_is_decided_apart()),
            ("domain-resources", rcp, "domains", "Only domains and governance reach domain resources.",
             domain_resources_stay_in_domains(p)),
            ("no-side-doors-governance", scp, "governance", "No service carries data out of governance.",
             no_exit(p, "governance")),
            ("no-side-doors-partners", scp, "partners", "No service carries data out of a partner account.",
             no_exit(p, "partners")),
        )  # fmt: skip
        named = tuple(
            OrganizationPolicy(name=f"mesh-{name}", type=kind, targets=(target,), description=text, document=body)
            for name, kind, target, text, body in fixed
        )
        return (*named, *_allow_lists(), *self.partner_policies)

    def deploy_trust(self, account_id: str) -> Document:
        """Trust of `mesh/deploy` in an account."""
        return deploy_trust(self.perimeter, account_id, by_ci=self.first_ci is not None)

    @cached_property
    def deploy_access_trust(self) -> Document:
        """Trust of `mesh/deploy-access`, in every domain's account."""
        return deploy_access_trust(self.perimeter, by_ci=self.first_ci is not None)

    @cached_property
    def preview_trust(self) -> Document:
        """Trust of `mesh/preview`."""
        return preview_trust(self.perimeter, by_ci=self.first_ci is not None)

    @cached_property
    def break_glass(self) -> RoleDocuments:
        """Documents of the break-glass role, which the governance account starts with."""
        return RoleDocuments(
            trust=break_glass.trust(self.perimeter), permissions=break_glass.permissions(self.perimeter)
        )

    @cached_property
    def bootstrap(self) -> str:
        """The CloudFormation template of the roles that accounts start with."""
        first, glass = self.first_ci, self.break_glass
        return bootstrap.template(
            self.deploy_trust(bootstrap.ITS_OWN_ID),
            bootstrap.PreviewDocuments(self.preview_trust, preview_refusals(self.perimeter)),
            bootstrap.OfGovernance(
                account_id=self.perimeter.governance_id,
                break_glass=(glass.trust, glass.permissions),
                ci=bootstrap.FirstCi(
                    issuer=first.issuer,
                    audience=first.audience,
                    roles={role.stack: (role.trust, role.permissions) for role in first.roles},
                )
                if first
                else None,
            ),
        )

    def first_bootstrap(self, administrator: str) -> str:
        """The template for the management account before the first run, which an administrator of it makes."""
        trust = administrator_trust(self.perimeter.management_id, administrator)
        preview = bootstrap.PreviewDocuments(trust, preview_refusals(self.perimeter))
        return bootstrap.first_template(trust, preview)

    @cached_property
    def access_bootstrap(self) -> str:
        """The CloudFormation template of the role that decides who reads, in accounts of domains."""
        return bootstrap.access_template(self.deploy_access_trust)


def _allow_lists() -> Iterator[OrganizationPolicy]:
    """The lists of allowed actions, on every unit; not at the root, below which other accounts may be."""
    for subject, body in allow_lists().items():
        yield OrganizationPolicy(
            name=f"{ALLOW_LIST}{subject.lower()}",
            type="SERVICE_CONTROL_POLICY",
            targets=names.UNITS,
            description=f"Of {subject.lower()}, only the listed actions of AWS are allowed.",
            document=body,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakGlassGroupArgs:
    """The break-glass group, whose users may assume the break-glass role; people put users into it, no file does."""

    perimeter: Perimeter

    @property
    def permissions(self) -> Document:
        """Permissions of the group's users."""
        return break_glass.group_permissions(self.perimeter)


@dataclass(frozen=True, slots=True, kw_only=True)
class PermissionSet:
    """A permission set that people sign in with; it may assume one role of the mesh. `role` is a pattern of ARNs."""

    name: str
    description: str
    role: str

    @property
    def policy(self) -> Document:
        """Inline policy of the permission set."""
        return permission_set(self.role)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """A group that holds a permission set in one account; `account` is the account's name in the organisation."""

    group: str
    group_id: str
    permission_set: str
    account: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PermissionSetsArgs:
    """Permission sets, one a clearance, a duty of staff, and for partners' people; and the groups that hold them.

    A clearance is held once, in the group's home account; it is valid in every domain by the grants on the data.
    """

    instance: str
    permission_sets: tuple[PermissionSet, ...]
    assignments: tuple[Assignment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationPlan:
    """The stack `organization`."""

    access: AccountAccess
    args: LandingZoneArgs
    break_glass_group: BreakGlassGroupArgs
    people: PermissionSetsArgs | None = None
