"""Adversaries who move (R1, R2): whoever steals a role comes to no more than the bound of its class.

The closure is asked of some principals of each class, in which they differ in names alone (`Adversaries.starts`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from mesh.aws.allowed_actions import actions_that
from mesh.proof.claims import AnyClaim, Fact
from mesh.proof.reachability.adversaries import Adversaries
from mesh.proof.reachability.blast_bounds import BOUNDS, beyond, entered_beyond
from mesh.proof.reachability.classes import LIKE_NAMED, PrincipalNode, bound_to
from mesh.proof.reachability.edges import CHANGES_A_POLICY, CHANGES_A_ROLE, GRANTS, RUNS, STARTS
from mesh.proof.reachability.gains import GUARDRAILS, HarmKind
from mesh.proof.reachability.graph import PrincipalGraph
from mesh.proof.subject import Subject

WHO_MOVES: Final = (
    "who is in a group of IAM Identity Center, and who may approve a pull request, people decide; the deployment of "
    "the management account and the break-glass role come to everything, that of governance to all data, which `mesh "
    "access blast` shows"
)
"""What no policy carries of it."""


def nobody_becomes_more(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of R1: on what whoever steals a principal comes to read, write, loosen and enter."""
    adversaries = Adversaries(subject)
    for start in adversaries.starts:
        bound = BOUNDS.get(bound_to(start))
        if bound and not bound.unbounded:
            for verb, what in _VERBS.items():
                yield Fact(
                    f"{start.who}, if stolen, {verb} no {what} beyond its class", _beyond(adversaries, start, verb)
                )
            yield Fact(f"{start.who}, if stolen, enters no account beyond its class", _entered(adversaries, start))


_VERBS: Final[dict[HarmKind, str]] = {"reads": "product", "writes": "product", "loosens": "guardrail"}


def _beyond(adversaries: Adversaries, start: PrincipalNode, verb: HarmKind) -> Callable[[Subject], str | None]:
    return lambda _: next(map(str, beyond(adversaries.graph, adversaries.radius(start), verb)), None)


def _entered(adversaries: Adversaries, start: PrincipalNode) -> Callable[[Subject], str | None]:
    return lambda _: next(entered_beyond(adversaries.graph, adversaries.radius(start)), None)


def every_way_is_asked(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of R2: every class of principal has a bound, and every action that acts through a role is asked."""
    for name in dict.fromkeys(bound_to(n) for n in PrincipalGraph(subject).nodes.values() if n.kind != LIKE_NAMED):
        missing = None if name in BOUNDS else f"class '{name}' has none"
        yield Fact(f"there is a bound for the class '{name}'", lambda _, missing=missing: missing)
    for action in acting_through_a_role():
        unasked = None if action in ASKED or action in NO_WAY else "it is asked nowhere, and no reason says why"
        yield Fact(f"{action} is a way of an adversary, or is none for a reason", lambda _, unasked=unasked: unasked)


def acting_through_a_role() -> tuple[str, ...]:
    """Allowed actions that run code or change who may act as whom, as the files of actions say."""
    identities = (action for action in actions_that("changes who reads", "shares") if action.startswith("iam:"))
    return tuple(sorted({*actions_that("runs code"), *identities}))


ASKED: Final = frozenset(
    {
        *CHANGES_A_ROLE,
        *CHANGES_A_POLICY,
        *GRANTS,
        *(action for actions in (*STARTS.values(), *RUNS.values()) for action in actions),
        *(action for guardrail in GUARDRAILS for action in guardrail.actions),
        "iam:PassRole",
        "s3:PutObject",
    }
)
"""Actions that the graph asks."""

NO_WAY: Final = {
    "athena:CreateWorkGroup": "A query runs as its caller; what a workgroup says, I24 holds.",
    "athena:StartQueryExecution": "A query runs as its caller, in the workgroup of its own clearance.",
    "cloudwatch:PutCompositeAlarm": "An alarm tells a topic, and starts no code with a role (I7).",
    "cloudwatch:PutDashboard": "A widget runs a function as whoever looks at it, who has to be let.",
    "cloudwatch:PutMetricAlarm": "An alarm tells a topic, and starts no code with a role (I7).",
    "ecr:CompleteLayerUpload": "A layer is nobody's image before `ecr:PutImage` names it, which is asked.",
    "ecr:PutImageTagMutability": "A tag that can be moved is moved by `ecr:PutImage`, which is asked.",
    "ecr:UploadLayerPart": "A layer is nobody's image before `ecr:PutImage` names it, which is asked.",
    "events:EnableRule": "A rule starts its targets, which are set by `events:PutTargets`, which is asked.",
    "events:PutEvents": "An event starts the targets of a rule as they are; who may put one, M9 holds.",
    "glue:StartCrawler": "A crawler is started as it was made.",
    "glue:StartTrigger": "A trigger is started as it was made: its jobs have the arguments that it was given.",
    "iam:DeletePolicy": "A boundary that roles carry cannot be deleted (IAM API, DeletePolicy: DeleteConflict).",
    "iam:DeletePolicyVersion": "The version in force cannot be deleted (IAM API, DeletePolicyVersion).",
    "iam:DeleteRole": "A role that is gone gives nothing; to make one in its place takes `iam:CreateRole`.",
    "iam:TagPolicy": "No decision rests on a tag (I15).",
    "iam:UntagPolicy": "No decision rests on a tag (I15).",
    "iam:UpdateRole": "It changes a description and how long a session lasts, not whose it is.",
    "lambda:CreateEventSourceMapping": "It starts a function's own code; what is put into it, the queue's policy says.",
    "lambda:DeleteFunctionConcurrency": "It changes how often a function's own code runs, not which.",
    "lambda:InvokeFunction": "It starts a function's own code, which has to doubt its input.",
    "lambda:PutFunctionConcurrency": "It changes how often a function's own code runs, not which.",
    "lambda:PutFunctionEventInvokeConfig": "It says where what failed is sent, which I6 holds.",
    "lambda:UpdateEventSourceMapping": "It starts a function's own code; what is put into it, the queue's policy says.",
    "s3:PutBucketNotification": "It starts a function's own code, and who sets it up, I7 and M2 hold.",
    "sns:Publish": "A message starts a function's own code, which has to doubt its input.",
    "sqs:SendMessage": "A message starts a function's own code, which has to doubt its input.",
    "sqs:StartMessageMoveTask": "A message starts a function's own code, which has to doubt its input.",
}
"""Actions that run code or change who may act as whom, and are no way of an adversary, each with the reason."""
