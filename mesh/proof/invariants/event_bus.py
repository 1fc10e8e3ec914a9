"""The event bus (M9): pipelines send events, the domains' deployments subscribe, and nobody else reaches it."""

from __future__ import annotations

from collections.abc import Iterator

from mesh import names
from mesh.evaluator.decide import Request
from mesh.proof.claims import AnyClaim, Claim
from mesh.proof.subject import Subject


def pipelines_tell_the_mesh(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of M9: on events and rules of the bus, by pipelines, domains, governance and strangers."""
    hub = f"arn:aws:events:{subject.region}:{subject.hub}"
    bus, rule = f"{hub}:event-bus/{names.BUS}", f"{hub}:rule/{names.BUS}/x"
    for domain in subject.plan.domains.values():
        for pipeline in domain.pipelines.values():
            yield Claim("a pipeline", Request(pipeline.arn, "events:PutEvents", bus), allowed=True)
    for domain in subject.domains:
        for caller in subject.of_domain(domain):
            may = caller.kind == "deploy"
            yield Claim(caller.who, Request(caller.name, "events:PutEvents", bus), allowed=False, admitted=False)
            for action in ("events:PutRule", "events:PutTargets", "events:DescribeRule", "events:DeleteRule"):
                request = Request(caller.name, action, rule, {"events:creatorAccount": str(caller.account)})
                yield Claim(caller.who, request, allowed=may or None, admitted=may)
                foreign_rule = Request(caller.name, action, rule, {"events:creatorAccount": subject.hub})
                yield Claim(f"{caller.who}, on another's rule", foreign_rule, allowed=False)
            removes = Request(caller.name, "events:DeleteEventBus", bus)
            yield Claim(caller.who, removes, allowed=False, denied=("resource",))
    hub_deploy = names.deploy_role(subject.hub)
    yield Claim("the deployment of governance", Request(hub_deploy, "events:PutPermission", bus), allowed=True)
    administrator = subject.other(subject.hub, "governance", "the governance account")
    request = Request(administrator.name, "events:PutPermission", bus)
    yield Claim(administrator.who, request, allowed=False, denied=("resource",))
    yield from _strangers_on_the_bus(subject, bus, rule)


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
    service = Request("s3.amazonaws.com", "events:PutEvents", bus, subject.for_the_mesh)
    yield Claim("a service of the mesh", service, free=("resource",))
