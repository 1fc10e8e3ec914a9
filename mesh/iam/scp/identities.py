"""SCP at the root: no identity of the organisation acts on a resource outside it."""

from __future__ import annotations

from typing import Final

from mesh.iam.perimeter import Perimeter
from mesh.iam.statement import Document, Statement, document, when

WRITE_OUTSIDE: Final = (
    "s3:*",
    "kms:Decrypt",
    "kms:Encrypt",
    "kms:GenerateDataKey*",
    "kms:ReEncrypt*",
    "sqs:*",
    "sns:*",
    "dynamodb:*",
    "events:PutEvents",
    "ecr:CompleteLayerUpload",
    "ecr:PutImage",
    "ecr:UploadLayerPart",
    "lambda:InvokeFunction",
    "secretsmanager:*",
    "logs:PutLogEvents",
    "sts:AssumeRole",
)


def identities_stay_inside(perimeter: Perimeter) -> Document:
    """SCP at the root: no identity of the organisation acts on a resource outside it (I6).

    There is no exception for calls that a service makes for somebody (`aws:ViaAWSService`): Athena's UNLOAD and CTAS
    write as the caller, and would write to any bucket.
    """
    return document(
        Statement(
            sid="RefuseResourcesOutsideTheOrganisation",
            what=("No identity acts on a resource outside the organisation: storage, keys, queues, functions, roles."),
            why="Data could be written to a stranger's bucket, through Athena as well: UNLOAD writes as the caller.",
            actions=WRITE_OUTSIDE,
            resources=("*",),
            conditions=(when("StringNotEqualsIfExists", "aws:ResourceOrgID", perimeter.organization),),
        )
    )
