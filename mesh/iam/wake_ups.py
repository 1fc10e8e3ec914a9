"""Wake-ups of the publication function: the rules that see them, and policies of the queue and of the alarms' topic.

In a domain's account rules of the default bus see what S3 and Glue tell of drafts, and pass it on to the mesh bus as
the role `mesh/forward`; in the governance account rules send it on to the queue that the function answers. How many
rules there are depends on no number of products.
"""

from __future__ import annotations

from typing import Any, Final

from mesh import names
from mesh.iam.break_glass import LOOK_AT_TOPIC, SET_UP_TOPIC
from mesh.iam.perimeter import Perimeter, caller_is_not, not_a_service
from mesh.iam.statement import Document, Statement, document, service, when

SWEEP: Final = "rate(15 minutes)"
"""When every product is looked at, for an event may come late or never (EventBridge User Guide, "Service event delivery
level": Glue's are best effort)."""

WAKE_UPS: Final = f"{names.PATH}-wake-ups"
REQUESTS: Final = f"{names.PATH}-requests"
SWEEPS: Final = f"{names.PATH}-sweep"
"""Names of the rules: on the mesh bus of what domains pass on and of what their people ask, on the default bus."""

TOPIC: Final = f"{names.PATH}-{names.PUBLICATION}"
"""Name of the topic of the alarms, and the beginning of theirs."""


# ---- what the rules see


def commits(mesh: str, domain: str) -> dict[str, Any]:
    """Pattern of a commit to a draft in a product's bucket: a new metadata file, or the end of a run of plain Parquet.

    S3 tells of every object; these two are what a draft is moved by, and the rest costs by the million.
    """
    ends = [{"wildcard": "tables/*/metadata/*.metadata.json"}, {"wildcard": "tables/*/run=*/_SUCCESS"}]
    return {
        "source": ["aws.s3"],
        "detail-type": [names.PASSED_ON["aws.s3"]],
        "detail": {
            "bucket": {"name": [{"prefix": names.buckets_of(mesh, domain).removesuffix("*")}]},
            "object": {"key": ends},
        },
    }


def changed_drafts() -> dict[str, Any]:
    """Pattern of a change of a draft in the catalog of an account."""
    return {
        "source": ["aws.glue"],
        "detail-type": [names.PASSED_ON["aws.glue"]],
        "detail": {"databaseName": [{"suffix": names.DRAFTS.rpartition("*")[2]}]},
    }


def passed_on() -> dict[str, Any]:
    """Pattern of what domains pass on, on the mesh bus."""
    return {"source": [*names.PASSED_ON], "detail-type": [*names.PASSED_ON.values()]}


def requests() -> dict[str, Any]:
    """Pattern of what people of domains ask for, on the mesh bus."""
    return {"detail-type": [names.REQUESTED]}


# ---- policies


def rules_of_wake_ups(region: str, governance_id: str) -> tuple[str, ...]:
    """ARNs of the rules that send to the queue."""
    rules = f"arn:aws:events:{region}:{governance_id}:rule"
    return f"{rules}/{names.BUS}/{WAKE_UPS}", f"{rules}/{names.BUS}/{REQUESTS}", f"{rules}/{SWEEPS}"


def queue_policy(perimeter: Perimeter, queue: str) -> Document:
    """Resource policy of the queue of wake-ups, by its ARN: the rules send, the function receives, nobody else.

    It is that of the dead-letter queue as well, into which SQS itself moves messages, without asking a policy.
    """
    hub = perimeter.governance_id
    rules = rules_of_wake_ups(perimeter.region, hub)
    return document(
        Statement(
            sid="TheRulesWake",
            what="EventBridge sends to the queue, for the rules of wake-ups.",
            why="The source is a rule's own ARN: no rule of another account, and no other of this one, sends here.",
            effect="Allow",
            principal=service("events.amazonaws.com"),
            actions=("sqs:SendMessage",),
            resources=(queue,),
            conditions=(when("ArnEquals", "aws:SourceArn", *rules),),
        ),
        Statement(
            sid="RefusePlainHttp",
            what="Nobody reaches the queue over plain HTTP.",
            why="Messages and signatures could be read on the way.",
            principal="*",
            actions=("sqs:*",),
            resources=(queue,),
            conditions=(when("Bool", "aws:SecureTransport", "false"),),
        ),
        Statement(
            sid="RefuseOtherAccounts",
            what="Callers of any other account reach nothing of the queue.",
            why="Domains wake the function through the mesh bus, which knows whom an event is from.",
            principal="*",
            actions=("sqs:*",),
            resources=(queue,),
            conditions=(when("StringNotEqualsIfExists", "aws:PrincipalAccount", hub), not_a_service()),
        ),
        Statement(
            sid="RefuseOtherSenders",
            what="Only AWS services send to the queue.",
            why="An event says of itself which account it is from; whoever writes one says what they like.",
            principal="*",
            actions=("sqs:SendMessage",),
            resources=(queue,),
            conditions=(not_a_service(),),
        ),
        *_function_and_deployment(hub, queue),
    )


