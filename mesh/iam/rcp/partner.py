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
        names.ci_role(governance_id, "partners"),
        names.ci_role(governance_id, names.CI_OF_PREVIEWS),
        names.break_glass_role(governance_id),
    )
    return document(
        Statement(
            sid="RefuseAllButTheWriter",
            what=(
                "Nobody reaches a resource of the account but its own identities and the delivery roles of open "
                "agreements."
            ),
            why="It holds for what the partner makes besides the inbox as well.",
            but="The account's own people use what is theirs; a delivery role replicates into the inbox.",
            principal="*",
            actions=PERIMETER_SERVICES,
            resources=("*",),
            conditions=(when("ArnNotLikeIfExists", "aws:PrincipalArn", own, *writers), not_a_service()),
        ),
        Statement(
            sid="RefuseAllButTheDeployment",
            what="Only its own identities, partners' CI, previews and the break-glass role assume a role here.",
            why="No domain and no other partner comes in, whatever a trust policy there says.",
            but="CI, and the break-glass role when CI is down, step into `mesh/deploy` and `mesh/preview`.",
            principal="*",
            actions=ASSUME_ROLE,
            resources=("*",),
            conditions=(when("ArnNotLikeIfExists", "aws:PrincipalArn", own, *deploying), not_a_service()),
        ),
    )
