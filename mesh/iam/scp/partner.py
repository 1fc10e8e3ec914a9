"""SCP of a partner account: its identities act on resources of this account alone."""

from __future__ import annotations

from mesh.aws.resource_owners import OWNED_BY_AWS
from mesh.iam.statement import Document, Statement, document, when


def partner_stays_inside(account_id: str) -> Document:
    """SCP of one partner account, whose id it names: nothing on a resource of another account (I4).

    What may carry no owner (`mesh.aws.resource_owners`) is refused with the rest: a partner's account makes no
    endpoint, and has no use for EventBridge.
    """
    return document(
        Statement(
            sid="RefuseResourcesOfOtherAccounts",
            what="No identity of the account acts on a resource of another account.",
            why="A partner gets what is delivered to its inbox, and nothing of the mesh.",
            actions=("*",),
            not_resources=OWNED_BY_AWS,
            conditions=(when("StringNotEqualsIfExists", "aws:ResourceAccount", account_id),),
        ),
        Statement(
            sid="RefuseReachingOtherAccounts",
            what="No identity of the account calls Organizations or RAM.",
            why="Both reach other accounts without naming a resource of theirs.",
            actions=("organizations:*", "ram:*"),
            resources=("*",),
        ),
    )
