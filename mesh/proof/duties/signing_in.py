"""Work of people before they have a role of the mesh: they step into one, and into no other."""

from __future__ import annotations

from collections.abc import Iterator

from mesh import names
from mesh.access import from_plan
from mesh.plan.nodes import CiRoleArgs, DomainPlan, PartnerPlan
from mesh.proof.duties import Duty, RoleWork, each
from mesh.proof.subject import OTHER_ORGANIZATION, Subject

_BEGIN = "sts: AssumeRole"
_STEP_INTO = "sts: AssumeRole SetSourceIdentity"


def of_clearance_holder(subject: Subject, domain: DomainPlan, clearance: str) -> RoleWork:
    """The work of people with a permission set: to become the clearance of its name, in the account they entered.

    Sources: design ("Clearances and labels"); STS API, AssumeRole; IAM User Guide, "Monitor and control actions taken
    with assumed roles" (SetSourceIdentity).
    """
    account = domain.access.account_id
    return RoleWork(
        who=f"people with permission set {clearance} in domain {domain.name}",
        role=from_plan.permission_set_role(account, subject.region, clearance),
        duties=tuple(each(_STEP_INTO, domain.clearances[clearance].arn)),
        granted=tuple(each(_STEP_INTO, names.clearance_role(subject.hub, clearance))),
        beside=(*_other_roles(account), names.clearance_role(account, f"{clearance}x")),
    )


def of_partner_people(subject: Subject, partner: PartnerPlan) -> RoleWork:
    """The work of a partner's people with their permission set: to become the access role of their account."""
    account = partner.access.account_id
    return RoleWork(
        who=f"people with the permission set of partner {partner.name}",
        role=from_plan.permission_set_role(account, subject.region, names.PARTNER_PERMISSION_SET),
        duties=tuple(each(_STEP_INTO, names.role(account, "access"))),
        granted=tuple(each(_STEP_INTO, names.role(subject.hub, "access"))),
        beside=(*_other_roles(account), names.clearance_role(account, "general")),
    )


def of_ci(subject: Subject, role: CiRoleArgs) -> RoleWork:
    """The work of a CI role: to become the roles that deploy its stack and preview it, and no other.

    Source: design ("Stacks, accounts, and who deploys what").
    """
    hub, domain = subject.hub, subject.domains[0].access.account_id if subject.domains else subject.hub
    management, partners = subject.perimeter.management_id, subject.partners[:1]
    match role.stack:
        case "organization":
            roles = (names.deploy_role(management), names.preview_role(management))
        case "governance":
            roles = (names.deploy_role(hub), names.preview_role(hub))
        case "access":
            roles = (names.preview_role(domain),)
        case "partners":
            inside = [partner.access.account_id for partner in partners]
            roles = tuple(entered(at) for at in inside for entered in (names.deploy_role, names.preview_role))
        case "previews":
            accounts = (hub, domain, management, *(partner.access.account_id for partner in partners))
            roles = tuple(names.preview_role(at) for at in accounts)
        case stack:
            own = stack.removeprefix("domain-")
            roles = (names.deploy_role(own), names.preview_role(own))
    decides = role.stack == "access" and subject.domains
    return RoleWork(
        who=f"CI of {role.stack}",
        role=role.arn,
        duties=tuple(duty for entered in roles for duty in each(_BEGIN, entered)),
        granted=tuple(each(_BEGIN, names.deploy_access_role(domain))) if decides else (),
        beside=(
            names.clearance_role(domain, "general"),
            names.publisher_role(hub, "ads"),
            names.ci_role(hub, "else"),
            names.break_glass_role(hub),
            names.deploy_role(OTHER_ORGANIZATION),
            *(names.deploy_role(at) for at in (hub, domain, management) if names.deploy_role(at) not in roles),
        ),
    )


def of_break_glass(subject: Subject) -> RoleWork:
    """The work of the break-glass role: to deploy and to preview by hand, in any account of the organisation.

    Source: design ("Stacks, accounts, and who deploys what").
    """
    named = {"aws:SourceIdentity": "keeper"}
    accounts = [account_id for account_id, _, _ in subject.accounts_asked]
    roles = [role for each in accounts[:2] for role in (names.deploy_role(each), names.preview_role(each))]
    roles += [names.deploy_access_role(domain.access.account_id) for domain in subject.domains[:1]]
    return RoleWork(
        who="who has broken the glass",
        role=names.break_glass_role(subject.hub),
        duties=tuple(duty for role in roles for duty in each(_STEP_INTO, role, named)),
        beside=(
            names.clearance_role(accounts[-1], "general"),
            names.publisher_role(subject.hub, "ads"),
            names.ci_role(subject.hub, "governance"),
        ),
        otherwise=tuple(_deployments_elsewhere()),
    )


def of_break_glass_group(subject: Subject) -> RoleWork:
    """The work of a user of the group: to become the break-glass role, with a second factor and under a name."""
    fresh = {
        "aws:MultiFactorAuthPresent": "true",
        "aws:MultiFactorAuthAge": "60",
        "sts:SourceIdentity": from_plan.BREAK_GLASS_USER,
    }
    user = names.break_glass_user(subject.perimeter.management_id, from_plan.BREAK_GLASS_USER)
    return RoleWork(
        who="a user of the break-glass group",
        role=user,
        duties=tuple(each(_STEP_INTO, names.break_glass_role(subject.hub), fresh)),
        beside=(
            *_other_roles(subject.hub),
            names.ci_role(subject.hub, "governance"),
            names.break_glass_role(subject.perimeter.management_id),
            names.break_glass_role(OTHER_ORGANIZATION),
        ),
    )


def _other_roles(account: str) -> Iterator[str]:
    yield from (names.deploy_role(account), names.preview_role(account), names.pipeline_role(account, "x"))
    yield f"arn:aws:iam::{account}:role/somebody"


def _deployments_elsewhere() -> Iterator[Duty]:
    """Deployments of accounts outside the organisation."""
    for role in (names.deploy_role(OTHER_ORGANIZATION), names.preview_role(OTHER_ORGANIZATION)):
        yield from each(_STEP_INTO, role)
