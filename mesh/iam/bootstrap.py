"""The two roles that every account starts with, as a CloudFormation template.

A StackSet of the organisation puts them into every account below the units the moment it is created; the management
account, which no service-managed StackSet reaches, gets the same template by hand (README, "On AWS").
"""

from __future__ import annotations

import json
from typing import Any

from mesh import names
from mesh.iam.product import READ_OBJECTS
from mesh.iam.values import Document, Statement, document


def preview_refusals() -> Document:
    """What a preview never does, though AWS's ReadOnlyAccess would let it: read data or secrets."""
    return document(
        Statement(
            sid="RefuseReadingData",
            actions=(
                *READ_OBJECTS,
                "athena:GetQueryResults",
                "athena:GetQueryResultsStream",
                "athena:StartQueryExecution",
                "dynamodb:BatchGetItem",
                "dynamodb:GetItem",
                "dynamodb:PartiQLSelect",
                "dynamodb:Query",
                "dynamodb:Scan",
                "kms:Decrypt",
                "lakeformation:GetDataAccess",
                "kinesis:GetRecords",
                "logs:FilterLogEvents",
                "logs:GetLogEvents",
                "logs:GetLogRecord",
                "logs:GetQueryResults",
                "logs:StartQuery",
                "secretsmanager:BatchGetSecretValue",
                "secretsmanager:GetSecretValue",
                "sqs:ReceiveMessage",
                "ssm:GetParameter",
                "ssm:GetParameterHistory",
                "ssm:GetParameters",
                "ssm:GetParametersByPath",
            ),
            resources=("*",),
        )
    )


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
