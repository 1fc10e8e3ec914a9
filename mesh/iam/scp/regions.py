"""Part of the SCP against exfiltration: every other region than the mesh's is denied."""

from __future__ import annotations

from typing import Final

from mesh.iam.statement import Statement, when

NOT_OF_A_REGION: Final = (
    "account:*",
    "budgets:*",
    "ce:*",
    "iam:*",
    "organizations:*",
    "s3:GetAccountPublicAccessBlock",
    "s3:ListAllMyBuckets",
    "s3:PutAccountPublicAccessBlock",
    "sts:*",
    "tag:*",
)
"""Actions that IAM, Organizations and others take in `us-east-1`, wherever the caller is."""


def one_region(region: str) -> Statement:
    """Statement against other regions: what belongs to a region is made in the mesh's own (M1)."""
    return Statement(
        sid="RefuseOtherRegions",
        what="Everything that is made in a region is refused in every other region than the mesh's.",
        why="Network, endpoints, alarm and keys are in one region: what is elsewhere is guarded by none of them.",
        not_actions=NOT_OF_A_REGION,
        resources=("*",),
        conditions=(when("StringNotEquals", "aws:RequestedRegion", region),),
    )
