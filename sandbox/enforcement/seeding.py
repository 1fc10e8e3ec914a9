"""The roles with which an account begins where policies are enforced, and those through which the operator comes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final, NamedTuple, cast

from sandbox.emulator import backends
from sandbox.emulator.organization_ids import OrganizationIds

ROLES_OF_CI: Final = "role/mesh/ci/"
PATH: Final = "mesh"


class FirstRoles(NamedTuple):
    """CloudFormation templates of the roles that every account starts with, and those of domains besides."""

    of_every_account: str
    of_domains: str

    @property
    def by_ci(self) -> bool:
        """Whether an identity provider is among them, by which CI signs in."""
        resources = json.loads(self.of_every_account)["Resources"].values()
        return any(each["Type"] == "AWS::IAM::OIDCProvider" for each in resources)

    def of(self, account_id: str, ids: OrganizationIds) -> Iterator[dict[str, Any]]:
        """The resources of the templates that a StackSet brings into an account, with its own id filled in."""
        yield from resources(self.of_every_account, account_id)
        if ids.owner(account_id).startswith("domain-"):
            yield from resources(self.of_domains, account_id)


def seed(first_roles: FirstRoles, account_id: str, ids: OrganizationIds) -> None:
    """The first roles in a new account; in the governance account the identity provider of CI as well."""
    for resource in first_roles.of(account_id, ids):
        if resource["Type"] == "AWS::IAM::OIDCProvider":
            _make_provider(account_id, resource["Properties"])
        else:
            _make_role(account_id, resource["Properties"])


def resources(template: str, account_id: str) -> Iterator[dict[str, Any]]:
    """The resources of a template whose condition, if they have one, holds in an account."""
    text = json.loads(template)
    holds = {name: _equal(condition, account_id) for name, condition in text.get("Conditions", {}).items()}
    for resource in text["Resources"].values():
        if holds.get(resource.get("Condition"), "Condition" not in resource):
            yield _filled_in(resource, account_id)


def _equal(condition: dict[str, list[Any]], account_id: str) -> bool:
    """Whether the two sides of a condition of the template are equal in an account."""
    one, other = (account_id if isinstance(side, dict) else side for side in condition["Fn::Equals"])
    return bool(one == other)


def _filled_in(value: Any, account_id: str) -> Any:
    """A value of the template with the account's own id in the place of `Fn::Sub`."""
    if isinstance(value, list):
        return [_filled_in(each, account_id) for each in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return value
    members = cast("dict[str, Any]", value)
    if "Fn::Sub" in members:
        return str(members["Fn::Sub"]).replace("${AWS::AccountId}", account_id)
    return {key: _filled_in(each, account_id) for key, each in members.items()}


def _make_provider(account_id: str, provider: dict[str, Any]) -> None:
    iam = backends.iam(account_id)
    iam.create_open_id_connect_provider(provider["Url"], [], provider["ClientIdList"], [])


def _make_role(account_id: str, role: dict[str, Any]) -> None:
    iam = backends.iam(account_id)
    session = str(role.get("MaxSessionDuration", 3600))
    made = iam.create_role(
        role["RoleName"], json.dumps(role["AssumeRolePolicyDocument"]), role["Path"], None, "", [], session
    )
    for policy in role["Policies"]:
        iam.put_role_policy(role["RoleName"], policy["PolicyName"], json.dumps(policy["PolicyDocument"]))
    for arn in role["ManagedPolicyArns"]:
        made.managed_policies[arn] = _OfAws(arn)


class _OfAws:
    """A managed policy of AWS's own, by name: moto has none of them loaded."""

    def __init__(self, arn: str) -> None:
        self.arn = arn
        self.name = arn.rpartition("/")[2]


def entry_role(role_arn: str, ids: OrganizationIds, *, by_ci: bool) -> str:
    """The CI role from which a role is assumed; empty for those that the operator steps into directly.

    On AWS, CI signs in to its roles with a token. Into the management account, whose stack makes the account of
    governance and so the first CI roles, an administrator comes until they are there. Without CI the operator stands
    for who has broken the glass.
    """
    account = role_arn.split(":")[4]
    if not by_ci or ROLES_OF_CI in role_arn:
        return ""
    role = f"arn:aws:iam::{ids.account('governance')}:{ROLES_OF_CI}{_stack(role_arn, account, ids)}"
    return "" if account == ids.management_account and not _exists(role) else role


def _stack(role_arn: str, account: str, ids: OrganizationIds) -> str:
    """The stack whose CI assumes a role that deploys or previews, as the names of CI roles have it."""
    name = role_arn.rpartition("/")[2]
    if name == "preview":
        return "previews"
    if name == "deploy-access":
        return "access"
    if account == ids.management_account:
        return "organization"
    owner = ids.owner(account)
    if owner == "governance":
        return owner
    return "partners" if owner.startswith("partner-") else f"domain-{account}"


def _exists(role_arn: str) -> bool:
    roles: Any = backends.iam(role_arn.split(":")[4]).roles.values()
    return any(role.arn == role_arn for role in roles)
