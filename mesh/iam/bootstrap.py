"""CloudFormation templates of the roles that an account starts with: two in every one, a third in a domain's.

A StackSet of the organisation puts `mesh/deploy` and `mesh/preview` into every account below the units the moment it is
created; the management account, which no service-managed StackSet reaches, gets the same template by hand
(`docs/on-aws.md`). A second StackSet puts `mesh/deploy-access` into the accounts of domains. Management, governance and
partners have none: what the first two own decides who reads (the control policies, the hub's grants), so that a second
role would be the first with another name; and a partner's account holds nobody's data but what was delivered to it.
"""

from __future__ import annotations

import json
from typing import Any

from mesh import names
from mesh.iam.roles.deploy import preview_refusals
from mesh.iam.roles.deploy_access import deploy_access_permissions
from mesh.iam.statement import Document


def template(deploy_trust: Document, preview_trust: Document) -> str:
    """JSON of a CloudFormation template with `mesh/deploy` and `mesh/preview`."""
    return _template(
        "The roles that deploy and preview the data mesh in this account",
        {
            "Deploy": _role("deploy", "AdministratorAccess", deploy_trust, None),
            "Preview": _role("preview", "ReadOnlyAccess", preview_trust, preview_refusals()),
        },
    )


def access_template(deploy_access_trust: Document) -> str:
    """JSON of a CloudFormation template with `mesh/deploy-access`."""
    return _template(
        "The role that deploys who reads, in the account of a domain",
        {"DeployAccess": _role("deploy-access", None, deploy_access_trust, deploy_access_permissions())},
    )


def _template(description: str, resources: dict[str, Any]) -> str:
    return json.dumps(
        {"AWSTemplateFormatVersion": "2010-09-09", "Description": description, "Resources": resources},
        separators=(",", ":"),
    )


def _role(name: str, managed: str | None, trust: Document, inline: Document | None) -> dict[str, Any]:
    policies = [{"PolicyName": "mesh", "PolicyDocument": inline.as_json()}] if inline else []
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "Path": f"/{names.PATH}/",
            "RoleName": name,
            "AssumeRolePolicyDocument": trust.as_json(),
            "ManagedPolicyArns": [f"arn:aws:iam::aws:policy/{managed}"] if managed else [],
            "Policies": policies,
        },
    }
