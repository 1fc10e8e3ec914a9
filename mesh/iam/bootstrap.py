"""CloudFormation templates of the roles that an account starts with: two in every one, a third in a domain's.

A StackSet of the organisation puts `mesh/deploy` and `mesh/preview` into every account below the units the moment it is
created; the management account, which no service-managed StackSet reaches, gets the same template by hand
(`docs/on-aws.md`). One template serves all accounts: what differs is the account's own id, which CloudFormation fills
in, and that the governance account gets the break-glass role, the identity provider of CI and CI's first roles, too. An
SCP lets nobody else change any of them (`mesh.iam.scp.roles`): who they are decides who becomes every other deployment.

A second StackSet puts `mesh/deploy-access` into the accounts of domains. Management, governance and partners have none:
what the first two own decides who reads (the control policies, the hub's grants), so that a second role would be the
first with another name; and a partner's account holds nobody's data but what was delivered to it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, cast

from mesh import names
from mesh.iam.roles.continuous_integration import CI_SESSION_SECONDS
from mesh.iam.roles.deploy_access import deploy_access_permissions
from mesh.iam.statement import Document

ITS_OWN_ID: Final = "${AWS::AccountId}"
"""The id of the account that the template is used in, as `Fn::Sub` has it."""

IN_GOVERNANCE: Final = "InGovernance"
"""The condition of the template that holds in the governance account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstCi:
    """The identity provider of CI, and the trust and permissions of its first roles by stack."""

    issuer: str
    audience: str
    roles: Mapping[str, tuple[Document, Document]]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfGovernance:
    """Governance account: its id, trust and permissions of the break-glass role that it starts with, and CI if any."""

    account_id: str
    break_glass: tuple[Document, Document]
    ci: FirstCi | None = None


class PreviewDocuments(NamedTuple):
    """Trust of `mesh/preview`, and what it is refused."""

    trust: Document
    refusals: Document


def template(deploy_trust: Document, preview: PreviewDocuments, hub: OfGovernance) -> str:
    """JSON of a CloudFormation template with `mesh/deploy` and `mesh/preview`, and what governance alone gets."""
    resources = _of_stacks(deploy_trust, preview)
    folder, _, name = names.break_glass_role(hub.account_id).partition(f":role/{names.PATH}/")[2].rpartition("/")
    trust, permissions = hub.break_glass
    of_hub = {"BreakGlass": _role(f"{folder}/", name, trust, inline=permissions), **(_of_ci(hub.ci) if hub.ci else {})}
    resources |= {name: {**resource, "Condition": IN_GOVERNANCE} for name, resource in of_hub.items()}
    conditions = {IN_GOVERNANCE: {"Fn::Equals": [{"Ref": "AWS::AccountId"}, hub.account_id]}}
    return _template("The roles that deploy and preview the data mesh in this account", resources, conditions)


def first_template(deploy_trust: Document, preview: PreviewDocuments) -> str:
    """JSON of the template for the management account while there is no governance account: nothing names one."""
    return _template(
        "The roles that deploy and preview the data mesh, for the first time",
        _of_stacks(deploy_trust, preview),
        {},
    )


def access_template(deploy_access_trust: Document) -> str:
    """JSON of a CloudFormation template with `mesh/deploy-access`."""
    return _template(
        "The role that deploys who reads, in the account of a domain",
        {"DeployAccess": _role("", "deploy-access", deploy_access_trust, inline=deploy_access_permissions(ITS_OWN_ID))},
        {},
    )


def _template(description: str, resources: dict[str, Any], conditions: dict[str, Any]) -> str:
    text: dict[str, Any] = {"AWSTemplateFormatVersion": "2010-09-09", "Description": description}
    if conditions:
        text["Conditions"] = conditions
    return json.dumps(_filled_in({**text, "Resources": resources}), separators=(",", ":"))


def _of_stacks(deploy_trust: Document, preview: PreviewDocuments) -> dict[str, Any]:
    return {
        "Deploy": _role("", "deploy", deploy_trust, "AdministratorAccess"),
        "Preview": _role("", "preview", preview.trust, "ReadOnlyAccess", preview.refusals),
    }


def _of_ci(first_ci: FirstCi) -> dict[str, dict[str, Any]]:
    provider = {
        "Type": "AWS::IAM::OIDCProvider",
        "Properties": {"Url": f"https://{first_ci.issuer}", "ClientIdList": [first_ci.audience]},
    }
    roles: dict[str, dict[str, Any]] = {}
    for stack, (trust, permissions) in first_ci.roles.items():
        role = _role(f"{names.CI_FOLDER}/", stack, trust, inline=permissions)
        # A trust policy may name a provider only once it is there.
        roles[f"Ci{stack.title()}"] = {**role, "DependsOn": "CiProvider"}
        role["Properties"]["MaxSessionDuration"] = CI_SESSION_SECONDS
    return {"CiProvider": provider, **roles}


def _role(folder: str, name: str, trust: Document, managed: str = "", inline: Document | None = None) -> dict[str, Any]:
    policies = [{"PolicyName": "mesh", "PolicyDocument": inline.as_json()}] if inline else []
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "Path": f"/{names.PATH}/{folder}",
            "RoleName": name,
            "AssumeRolePolicyDocument": trust.as_json(),
            "ManagedPolicyArns": [f"arn:aws:iam::aws:policy/{managed}"] if managed else [],
            "Policies": policies,
        },
    }


def _filled_in(value: Any) -> Any:
    """The template with `Fn::Sub` around every text that holds the account's own id."""
    if isinstance(value, str):
        return {"Fn::Sub": value} if ITS_OWN_ID in value else value
    if isinstance(value, list):
        return [_filled_in(each) for each in cast("list[Any]", value)]
    if isinstance(value, dict):
        return {key: _filled_in(each) for key, each in cast("dict[str, Any]", value).items()}
    return value
