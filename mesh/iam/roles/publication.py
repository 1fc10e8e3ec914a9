"""Role of the publication function in the governance account: it checks drafts and moves what is published."""

from __future__ import annotations

from typing import Final

from mesh import names
from mesh.iam.bus import events_of
from mesh.iam.perimeter import Perimeter
from mesh.iam.roles.continuous_integration import account_below
from mesh.iam.roles.trust import BEGIN, assumed_by_services
from mesh.iam.statement import Document, Statement, document

TELLS: Final = (names.PUBLISHED, names.REFUSED)
"""What the function tells of a product on the bus."""

JOIN: Final = ("ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface")
SEE: Final = ("ec2:DescribeNetworkInterfaces", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets")
"""Lambda Developer Guide, "Giving Lambda functions access to resources in an Amazon VPC"."""


def publication_trust(governance_id: str) -> Document:
    """Trust: Lambda assumes the role, for functions of the governance account."""
    return document(
        assumed_by_services(
            governance_id,
            "lambda.amazonaws.com",
            sid="FunctionsOfGovernance",
            what="Lambda assumes the role, for functions of the governance account.",
            why="Without the source account, a function of another account could run with it (confused deputy).",
        )
    )


def publication_permissions(perimeter: Perimeter) -> Document:
    """Permissions: become a check or a publisher, hear wake-ups, remember, tell, log, in the private network.

    By itself the role reads no draft and moves no table: each domain's check and publisher do, one at a time.
    """
    region, hub = perimeter.region, perimeter.governance_id
    return document(
        Statement(
            sid="CheckDrafts",
            what="The role becomes the one that checks drafts, in the accounts of domains.",
            why="A draft is in its domain's account, and is read with a role of that account.",
            effect="Allow",
            actions=BEGIN,
            resources=(names.check_role("*"),),
            conditions=(account_below(perimeter.domains),),
        ),
        Statement(
            sid="Publish",
            what="The role becomes the publisher of a domain.",
            why="Each publisher writes the tables of one domain, so a mistake about one stays there.",
            effect="Allow",
            actions=BEGIN,
            resources=(names.publisher_role(hub, "*"),),
        ),
        Statement(
            sid="HearWakeUps",
            what="The role receives and deletes messages of its own queue.",
            why="Lambda polls the queue with the function's role.",
            effect="Allow",
            actions=(
                "sqs:ChangeMessageVisibility",
                "sqs:DeleteMessage",
                "sqs:GetQueueAttributes",
                "sqs:ReceiveMessage",
            ),
            resources=(names.publication_queue(region, hub),),
        ),
        *_remembers(perimeter),
        *_tells(perimeter),
        *_in_the_network(perimeter),
    )


def _remembers(perimeter: Perimeter) -> tuple[Statement, ...]:
    """Statements about what is published of each product."""
    bucket = f"arn:aws:s3:::{perimeter.buckets.publications(perimeter.governance_id)}"
    return (
        Statement(
            sid="RememberPublications",
            what="The role reads and writes what is published of each product.",
            why="A run that died in the middle is finished by the next one, from what it meant to do.",
            effect="Allow",
            actions=("s3:GetObject", "s3:PutObject"),
            resources=(f"{bucket}/*",),
        ),
        Statement(
            sid="FindPublications",
            what="The role lists what is published.",
            why="Without it S3 answers of an object that is not there as of one that may not be read.",
            effect="Allow",
            actions=("s3:ListBucket",),
            resources=(bucket,),
        ),
    )


def _tells(perimeter: Perimeter) -> tuple[Statement, ...]:
    """Statements about the bus and the log."""
    region, hub = perimeter.region, perimeter.governance_id
    bus = f"arn:aws:events:{region}:{hub}:event-bus/{names.BUS}"
    return (
        Statement(
            sid="TellTheMesh",
            what="The role tells on the mesh bus that a product is published, or was refused.",
            why="The owner hears of a refusal before anybody misses the data.",
            effect="Allow",
            actions=("events:PutEvents",),
            resources=(bus,),
        ),
        *events_of(bus, names.event_source("*", "*"), whose="a product of the mesh", told=TELLS),
        Statement(
            sid="WriteLogs",
            what="The role writes the log of the function.",
            why="A run that failed is explained by its log.",
            effect="Allow",
            actions=("logs:CreateLogStream", "logs:PutLogEvents"),
            resources=names.log_group(region, hub, names.PUBLICATION)[1:2],
        ),
    )


def _in_the_network(perimeter: Perimeter) -> tuple[Statement, ...]:
    own = f"arn:aws:ec2:{perimeter.region}:{perimeter.governance_id}"
    return (
        Statement(
            sid="JoinTheNetwork",
            what="The function has a network interface made and removed, in the mesh's subnets.",
            why="Lambda runs a function in a VPC with the function's role.",
            effect="Allow",
            actions=JOIN,
            resources=(f"{own}:network-interface/*", f"{own}:security-group/*", f"{own}:subnet/*"),
        ),
        Statement(
            sid="SeeTheNetwork",
            what="The function sees subnets, security groups and network interfaces.",
            why="Lambda looks before it joins; these actions take no resource.",
            effect="Allow",
            actions=SEE,
            resources=("*",),
        ),
    )
