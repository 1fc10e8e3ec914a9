"""Ways of becoming somebody else, each decided by the evaluator, with the statement that allows it.

Sources: STS and IAM API references; IAM User Guide, "Grant a user permissions to pass a role to an AWS service"; AWS
Glue Developer Guide, "Using job parameters"; Lake Formation Developer Guide, "Permission cascading rules". Where a way
gives less than the whole of the other principal (a tag, a boundary taken off) it counts as the whole.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple, cast

from mesh import names
from mesh.access import from_plan
from mesh.evaluator import facts
from mesh.evaluator.decide import Case, Cause, Request, examine
from mesh.evaluator.errors import UnknownError
from mesh.evaluator.world import World
from mesh.proof.reachability.chosen_keys import ChosenKeys
from mesh.proof.reachability.classes import PrincipalNode

StepKind = Literal[
    "may assume",
    "may change",
    "may pass and start",
    "may change what runs as",
    "may grant itself what is read by",
    "is in the group of",
    "deploys",
]


class Way(NamedTuple):
    """A way into a principal: its kind, the actions that it takes, and the statements that allow them."""

    kind: StepKind
    by: str
    because: tuple[Cause, ...]


CHANGES_A_ROLE: Final = (
    "iam:UpdateAssumeRolePolicy",
    "iam:PutRolePolicy",
    "iam:AttachRolePolicy",
    "iam:DeleteRolePolicy",
    "iam:DetachRolePolicy",
    "iam:PutRolePermissionsBoundary",
    "iam:DeleteRolePermissionsBoundary",
    "iam:TagRole",
    "iam:UntagRole",
    "iam:CreateRole",
)
"""Changes of the trust, the permissions, the boundary or the tags of a role; or it is made anew under its name."""

CHANGES_A_POLICY: Final = ("iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion", "iam:CreatePolicy")
"""Changes of a managed policy, as the boundary is one."""

STARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "cloudformation": ("cloudformation:CreateStack", "cloudformation:UpdateStack", "cloudformation:CreateChangeSet"),
    "codebuild": ("codebuild:CreateProject", "codebuild:UpdateProject"),
    "ec2": ("ec2:RunInstances", "ec2:AssociateIamInstanceProfile"),
    "ecs-tasks": ("ecs:RegisterTaskDefinition", "ecs:RunTask"),
    "events": ("events:PutTargets",),
    "firehose": ("firehose:CreateDeliveryStream",),
    "glue": (
        "glue:CreateJob",
        "glue:UpdateJob",
        "glue:CreateCrawler",
        "glue:UpdateCrawler",
        "glue:CreateSession",
        "glue:CreateDevEndpoint",
        "glue:CreateTableOptimizer",
        "glue:UpdateTableOptimizer",
    ),
    "lakeformation": ("lakeformation:RegisterResource", "lakeformation:UpdateResource"),
    "lambda": ("lambda:CreateFunction", "lambda:UpdateFunctionConfiguration"),
    "pipes": ("pipes:CreatePipe",),
    "s3": ("s3:PutReplicationConfiguration",),
    "sagemaker": ("sagemaker:CreateTrainingJob", "sagemaker:CreateNotebookInstance"),
    "scheduler": ("scheduler:CreateSchedule",),
    "ssm": ("ssm:StartAutomationExecution", "ssm:CreateAssociation"),
    "states": ("states:CreateStateMachine", "states:UpdateStateMachine", "states:TestState"),
}
"""Actions that give a passed role to a service, by the service."""

RUNS: Final[Mapping[str, tuple[str, ...]]] = {
    "cloudformation": (
        "cloudformation:UpdateStack",
        "cloudformation:CreateChangeSet",
        "cloudformation:ExecuteChangeSet",
        "cloudformation:DeleteStack",
    ),
    "codebuild": ("codebuild:StartBuild", "codebuild:UpdateProject"),
    "glue": (
        "glue:UpdateJob",
        "glue:StartJobRun",
        "glue:NotifyEvent",
        "glue:CreateTrigger",
        "glue:UpdateTrigger",
        "glue:CreateWorkflow",
        "glue:UpdateWorkflow",
        "glue:StartWorkflowRun",
        "glue:ResumeWorkflowRun",
        "glue:PutWorkflowRunProperties",
        "glue:CreateBlueprint",
        "glue:UpdateBlueprint",
        "glue:StartBlueprintRun",
        "glue:UpdateJobFromSourceControl",
        "glue:CreateSession",
        "glue:RunStatement",
        "events:PutTargets",
    ),
    "lambda": ("lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration", "ecr:PutImage", "events:PutTargets"),
    "ssm": ("ssm:SendCommand", "ssm:UpdateDocument"),
    "states": ("states:UpdateStateMachine", "states:StartExecution", "states:RedriveExecution", "events:PutTargets"),
}
"""Actions that change the code, the schedule or the arguments of what a service runs already, by the service."""

GRANTS: Final = (
    "lakeformation:GrantPermissions",
    "lakeformation:BatchGrantPermissions",
    "lakeformation:PutDataLakeSettings",
)

_UNKNOWN_POLICY: Final = Cause("a policy that is not in the plan", "assumed to admit everyone")
_UNDER_A_NAME: Final = {"sts:SourceIdentity": from_plan.BREAK_GLASS_USER, "aws:SourceIdentity": "somebody"}
_WITH_A_FACTOR: Final = {"aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": "60"}


class Edges:
    """Ways from a principal to another in a world. `scripts` are ARNs of objects that run with a role, by its ARN."""

    def __init__(self, world: World, hub: str, scripts: Mapping[str, Sequence[str]]) -> None:
        self._world, self._hub, self._scripts = world, hub, scripts
        self._allowed: dict[tuple[str, str, str, str], tuple[Cause, ...] | None] = {}
        self._admitted: dict[str, tuple[str, ...]] = {}
        self._chosen = ChosenKeys()

    def ways(self, source: PrincipalNode, target: PrincipalNode) -> Iterator[Way]:
        """Every way from one principal into another that AWS knows by its ARN; a token's issuer alone makes it."""
        if not target.is_role or "#" in target.key or source.key == target.key:
            return
        yield from self._assumes(source, target)
        yield from self._changes(source, target)
        yield from self._passes(source, target)
        yield from self._reruns(source, target)
        yield from self._grants(source, target)

    # ---- requests

    def allowed(
        self, source: str, action: str, resource: str, context: Mapping[str, Any] | None = None
    ) -> tuple[Cause, ...] | None:
        """The statements that allow a request; None where it is refused. What cannot be decided counts as allowed.

        Keys that the caller chooses are as the statements want them that would allow it.
        """
        key = (source, action, resource, repr(context) if context else "")
        if key not in self._allowed:
            self._allowed[key] = self._asked(Request(source, action, resource, context or {}))
        return self._allowed[key]

    def _asked(self, request: Request) -> tuple[Cause, ...] | None:
        try:
            case = examine(request, self._world)
        except UnknownError as error:
            return _undecided(error)
        because = self._decided(request, case)
        if because is not None:
            return because
        others = (self._decided(other) for other in self._as_wanted(request, case))
        return next((found for found in others if found is not None), None)

    def _as_wanted(self, request: Request, case: Case) -> Iterator[Request]:
        """The request once more for each statement that would allow it, with what the caller says to please it."""
        policies = (*case.principal.identity, *((case.target.policy,) if case.target.policy else ()))
        for policy in policies:
            for context in self._chosen.wanted(policy, case.action):
                yield request._replace(context={**request.context, **context})

    def _decided(self, request: Request, case: Case | None = None) -> tuple[Cause, ...] | None:
        try:
            case = case or examine(request, self._world)
            if case.unasked_for:
                return None
            decision = case.decide()
        except UnknownError as error:
            return _undecided(error)
        if not decision.allowed or self._rests_on_a_stranger(request, decision.assumed):
            return None
        # Where a resource's unknown policy would do, what says why is the caller's own.
        own = self._own(request) if decision.because == (_UNKNOWN_POLICY,) else ()
        return own or decision.because

    def _own(self, request: Request) -> tuple[Cause, ...]:
        """The statements of the caller's own policies that allow a request."""
        case = examine(request, self._world)
        return tuple(
            Cause(policy.name, statement.sid)
            for policy in case.principal.identity
            for statement in policy.allows(case.action)
            if statement.applies(case.resource, case.keys)
        )

    def _rests_on_a_stranger(self, request: Request, assumed: tuple[str, ...]) -> bool:
        """Whether a request is allowed only if another account opens what the plan does not have: a step of its own."""
        home, owner = (text.split(":")[4:5] for text in (request.principal, request.resource))
        if not owner or owner[0] == "" or owner == home or (home == [self._hub] and ":cloudtrail:" in request.resource):
            return False
        return any(text.startswith(request.resource) for text in assumed)

    def can_at_all(self, source: str, action: str) -> bool:
        """Whether a caller's own policies name an action in an Allow: for what no resource's policy can allow."""
        try:
            identity = self._world.principal(source).identity
            return any(policy.allows(action.lower()) for policy in identity)
        except UnknownError:
            return True

    def at_home(self, source: PrincipalNode, action: str, account: str) -> tuple[Cause, ...] | None:
        """The statements that allow an action on a resource of no name in an account, the caller's own.

        What another account has not named in the plan it would have to open first, which is a step of its own.
        """
        if source.account != account or not self.can_at_all(source.principal, action):
            return None
        context = _IN_THE_NETWORK.get(action.partition(":")[0])
        of_service = facts.requests(action.partition(":")[0], self._world.region, account)
        for resource in [arn for name, arn in of_service if name == action] or ["*"]:
            because = self.allowed(source.principal, action, resource, context)
            if because is not None:
                return because
        return None

    # ---- ways

    def _assumes(self, source: PrincipalNode, target: PrincipalNode) -> Iterator[Way]:
        role = self._world.role(target.key)
        if role is None or role.trust is None:
            # Who is not in the plan is nobody's to assume, but for somebody who makes the role (below).
            return
        for action in ("sts:AssumeRole", "sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML"):
            if not role.trust.allows(action.lower()):
                continue
            for context in (_claims(source),) if "#" in source.key else ({**_UNDER_A_NAME, **_WITH_A_FACTOR}, {}):
                because = self.allowed(source.principal, action, target.key, context)
                if because is not None:
                    trusts = self._trusting(Request(source.principal, action, target.key, context))
                    yield Way("may assume", action, tuple(dict.fromkeys((*because, *trusts))))
                    return

    def _trusting(self, request: Request) -> Iterator[Cause]:
        """The statements of a role's trust that admit a caller, beside the caller's own that lets it ask."""
        try:
            wanted = self._as_wanted(request, examine(request, self._world))
        except UnknownError:
            return
        for each in (request, *wanted):
            try:
                case = examine(each, self._world)
                policy, caller = case.target.policy, case.principal.caller
                for statement in policy.allows(case.action) if policy else ():
                    if statement.who(caller) and statement.applies(case.resource, case.keys):
                        yield Cause(policy.name if policy else "", statement.sid)
            except UnknownError:
                return

    def _changes(self, source: PrincipalNode, target: PrincipalNode) -> Iterator[Way]:
        for action in CHANGES_A_ROLE:
            if self.can_at_all(source.principal, action):
                boundary = {"iam:PermissionsBoundary": names.boundary(target.account)}
                because = self.allowed(
                    source.principal, action, target.key, boundary if action in _TAKES_A_BOUNDARY else {}
                )
                if because is not None:
                    yield Way("may change", action, because)
        role = self._world.role(target.key)
        if role is None or role.boundary is None:
            return
        for action in CHANGES_A_POLICY:
            if self.can_at_all(source.principal, action):
                because = self.allowed(source.principal, action, names.boundary(target.account))
                if because is not None:
                    yield Way("may change", f"{action} on its boundary", because)

    def _passes(self, source: PrincipalNode, target: PrincipalNode) -> Iterator[Way]:
        if not self.can_at_all(source.principal, "iam:PassRole"):
            return
        for service in self.runners(target):
            # No call of its own: it is asked with the call to the service, in the region of that.
            context = {"iam:PassedToService": f"{service}.amazonaws.com", "aws:RequestedRegion": self._world.region}
            passed = self.allowed(source.principal, "iam:PassRole", target.key, context)
            for action in STARTS.get(service, ()) if passed is not None else ():
                started = self.at_home(source, action, target.account)
                if started is not None:
                    yield Way("may pass and start", f"iam:PassRole, {action}", (*(passed or ()), *started))

    def _reruns(self, source: PrincipalNode, target: PrincipalNode) -> Iterator[Way]:
        for service in self.runners(target):
            for action in RUNS.get(service, ()):
                because = self.at_home(source, action, target.account)
                if because is not None:
                    yield Way("may change what runs as", action, because)
        for script in self._scripts.get(target.key, ()):
            because = self.allowed(source.principal, "s3:PutObject", script)
            if because is not None:
                yield Way("may change what runs as", f"s3:PutObject on {script}", because)

    def _grants(self, source: PrincipalNode, target: PrincipalNode) -> Iterator[Way]:
        """Grants: an account passes on what a clearance reads there, and the hub decides on every location."""
        if target.kind not in ("clearance", "location") or source.account != target.account:
            return
        for action in GRANTS:
            if self.can_at_all(source.principal, action):
                because = self.allowed(source.principal, action, "*")
                if because is not None:
                    yield Way("may grant itself what is read by", action, because)

    def runners(self, target: PrincipalNode) -> tuple[str, ...]:
        """The services that the trust of a role admits, for something in its account."""
        if target.key not in self._admitted:
            role = self._world.role(target.key)
            trust = json.dumps(role.trust.document) if role and role.trust else ""
            self._admitted[target.key] = tuple(self._services(target, trust))
        return self._admitted[target.key]

    def _services(self, target: PrincipalNode, trust: str) -> Iterator[str]:
        if '"Service"' not in trust:
            return
        source = {"aws:SourceAccount": target.account, "aws:SourceOrgID": self._world.organization}
        arns = [value for value in _texts(json.loads(trust)) if value.startswith("arn:") and ":iam:" not in value]
        for service in (*STARTS, *(each for each in RUNS if each not in STARTS)):
            principal = f"{service}.amazonaws.com"
            contexts = [source, *({**source, "aws:SourceArn": arn} for arn in arns)]
            if any(self.allowed(principal, "sts:AssumeRole", target.key, each) is not None for each in contexts):
                yield service


def _undecided(error: UnknownError) -> tuple[Cause, ...]:
    return (Cause("the evaluator", f"cannot decide: {error}"),)


def _claims(token: PrincipalNode) -> dict[str, str]:
    """The claims of a token, as a request with it carries them."""
    issuer = token.principal.partition("oidc-provider/")[2]
    return {f"{issuer}:aud": token.detail, f"{issuer}:sub": token.key.partition("#")[2]}


_TAKES_A_BOUNDARY: Final = frozenset(
    {"iam:AttachRolePolicy", "iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"}
)
_IN_THE_NETWORK: Final[Mapping[str, Mapping[str, Any]]] = {
    "glue": {"glue:VpcIds": ["vpc-mesh"]},
    "lambda": {"lambda:VpcIds": ["vpc-mesh"]},
}
"""What a request carries so that the SCP on networks lets it through: the mesh's network is there to be joined."""


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in cast("dict[str, Any]", value).values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in cast("list[Any]", value):
            yield from _texts(each)
