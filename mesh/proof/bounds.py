"""Bounds of allowed actions: for each statement that is said to bound an action, a request that it refuses.

The files of actions say which statement bounds what an action can do. Here the evaluator is asked: callers who could do
harm try the action, on what is theirs, the mesh's and an outsider's, with what would carry data out; the statement
bounds the action when it refuses one of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from mesh import names
from mesh.evaluator import facts
from mesh.evaluator.decide import Request, examine
from mesh.evaluator.errors import UnknownError
from mesh.evaluator.policies import Policy
from mesh.proof.subject import NO_ORGANIZATION, OTHER_ORGANIZATION, OUTSIDE_BUCKET, Actor, Subject

CONTEXTS: Final[tuple[Mapping[str, Any], ...]] = (
    {},
    {"ram:RequestedAllowsExternalPrincipals": "true"},
    {"ram:Principal": NO_ORGANIZATION},
    {"aws:TagKeys": ["mesh:clearance"]},
    {"sns:Protocol": "https", "sns:Endpoint": "https://example.com/"},
    {"events:TargetArn": [f"arn:aws:events:eu-west-1:{NO_ORGANIZATION}:event-bus/x"]},
    {"cloudwatch:AlarmActions": [f"arn:aws:sns:eu-west-1:{NO_ORGANIZATION}:x"]},
    {"lambda:Principal": NO_ORGANIZATION},
    {"lambda:FunctionUrlAuthType": "NONE"},
    {"kms:GrantIsForAWSResource": "false"},
    {"kms:CallerAccount": NO_ORGANIZATION},
    {"iam:AWSServiceName": "example.amazonaws.com"},
    {"iam:PassedToService": "ec2.amazonaws.com"},
    {"s3:authType": "REST-QUERY-STRING", "s3:signatureAge": "899999"},
    {"aws:SourceVpce": "vpce-x", "aws:VpceOrgID": "o-somebodyelse"},
    {"ec2:Add/userId": NO_ORGANIZATION},
    {"ec2:Add/group": "all"},
)
"""What a request of somebody who means harm could carry; the first is a request that carries nothing."""


ANYTHING: Final = "*"
"""The resource of a request for an action that takes none; it is about the caller's own account."""


class _Probe(NamedTuple):
    """A caller, a resource and a context: positions in the lists of an action."""

    caller: int
    resource: int
    context: int


