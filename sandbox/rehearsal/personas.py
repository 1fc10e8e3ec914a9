"""Who calls: every role of the mesh, people of IAM Identity Center, administrators that nobody listed, outsiders."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, Literal

from mesh import names
from mesh.access.from_plan import KEEPER, permission_set_role
from mesh.evaluator import ANONYMOUS
from mesh.plan import Plan
from sandbox.emulator.clients import Credentials

SESSION: Final = "live-check"
OUTSIDER: Final = "666666666666"
"""An account of nobody: in no organisation."""

ADMINISTRATOR: Final = "live-check-admin"
"""Name of a role that no plan lists, with every permission that IAM can give."""

PersonaKind = Literal[
    "clearance", "pipeline", "delivery", "partner", "people", "preview", "deploy", "hub", "keeper", "admin", "outsider"
]


@dataclass(frozen=True, slots=True)
class Persona:
    """A caller: `home` is the name of its domain or partner, `product` that of a pipeline or delivery.

    `role` is the ARN of a role, or of a keeper's user.
    """

    who: str
    kind: PersonaKind
    role: str
    home: str = ""
    product: str = ""
    clearance: str = ""

    @property
    def account(self) -> str:
        """Its account; empty for an anonymous caller."""
        return self.role.split(":")[4] if self.role else ""

    @property
    def principal(self) -> str:
        """As the evaluator names it."""
        if not self.role:
            return ANONYMOUS
        if self.kind == "keeper":
            return self.role
        return f"arn:aws:sts::{self.account}:assumed-role/{names.role_name(self.role)}/{SESSION}"


NOBODY: Final = Persona("anonymous", "outsider", "")


def callers(plan: Plan) -> Iterator[Persona]:
    """Everybody, in the words of `mesh as`."""
    for domain, deployed in plan.domains.items():
        account = deployed.access.account_id
        for clearance in deployed.clearances.values():
            name = clearance.clearance.name
            yield Persona(f"clearance:{name}@{domain}", "clearance", clearance.arn, domain, clearance=name)
            people = permission_set_role(account, plan.perimeter.region, name)
            yield Persona(f"people:{name}@{domain}", "people", people, domain, clearance=name)
        for product, pipeline in deployed.pipelines.items():
            yield Persona(f"pipeline:{domain}.{product}", "pipeline", pipeline.arn, domain, product)
        for product in deployed.deliveries:
            role = names.delivery_role(account, product)
            yield Persona(f"delivery:{domain}.{product}", "delivery", role, domain, product)
        yield Persona(f"location:{domain}", "hub", names.location_role(plan.perimeter.governance_id, domain), domain)
        yield Persona(f"publisher:{domain}", "hub", names.publisher_role(plan.perimeter.governance_id, domain), domain)
        yield from _standing(domain, account)
    for partner, deployed in plan.partners.items():
        account = deployed.access.account_id
        yield Persona(f"partner:{partner}", "partner", names.role(account, "access"), partner)
        people = permission_set_role(account, plan.perimeter.region, names.PARTNER_PERMISSION_SET)
        yield Persona(f"people:{partner}", "people", people, partner)
        yield from _standing(partner, account)
    yield from _standing("governance", plan.perimeter.governance_id)
    yield Persona("break-glass", "hub", names.break_glass_role(plan.perimeter.governance_id), "governance")
    keeper = names.break_glass_user(plan.perimeter.management_id, KEEPER)
    yield Persona("keeper@management", "keeper", keeper, "management")
    management = names.deploy_role(plan.perimeter.management_id)
    yield Persona("deploy@management", "deploy", management, "management")
    yield Persona("admin@management", "admin", _administrator(plan.perimeter.management_id), "management")
    yield Persona("outsider", "outsider", _administrator(OUTSIDER))
    yield NOBODY


def _standing(home: str, account: str) -> Iterator[Persona]:
    """In every account."""
    yield Persona(f"deploy@{home}", "deploy", names.deploy_role(account), home)
    yield Persona(f"preview@{home}", "preview", names.preview_role(account), home)
    yield Persona(f"admin@{home}", "admin", _administrator(account), home)


def _administrator(account: str) -> str:
    return f"arn:aws:iam::{account}:role/{ADMINISTRATOR}"


@contextmanager
def staged(plan: Plan, listed: Callable[[str], bool]) -> Generator[list[Persona]]:
    """Everybody, with the roles that the deployment does not make; in the end those are gone.

    The roles of permission sets are what IAM Identity Center makes of the permission sets and assignments that were
    deployed; `listed` says which of them the Plan has. Administrators nobody listed, in every account and outside, are
    ours.
    """
    made: list[tuple[str, str]] = []
    found: list[Persona] = []
    try:
        for caller in callers(plan):
            if caller.kind == "people":
                if not listed(caller.role):
                    continue
                _sign_in(plan, caller, made)
            elif caller.role.endswith(f"/{ADMINISTRATOR}"):
                _make(caller.role, {"everything": _everything()}, made)
            elif caller.kind == "keeper":
                _keep(plan, caller)
            found.append(caller)
        yield found
    finally:
        _let_go(plan)
        for account, name in made:
            roles = _iam(account).roles
            roles.pop(next(key for key, role in roles.items() if role.name == name))


def _iam(account: str) -> Any:
    from moto.iam.models import iam_backends

    return iam_backends[account]["aws"]


def _everything() -> str:
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _make(arn: str, policies: dict[str, str], made: list[tuple[str, str]]) -> None:
    account, path = arn.split(":")[4], arn.split(":role")[1]
    folder, _, name = path.rpartition("/")
    role = _iam(account).create_role(name, _trust(), f"{folder}/", None, "For the live checks.", [], "3600")
    role.policies.update(policies)
    made.append((account, name))


def _trust() -> str:
    statement = {"Effect": "Allow", "Principal": {"Service": "sso.amazonaws.com"}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _sign_in(plan: Plan, caller: Persona, made: list[tuple[str, str]]) -> None:
    """The role of a permission set, if anybody is assigned to the account with it."""
    from moto.ssoadmin.models import ssoadmin_backends

    center: Any = ssoadmin_backends[plan.perimeter.management_id][plan.perimeter.region]
    name = names.role_name(caller.role).removeprefix("AWSReservedSSO_").rpartition("_")[0]
    found = next((each for each in center.permission_sets if each.name == name), None)
    if found and any(
        each.permission_set_arn == found.permission_set_arn and each.target_id == caller.account
        for each in center.account_assignments
    ):
        _make(caller.role, {"permission set": found.inline_policy}, made)


def second_factor(caller: Persona) -> str:
    """Serial number of a keeper's device."""
    return f"arn:aws:iam::{caller.account}:mfa/{names.role_name(caller.role)}"


