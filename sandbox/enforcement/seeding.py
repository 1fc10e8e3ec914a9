"""How an organisation begins that enforces: the roles of the bootstrap template, who runs the deployments, the gate."""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    from sandbox.enforcement.aws_call import AwsCall
    from sandbox.enforcement.callers import SignedCaller
    from sandbox.enforcement.gate import Gate

CI_ROLES: Final = ("ci-deploy", "ci-preview")
PATH: Final = "mesh"
OPERATOR_STEPS_IN: Final = "the operator of the emulator steps in (on AWS: continuous integration, by federation)"


class SeededIds(Protocol):
    """The ids of the organisation."""

    @property
    def management_account(self) -> str:
        """The account that the operator is in."""
        ...

    @property
    def organization_id(self) -> str:
        """Of the organisation."""
        ...

    @property
    def accounts(self) -> Mapping[str, str]:
        """Accounts by name."""
        ...


def seed(template: str, account_id: str, ids: SeededIds) -> None:
    """The roles of a CloudFormation template in a new account; in the governance account those of its CI as well."""
    from moto.iam.models import iam_backends

    iam: Any = iam_backends[account_id]["aws"]
    for resource in json.loads(template)["Resources"].values():
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


def way_in(role_arn: str, ids: SeededIds) -> str:
    """The role from which a role is assumed; empty for those that the operator steps into directly."""
    account, name = role_arn.split(":")[4], role_arn.rpartition("/")[2]
    if account == ids.management_account or name in CI_ROLES:
        return ""
    ci = "ci-preview" if name == "preview" else "ci-deploy"
    return f"arn:aws:iam::{ids.accounts['governance']}:role/{PATH}/{ci}"


@contextmanager
def enforced(ids: SeededIds, region: str) -> Generator[Gate]:
    """Inside, every call passes the gate; the operator's first step of each road is let through, and counted."""
    from sandbox.emulator import moto_transport
    from sandbox.enforcement.gate import Gate

    operator = f"arn:aws:iam::{ids.management_account}:user/operator"

    def exempt(caller: SignedCaller, call: AwsCall) -> str:
        steps_in = caller.identity == operator and call.operation == "AssumeRole"
        return OPERATOR_STEPS_IN if steps_in and not way_in(call.text("RoleArn"), ids) else ""

    gate = Gate(ids.management_account, ids.organization_id, region, exempt)
    before, moto_transport.guard = moto_transport.guard, gate
    try:
        yield gate
    finally:
        moto_transport.guard = before
