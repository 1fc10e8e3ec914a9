"""RCP of a partner account: only its own identities and the declared writers reach a resource."""

from __future__ import annotations

from mesh import names
from mesh.iam.perimeter import not_a_service
from mesh.iam.rcp.organization import ASSUME_ROLE, PERIMETER_SERVICES
from mesh.iam.statement import Document, Statement, document, when


def partner_resources_take_one_writer(account_id: str, writers: tuple[str, ...], governance_id: str) -> Document:
    """RCP of one partner account: its own identities, the declared writers, the deployment (I5)."""
    own = f"arn:aws:iam::{account_id}:*"
    deploying = (
        names.ci_role(governance_id, "deploy"),
        names.ci_role(governance_id, "preview"),
        names.break_glass_role(governance_id),
    )
    return document(
        Statement(
            sid="RefuseAllButTheWriter",
            principal="*",
            actions=PERIMETER_SERVICES,
            resources=("*",),
            conditions=(when("ArnNotLikeIfExists", "aws:PrincipalArn", own, *writers), not_a_service()),
        ),
        Statement(
            sid="RefuseAllButTheDeployment",
            principal="*",
            actions=ASSUME_ROLE,
            resources=("*",),
            conditions=(when("ArnNotLikeIfExists", "aws:PrincipalArn", own, *deploying), not_a_service()),
        ),
    )