def _keep(plan: Plan, caller: Persona) -> None:
    """A user with a device, in the group that the deployment made; the code it shows nobody checks."""
    iam, name = _iam(caller.account), names.role_name(caller.role)
    if name not in iam.users:
        iam.create_user(plan.perimeter.region, name, names.BREAK_GLASS_PATH)
        iam.enable_mfa_device(name, second_factor(caller), "000000", "111111")
        if names.BREAK_GLASS_ALARM in iam.groups:
            iam.add_user_to_group(names.BREAK_GLASS_ALARM, name)


def _let_go(plan: Plan) -> None:
    """The keeper gives back what it was given, and is gone."""
    iam = _iam(plan.perimeter.management_id)
    user = iam.users.pop(KEEPER, None)
    if user is None:
        return
    for group in iam.groups.values():
        group.users = [member for member in group.users if member.name != KEEPER]
    for key in list(user.access_keys):
        iam.access_keys.pop(key.access_key_id, None)


def equipped(plan: Plan, caller: Persona) -> None:
    """Make the role of a caller that the deployment does not make, unless it is there."""
    here = any(role.arn == caller.role for role in _iam(caller.account).roles.values())
    if not here and caller.kind == "people":
        _sign_in(plan, caller, [])
    elif not here and caller.role.endswith(f"/{ADMINISTRATOR}"):
        _make(caller.role, {"everything": _everything()}, [])
    elif caller.kind == "keeper":
        _keep(plan, caller)


def credentials(caller: Persona, region: str, name: str = SESSION) -> Credentials:
    """A caller's: of a session of that name, or a user's key."""
    if not caller.role:
        return Credentials("", "", None)
    if caller.kind != "keeper":
        return session(caller.role, region, name)
    key: Any = _iam(caller.account).create_access_key(user_name=names.role_name(caller.role))
    return Credentials(key.access_key_id, key.secret_access_key, None)


def session(role_arn: str, region: str, name: str = SESSION) -> Credentials:
    """A session of a role, made without asking whether anybody may: what it may do is the question here."""
    from moto.sts.models import sts_backends

    account = role_arn.split(":")[4]
    made: Any = sts_backends[account]["aws"].assume_role(region, name, role_arn, "", 3600, "")
    return Credentials(made.access_key_id, made.secret_access_key, made.session_token)
