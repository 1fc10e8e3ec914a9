"""Exfiltration (I6, I7, M1) for all strings: resources of others, exports, other regions."""

from __future__ import annotations

from collections.abc import Iterator

from mesh.proof.invariants.exfiltration import BY_STACKS, DATA_MOVERS
from mesh.proof.subject import Subject
from mesh.proof.symbolic import documents
from mesh.proof.symbolic.assumptions import anyone_but
from mesh.proof.symbolic.encode import SymbolicRequest
from mesh.proof.symbolic.obligations import Obligation
from mesh.proof.symbolic.shapes import ANY, DEPLOY, OF_AWS, PERMISSIONS_OF_RAM, WORD, Shape
from mesh.proof.symbolic.texts import negation, some


def identities_act_on_the_mesh_only(subject: Subject) -> Iterator[Obligation]:
    """Obligations of I6: every caller is refused every action on a resource of any other organisation, or of none.

    Besides resources of AWS itself, an action that may carry no owner is excepted, which endpoints of strangers bound;
    EventBridge is refused where it says whose a bus is, and where it does not.
    """
    organization = subject.perimeter.organization
    for account_id, policies in documents.scps(subject, documents.ROOT):
        fixed = {"aws:PrincipalAccount": account_id}
        request = SymbolicRequest(policies, fixed)
        assumptions = (
            request.key("aws:ResourceOrgID").is_none_of(organization),
            negation(request.resource.has_shape(*OF_AWS, PERMISSIONS_OF_RAM)),
            negation(request.action.has_shape(("events:", ANY), ("ec2:createvpcendpoint",))),
        )
        yield Obligation(what="a resource outside", request=request, actions=("*",), assumptions=assumptions)
        request = SymbolicRequest(policies, fixed)
        assumptions = (
            request.key("aws:ResourceAccount").present,
            request.key("aws:ResourceOrgID").is_none_of(organization),
        )
        yield Obligation(what="a bus outside", request=request, actions=("events:*",), assumptions=assumptions)
        request = SymbolicRequest(policies, fixed)
        bus = f"arn:aws:events:{subject.region}:{subject.hub}:event-bus/mesh"
        by_rule = request.key("events:eventBusInvocation")
        assumptions = (
            request.key("aws:ResourceAccount").absent,
            request.resource.differs(bus),
            # Of what a rule sends the target is decided when the rule is made.
            some((by_rule.absent, by_rule.is_(False))),
        )
        yield Obligation(
            what="a bus of nobody", request=request, actions=("events:PutEvents",), assumptions=assumptions
        )
        request = SymbolicRequest(policies, fixed)
        assumptions = (
            request.key("ec2:VpceServiceOwner").is_none_of("amazon"),
            request.resource.has_shape(("arn:aws:ec2:", WORD, ":", WORD, ":vpc-endpoint/", ANY)),
        )
        actions = ("ec2:CreateVpcEndpoint",)
        yield Obligation(what="a stranger's service", request=request, actions=actions, assumptions=assumptions)


def no_exfiltration(subject: Subject) -> Iterator[Obligation]:
    """Obligations of I7: only deploy roles set up exports, nobody a service that moves data; topics stay at home.

    Governance's deployment alone may subscribe the security contact to a topic.
    """
    contact = subject.perimeter.security_contact
    for account_id, policies in documents.scps(subject, documents.UNIT):
        request = SymbolicRequest(policies)
        assumptions = (anyone_but(request, DEPLOY),)
        yield Obligation(what="an export", request=request, actions=tuple(sorted(BY_STACKS)), assumptions=assumptions)
        yield Obligation(what="a carrier", request=SymbolicRequest(policies), actions=DATA_MOVERS)
        request = SymbolicRequest(policies, {"aws:PrincipalAccount": account_id})
        at_home: Shape = ("arn:aws:", WORD, ":", WORD, f":{account_id}:", ANY)
        endpoint = request.key("sns:Endpoint")
        excepted = [contact] if account_id == subject.hub else []
        assumptions = (negation(endpoint.shaped(at_home)), endpoint.is_none_of(*excepted))
        yield Obligation(
            what="a subscription of a stranger", request=request, actions=("sns:Subscribe",), assumptions=assumptions
        )
        request = SymbolicRequest(policies, {"aws:PrincipalAccount": account_id})
        assumptions = (request.key("sns:Endpoint").is_one_of(contact), anyone_but(request, DEPLOY))
        yield Obligation(what="mail of somebody", request=request, actions=("sns:Subscribe",), assumptions=assumptions)


def one_region(subject: Subject) -> Iterator[Obligation]:
    """Obligations of M1: in any other region everybody is refused the actions of regional services."""
    regional = ("sqs:*", "sns:*", "dynamodb:*", "ec2:*", "glue:*", "athena:*", "kms:*", "lambda:*", "logs:*", "ecr:*")
    for account_id, policies in documents.scps(subject, documents.UNIT):
        request = SymbolicRequest(policies, {"aws:PrincipalAccount": account_id})
        assumptions = (request.key("aws:RequestedRegion").is_none_of(subject.perimeter.region),)
        yield Obligation(what="another region", request=request, actions=regional, assumptions=assumptions)
