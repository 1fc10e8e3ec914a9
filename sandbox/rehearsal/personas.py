"""Personas: the simulated callers of the live checks and of `mesh as`: roles, people, administrators, outsiders."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, Literal

from mesh import names
from mesh.access.from_plan import BREAK_GLASS_USER, permission_set_role
from mesh.evaluator import ANONYMOUS
from mesh.plan import Plan
from sandbox.emulator import backends
from sandbox.emulator.request_origin import Origin

SESSION_NAME: Final = "live-check"
OUTSIDE_ACCOUNT: Final = "666666666666"
"""An account in no organisation."""

ADMINISTRATOR_ROLE: Final = "live-check-admin"
"""Name of a role that no plan lists, with every permission that IAM can give."""

PersonaKind = Literal[
    "clearance",
    "staff",
    "pipeline",
    "delivery",
    "check",
    "partner",
    "people",
    "preview",
    "deploy",
    "deploy-access",
    "governance",
    "ci",
    "break-glass user",
    "admin",
    "outsider",
]
"""Kinds of personas; `governance` is a role of the governance account other than those that every account has."""


@dataclass(frozen=True, slots=True)
class Persona:
    """A simulated caller: `home` is the name of its domain or partner, `product` that of a pipeline or delivery.

    `role` is the ARN of its role or, for a break-glass user, of the user.
    """

    who: str
    """Its name, as `mesh as` takes it."""
    kind: PersonaKind
    role: str
    home: str = ""
    product: str = ""
    clearance: str = ""
    duty: str = ""
    """The duty of its role, or of that which its permission set leads to, of the staff of a domain."""

    @property
    def account(self) -> str:
        """Its account; empty for an anonymous caller."""
        return self.role.split(":")[4] if self.role else ""

    @property
    def origin(self) -> Origin:
        """Its place of work: an office for people of the mesh, the network for jobs, anywhere for everybody else."""
        if self.clearance or self.duty:
            return "office"
        of_the_function = self.kind == "check" or names.role_name(self.role).startswith("publish-")
        return "network" if of_the_function or self.kind == "pipeline" else "outside"

    @property
    def principal(self) -> str:
        """Its principal, as the evaluator names it."""
        if not self.role:
            return ANONYMOUS
        if self.kind == "break-glass user":
            return self.role
        return f"arn:aws:sts::{self.account}:assumed-role/{names.role_name(self.role)}/{SESSION_NAME}"


def personas(plan: Plan) -> Iterator[Persona]:
    """The personas of a plan."""
    governance = plan.perimeter.governance_id
    for domain, deployed in plan.domains.items():
        account = deployed.access.account_id
        for clearance in deployed.clearances.values():
            name = clearance.clearance.name
            yield Persona(f"clearance:{name}@{domain}", "clearance", clearance.arn, domain, clearance=name)
            people = permission_set_role(account, plan.perimeter.region, name)
            yield Persona(f"people:{name}@{domain}", "people", people, domain, clearance=name)
        for duty, staff in deployed.staff.items():
            yield Persona(f"{duty}@{domain}", "staff", staff.arn, domain, duty=duty)
            people = permission_set_role(account, plan.perimeter.region, names.staff_permission_set(duty))
            yield Persona(f"people:{duty}@{domain}", "people", people, domain, duty=duty)
        for product, pipeline in deployed.pipelines.items():
            yield Persona(f"pipeline:{domain}.{product}", "pipeline", pipeline.arn, domain, product)
        for product in deployed.deliveries:
            role = names.delivery_role(account, product)
            yield Persona(f"delivery:{domain}.{product}", "delivery", role, domain, product)
        yield Persona(f"check:{domain}", "check", deployed.check.arn, domain)
        yield Persona(f"location:{domain}", "governance", names.location_role(governance, domain), domain)
        yield Persona(f"publisher:{domain}", "governance", names.publisher_role(governance, domain), domain)
        yield from _of_account(domain, account)
        yield Persona(f"deploy-access@{domain}", "deploy-access", deployed.deciding.deploy_role, domain)
    for partner, deployed in plan.partners.items():
        account = deployed.access.account_id
        yield Persona(f"partner:{partner}", "partner", names.role(account, "access"), partner)
        people = permission_set_role(account, plan.perimeter.region, names.PARTNER_PERMISSION_SET)
        yield Persona(f"people:{partner}", "people", people, partner)
        yield from _of_account(partner, account)
    yield from _of_account("governance", governance)
    yield Persona("publication", "governance", names.publication_role(governance), "governance")
    yield Persona("break-glass", "governance", names.break_glass_role(governance), "governance")
    user = names.break_glass_user(plan.perimeter.management_id, BREAK_GLASS_USER)
    yield Persona("keeper@management", "break-glass user", user, "management")
    yield from _of_ci(plan)
    management = names.deploy_role(plan.perimeter.management_id)
    yield Persona("deploy@management", "deploy", management, "management")
    yield Persona("admin@management", "admin", _administrator(plan.perimeter.management_id), "management")
    yield Persona("outsider", "outsider", _administrator(OUTSIDE_ACCOUNT))
    yield Persona("anonymous", "outsider", "")


def _of_ci(plan: Plan) -> Iterator[Persona]:
    """CI of every stack, or kind of stacks; `home` is a domain for a domain's."""
    first, accounts = plan.organization.args.first_ci, {d.access.account_id: name for name, d in plan.domains.items()}
    for role in (*(first.roles if first else ()), *plan.governance.ci.values()):
        domain = accounts.get(role.stack.removeprefix(names.ci_of_domain("")), "")
        stack = f"domain-{domain}" if domain else role.stack
        yield Persona(f"ci:{stack}", "ci", role.arn, domain or "governance")


