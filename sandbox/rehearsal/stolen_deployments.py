"""Probes of stolen deployments: whoever acts as a stack, or as a publisher, tries to become or to make more than it is.

Calls ask for what is there already (the same trust, the same registration) where they can, so that one that is let
through shows as a difference and changes nothing. UpdateResource and opt-ins, which moto does not serve, are for the
proof alone (M16).
"""

from __future__ import annotations

from collections.abc import Iterator

from mesh import names
from mesh.evaluator import Request
from mesh.plan import Plan
from mesh.plan.nodes import DomainPlan
from sandbox.rehearsal.personas import Persona
from sandbox.rehearsal.probes import Probe, call_probe

NOWHERE = "arn:aws:s3:::live-check-nowhere/tables"
"""A place that nobody registered."""


def probes_of_stolen_deployments(plan: Plan, personas: list[Persona]) -> Iterator[Probe]:
    """The probes of every deployment, and of every publisher."""
    for persona in personas:
        if persona.kind in ("deploy", "deploy-access") and persona.home != "management":
            yield from _changes_first_roles(plan, persona)
        domain = plan.domains.get(persona.home)
        if domain is None:
            continue
        if persona.role == domain.access.deploy_role:
            yield from _makes_readers(persona, domain)
            yield from _grants(persona, domain)
            yield from _registers(plan, persona)
            yield from _squats(plan, persona)
        elif persona.role == domain.deciding.deploy_role:
            yield from _registers(plan, persona)
        elif persona.role == names.publisher_role(plan.perimeter.governance_id, domain.name):
            yield from _registers(plan, persona)
            yield from _squats(plan, persona)


def _changes_first_roles(plan: Plan, persona: Persona) -> Iterator[Probe]:
    """Calls on the roles by which deployments of the account are entered, with the trust that they have."""
    args, hub = plan.organization.args, plan.perimeter.governance_id
    first = {
        names.deploy_role(persona.account): args.deploy_trust(persona.account),
        names.preview_role(persona.account): args.preview_trust,
    }
    if persona.account == hub:
        first[names.break_glass_role(hub)] = args.break_glass.trust
        first |= {role.arn: role.trust for role in (args.first_ci.roles if args.first_ci else ())}
    if persona.home in plan.domains:
        first[names.deploy_access_role(persona.account)] = args.deploy_access_trust
    for role, trust in first.items():
        same = {"RoleName": names.role_name(role), "PolicyDocument": trust.text()}
        yield call_probe(persona, "iam", "update_assume_role_policy", same, role)


def _makes_readers(persona: Persona, domain: DomainPlan) -> Iterator[Probe]:
    """Calls on a clearance role, a pipeline role and the boundary, with the documents that they have."""
    roles = (*list(domain.clearances.values())[-1:], *list(domain.pipelines.values())[:1])
    for role in roles:
        name = {"RoleName": names.role_name(role.arn)}
        trust, permissions = role.trust.text(), role.permissions.text()
        yield call_probe(persona, "iam", "update_assume_role_policy", {**name, "PolicyDocument": trust}, role.arn)
        put = {**name, "PolicyName": "mesh", "PolicyDocument": permissions}
        yield call_probe(persona, "iam", "put_role_policy", put, role.arn)
        boundary = {**name, "PermissionsBoundary": names.boundary(persona.account)}
        yield call_probe(persona, "iam", "put_role_permissions_boundary", boundary, role.arn)
    boundary = {"PolicyArn": names.boundary(persona.account), "VersionId": "v1"}
    yield call_probe(persona, "iam", "set_default_policy_version", boundary, names.boundary(persona.account))


def _grants(persona: Persona, domain: DomainPlan) -> Iterator[Probe]:
    """Calls that pass a clearance's grant on, and make the settings what they are."""
    for role in list(domain.clearances.values())[-1:]:
        grant = role.grants[0]
        principal = {"DataLakePrincipalIdentifier": role.arn}
        resource = {"Database": {"CatalogId": persona.account, "Name": "live_check"}}
        same = {"Principal": principal, "Resource": resource, "Permissions": list(grant.permissions)}
        yield call_probe(persona, "lakeformation", "grant_permissions", same)
        yield call_probe(persona, "lakeformation", "revoke_permissions", same)
    administrator = {"DataLakePrincipalIdentifier": domain.deciding.deploy_role}
    settings = {"DataLakeSettings": {"DataLakeAdmins": [administrator]}}
    yield call_probe(persona, "lakeformation", "put_data_lake_settings", settings)


def _registers(plan: Plan, persona: Persona) -> Iterator[Probe]:
    """Calls on a location of another domain, and on none."""
    others = (each for each in plan.governance.registered.values() if each.domain != persona.home)
    for location in list(others)[:1]:
        registered = {"ResourceArn": location.arn, "RoleArn": location.role}
        yield call_probe(persona, "lakeformation", "register_resource", registered)
    yield call_probe(persona, "lakeformation", "deregister_resource", {"ResourceArn": NOWHERE})


def _squats(plan: Plan, persona: Persona) -> Iterator[Probe]:
    """A database of the domain's own name at another domain's location, in the mesh catalog."""
    governance = plan.perimeter.governance_id
    prefix, name = f"arn:aws:glue:{plan.perimeter.region}:{governance}", names.database(persona.home, "live-check")
    others = (each for each in plan.governance.registered.values() if each.domain != persona.home)
    for location in list(others)[:1]:
        place = location.arn.replace("arn:aws:s3:::", "s3://") + "/"
        yield Probe(
            persona,
            f"make a database at {place}",
            "glue",
            "create_database",
            {"CatalogId": governance, "DatabaseInput": {"Name": name, "LocationUri": place}},
            tuple(
                Request(persona.principal, "glue:CreateDatabase", f"{prefix}:{part}")
                for part in ("catalog", f"database/{name}")
            ),
            place=place,
        )
