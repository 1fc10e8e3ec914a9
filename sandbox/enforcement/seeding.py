"""The roles with which an account begins where policies are enforced, and those through which the operator comes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from sandbox.emulator import backends
from sandbox.emulator.organization_ids import OrganizationIds

CI_ROLES: Final = ("ci-deploy", "ci-preview")
PATH: Final = "mesh"


class FirstRoles(NamedTuple):
    """CloudFormation templates of the roles that every account starts with, and those of domains besides."""

    of_every_account: str
    of_domains: str

    def of(self, account_id: str, ids: OrganizationIds) -> Iterator[dict[str, Any]]:
        """The resources of the templates that a StackSet brings into an account."""
        yield from json.loads(self.of_every_account)["Resources"].values()
        if any(name.startswith("domain-") for name, number in ids.accounts.items() if number == account_id):
            yield from json.loads(self.of_domains)["Resources"].values()


def seed(first_roles: FirstRoles, account_id: str, ids: OrganizationIds) -> None:
    """The first roles in a new account; in the governance account those of its CI as well."""
    iam = backends.iam(account_id)
    for resource in first_roles.of(account_id, ids):
        role = resource["Properties"]
        made = iam.create_role(
            role["RoleName"], json.dumps(role["AssumeRolePolicyDocument"]), role["Path"], None, "", [], "3600"
        )
        for policy in role["Policies"]:
            iam.put_role_policy(role["RoleName"], policy["PolicyName"], json.dumps(policy["PolicyDocument"]))
        for arn in role["ManagedPolicyArns"]:
            made.managed_policies[arn] = _OfAws(arn)
    if account_id == ids.accounts.get("governance"):
        for name in CI_ROLES:
            trust = _policy("sts:AssumeRole", Principal={"AWS": f"arn:aws:iam::{ids.management_account}:root"})
            iam.create_role(name, trust, f"/{PATH}/", None, "Stands in for federated CI.", [], "3600")
            iam.put_role_policy(name, "step-in", _policy("sts:AssumeRole", Resource=f"arn:aws:iam::*:role/{PATH}/*"))


class _OfAws:
    """A managed policy of AWS's own, by name: moto has none of them loaded."""

    def __init__(self, arn: str) -> None:
        self.arn = arn
        self.name = arn.rpartition("/")[2]


def _policy(action: str, **members: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, **members}]})


def entry_role(role_arn: str, ids: OrganizationIds) -> str:
    """The role from which a role is assumed; empty for those that the operator steps into directly."""
    account, name = role_arn.split(":")[4], role_arn.rpartition("/")[2]
    if account == ids.management_account or name in CI_ROLES:
        return ""
    ci = "ci-preview" if name == "preview" else "ci-deploy"
    return f"arn:aws:iam::{ids.accounts['governance']}:role/{PATH}/{ci}"
