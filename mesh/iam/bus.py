"""Resource policy of the mesh bus, the EventBridge bus of the governance account. Quota: 10,240 characters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

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
from mesh.iam.statement import Condition, Document, Statement, document, when

SEE_RULES: Final = ("events:DescribeRule", "events:ListTagsForResource", "events:ListTargetsByRule")
CHANGE_RULES: Final = (
    "events:DeleteRule",
    "events:PutRule",
    "events:PutTargets",
    "events:RemoveTargets",
    "events:TagResource",
    "events:UntagResource",
)
"""What an account does with its own rules on the bus of another: all of it knows `events:creatorAccount` (Service
Authorization Reference)."""


def bus_policy(perimeter: Perimeter) -> Document:
    """Resource policy of the mesh event bus: domains tell of products and pass wake-ups on, nobody outside does.

    A rule whose target is a bus of another account sends as the role of the target: it is asked `events:PutEvents` on
    that bus, by the role's policies and by the bus's, with source and type of the event that it sends (EventBridge User
    Guide, "Sending and receiving events between AWS accounts" and "Permissions for event buses"; Service Authorization
    Reference, `events:eventBusInvocation`). Nobody else can put an event whose source begins with `aws.` (EventBridge
    API Reference, PutEvents). Nothing here rests on `events:eventBusInvocation`, which tells such a request.

    Rules of domains on the bus lead to a bus of the domain's own account, and to nothing else of it (same guide).
    """
    hub = f"arn:aws:events:{perimeter.region}:{perimeter.governance_id}"
    bus, rules = f"{hub}:event-bus/{names.BUS}", f"{hub}:rule/{names.BUS}/*"
    return document(
        *_domains_use(perimeter, bus, rules),
        *_each_in_its_own_words(perimeter, bus),
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
            sid="RulesPassWakeUpsOn",
            what="Rules of domain accounts pass on to the bus what S3 and Glue tell of drafts.",
            why="The function that publishes is in governance; a rule sends as the role that its target names.",
            effect="Allow",
            principal="*",
            actions=("events:PutEvents",),
            resources=(bus,),
            conditions=(*domains, caller_is(names.forward_role("*"))),
        ),
        Statement(
            sid="OwnersAskForPublications",
            what="Owners in domain accounts ask on the bus for a publication to be tried again, or undone.",
            why="The function holds each to products of the caller's own account, which the event bears.",
            effect="Allow",
            principal="*",
            actions=("events:PutEvents",),
            resources=(bus,),
            conditions=(*domains, caller_is(names.staff_role("*", "owner"))),
        ),
        *_rules_of_their_own(rules, domains),
    )


def _rules_of_their_own(rules: str, domains: tuple[Condition, ...]) -> tuple[Statement, ...]:
    of_its_own = when("StringEqualsIfExists", "events:creatorAccount", "${aws:PrincipalAccount}")
    return (
        Statement(
            sid="DomainsSubscribe",
            what="A domain's deployment makes, changes and deletes its own rules on the bus.",
            why=(
                "A domain hears of the products that it consumes; `events:creatorAccount` keeps it from another "
                "domain's rules."
            ),
            effect="Allow",
            principal="*",
            actions=(*CHANGE_RULES, *SEE_RULES),
            resources=(rules,),
            conditions=(*domains, caller_is(names.deploy_role("*")), of_its_own),
        ),
        Statement(
            sid="DomainsSeeTheirRules",
            what="A preview of a domain sees the domain's own rules on the bus.",
            why="It compares what is there with what the domain's stack would make.",
            effect="Allow",
            principal="*",
            actions=SEE_RULES,
            resources=(rules,),
            conditions=(*domains, caller_is(names.preview_role("*")), of_its_own),
        ),
    )


def events_of(bus: str, source: str, *, whose: str, told: tuple[str, ...]) -> tuple[Statement, Statement]:
    """Statements of a role about what it tells on the bus: of products of that source (a pattern), in these words.

    EventBridge sends both keys with every entry, which has to have a source and a type (EventBridge User Guide, "Using
    IAM policy conditions"); the reference calls them arrays, so each of several values has to fit.
    """
    return (
        Statement(
            sid="RefuseEventsOfOthers",
            what=f"Events that are not of {whose} are refused.",
            why="Consumers act on what they hear: a pipeline speaks for its own product, and nobody for it.",
            actions=("events:PutEvents",),
            resources=(bus,),
            conditions=(when("ForAnyValue:StringNotLike", "events:source", source),),
        ),
        Statement(
            sid="RefuseUnknownEvents",
            what="Events of a type that the mesh does not have are refused.",
            why="A rule matches types; a free text would be a way to tell something else.",
            actions=("events:PutEvents",),
            resources=(bus,),
            conditions=(when("ForAnyValue:StringNotEquals", "events:detail-type", *told),),
        ),
    )


def _each_in_its_own_words(perimeter: Perimeter, bus: str) -> Iterator[Statement]:
    """Statements about what is told on the bus, and by whom: each kind of event has one kind of teller."""
    forward, ours = names.forward_role("*"), names.event_source("*", "*")
    yield Statement(
        sid="RefuseEventsOfOthers",
        what="Events that are not of a product of the mesh are refused, but for what rules of domains pass on.",
        why="Consumers act on what they hear: a pipeline speaks for its own product, and nobody for it.",
        but="Rules of domains pass on what S3 and Glue tell, under AWS's own sources.",
        principal="*",
        actions=("events:PutEvents",),
        resources=(bus,),
        conditions=(when("ForAnyValue:StringNotLike", "events:source", ours), caller_is_not(forward)),
    )
    yield Statement(
        sid="RefuseUnknownEvents",
        what="Events of a type that the mesh does not have are refused.",
        why="A rule matches types; a free text would be a way to tell something else.",
        principal="*",
        actions=("events:PutEvents",),
        resources=(bus,),
        conditions=(
            when("ForAnyValue:StringNotEquals", "events:detail-type", *names.EVENTS, *names.PASSED_ON.values()),
        ),
    )
    yield Statement(
        sid="RefuseOtherWakeUps",
        what="Rules of domains pass on what S3 and Glue tell, and nothing else.",
        why="What a rule sends nobody has written, but for the rule: of a product it tells nothing.",
        principal="*",
        actions=("events:PutEvents",),
        resources=(bus,),
        conditions=(when("ForAnyValue:StringNotEquals", "events:source", *names.PASSED_ON), caller_is(forward)),
    )
    yield from _one_teller_a_kind(perimeter, bus)


def _one_teller_a_kind(perimeter: Perimeter, bus: str) -> Iterator[Statement]:
    """Statements about each kind of event: one kind of role tells it, and all others are refused."""

    def only(sid: str, kinds: tuple[str, ...], what: str, why: str, but: str, teller: str) -> Statement:
        return Statement(
            sid=sid,
            what=what,
            why=why,
            but=but,
            principal="*",
            actions=("events:PutEvents",),
            resources=(bus,),
            conditions=(
                when("ForAnyValue:StringEquals", "events:detail-type", *kinds),
                caller_is_not(teller),
                not_a_service(),
            ),
        )

    yield only(
        "RefuseTellingForPipelines",
        names.PIPELINE_EVENTS,
        "Only pipelines tell of their products.",
        "An owner asks, the function publishes: neither has made data.",
        "A pipeline tells of its own product.",
        names.pipeline_roles("*"),
    )
    yield only(
        "RefuseVerdictsOfOthers",
        (names.PUBLISHED, names.REFUSED),
        "Only the publication function tells that a product is published, or was refused.",
        "Consumers read what they hear is published; a pipeline that could say so would pass its own gate.",
        "The function tells what it has checked.",
        names.publication_role(perimeter.governance_id),
    )
    yield only(
        "RefuseRequestsOfOthers",
        (names.REQUESTED,),
        "Only owners ask for a publication.",
        "Who asks for a publication to be undone has to answer for the product; a job does not.",
        "An owner asks for the products of their own account.",
        names.staff_role("*", "owner"),
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
            what="Only pipelines, owners, rules of domains and the publication function put events on the bus.",
            why="Consumers act on what they hear; whoever administers the bus's account speaks for no product.",
            but="A pipeline tells of its own product, the function of what it did, an owner asks, a rule passes on.",
            principal="*",
            actions=("events:PutEvents",),
            resources=(bus,),
            conditions=(
                caller_is_not(
                    names.pipeline_roles("*"),
                    names.publication_role(perimeter.governance_id),
                    names.staff_role("*", "owner"),
                    names.forward_role("*"),
                ),
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
