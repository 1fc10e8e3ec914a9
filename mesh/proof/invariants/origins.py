"""Origins of requests (I9): signatures by age, endpoints by owner, credentials of jobs, people by address."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Any, Final

from mesh import names
from mesh.access import from_plan
from mesh.evaluator import facts
from mesh.evaluator.decide import Layer, Request
from mesh.iam.network import SERVICES
from mesh.plan.nodes import DomainPlan
from mesh.proof.claims import AnyClaim, Claim
from mesh.proof.invariants.networks import SERVICE_CALLS
from mesh.proof.invariants.perimeter import only_fresh_signatures
from mesh.proof.machine_readers import pipeline_of
from mesh.proof.subject import Actor, Subject

OriginKeys = dict[str, Any]
"""Keys of a request that say where it comes from, and with which credentials."""

ANYWHERE: Final = "203.0.113.9"
"""An address of nobody's (RFC 5737)."""

FROM_ANYWHERE: Final[OriginKeys] = {"aws:SourceIp": ANYWHERE}
OF_A_GLUE_JOB: Final[OriginKeys] = {"glue:CredentialIssuingService": "glue.amazonaws.com"}
THROUGH_A_SERVICE: Final[OriginKeys] = {"aws:ViaAWSService": "true"}

LOG_WRITES: Final = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")
TRACE_WRITE: Final = "xray:PutTraceSegments"
"""Actions of Glue and Lambda themselves, from networks of AWS's, with the credentials of a job."""

WALLED_BY_RCP: Final = frozenset("dynamodb ecr kms logs s3 secretsmanager sqs sts".split())
"""Services whose resources refuse a foreign endpoint by themselves."""


UNBOUND: Final = ("deploy", "other")
"""Kinds of callers whom nothing else refuses a call in their own account."""