class Bounds:
    """Requests that show which statements of a plan refuse which actions."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self._statements: dict[str, list[Policy]] = {}
        for policy in subject.policies:
            for statement in policy.document["Statement"]:
                if statement["Effect"] == "Deny":
                    self._statements.setdefault(str(statement["Sid"]), []).append(policy)
        self._callers = tuple(_callers(subject))
        mail = {"sns:Protocol": "email", "sns:Endpoint": subject.perimeter.security_contact}
        self._contexts = (*CONTEXTS, mail)
        self._last: dict[str, _Probe] = {}

    def refused(self, action: str, sid: str) -> tuple[str, Request] | str:
        """A caller in words and its request that the statement refuses; or what is wrong with the bound, in words."""
        policies = self._statements.get(sid)
        if not policies:
            return f"{sid} is the Sid of no statement of the plan that denies"
        if not any(s.sid == sid for policy in policies for s in policy.denies(action.lower())):
            return f"{sid} does not name it"
        resources = tuple(_resources(self.subject, action))
        last = self._last.get(sid)
        if last and last.resource < len(resources) and (found := self._asked(action, sid, resources, last)):
            return found
        for context in range(len(self._contexts)):
            for resource in range(len(resources)):
                for caller in range(len(self._callers)):
                    probe = _Probe(caller, resource, context)
                    if found := self._asked(action, sid, resources, probe):
                        self._last[sid] = probe
                        return found
        return f"{sid} names it, and refuses nobody it in any context that is known here (mesh/proof/bounds.py)"

    def _asked(self, action: str, sid: str, resources: tuple[str, ...], probe: _Probe) -> tuple[str, Request] | None:
        caller = self._callers[probe.caller]
        if caller.unit is None and resources[0] == ANYTHING:
            return None  # nobody acts on what another account has not got
        request = Request(caller.name, action, resources[probe.resource], self._contexts[probe.context])
        try:
            refusing = any(cause.sid == sid for cause in examine(request, self.subject.world).denials())
        except UnknownError:
            return None
        return (caller.who, request) if refusing else None


def _callers(subject: Subject) -> Iterator[Actor]:
    """Callers who could do harm: of a domain each kind, administrators of the other accounts, and outsiders."""
    domain = next(domain for domain in subject.domains if domain.pipelines)
    account_id = domain.access.account_id
    yield subject.other(account_id, "domains", f"domain {domain.name}")
    yield Actor(f"the deployment of domain {domain.name}", names.deploy_role(account_id), "domains", account_id, "")
    yield from subject.jobs_of(domain)
    yield subject.other(subject.hub, "governance", "the governance account")
    yield from (caller for caller in subject.of_domain(domain) if caller.kind in ("preview", "clearance", "staff"))
    for partner in subject.partners[:1]:
        yield subject.other(partner.access.account_id, "partners", f"partner {partner.name}")
    yield from subject.of_governance
    yield from subject.publishing(domain.name)
    yield from subject.of_management
    yield from subject.outsiders


def _resources(subject: Subject, action: str) -> Iterator[str]:
    """Resources of an action: a domain's own, the mesh's of each kind, an outsider's."""
    service = action.partition(":")[0]
    home = next(domain for domain in subject.domains if domain.pipelines).access.account_id
    own = [arn for name, arn in facts.requests(service, subject.region, home) if name == action]
    yield from own or [ANYTHING]
    carriers = [r.arn for r in subject.world.resources.values() if r.arn.split(":")[2] == service]
    yield from _one_of_each(subject, carriers)
    local = f"{subject.region}:{home}"
    yield from {
        "athena": (f"arn:aws:athena:{local}:workgroup/{names.workgroup('general')}",),
        "kms": (f"arn:aws:kms:{local}:alias/{names.key_alias('x')}",),
        "logs": (f"arn:aws:logs:{local}:log-group:/mesh/x", f"arn:aws:logs:{local}:log-group:/mesh/x:log-stream:x"),
    }.get(service, ())
    if service in ("iam", "sts"):
        yield from (names.role(home, "x"), names.deploy_role(home), names.policy(home, "x"))
        yield from (r.arn for domain in subject.domains[:1] for r in domain.clearances.values())
        yield f"arn:aws:iam::{home}:role/OrganizationAccountAccessRole"
    if service in ("events", "sns"):
        hub = (subject.region, subject.hub)
        yield from (names.break_glass_rule(*hub), names.break_glass_topic(*hub))
    yield from _outside(subject, own)


def _one_of_each(subject: Subject, arns: list[str]) -> Iterator[str]:
    """Resources of the plan with a policy, one of each set of Sids; of a bucket its objects as well."""
    seen: set[tuple[str, ...]] = set()
    for arn in arns:
        policy = subject.policy_of(arn)
        sids = tuple(statement["Sid"] for statement in policy.document["Statement"]) if policy else ()
        if sids not in seen:
            seen.add(sids)
            yield arn
            if arn.startswith("arn:aws:s3:::"):
                yield from (f"{arn}/x", f"{arn}/tables/x")


def _outside(subject: Subject, own: list[str]) -> Iterator[str]:
    for arn in own:
        home = arn.split(":")[4]
        if arn.startswith("arn:aws:s3:::"):
            yield OUTSIDE_BUCKET + ("/x" if "/" in arn else "")
        elif home:
            yield from (arn.replace(home, outsider) for outsider in (OTHER_ORGANIZATION, NO_ORGANIZATION))
            yield arn.replace(home, subject.hub)
