"""Rules of names: of stacks and roles, as AWS takes them, and none used twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from mesh import names
from mesh.findings import Problem
from mesh.plan.pipeline_nodes import clearance_of
from mesh.plan.rules.context import CrossFileRule, RuleContext, domain_file, partner_file

RESERVED: Final = ("organization", "governance", "management")


def names_are_not_reserved(context: RuleContext) -> Iterator[Problem]:
    """Domains and partners are not named like a stack of the platform."""
    for folder, owners in context.owners:
        for name in owners:
            if name in RESERVED:
                message = f"'{name}' is a name of the platform's own; rename the file"
                yield Problem(f"{folder}/{name}.yaml", (), message)


def partners_are_not_named_like_domains(context: RuleContext) -> Iterator[Problem]:
    """A partner and a domain of one name: whoever says `admin@ads` would not have said which of the two."""
    for partner in context.mesh.partners:
        if partner in context.mesh.domains:
            message = f"'{partner}' is a domain as well, and 'admin@{partner}' would be of both; rename the file"
            yield Problem(partner_file(partner), (), message)


class NamedRole(NamedTuple):
    """A role that the mesh makes in an account: whose it is, in words, and the line of YAML that names it, if any."""

    arn: str
    whose: str
    file: str = ""
    path: tuple[str, ...] = ()


def roles_by_account(context: RuleContext) -> Iterator[tuple[str, list[NamedRole]]]:
    """Every role that the mesh makes, account by account, those before that nobody can call otherwise."""
    builder, mesh = context.builder, context.mesh
    hub = builder.perimeter.governance_id
    central = [
        *_of_every_account(hub),
        *_of_ci(context, hub),
        NamedRole(names.break_glass_role(hub), "the way in for emergencies"),
        # Of a mesh that was deployed before the role came with the bootstrap (decision 0034).
        NamedRole(names.role(hub, names.BREAK_GLASS), "the way in for emergencies"),
        NamedRole(names.publication_role(hub), "the publication function"),
    ]
    central += [
        NamedRole(make(hub, domain), f"domain '{domain}'", domain_file(domain))
        for domain in mesh.domains
        for make in (names.location_role, names.publisher_role)
    ]
    yield "the governance account", central
    for domain, owner in mesh.domains.items():
        account = builder.domain_id(domain)
        roles = [*_of_every_account(account), *_of_every_domain(account), *_of_clearances(context, account)]
        roles += [
            NamedRole(arn, f"product '{product}'", domain_file(domain), ("products", product))
            for product, written in owner.products.items()
            for arn in (
                names.pipeline_role(account, product, clearance_of(written) or names.NO_CLEARANCE),
                names.delivery_role(account, product),
            )
        ]
        yield "the account", roles
    for partner in mesh.partners:
        account = builder.partner_id(partner)
        access = NamedRole(names.role(account, "access"), "the partner's people")
        yield "the partner's account", [*_of_every_account(account), access]


def _of_every_account(account: str) -> Iterator[NamedRole]:
    yield NamedRole(names.deploy_role(account), "the deployment")
    yield NamedRole(names.preview_role(account), "the role of previews")


def _of_every_domain(account: str) -> Iterator[NamedRole]:
    yield NamedRole(names.deploy_access_role(account), "the deployment of who reads")
    yield NamedRole(names.check_role(account), "the role that checks drafts")
    yield NamedRole(names.forward_role(account), "the role that passes wake-ups on")
    yield NamedRole(names.retention_role(account), "the role of retention")
    yield NamedRole(names.start_role(account), "the role that starts jobs")
    for duty in names.STAFF:
        yield NamedRole(names.staff_role(account, duty), f"the role of every {duty}")


def _of_ci(context: RuleContext, hub: str) -> Iterator[NamedRole]:
    """Also where there is no CI yet: a domain of one of these names could not be renamed when it comes."""
    domains = (names.ci_of_domain(context.builder.domain_id(domain)) for domain in context.mesh.domains)
    for stack in (*names.FIRST_OF_CI, *domains):
        yield NamedRole(names.ci_role(hub, stack), "continuous integration")


def _of_clearances(context: RuleContext, account: str) -> Iterator[NamedRole]:
    for clearance in context.mesh.clearances:
        yield NamedRole(names.clearance_role(account, clearance), f"clearance '{clearance}'")


def role_names_are_used_once(context: RuleContext) -> Iterator[Problem]:
    """Roles of an account all have different names: for IAM neither path nor case makes a difference."""
    for account, roles in roles_by_account(context):
        taken: dict[str, str] = {}
        for role in roles:
            name = names.role_name(role.arn)
            # Names of stacks of the platform are refused to domains by a rule of their own.
            if name.lower() in taken and role.file and name not in RESERVED:
                message = (
                    f"{account} would need the role name '{name}' twice, {taken[name.lower()]} has it: "
                    f"rename the {'product' if role.path else 'file'}"
                )
                yield Problem(role.file, role.path, message, on_key=True)
            taken.setdefault(name.lower(), role.whose)


RULES: Final[tuple[CrossFileRule, ...]] = (
    names_are_not_reserved,
    partners_are_not_named_like_domains,
    role_names_are_used_once,
)