def from_no_network_but_ours(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of I9: on signatures and presigned URLs, on endpoints, on credentials of jobs, and on people."""
    yield from only_fresh_signatures(subject)
    yield from _presigned(subject)
    for domain in subject.domains[:2]:
        account_id = domain.access.account_id
        jobs = [caller for caller in subject.some_jobs_of(domain) if caller.kind != "check"]
        callers = [*jobs, subject.other(account_id, "domains", f"domain {domain.name}")]
        for caller in callers:
            yield from _of_a_job(subject, caller, OF_A_GLUE_JOB, "a Glue job")
            function = f"arn:aws:lambda:{subject.region}:{account_id}:function:x"
            yield from _of_a_job(subject, caller, {"lambda:SourceFunctionArn": function}, "a function")
        yield from _log_writes(subject, callers[-1])
    for caller in _callers(subject):
        yield from _through_endpoints(subject, caller)
    yield from _lent_to_services(subject)
    for domain in subject.domains[:2]:
        yield from _becomes(subject, domain)
        yield from _optimizers(subject, domain)
    yield from _people(subject)


# ---- origins


def _elsewhere(service: str) -> Iterator[tuple[str, OriginKeys]]:
    """Origins that are not ours: an address, and endpoints of others; none says whose it is when it has no owner."""
    yield "from an address", {"aws:SourceIp": ANYWHERE}
    for where, origin in _foreign_endpoints(service):
        yield where, origin
        # AWS documents no request with the one key and without the other.
        if unnamed := {key: value for key, value in origin.items() if key != "aws:SourceVpce"}:
            yield f"{where}, which is not named", unnamed


def _foreign_endpoints(service: str) -> Iterator[tuple[str, OriginKeys]]:
    through: OriginKeys = {"aws:SourceVpce": "vpce-elsewhere", "aws:SourceVpc": "vpc-elsewhere"}
    if service in facts.TELL_THE_ENDPOINT:
        owner = {"aws:VpceOrgID": "o-somebodyelse", "aws:VpceAccount": "666666666666"}
        yield "through another organisation's endpoint", {**through, **owner}
    yield "through an endpoint of no organisation", through
    yield "through an endpoint that does not name its network", {"aws:SourceVpce": "vpce-elsewhere"}


def _at_home(subject: Subject, service: str) -> Iterator[tuple[str, OriginKeys]]:
    """Origins that are ours: the mesh's endpoint, and for a service that tells an owner any of the organisation's."""
    yield "in our network", {"aws:SourceVpce": from_plan.endpoint_id(service)}
    if service in facts.TELL_THE_ENDPOINT:
        whose = {"aws:VpceOrgID": subject.perimeter.organization}
        yield (
            "in another network of the organisation",
            {"aws:SourceVpce": "vpce-other", "aws:SourceVpc": "vpc-other", **whose},
        )


def _unplanned(subject: Subject, account_id: str) -> Iterator[tuple[str, str, str]]:
    """Calls on what a team may make besides the mesh, of services that no job of the mesh calls."""
    local = f"{subject.region}:{account_id}"
    yield "sqs", "sqs:ReceiveMessage", f"arn:aws:sqs:{local}:unplanned"
    yield "dynamodb", "dynamodb:GetItem", f"arn:aws:dynamodb:{local}:table/unplanned"
    yield "ecr", "ecr:BatchGetImage", f"arn:aws:ecr:{local}:repository/unplanned"


def _calls(subject: Subject, account_id: str) -> Iterator[tuple[str, str, str]]:
    """Service, action and resource of an account: one call of each service that has an endpoint, and S3's."""
    audit = f"arn:aws:s3:::{subject.plan.governance.audit.bucket}/x"
    yield "s3", "s3:GetObject", audit
    for service, (action, form) in SERVICE_CALLS.items():
        yield service, action, form.format(region=subject.region, account=account_id)


def _callers(subject: Subject) -> Iterator[Actor]:
    """One caller of each kind: of governance, of a domain, of a partner."""
    yield from subject.of_governance
    for domain in subject.domains[:1]:
        yield from subject.some_jobs_of(domain)
        yield from (caller for caller in subject.of_domain(domain) if caller.kind != "root")
    for partner in subject.partners[:1]:
        yield from (caller for caller in subject.of_partner(partner) if caller.kind != "root")


# ---- claims


def _of_a_job(subject: Subject, caller: Actor, credential: OriginKeys, whose: str) -> Iterator[AnyClaim]:
    """Claims on the credentials of a job: they do nothing elsewhere, and all of their work at home."""
    for service, action, resource in _calls(subject, caller.account or subject.hub):
        # Writing a log is what Glue and Lambda do themselves; reading one is not.
        action = "logs:GetLogEvents" if service == "logs" else action
        who = f"{caller.who}, with credentials of {whose}"
        for where, origin in _elsewhere(service):
            request = Request(caller.name, action, resource, {**credential, **origin})
            yield Claim(f"{who}, {where}", request, allowed=False, denied=("scp",))
        for where, origin in _at_home(subject, service):
            request = Request(caller.name, action, resource, {**credential, **origin})
            yield Claim(f"{who}, {where}", request, free=("scp",))
        for keys in ({**credential, **THROUGH_A_SERVICE}, {"aws:SourceIp": ANYWHERE}):
            request = Request(caller.name, action, resource, keys)
            yield Claim(f"{caller.who}, for whom a service acts", request, free=("scp",))


def _log_writes(subject: Subject, caller: Actor) -> Iterator[AnyClaim]:
    """Claims on what Glue and Lambda write with a job's credentials, from networks of AWS's."""
    log = f"arn:aws:logs:{subject.region}:{caller.account}:log-group:x:log-stream:x"
    function = {"lambda:SourceFunctionArn": f"arn:aws:lambda:{subject.region}:{caller.account}:function:x"}
    outside = {"aws:SourceIp": ANYWHERE}
    for action in LOG_WRITES:
        for credential in (OF_A_GLUE_JOB, function):
            request = Request(caller.name, action, log, {**credential, **outside})
            yield Claim("a service that writes a job's log", request, free=("scp",))
    trace = Request(caller.name, TRACE_WRITE, "*", {**function, **outside})
    yield Claim("Lambda, which writes a trace", trace, free=("scp",))
    traces = Request(caller.name, "xray:GetTraceSummaries", "*", {**function, **outside})
    yield Claim("a function's credentials, for others' traces", traces, allowed=False, denied=("scp",))
    for action in ("logs:CreateDelivery", "logs:PutRetentionPolicy", "xray:PutTelemetryRecords"):
        for credential, sid in (
            (OF_A_GLUE_JOB, "RefuseGlueCredentialsElsewhere"),
            (function, "RefuseFunctionCredentialsElsewhere"),
        ):
            request = subject.own_request(caller, action, {**credential, **outside})
            yield Claim("a job's credentials, for more than its log", request, by=sid)
    stolen = Request(caller.name, TRACE_WRITE, "*", {**OF_A_GLUE_JOB, **outside})
    yield Claim("a Glue job's credentials, for a trace", stolen, allowed=False, denied=("scp",))


def _through_endpoints(subject: Subject, caller: Actor) -> Iterator[AnyClaim]:
    """Claims on endpoints: none but ours, for whoever calls; and none of a namesake of our network."""
    network = {"aws:SourceVpce": "vpce-elsewhere", "aws:SourceVpc": subject.perimeter.network}
    unbound = caller.unit == "governance" and caller.kind in UNBOUND
    for service, action, resource in (*_calls(subject, subject.hub), *_unplanned(subject, subject.hub)):
        layers: tuple[Layer, ...] = ("scp", "rcp") if service in WALLED_BY_RCP else ("scp",)
        for where, origin in _foreign_endpoints(service):
            request = Request(caller.name, action, resource, origin)
            yield Claim(f"{caller.who} {where}", request, allowed=False, denied=layers)
            if not unbound:
                continue
            served = Request(caller.name, action, resource, {**origin, **THROUGH_A_SERVICE})
            yield Claim(f"a service for {caller.who}, {where}", served, free=layers)
        if not unbound:
            continue
        for where, origin in _at_home(subject, service) if service in SERVICES else ():
            yield Claim(f"{caller.who} {where}", Request(caller.name, action, resource, origin), free=layers)
        yield Claim(f"{caller.who} by no endpoint", Request(caller.name, action, resource), free=layers)
        if service in WALLED_BY_RCP:
            endpoint = {"aws:SourceVpce": "vpce-of-aws", **subject.for_the_mesh}
            served = Request(f"{service}.amazonaws.com", action, resource, endpoint)
            yield Claim("a service of AWS, through an endpoint of its own", served, free=("rcp",))
    # STS is of no region: nothing else refuses it in another one.
    role = f"arn:aws:iam::{subject.hub}:role/x"
    namesake = Request(caller.name, "sts:AssumeRole", role, {**network, "aws:RequestedRegion": "us-east-1"})
    yield Claim(f"{caller.who} from a namesake of our network", namesake, allowed=False, denied=("scp",))
    if not unbound:
        return
    abroad = Request(caller.name, "sts:AssumeRole", role, {"aws:RequestedRegion": "us-east-1"})
    yield Claim(f"{caller.who} at STS in another region", abroad, free=("scp",))


def _becomes(subject: Subject, domain: DomainPlan) -> Iterator[AnyClaim]:
    """Claims on the roles that the publication function becomes: they work in the network alone."""
    sid, account_id = "RefuseChecksAndPublishersElsewhere", domain.access.account_id
    for role in (names.check_role(account_id), names.publisher_role(subject.hub, domain.name)):
        who = f"whoever has a session of {names.role_name(role)}"
        for service, action, resource in (*_calls(subject, account_id), *_unplanned(subject, account_id)):
            for where, origin in _elsewhere(service):
                request = Request(role, action, resource, origin)
                yield Claim(f"{who}, {where}", request, allowed=False, denied=("scp",), by=sid)
            for where, origin in _at_home(subject, service) if service in SERVICES else ():
                yield Claim(f"{who}, {where}", Request(role, action, resource, origin), spared_by=sid)
            served = Request(role, action, resource, {"aws:SourceIp": ANYWHERE, **THROUGH_A_SERVICE})
            yield Claim(f"a service for {names.role_name(role)}", served, spared_by=sid)
    for role in (
        *(names.role(account_id, name) for name in ("check/somebody", "checker", "pipeline/none/x", "retention")),
        *(names.role(subject.hub, name) for name in ("publisher/somebody", "functions/publication", "deploy")),
    ):
        request = Request(role, "glue:GetTable", f"arn:aws:glue:{subject.region}:{account_id}:table/x/y", FROM_ANYWHERE)
        yield Claim(f"{names.role_name(role)} from an address", request, spared_by=sid)


def _optimizers(subject: Subject, domain: DomainPlan) -> Iterator[AnyClaim]:
    """Claims on the role of optimizers, which Glue takes for a job as well: a job does nothing with it anywhere."""
    sid, account_id = "RefuseJobsOfOptimizers", domain.access.account_id
    role = names.retention_role(account_id)
    for service, action, resource in (*_calls(subject, account_id), *_unplanned(subject, account_id)):
        for where, origin in (*_elsewhere(service), *(_at_home(subject, service) if service in SERVICES else ())):
            request = Request(role, action, resource, {**OF_A_GLUE_JOB, **origin})
            yield Claim(f"a job with the role of optimizers, {where}", request, allowed=False, by=sid)
        served = Request(role, action, resource, {**OF_A_GLUE_JOB, **THROUGH_A_SERVICE})
        yield Claim("a service for a job with the role of optimizers", served, allowed=False, by=sid)
        yield Claim("an optimizer", Request(role, action, resource, FROM_ANYWHERE), spared_by=sid)
    for path in ("retention/somebody", "pipeline/none/x", "start"):
        request = Request(names.role(account_id, path), "logs:PutLogEvents", "*", {**OF_A_GLUE_JOB, **FROM_ANYWHERE})
        yield Claim(f"a job with {names.PATH}/{path}", request, spared_by=sid)


def _lent_to_services(subject: Subject) -> Iterator[AnyClaim]:
    """Claims on roles that Lake Formation, S3 and optimizers use, from networks of AWS's."""
    for domain in subject.domains[:2]:
        account_id = domain.access.account_id
        lent = [names.location_role(subject.hub, domain.name)]
        lent += [names.delivery_role(account_id, name) for name in domain.deliveries][:1]
        lent += [domain.retention.arn] if domain.retention else []
        for role in lent:
            for service, action, resource in _calls(subject, subject.hub):
                for where, origin in _foreign_endpoints(service):
                    request = Request(role, action, resource, origin)
                    yield Claim(f"AWS, with {names.role_name(role)}, {where}", request, free=("scp", "rcp"))
        # A delivery's role is named by the program; whatever else lies in its path is nobody's.
        for path in ("delivery/somebody", "retention/somebody"):
            namesake = names.role(account_id, path)
            for service, action, resource in _calls(subject, subject.hub):
                layers: tuple[Layer, ...] = ("scp", "rcp") if service in WALLED_BY_RCP else ("scp",)
                for where, origin in _foreign_endpoints(service):
                    request = Request(namesake, action, resource, origin)
                    yield Claim(f"a role named like one that is lent, {where}", request, allowed=False, denied=layers)


def _presigned(subject: Subject) -> Iterator[AnyClaim]:
    """Claims on presigned URLs and forms: good from people's addresses alone, whoever signed."""
    for product in subject.product_classes:
        data = f"arn:aws:s3:::{product.bucket}/files/x"
        pipeline = pipeline_of(subject, product)
        signers = [pipeline, *(role.arn for role in list(subject.domain_of(product).clearances.values())[-1:])]
        for signer in signers:
            for way in ("REST-QUERY-STRING", "POST"):
                signed = {"s3:authType": way, "s3:signatureAge": 1}
                strange = [{"aws:SourceIp": address} for address in (ANYWHERE, *_strange_addresses(subject))]
                for origin in (*strange, {"aws:SourceVpce": from_plan.endpoint_id("s3")}):
                    for action in ("s3:GetObject", "s3:PutObject", "s3:DeleteObject"):
                        request = Request(signer, action, data, {**signed, **origin})
                        yield Claim("whoever holds a presigned URL", request, allowed=False, denied=("rcp",))
                for address in _addresses(subject):
                    request = Request(signer, "s3:GetObject", data, {**signed, "aws:SourceIp": address})
                    yield Claim("a presigned URL at an office", request, free=("rcp",))
            for origin in ({"aws:SourceIp": ANYWHERE}, {"aws:SourceVpce": from_plan.endpoint_id("s3")}):
                request = Request(signer, "s3:GetObject", data, {"s3:authType": "REST-HEADER", **origin})
                yield Claim("a signed request", request, free=("rcp",))


def _addresses(subject: Subject) -> Iterator[str]:
    """The first and the last address of every range that people work from, as mesh.yaml has them."""
    for network in subject.written_addresses:
        yield str(network[0])
        yield str(network[-1])


def _strange_addresses(subject: Subject) -> Iterator[str]:
    """Addresses beside every range, and others, that are in no range."""
    networks = subject.written_addresses
    beside = [address for n in networks for address in (n.network_address - 1, n.broadcast_address + 1)]
    for address in (*beside, ipaddress.ip_address(ANYWHERE), ipaddress.ip_address("2001:db8:ffff::9")):
        if not any(address in network for network in networks):
            yield str(address)


def _people(subject: Subject) -> Iterator[AnyClaim]:
    """Claims on people: from the addresses of the list alone, but through a service or our network."""
    if not subject.written_addresses:
        return
    for domain in subject.domains[:2]:
        for caller in subject.of_domain(domain):
            if caller.kind in ("clearance", "people", "staff"):
                yield from _person(subject, caller)
            elif caller.kind != "root":
                yield from _person_from_anywhere(subject, caller)
    for partner in subject.partners[:2]:
        account_id = partner.access.account_id
        arn = from_plan.permission_set_role(account_id, subject.region, names.PARTNER_PERMISSION_SET)
        guest = Actor(f"people of partner {partner.name}", arn, "partners", account_id, "guest")
        yield from _person_from_anywhere(subject, guest)


def _person(subject: Subject, caller: Actor) -> Iterator[AnyClaim]:
    for service, action, resource in _calls(subject, subject.hub):
        for address in _strange_addresses(subject):
            request = Request(caller.name, action, resource, {"aws:SourceIp": address})
            yield Claim(f"{caller.who} at {address}", request, allowed=False, denied=("scp",))
        for address in _addresses(subject):
            request = Request(caller.name, action, resource, {"aws:SourceIp": address})
            yield Claim(f"{caller.who} at an office", request, free=("scp",))
        for where, origin in _elsewhere(service):
            request = Request(caller.name, action, resource, origin)
            yield Claim(f"{caller.who} {where}", request, allowed=False, denied=("scp",))
        for where, origin in _at_home(subject, service):
            yield Claim(f"{caller.who} {where}", Request(caller.name, action, resource, origin), free=("scp",))
        served = Request(caller.name, action, resource, {"aws:SourceIp": ANYWHERE, **THROUGH_A_SERVICE})
        yield Claim(f"a service for {caller.who}", served, free=("scp",))


def _person_from_anywhere(subject: Subject, caller: Actor) -> Iterator[AnyClaim]:
    request = Request(caller.name, "athena:StartQueryExecution", "*", {"aws:SourceIp": ANYWHERE})
    own = subject.own_request(caller, "s3:ListBucket", {"aws:SourceIp": ANYWHERE})
    free: tuple[Layer, ...] = ("scp",)
    yield Claim(f"{caller.who} from anywhere", own if caller.unit == "partners" else request, free=free)
