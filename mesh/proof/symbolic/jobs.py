"""Jobs (I25) for all strings: whoever starts a job with arguments, or touches its logs, is the deployment."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mesh import names
from mesh.proof.subject import Subject
from mesh.proof.symbolic import documents
from mesh.proof.symbolic.assumptions import anyone_but
from mesh.proof.symbolic.encode import SymbolicRequest
from mesh.proof.symbolic.obligations import Obligation
from mesh.proof.symbolic.shapes import ACCOUNT, ANY, BOOTSTRAP, DEPLOY, WORD, Shape, role

STARTS: Final = (
    "glue:CreateTrigger",
    "glue:RunStatement",
    "glue:StartJobRun",
    "glue:UpdateJob",
)
BY_EVENTS: Final = ("glue:NotifyEvent", "states:StartExecution")
READS: Final = ("logs:FilterLogEvents", "logs:GetLogEvents", "logs:StartQuery", "logs:StartLiveTail")
CHANGES: Final = ("logs:DeleteLogGroup", "logs:PutLogEvents", "logs:PutRetentionPolicy", "logs:AssociateKmsKey")
LOGS: Final[Shape] = ("arn:aws:logs:", WORD, ":", WORD, ":log-group:/mesh/", ANY)
ALIAS: Final[Shape] = ("arn:aws:kms:", WORD, ":", WORD, ":alias/mesh/", ANY)
START: Final = role(names.START)
PIPELINE: Final = role("pipeline/", ACCOUNT, ANY, "/", ANY)
PUBLICATION: Final = role("functions/publication")


def jobs_stay_as_made(subject: Subject) -> Iterator[Obligation]:
    """Obligations of I25: no caller but a deploy role starts or changes a job, or names a key; nobody reads logs."""
    for account_id, policies in documents.scps(subject, documents.ROOT):
        fixed = {"aws:PrincipalAccount": account_id}
        request = SymbolicRequest(policies, fixed)
        assumptions = (anyone_but(request, DEPLOY),)
        yield Obligation(what="a job", request=request, actions=STARTS, assumptions=assumptions)
        request = SymbolicRequest(policies, fixed)
        assumptions = (anyone_but(request, DEPLOY, START),)
        yield Obligation(what="a job by an event", request=request, actions=BY_EVENTS, assumptions=assumptions)
        request = SymbolicRequest(policies, fixed)
        yield Obligation(what="logs", request=request, actions=READS, assumptions=(request.resource.has_shape(LOGS),))
        request = SymbolicRequest(policies, fixed)
        assumptions = (anyone_but(request, DEPLOY, PIPELINE, PUBLICATION), request.resource.has_shape(LOGS))
        yield Obligation(what="a change of logs", request=request, actions=CHANGES, assumptions=assumptions)
        request = SymbolicRequest(policies, fixed)
        assumptions = (anyone_but(request, DEPLOY), request.resource.has_shape(ALIAS))
        yield Obligation(what="an alias", request=request, actions=("kms:CreateAlias",), assumptions=assumptions)
        request = SymbolicRequest(policies, fixed)
        assumptions = (anyone_but(request, BOOTSTRAP),)
        actions = ("cloudformation:CreateStack", "cloudformation:UpdateStack")
        yield Obligation(what="a stack", request=request, actions=actions, assumptions=assumptions)
