"""SCP at the root: no identity of the organisation acts on a resource outside it, or shares with somebody outside.

Nobody is excepted from a statement of this document.
"""

from __future__ import annotations

from mesh import names
from mesh.aws.resource_owners import OWNED_BY_AWS, PERMISSIONS_OF_RAM, TELL_NO_OWNER
from mesh.iam.perimeter import Perimeter
from mesh.iam.scp.sharing import nothing_is_shared_outside
from mesh.iam.statement import Document, Statement, document, when


def identities_stay_inside(perimeter: Perimeter) -> Document:
    """SCP at the root: no identity of the organisation acts on a resource outside it (I6), whatever the action.

    The statement is that of AWS's samples (aws-samples/data-perimeter-policy-examples, `resource_perimeter_scp`)
    without its tags, by which somebody could be excepted. There is no exception for calls that a service makes for
    somebody (`aws:ViaAWSService`): Athena's UNLOAD and CTAS write as the caller, and would write to any bucket.
    """
    bus = f"arn:aws:events:{perimeter.region}:{perimeter.governance_id}:event-bus/{names.BUS}"
    return document(
        Statement(
            sid="RefuseResourcesOutsideTheOrganisation",
            what="No identity acts on a resource outside the organisation, whatever the service and the action.",
            why="Data could be written to a stranger's bucket, through Athena as well: UNLOAD writes as the caller.",
            not_actions=TELL_NO_OWNER,
            not_resources=(*OWNED_BY_AWS, PERMISSIONS_OF_RAM),
            conditions=(when("StringNotEqualsIfExists", "aws:ResourceOrgID", perimeter.organization),),
        ),
        Statement(
            sid="RefuseBusesOutsideTheOrganisation",
            what="No identity acts on a bus, a rule or anything else of EventBridge outside the organisation.",
            why="EventBridge may not say whose a bus is: this holds where it does, the next where it does not.",
            actions=("events:*",),
            resources=("*",),
            conditions=(
                when("Null", "aws:ResourceAccount", "false"),
                when("StringNotEqualsIfExists", "aws:ResourceOrgID", perimeter.organization),
            ),
        ),
        Statement(
            sid="RefuseBusesOfUnknownOwners",
            what="Where EventBridge does not say whose a bus is, no identity puts events on any but the mesh bus.",
            why="An event holds up to 256 KB of what the caller writes; where a rule's go, RefuseTargetsOutside says.",
            actions=("events:PutEvents",),
            not_resources=(bus,),
            conditions=(
                when("Null", "aws:ResourceAccount", "true"),
                # EventBridge alone sets it, for a rule whose target is a bus (EventBridge User Guide, "Using IAM policy
                # conditions"); a variable for the caller's account may not stand in an ARN's place for it.
                when("BoolIfExists", "events:eventBusInvocation", "false"),
            ),
        ),
        *nothing_is_shared_outside(perimeter),
    )
