"""Role with which rules of a domain's account pass wake-ups on to the mesh bus. Trust and permissions."""

from __future__ import annotations

from mesh import names
from mesh.iam.perimeter import Perimeter
from mesh.iam.roles.trust import assumed_by_services
from mesh.iam.statement import Document, Statement, document, when


def forward_trust(account_id: str) -> Document:
    """Trust: EventBridge assumes the role, for rules of this account."""
    return document(
        assumed_by_services(
            account_id,
            "events.amazonaws.com",
            sid="RulesOfTheAccount",
            what="EventBridge assumes the role, for rules of this account.",
            why="Without the source, a rule of another account could send with it (confused deputy).",
        )
    )


def forward_permissions(perimeter: Perimeter) -> Document:
    """Permissions: pass on to the mesh bus what S3 and Glue tell, and nothing else; the same in every account."""
    bus = f"arn:aws:events:{perimeter.region}:{perimeter.governance_id}:event-bus/{names.BUS}"
    return document(
        Statement(
            sid="PassWakeUpsOn",
            what="The role puts on the mesh bus what S3 and Glue tell of the account.",
            why="The function that publishes is in governance, and sleeps until it hears of a commit.",
            effect="Allow",
            actions=("events:PutEvents",),
            resources=(bus,),
        ),
        Statement(
            sid="RefuseOtherSources",
            what="Events of other sources are refused.",
            why="A rule of the account passes on what AWS tells; what a product tells, its pipeline says itself.",
            actions=("events:PutEvents",),
            resources=(bus,),
            conditions=(when("ForAnyValue:StringNotEquals", "events:source", *names.PASSED_ON),),
        ),
    )
