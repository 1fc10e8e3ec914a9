"""The event bus (M9): pipelines send events, the domains' deployments subscribe, and nobody else reaches it."""

from __future__ import annotations

from collections.abc import Iterator

from mesh import names
from mesh.evaluator.decide import Layer, Request
from mesh.proof.claims import AnyClaim, Claim
from mesh.proof.subject import OTHER_ORGANIZATION, Subject


def pipelines_tell_the_mesh(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of M9: on events and rules of the bus, by pipelines, domains, governance and strangers."""
    hub = f"arn:aws:events:{subject.region}:{subject.hub}"
    bus, rule = f"{hub}:event-bus/{names.BUS}", f"{hub}:rule/{names.BUS}/x"
    for domain in subject.plan.domains.values():
        for name, pipeline in domain.pipelines.items():
            yield from _speaks_for_itself(subject, domain.name, name, pipeline.arn)
    for domain in subject.domains:
        for caller in subject.of_domain(domain):
            may = caller.kind == "deploy"
            yield Claim(caller.who, Request(caller.name, "events:PutEvents", bus), allowed=False, admitted=False)
            for action in ("events:PutRule", "events:PutTargets", "events:DescribeRule", "events:DeleteRule"):
                request = Request(caller.name, action, rule, {"events:creatorAccount": str(caller.account)})
                yield Claim(caller.who, request, allowed=may or None, admitted=may)
                foreign_rule = Request(caller.name, action, rule, {"events:creatorAccount": subject.hub})
                yield Claim(f"{caller.who}, on another's rule", foreign_rule, allowed=False)
                strange_rule = Request(caller.name, action, rule, {"events:creatorAccount": OTHER_ORGANIZATION})
                yield Claim(f"{caller.who}, on a stranger's rule", strange_rule, allowed=False, admitted=False)
            removes = Request(caller.name, "events:DeleteEventBus", bus)
            yield Claim(caller.who, removes, allowed=False, denied=("resource",))
    hub_deploy = names.deploy_role(subject.hub)
    yield Claim("the deployment of governance", Request(hub_deploy, "events:PutPermission", bus), allowed=True)
    administrator = subject.other(subject.hub, "governance", "the governance account")
    request = Request(administrator.name, "events:PutPermission", bus)
    yield Claim(administrator.who, request, allowed=False, denied=("resource",))
    yield from _function_tells(subject, bus)
    yield from _strangers_on_the_bus(subject, bus, rule)


def _speaks_for_itself(subject: Subject, domain: str, product: str, pipeline: str) -> Iterator[AnyClaim]:
    """Claims on what a pipeline tells: of its own product, in words that a consumer knows."""
    bus = f"arn:aws:events:{subject.region}:{subject.hub}:event-bus/{names.BUS}"
    own, other = f"mesh.{domain}.{product}", f"mesh.{domain}.{product}-of-another"
    known, unknown = "product updated", "please open the attachment"
    for sources, kinds, may in (
        ([own], [known], True),
        ([own], ["quality failed"], True),
        ([own], [names.PUBLISHED], False),
        ([own], [names.REFUSED], False),
        ([own], [names.REQUESTED], False),
        ([other], [known], False),
        (["mesh.somebody.else"], [known], False),
        (["aws.s3"], [known], False),
        ([own], [unknown], False),
    ):
        context = {"events:source": sources, "events:detail-type": kinds}
        request = Request(pipeline, "events:PutEvents", bus, context)
        # The policy of the bus refuses words and sources that no product has; of which product, it cannot tell.
        refused: tuple[Layer, ...] = ("resource",) if unknown in kinds or "aws.s3" in sources else ()
        if may:
            yield Claim("a pipeline", request, allowed=True)
        else:
            yield Claim("a pipeline", request, allowed=False, denied=("identity", *refused))


def _function_tells(subject: Subject, bus: str) -> Iterator[AnyClaim]:
    """Claims on the publication function: it tells of products what it did, and nothing that others tell."""
    function, who = names.publication_role(subject.hub), "the publication function"
    for source, told, may in (
        ("mesh.ads.x", names.PUBLISHED, True),
        ("mesh.ads.x", names.REFUSED, True),
        ("mesh.ads.x", names.REQUESTED, False),
        ("mesh.ads.x", "quality failed", False),
        ("aws.s3", names.PUBLISHED, False),
    ):
        request = Request(function, "events:PutEvents", bus, {"events:source": [source], "events:detail-type": [told]})
        if may:
            yield Claim(who, request, allowed=True)
        else:
            yield Claim(who, request, allowed=False, denied=("identity",))


def _strangers_on_the_bus(subject: Subject, bus: str, rule: str) -> Iterator[AnyClaim]:
    for caller in (*subject.of_partners, *subject.of_management, *subject.outsiders):
        for action, resource in (("events:PutEvents", bus), ("events:PutRule", rule), ("events:DescribeRule", rule)):
            request = Request(caller.name, action, resource, {"events:creatorAccount": str(caller.account)})
            yield Claim(caller.who, request, allowed=False, denied=("resource",), admitted=False)
    partner_pipelines = [names.pipeline_role(p.access.account_id, "x") for p in subject.partners[:1]]
    for role in partner_pipelines:
        yield Claim("a partner's role named like a pipeline", Request(role, "events:PutEvents", bus), admitted=False)
        forged = Request(names.deploy_role(role.split(":")[4]), "events:PutRule", rule)
        yield Claim("a partner's deployment", forged, admitted=False)
    for domain in subject.domains[:1]:
        told = {"events:source": names.event_source(domain.name, "x"), "events:detail-type": names.EVENTS[0]}
        role = names.role(domain.access.account_id, "pipeline/x")
        forged = Request(role, "events:PutEvents", bus, told)
        yield Claim("a role of a path like pipelines'", forged, allowed=False, denied=("resource",), admitted=False)
    service = Request("s3.amazonaws.com", "events:PutEvents", bus, subject.for_the_mesh)
    yield Claim("a service of the mesh", service, free=("resource",))
