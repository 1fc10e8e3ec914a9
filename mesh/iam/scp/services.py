"""Part of the SCP against exfiltration: the AWS services that are allowed, every other being denied.

Services that the mesh has no use for are refused whole, for a list of what they could do would never be complete.
"""

from __future__ import annotations

from typing import Final

from mesh.iam.statement import Statement

SERVICES: Final = tuple(
    "access-analyzer account athena budgets ce cloudformation cloudshell cloudtrail cloudwatch codebuild config "
    "dynamodb ec2 ecr elasticmapreduce events firehose glue health iam identitystore kinesis kms lakeformation lambda "
    "logs organizations pricing ram resource-groups s3 sagemaker secretsmanager servicequotas sns sqs ssm sso states "
    "sts tag trustedadvisor xray".split()
)
"""Prefixes of the actions of services that a mesh has use for; every other service is refused, the deployment too.

Whoever adds one answers for what it can carry out: by a proof (I6, I7, I8, I19), not by a wish.
"""


def only_listed_services() -> Statement:
    """Statement against all services that are not listed (I7)."""
    return Statement(
        sid="RefuseServicesTheMeshDoesNotUse",
        what="Every action of a service that is not listed is refused, to deployments as well.",
        why="A list of what all other services could carry out would never be complete.",
        not_actions=tuple(f"{service}:*" for service in SERVICES),
        resources=("*",),
    )
