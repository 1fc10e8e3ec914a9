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
    """Permissions boundary: a role does data work at most, inside the organisation, and never administration."""
    return document(
        Statement(
            sid="DataWork",
            what="A role of the mesh does data work at most: queries, objects, keys in use, logs, events, queues.",
            why="Whatever a role's own policy says, it administers no identity, no key and no organisation.",
            effect="Allow",
            actions=DATA_WORK,
            resources=("*",),
        ),
        Statement(
            sid="PassLocationRoles",
            what="In the governance account a role passes location roles at most.",
            why="Publishers register locations with them; nobody else passes a role.",
            effect="Allow",
            actions=("iam:GetRole", "iam:PassRole"),
            resources=(names.location_role(account_id, "*"),),
        )
        if account_id == perimeter.governance_id  # publishers register locations; nobody else passes a role
        else None,
        Statement(
            sid="RefuseResourcesOutsideTheOrganisation",
            what="No role of the mesh acts on a bucket, key, queue, topic or role outside the organisation.",
            why="The second line behind the SCP at the root.",
            actions=("s3:*", "kms:*", "sqs:*", "sns:*", "sts:AssumeRole"),
            resources=("*",),
            conditions=(when("StringNotEqualsIfExists", "aws:ResourceOrgID", perimeter.organization),),
        ),
        Statement(
            sid="RefuseOtherBuses",
            what="No role of the mesh puts events on another bus than the mesh's.",
            why="EventBridge may not say whose a bus is, so the statement names the one that roles need.",
            actions=("events:PutEvents",),
            not_resources=(f"arn:aws:events:{perimeter.region}:{perimeter.governance_id}:event-bus/{names.BUS}",),
        ),
        Statement(
            sid="RefuseChangesToGuardrails",
            what="No role of the mesh changes a bucket policy, a block of public access or a catalog policy.",
            why="`s3:*` and `glue:*` of `DataWork` would let it; deployments, which carry no boundary, change them.",
            actions=CHANGE_GUARDRAILS,
            resources=("*",),
        ),
    )
