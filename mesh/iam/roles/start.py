"""Role with which EventBridge starts pipelines of an account, and tells it what is published, or was refused."""

from __future__ import annotations

from mesh import names
from mesh.iam.perimeter import Perimeter
from mesh.iam.roles.trust import assumed_by_services
from mesh.iam.statement import Document, Statement, document, service, when


def start_trust(perimeter: Perimeter, account_id: str) -> Document:
    """Trust: EventBridge assumes the role, for rules of pipelines of this account alone.

    Of a rule that an account has made on the bus of another no page says whose rule that is to `aws:SourceAccount`, and
    whose account its ARN has: either is taken.
    """
    region, hub = perimeter.region, perimeter.governance_id
    return document(
        assumed_by_services(
            account_id,
            "events.amazonaws.com",
            sid="RulesOfPipelines",
            what="EventBridge assumes the role, for the rules of this account's pipelines.",
            why="Another rule could start a job when it is not meant to run (confused deputy).",
            also=(when("ArnLike", "aws:SourceArn", f"arn:aws:events:{region}:{account_id}:rule/{names.JOBS}"),),
        ),
        Statement(
            sid="RulesOnTheMeshBus",
            what="EventBridge assumes the role, for rules of domains on the mesh bus.",
            why="Of publications and refusals the mesh bus tells; only this account passes the role.",
            effect="Allow",
            principal=service("events.amazonaws.com"),
            actions=("sts:AssumeRole",),
            conditions=(
                when("StringEquals", "aws:SourceAccount", account_id, hub),
                when(
                    "ArnLike",
                    "aws:SourceArn",
                    *(f"arn:aws:events:{region}:{each}:rule/{names.BUS}/{names.JOBS}" for each in (account_id, hub)),
                ),
            ),
        ),
    )


def start_permissions(perimeter: Perimeter, account_id: str, domain: str) -> Document:
    """Permissions: start workflows and state machines of the account's pipelines, tell it what the mesh bus tells.

    That is every publication, and of refusals those of the account's own domain.
    """
    here = f"{perimeter.region}:{account_id}"
    bus = f"arn:aws:events:{here}:event-bus/default"
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
        Statement(
            sid="HearOfPublications",
            what="The role puts events of the mesh bus on the account's own.",
            why="A workflow starts by a rule of its own account; on the mesh bus a rule reaches buses, no workflow.",
            effect="Allow",
            actions=("events:PutEvents",),
            resources=(bus,),
        ),
        Statement(
            sid="RefuseOtherEvents",
            what="Events that tell neither of a publication nor of a refusal are refused.",
            why="Whatever a rule on the mesh bus comes to match, this is what the account is told by it.",
            actions=("events:PutEvents",),
            resources=(bus,),
            conditions=(when("ForAnyValue:StringNotEquals", "events:detail-type", names.PUBLISHED, names.REFUSED),),
        ),
        Statement(
            sid="RefuseRefusalsOfOthers",
            what="What was refused of another domain's products is refused.",
            why="The sentences of a refusal say what is in a draft; they are for who answers for the product.",
            actions=("events:PutEvents",),
            resources=(bus,),
            conditions=(
                when("ForAnyValue:StringEquals", "events:detail-type", names.REFUSED),
                when("ForAnyValue:StringNotLike", "events:source", f"{names.sources_of(domain)}*"),
            ),
        ),
    )
