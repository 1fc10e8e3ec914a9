"""The event bus (M9): pipelines send events, the domains' deployments subscribe, and nobody else reaches it."""

from __future__ import annotations

from collections.abc import Iterator

from mesh import names
from mesh.evaluator.decide import Layer, Request
from mesh.iam.bus import CHANGE_RULES, SEE_RULES
from mesh.plan.nodes import DomainPlan
from mesh.proof.claims import AnyClaim, Claim
from mesh.proof.invariants.exfiltration import OWNER_KEYS
from mesh.proof.subject import OTHER_ORGANIZATION, Subject

_TAGS = ("events:TagResource", "events:UntagResource", "events:ListTagsForResource")
"""Of what an account does with its rules on the bus, the actions that a bus takes as well."""


def pipelines_tell_the_mesh(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of M9: on events and rules of the bus, by pipelines, domains, governance and strangers."""
    hub = f"arn:aws:events:{subject.region}:{subject.hub}"
    bus, rule = f"{hub}:event-bus/{names.BUS}", f"{hub}:rule/{names.BUS}/x"
    for domain in subject.plan.domains.values():
        for name, pipeline in domain.pipelines.items():
            yield from _speaks_for_itself(subject, domain.name, name, pipeline.arn)
    yield from _each_in_its_own_words(subject, bus)
    for domain in subject.domains:
        yield from _hears(subject, domain)
        for caller in subject.of_domain(domain):
            may = caller.kind == "deploy"
            if caller.name != names.staff_role(domain.access.account_id, "owner"):
                tells = Request(caller.name, "events:PutEvents", bus)
                yield Claim(caller.who, tells, allowed=False, denied=("resource",), admitted=False)
            for action in (*CHANGE_RULES, *SEE_RULES):
                sees = may or (caller.kind == "preview" and action in SEE_RULES)
                request = Request(caller.name, action, rule, {"events:creatorAccount": str(caller.account)})
                yield Claim(caller.who, request, allowed=sees or None, admitted=sees)
                foreign_rule = Request(caller.name, action, rule, {"events:creatorAccount": subject.hub})
                yield Claim(f"{caller.who}, on another's rule", foreign_rule, allowed=False)
                strange_rule = Request(caller.name, action, rule, {"events:creatorAccount": OTHER_ORGANIZATION})
                yield Claim(f"{caller.who}, on a stranger's rule", strange_rule, allowed=False, admitted=False)
            for action in _TAGS if caller.kind in ("deploy", "preview") else ():
                itself = Request(caller.name, action, bus, {"events:creatorAccount": str(caller.account)})
                yield Claim(f"{caller.who}, on the bus itself", itself, allowed=False, admitted=False)
            removes = Request(caller.name, "events:DeleteEventBus", bus)
            yield Claim(caller.who, removes, allowed=False, denied=("resource",))
    hub_deploy = names.deploy_role(subject.hub)
    yield Claim("the deployment of governance", Request(hub_deploy, "events:PutPermission", bus), allowed=True)
    administrator = subject.other(subject.hub, "governance", "the governance account")
    request = Request(administrator.name, "events:PutPermission", bus)
    yield Claim(administrator.who, request, allowed=False, denied=("resource",))
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
        others = {unknown, names.PUBLISHED, names.REFUSED, names.REQUESTED}
        refused: tuple[Layer, ...] = ("resource",) if others.intersection(kinds) or "aws.s3" in sources else ()
        if may:
            yield Claim("a pipeline", request, allowed=True)
        else:
            yield Claim("a pipeline", request, allowed=False, denied=("identity", *refused))


def _each_in_its_own_words(subject: Subject, bus: str) -> Iterator[AnyClaim]:
    """Claims on who tells what besides pipelines: the function its verdicts, owners requests, rules what AWS tells."""
    yield from _function_tells(names.publication_role(subject.hub), bus)
    for domain in subject.domains:
        account, own = domain.access.account_id, names.event_source(domain.name, "x")
        owner, forward = names.staff_role(account, "owner"), names.forward_role(account)
        yield Claim("an owner", _tells(owner, bus, own, names.REQUESTED), allowed=True)
        for source in (names.event_source(f"{domain.name}x", "x"), "mesh.somebody.else"):
            strange = _tells(owner, bus, source, names.REQUESTED)
            yield Claim("an owner", strange, allowed=False, denied=("identity",))
        unknown = _tells(owner, bus, own, "please open the attachment")
        yield Claim("an owner", unknown, allowed=False, denied=("identity", "resource"))
        for kind in (names.PUBLISHED, names.REFUSED, *names.PIPELINE_EVENTS):
            yield Claim("an owner", _tells(owner, bus, own, kind), allowed=False, denied=("identity", "resource"))
        yield from _rules_pass_on(forward, bus, own)
        engineer = _tells(names.staff_role(account, "engineer"), bus, own, names.REQUESTED)
        yield Claim("an engineer", engineer, allowed=False, denied=("resource",))


def _function_tells(function: str, bus: str) -> Iterator[AnyClaim]:
    """Claims on the publication function: it tells of products what it did, and nothing that others tell."""
    who = "the publication function"
    for kind in (names.PUBLISHED, names.REFUSED):
        yield Claim(who, _tells(function, bus, "mesh.a.b", kind), allowed=True)
        for source in ("aws.s3", "mesh.a"):
            strange = _tells(function, bus, source, kind)
            yield Claim(who, strange, allowed=False, denied=("identity", "resource"))
    for kind in (*names.PIPELINE_EVENTS, names.REQUESTED, "please open the attachment", "Object Created"):
        # What AWS tells the bus takes; of whom, the source says, which the function's is not.
        layers: tuple[Layer, ...] = ("identity",) if kind == "Object Created" else ("identity", "resource")
        yield Claim(who, _tells(function, bus, "mesh.a.b", kind), allowed=False, denied=layers)


def _rules_pass_on(forward: str, bus: str, own: str) -> Iterator[AnyClaim]:
    for source, kind in names.PASSED_ON.items():
        yield Claim("a rule of a domain", _tells(forward, bus, source, kind), allowed=True)
    for source, kind in ((own, names.PUBLISHED), (own, names.REQUESTED), ("aws.ec2", "Object Created")):
        strange = _tells(forward, bus, source, kind)
        yield Claim("a rule of a domain", strange, allowed=False, denied=("identity", "resource"))
    near = _tells(forward, bus, "aws.s3x", "Object Created")
    yield Claim("a rule of a domain", near, denied=("identity", "resource"))
    yield Claim("a rule of a domain", Request(forward, "events:DescribeEventBus", bus), admitted=False)


def _hears(subject: Subject, domain: DomainPlan) -> Iterator[AnyClaim]:
    """Claims on the default bus of a domain: EventBridge puts publications and own refusals there, as one role.

    What is there besides AWS's own events starts jobs or rings, so nobody else of the mesh puts any.
    """
    account = domain.access.account_id
    bus = f"arn:aws:events:{subject.region}:{account}:event-bus/default"
    by_rule = {"events:eventBusInvocation": "true"}
    told = {"events:source": ["mesh.a.b"], "events:detail-type": [names.PUBLISHED]}
    own = names.event_source(domain.name, "b")
    refused = {"events:source": [own], "events:detail-type": [names.REFUSED]}
    administrator = subject.other(account, "domains", f"domain {domain.name}")
    for context in (told, {**told, **by_rule}, refused, {**refused, **by_rule}):
        pipelines = [role.arn for role in domain.pipelines.values()]
        for role in (*pipelines, domain.forward.arn, domain.check.arn, *(staff.arn for staff in domain.staff.values())):
            request = Request(role, "events:PutEvents", bus, context)
            yield Claim("another role of the mesh", request, allowed=False, denied=("scp",), bounded=False)
        request = Request(administrator.name, "events:PutEvents", bus, context)
        yield Claim(administrator.who, request, allowed=False, denied=("scp",))
    # What a team tells its own rules is its own affair.
    of_its_own = {"events:source": ["of.a.team"], "events:detail-type": ["of a team"]}
    of_a_team = Request(administrator.name, "events:PutEvents", bus, of_its_own)
    yield Claim(f"{administrator.who}, of its own", of_a_team, free=("scp",))
    if domain.start is None:
        return
    start = domain.start.arn
    for context, lacks in ((told, ()), (told, OWNER_KEYS), (refused, ()), (refused, OWNER_KEYS)):
        request = Request(start, "events:PutEvents", bus, {**context, **by_rule})
        yield Claim("EventBridge of a domain", request, allowed=True, bounded=True, lacks=lacks)
    others = [names.event_source(each.name, "b") for each in subject.others(domain.name)]
    for source in (*others, names.event_source(f"{domain.name}x", "b"), f"mesh.{domain.name}", f"aws.{own}"):
        of_others = Request(start, "events:PutEvents", bus, {**refused, **by_rule, "events:source": [source]})
        yield Claim("EventBridge of a domain, of a refusal of others", of_others, allowed=False, denied=("identity",))
    for kind in (names.REQUESTED, *names.PIPELINE_EVENTS, "please open the attachment"):
        otherwise = Request(start, "events:PutEvents", bus, {**told, **by_rule, "events:detail-type": [kind]})
        yield Claim("EventBridge of a domain", otherwise, allowed=False, denied=("identity",))
    for other in (
        f"arn:aws:events:{subject.region}:{subject.hub}:event-bus/{names.BUS}",
        f"arn:aws:events:{subject.region}:{subject.hub}:event-bus/default",
        f"arn:aws:events:{subject.region}:{OTHER_ORGANIZATION}:event-bus/default",
    ):
        for context in (told, refused):
            beyond = Request(start, "events:PutEvents", other, {**context, **by_rule})
            yield Claim("EventBridge of a domain", beyond, allowed=False, bounded=False)


def _tells(role: str, bus: str, source: str, kind: str) -> Request:
    return Request(role, "events:PutEvents", bus, {"events:source": [source], "events:detail-type": [kind]})


def _strangers_on_the_bus(subject: Subject, bus: str, rule: str) -> Iterator[AnyClaim]:
    for caller in (*subject.of_partners, *subject.of_management, *subject.outsiders):
        for action, resource in (("events:PutEvents", bus), ("events:PutRule", rule), ("events:DescribeRule", rule)):
            request = Request(caller.name, action, resource, {"events:creatorAccount": str(caller.account)})
            yield Claim(caller.who, request, allowed=False, denied=("resource",), admitted=False)
    partner_pipelines = [names.pipeline_role(p.access.account_id, "x") for p in subject.partners[:1]]
    for account in (subject.hub, *(p.access.account_id for p in subject.partners[:1])):
        passes = _tells(names.forward_role(account), bus, *next(iter(names.PASSED_ON.items())))
        asks = _tells(names.staff_role(account, "owner"), bus, "mesh.a.b", names.REQUESTED)
        for request in (passes, asks):
            yield Claim("a role of another unit named like a domain's", request, admitted=False)
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