def _function_and_deployment(hub: str, queue: str) -> tuple[Statement, Statement]:
    """Statements about who receives, and who sets the queue up."""
    return (
        Statement(
            sid="RefuseOtherReceivers",
            what="Only the publication function receives, hides or deletes messages.",
            why="A wake-up that somebody else takes is one that never came.",
            but="Lambda polls the queue with the function's role.",
            principal="*",
            actions=("sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:PurgeQueue", "sqs:ReceiveMessage"),
            resources=(queue,),
            conditions=(caller_is_not(names.publication_role(hub)),),
        ),
        Statement(
            sid="RefuseOtherAdministrators",
            what="Only the deployment of governance deletes the queue, or changes how it is set up.",
            why="Its policy says who wakes the function, its time when a message is given up.",
            but="The deployment of governance makes the queue.",
            principal="*",
            actions=("sqs:AddPermission", "sqs:DeleteQueue", "sqs:RemovePermission", "sqs:SetQueueAttributes"),
            resources=(queue,),
            conditions=(caller_is_not(names.deploy_role(hub)),),
        ),
    )


def alarm_topic(region: str, governance_id: str) -> str:
    """ARN of the topic that tells the security contact that something is not published."""
    return f"arn:aws:sns:{region}:{governance_id}:{TOPIC}"


def alarm_topic_policy(perimeter: Perimeter) -> Document:
    """Resource policy of the alarms' topic: the alarms tell, the deployment sets it up, nobody else reaches it."""
    hub = perimeter.governance_id
    topic, alarms = alarm_topic(perimeter.region, hub), f"arn:aws:cloudwatch:{perimeter.region}:{hub}:alarm:{TOPIC}-*"
    return document(
        Statement(
            sid="TheAlarmsTell",
            what="CloudWatch publishes to the topic, for the alarms of the publication function.",
            why="The security contact hears in this way that nothing is published any longer.",
            effect="Allow",
            principal=service("cloudwatch.amazonaws.com"),
            actions=("sns:Publish",),
            resources=(topic,),
            conditions=(when("ArnLike", "aws:SourceArn", alarms),),
        ),
        Statement(
            sid="RefuseOtherAccounts",
            what="Callers of any other account do not look at the topic.",
            why="No RCP covers SNS; what tells, or changes the topic, is refused them by the statements below.",
            principal="*",
            actions=LOOK_AT_TOPIC,
            resources=(topic,),
            conditions=(when("StringNotEqualsIfExists", "aws:PrincipalAccount", hub), not_a_service()),
        ),
        Statement(
            sid="RefuseOtherPublishers",
            what="Only AWS services publish to the topic.",
            why="Among many false alarms a true one is not heard.",
            principal="*",
            actions=("sns:Publish",),
            resources=(topic,),
            conditions=(not_a_service(),),
        ),
        Statement(
            sid="RefuseOtherAdministrators",
            what="Only the deployment of governance subscribes somebody, or changes the topic.",
            why="Whoever changes it can silence the alarms.",
            but="The deployment of governance makes the topic, and subscribes the security contact.",
            principal="*",
            actions=SET_UP_TOPIC,
            resources=(topic,),
            conditions=(caller_is_not(names.deploy_role(hub)), not_a_service()),
        ),
    )
