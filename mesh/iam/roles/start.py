"""Role with which EventBridge starts pipelines of an account: by a schedule, or because a product is published."""

from __future__ import annotations

from mesh import names
from mesh.iam.perimeter import Perimeter
from mesh.iam.roles.trust import assumed_by_services
from mesh.iam.statement import Document, Statement, document, when


def start_trust(region: str, account_id: str) -> Document:
    """Trust: EventBridge assumes the role, for rules of pipelines of this account alone."""
    return document(
        assumed_by_services(
            account_id,
            "events.amazonaws.com",
            sid="RulesOfPipelines",
            what="EventBridge assumes the role, for the rules of this account's pipelines.",
            why="Another rule could start a job when it is not meant to run (confused deputy).",
            also=(when("ArnLike", "aws:SourceArn", f"arn:aws:events:{region}:{account_id}:rule/{names.JOBS}"),),
        )
    )


def start_permissions(perimeter: Perimeter, account_id: str) -> Document:
    """Permissions: start workflows and state machines of the account's pipelines, and nothing else."""
    here = f"{perimeter.region}:{account_id}"
    return document(
        Statement(
            sid="StartWorkflows",
            what="The role tells workflows of Glue of the account's pipelines that an event has come.",
            why="A workflow has one trigger, with the arguments that it was made with; the event is none of them.",
            effect="Allow",
            actions=("glue:NotifyEvent",),
            resources=(f"arn:aws:glue:{here}:workflow/{names.JOBS}",),
        ),
        Statement(
            sid="StartStateMachines",
            what="The role starts state machines of the account's pipelines.",
            why="What they are given is said in the rule, which the domain's stack makes out of a review.",
            effect="Allow",
            actions=("states:StartExecution",),
            resources=(f"arn:aws:states:{here}:stateMachine:{names.JOBS}",),
        ),
    )
