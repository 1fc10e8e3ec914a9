"""Permissions boundary of every role that the mesh makes. Quota: 6,144 characters."""

from __future__ import annotations

from typing import Final

from mesh import names
from mesh.iam.network import JOIN_THE_NETWORK, SEE_THE_NETWORK
from mesh.iam.perimeter import Perimeter
from mesh.iam.statement import Document, Statement, document, when

DATA_WORK: Final = (
    "athena:*",
    "cloudwatch:*",
    *JOIN_THE_NETWORK,
    *SEE_THE_NETWORK,
    "events:PutEvents",
    "glue:*",
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey*",
    "kms:ReEncrypt*",
    "lakeformation:AddLFTagsToResource",
    "lakeformation:DeregisterResource",
    "lakeformation:Describe*",
    "lakeformation:Get*",
    "lakeformation:RegisterResource",
    "lakeformation:RemoveLFTagsFromResource",
    "lakeformation:UpdateResource",
    "logs:*",
    "s3:*",
    "sns:Publish",
    "sqs:*",
    "states:*",
    "sts:AssumeRole",
    "sts:SetSourceIdentity",
)

CHANGE_GUARDRAILS: Final = (
    "s3:PutBucketPolicy",
    "s3:DeleteBucketPolicy",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutAccountPublicAccessBlock",
    "glue:PutResourcePolicy",
    "glue:DeleteResourcePolicy",
)


def boundary(perimeter: Perimeter, account_id: str) -> Document:
    """The most that any role made by the mesh can do: data work, inside the organisation, never administration."""
    return document(
        Statement(
            sid="DataWork",
            effect="Allow",
            actions=DATA_WORK,
            resources=("*",),
        ),
        Statement(
            sid="PassLocationRoles",
            effect="Allow",
            actions=("iam:GetRole", "iam:PassRole"),
            resources=(names.location_role(account_id, "*"),),
        )
        if account_id == perimeter.governance_id  # publishers register locations; nobody else passes a role
        else None,
        Statement(
            sid="RefuseResourcesOutsideTheOrganisation",
            actions=("s3:*", "kms:*", "sqs:*", "sns:*", "events:PutEvents", "sts:AssumeRole"),
            resources=("*",),
            conditions=(when("StringNotEqualsIfExists", "aws:ResourceOrgID", perimeter.organization),),
        ),
        Statement(
            sid="RefuseChangesToGuardrails",
            actions=CHANGE_GUARDRAILS,
            resources=("*",),
        ),
    )