def _of_account(home: str, account: str) -> Iterator[Persona]:
    """The personas that every account has."""
    yield Persona(f"deploy@{home}", "deploy", names.deploy_role(account), home)
    yield Persona(f"preview@{home}", "preview", names.preview_role(account), home)
    yield Persona(f"admin@{home}", "admin", _administrator(account), home)


def _administrator(account: str) -> str:
    return f"arn:aws:iam::{account}:role/{ADMINISTRATOR_ROLE}"


# ---- roles and users that no deployment makes


@contextmanager
def provisioned(plan: Plan, listed: Callable[[str], bool]) -> Generator[list[Persona]]:
    """Inside, every persona has its role or user, also those that no deployment makes; these are deleted in the end.

    On AWS, IAM Identity Center makes the roles of permission sets, from the permission sets and assignments that were
    deployed; `listed` is true for a role that the Plan has. Administrators, whom no plan lists, are in every account
    and outside the organisation.
    """
    created: list[tuple[str, str]] = []
    present: list[Persona] = []
    try:
        for persona in personas(plan):
            if persona.kind == "people" and not listed(persona.role):
                continue
            created += provision(plan, persona)
            present.append(persona)
        yield present
    finally:
        _delete_break_glass_user(plan)
        for account, name in created:
            roles = backends.iam(account).roles
            roles.pop(next(key for key, role in roles.items() if role.name == name))


def provision(plan: Plan, persona: Persona) -> list[tuple[str, str]]:
    """Make the role or user of a persona that no deployment makes, unless it exists; the created role, by account."""
    if persona.kind == "break-glass user":
        _create_break_glass_user(plan, persona)
    elif persona.kind == "people" and not _exists(persona):
        return _create_permission_set_role(plan, persona)
    elif persona.role.endswith(f"/{ADMINISTRATOR_ROLE}") and not _exists(persona):
        return [_create_role(persona.role, {"everything": _allow_everything()})]
    return []


def _exists(persona: Persona) -> bool:
    return any(role.arn == persona.role for role in backends.iam(persona.account).roles.values())


def _allow_everything() -> str:
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _create_role(arn: str, policies: dict[str, str]) -> tuple[str, str]:
    account, path = arn.split(":")[4], arn.split(":role")[1]
    folder, _, name = path.rpartition("/")
    role = backends.iam(account).create_role(name, _trust(), f"{folder}/", None, "For the live checks.", [], "3600")
    role.policies.update(policies)
    return account, name


def _trust() -> str:
    statement = {"Effect": "Allow", "Principal": {"Service": "sso.amazonaws.com"}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _create_permission_set_role(plan: Plan, persona: Persona) -> list[tuple[str, str]]:
    """Create the role of a permission set if it is assigned to the account: moto's Identity Center creates none."""
    from moto.ssoadmin.models import ssoadmin_backends

    center: Any = ssoadmin_backends[plan.perimeter.management_id][plan.perimeter.region]
    name = names.role_name(persona.role).removeprefix("AWSReservedSSO_").rpartition("_")[0]
    permission_set = next((candidate for candidate in center.permission_sets if candidate.name == name), None)
    if permission_set is None or not any(
        assignment.permission_set_arn == permission_set.permission_set_arn and assignment.target_id == persona.account
        for assignment in center.account_assignments
    ):
        return []
    return [_create_role(persona.role, {"permission set": permission_set.inline_policy})]


def mfa_serial_number(persona: Persona) -> str:
    """Serial number of the MFA device of a break-glass user."""
    return f"arn:aws:iam::{persona.account}:mfa/{names.role_name(persona.role)}"


def _create_break_glass_user(plan: Plan, persona: Persona) -> None:
    """Create a user with an MFA device, whose codes nobody checks, in the break-glass group if that is deployed."""
    iam, name = backends.iam(persona.account), names.role_name(persona.role)
    if name not in iam.users:
        iam.create_user(plan.perimeter.region, name, names.BREAK_GLASS_PATH)
        iam.enable_mfa_device(name, mfa_serial_number(persona), "000000", "111111")
        if names.BREAK_GLASS_ALARM in iam.groups:
            iam.add_user_to_group(names.BREAK_GLASS_ALARM, name)


def _delete_break_glass_user(plan: Plan) -> None:
    """Delete the user of the break-glass group with its keys and its membership."""
    iam = backends.iam(plan.perimeter.management_id)
    user = iam.users.pop(BREAK_GLASS_USER, None)
    if user is None:
        return
    for group in iam.groups.values():
        group.users = [member for member in group.users if member.name != BREAK_GLASS_USER]
    for key in list(user.access_keys):
        iam.access_keys.pop(key.access_key_id, None)
