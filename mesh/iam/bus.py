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
        *_domains_use(perimeter, bus, rules),
        *events_of(bus, names.event_source("*", "*"), whose="a product of the mesh"),
        *_nobody_else_does(perimeter, bus, rules),
    )


def _domains_use(perimeter: Perimeter, bus: str, rules: str) -> tuple[Statement, ...]:
    domains = in_organization(perimeter), inside_units(perimeter.domains)
    return (
        Statement(
            sid="PipelinesTellTheMesh",
            what="Pipelines of domain accounts put events of products on the bus.",
            why="Consumers hear that a product has new data; of which product a pipeline speaks, its permissions say.",
            effect="Allow",
            principal="*",
            actions=("events:PutEvents",),
            resources=(bus,),
            conditions=(
                *domains,
                caller_is(names.pipeline_roles("*")),
            ),
        ),
        Statement(
            sid="DomainsSubscribe",
            what="A domain's deployment makes, changes and deletes its own rules on the bus.",
            why=(
                "A domain hears of the products that it consumes; `events:creatorAccount` keeps it from another "
                "domain's rules."
            ),
            effect="Allow",
            principal="*",
            actions=(
                "events:PutRule",
                "events:PutTargets",
                "events:DescribeRule",
                "events:DeleteRule",
                "events:RemoveTargets",
            ),
            resources=(rules,),
            conditions=(
                *domains,
                caller_is(names.deploy_role("*")),
                when("StringEqualsIfExists", "events:creatorAccount", "${aws:PrincipalAccount}"),
            ),
        ),
    )


def events_of(
    bus: str, source: str, *, whose: str, told: tuple[str, ...] = names.EVENTS, in_a_role: bool = False
) -> tuple[Statement, Statement]:
    """Statements about what is told on the bus: of products of that source (a pattern), in these words of the mesh.

    They stand in the bus's policy, or `in_a_role`.

    EventBridge sends both keys with every entry, which has to have a source and a type (EventBridge User Guide, "Using
    IAM policy conditions"); the reference calls them arrays, so each of several values has to fit.
    """
    return (
        Statement(
            sid="RefuseEventsOfOthers",
            what=f"Events that are not of {whose} are refused.",
            why="Consumers act on what they hear: a pipeline speaks for its own product, and nobody for it.",
            principal=None if in_a_role else "*",
            actions=("events:PutEvents",),
            resources=(bus,),
            conditions=(when("ForAnyValue:StringNotLike", "events:source", source),),
        ),
        Statement(
            sid="RefuseUnknownEvents",
            what="Events of a type that the mesh does not have are refused.",
            why="A rule matches types; a free text would be a way to tell something else.",
            principal=None if in_a_role else "*",
            actions=("events:PutEvents",),
            resources=(bus,),
            conditions=(when("ForAnyValue:StringNotEquals", "events:detail-type", *told),),
        ),
    )


def _nobody_else_does(perimeter: Perimeter, bus: str, rules: str) -> tuple[Statement, ...]:
    return (
        Statement(
            sid="RefuseOtherUnits",
            what="Callers outside the domains unit and the governance unit do nothing with the bus.",
            why="Events tell of products, of which partners are told nothing.",
            principal="*",
            actions=("events:*",),
            resources=(bus, rules),
            conditions=(outside_units(perimeter.domains, perimeter.governance), not_a_service()),
        ),
        Statement(
            sid="RefuseOtherTellers",
            what="Only pipelines and the publication function put events on the bus.",
            why="Consumers act on what they hear; whoever administers the bus's account speaks for no product.",
            but="A pipeline tells of its own product; the publication function of what it published or refused.",
            principal="*",
            actions=("events:PutEvents",),
            resources=(bus,),
            conditions=(
                caller_is_not(names.pipeline_roles("*"), names.publication_role(perimeter.governance_id)),
                not_a_service(),
            ),
        ),
        Statement(
            sid="RefuseOtherAdministrators",
            what="Only the deployment of governance deletes the bus, or changes its policy.",
            why="`events:PutPermission` opens a bus to any account.",
            but="The deployment of governance makes the bus.",
            principal="*",
            actions=("events:DeleteEventBus", "events:PutPermission", "events:RemovePermission"),
            resources=(bus,),
            conditions=(caller_is_not(names.deploy_role(perimeter.governance_id)),),
        ),
    )
