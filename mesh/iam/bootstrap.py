"""CloudFormation template of the two roles that every account starts with, `mesh/deploy` and `mesh/preview`.

A StackSet of the organisation puts them into every account below the units the moment it is created; the management
account, which no service-managed StackSet reaches, gets the same template by hand (`docs/on-aws.md`).
"""

from __future__ import annotations

import json
from typing import Any

from mesh import names
from mesh.iam.roles.deploy import preview_refusals
from mesh.iam.statement import Document


def template(deploy_trust: Document, preview_trust: Document) -> str:
    """JSON of a CloudFormation template with `mesh/deploy` and `mesh/preview`."""
    return json.dumps(
        {
            "AWSTemplateFormatVersion": "2010-09-09",
            "Description": "The roles that deploy and preview the data mesh in this account",
            "Resources": {
                "Deploy": _role("deploy", "AdministratorAccess", deploy_trust, None),
                "Preview": _role("preview", "ReadOnlyAccess", preview_trust, preview_refusals()),
            },
        },
        separators=(",", ":"),
    )


def _role(name: str, managed: str, trust: Document, inline: Document | None) -> dict[str, Any]:
    policies = [{"PolicyName": "mesh", "PolicyDocument": inline.as_json()}] if inline else []
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "Path": f"/{names.PATH}/",
            "RoleName": name,
            "AssumeRolePolicyDocument": trust.as_json(),
            "ManagedPolicyArns": [f"arn:aws:iam::aws:policy/{managed}"],
            "Policies": policies,
        },
    }
