"""Resource policy of the mesh bus, the EventBridge bus of the governance account. Quota: 10,240 characters."""

from __future__ import annotations

from mesh import names
from mesh.iam.perimeter import (
    Perimeter,
    caller_is,
    caller_is_not,
    in_organization,
    inside_units,
    not_a_service,
    outside_units,
)
from mesh.iam.statement import Document, Statement, document, when


def bus_policy(perimeter: Perimeter) -> Document:
    """Resource policy of the mesh event bus: pipelines of domain accounts tell, nobody outside does."""
    hub = f"arn:aws:events:{perimeter.region}:{perimeter.governance_id}"
    bus, rules = f"{hub}:event-bus/{names.BUS}", f"{hub}:rule/{names.BUS}/*"
    return document(
        Statement(
            sid="PipelinesTellTheMesh",
            effect="Allow",
            principal="*",
            actions=("events:PutEvents",),
            resources=(bus,),
            conditions=(
                in_organization(perimeter),
                inside_units(perimeter.domains),
                caller_is(names.pipeline_role("*", "*")),
            ),
        ),
        Statement(
            sid="DomainsSubscribe",
            effect="Allow",
            principal="*",
            actions=(
                "events:PutRule",
                "events:PutTargets",
                "events:DescribeRule",
                "events:DeleteRule",
                "events:RemoveTargets",
            ),
            resources=(bus, rules),
            conditions=(
                in_organization(perimeter),
                inside_units(perimeter.domains),
                caller_is(names.deploy_role("*")),
                when("StringEqualsIfExists", "events:creatorAccount", "${aws:PrincipalAccount}"),
            ),
        ),
        Statement(
            sid="RefuseOtherUnits",
            principal="*",
            actions=("events:*",),
            resources=(bus, rules),
            conditions=(outside_units(perimeter.domains, perimeter.governance), not_a_service()),
        ),
        Statement(
            sid="RefuseOtherAdministrators",
            principal="*",
            actions=("events:DeleteEventBus", "events:PutPermission", "events:RemovePermission"),
            resources=(bus,),
            conditions=(caller_is_not(names.deploy_role(perimeter.governance_id)),),
        ),
    )
