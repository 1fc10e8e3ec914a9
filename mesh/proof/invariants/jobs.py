"""Jobs (I25): nobody acts through a job, its logs, a key's name or a stack as a role that they may not assume."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mesh import names
from mesh.access import from_plan
from mesh.aws.allowed_actions import is_allowed
from mesh.evaluator import facts
from mesh.evaluator.decide import Request
from mesh.proof.claims import AnyClaim, Claim
from mesh.proof.subject import Actor, Subject

STARTING: Final = {
    "glue": (
        "Start",
        "Run",
        "Resume",
        "Notify",
        "CreateTrigger",
        "UpdateTrigger",
        "CreateSession",
        "UpdateJob",
        "PutWorkflow",
    ),
    "states": ("Start", "Redrive", "TestState", "UpdateStateMachine"),
    "lambda": ("UpdateFunctionCode", "UpdateFunctionConfiguration"),
}
"""Beginnings of the names of actions that start or change what runs, by service."""

AS_IT_IS: Final = frozenset(
    {
        "glue:StartColumnStatisticsTaskRun",
        "glue:StartColumnStatisticsTaskRunSchedule",
        "glue:StartCompletion",
        "glue:StartCrawler",
        "glue:StartCrawlerSchedule",
        "glue:StartDataQualityRuleRecommendationRun",
        "glue:StartDataQualityRulesetEvaluationRun",
        "glue:StartExportLabelsTaskRun",
        "glue:StartImportLabelsTaskRun",
        "glue:StartJobUpgradeAnalysis",
        "glue:StartMLEvaluationTaskRun",
        "glue:StartMLLabelingSetGenerationTaskRun",
        "glue:StartTrigger",
        "states:UpdateStateMachineAlias",
    }
)
"""Of these the ones that start something as it was made, or that take a role to be passed and no code."""


def jobs_stay_as_made(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of I25: on every action that starts a job or reads its logs, on aliases, stacks, and services' roles."""
    for administrator, deployment in subject.administrators:
        for action in starting():
            request = subject.own_request(administrator, action)
            yield Claim(administrator.who, request, allowed=False, denied=("scp",))
        for action in ("glue:StartJobRun", "glue:CreateTrigger", "states:StartExecution"):
            yield Claim(deployment.who, subject.own_request(deployment, action), free=("scp",))
        yield Claim(administrator.who, subject.own_request(administrator, "glue:StartTrigger"), free=("scp",))
        yield from _names(subject, administrator, deployment)
    for domain in subject.domains:
        account_id, where = domain.access.account_id, f"domain {domain.name}"
        for name in list(domain.pipelines)[:1]:
            yield from _logs(subject, account_id, where, name)
        for name, role in domain.pipelines.items():
            yield from _own_logs(subject, account_id, name, role.arn)
        yield from _queries(subject, account_id, where)


def starting() -> Iterator[str]:
    """Actions that start or change what runs, of AWS's reference."""
    for service, beginnings in STARTING.items():
        for name in facts.actions_of(service):
            if name.startswith(beginnings) and f"{service}:{name}" not in AS_IT_IS:
                yield f"{service}:{name}"


def _logs(subject: Subject, account_id: str, where: str, product: str) -> Iterator[AnyClaim]:
    """Claims on the logs of a pipeline: every action of AWS's reference on a group or a stream, but lists of them."""
    group = f"arn:aws:logs:{subject.region}:{account_id}:log-group:/mesh/{product}"
    strangers = (
        subject.other(account_id, "domains", where),
        Actor(f"the preview of {where}", names.preview_role(account_id), "domains", account_id, "preview"),
    )
    deployment = names.deploy_role(account_id)
    for name, arn in log_actions(group):
        action = f"logs:{name}"
        lists = facts.lists("logs", name) and is_allowed(action)
        for caller in strangers[:1] if not facts.reads("logs", name) else strangers:
            request = Request(caller.name, action, arn)
            yield Claim(caller.who, request, free=("scp",)) if lists else Claim(caller.who, request, False, ("scp",))
        if facts.reads("logs", name) and not lists:
            # What jobs print is data: the deployment, which makes the group, does not read it either.
            request = Request(deployment, action, arn)
            yield Claim(f"the deployment of {where}", request, allowed=False, denied=("scp",))
    for action in ("logs:PutSubscriptionFilter", "logs:CreateExportTask", "logs:PutMetricFilter"):
        yield Claim(f"the deployment of {where}", Request(deployment, action, group), allowed=False, denied=("scp",))
    for action in ("logs:CreateLogGroup", "logs:PutRetentionPolicy", "logs:DeleteLogGroup"):
        yield Claim(f"the deployment of {where}", Request(deployment, action, group), free=("scp",))
    other = f"arn:aws:logs:{subject.region}:{account_id}:log-group:theirs"
    for action in ("logs:FilterLogEvents", "logs:DeleteLogGroup"):
        yield Claim(f"{strangers[0].who}, at home", Request(strangers[0].name, action, other), free=("scp",))


def log_actions(group: str) -> Iterator[tuple[str, str]]:
    """Actions of AWS's reference on a log group or a stream of it, by name without the prefix, with the resource."""
    for name in facts.actions_of("logs"):
        kinds = facts.resource_types("logs", name)
        if "log-stream" in kinds:
            yield name, f"{group}:log-stream:x"
        elif "log-group" in kinds:
            yield name, group


def _own_logs(subject: Subject, account_id: str, product: str, pipeline: str) -> Iterator[AnyClaim]:
    """Claims on a pipeline at its own logs, at those of a product whose name begins with its own, and elsewhere."""
    local = f"arn:aws:logs:{subject.region}:{account_id}:log-group:/mesh"
    for action in ("logs:CreateLogStream", "logs:PutLogEvents"):
        for group, may in (
            (f"{local}/{product}", True),
            (f"{local}/{product}/errors", True),
            (f"{local}/{product}-of-another", False),
            (f"{local}/x-{product}", False),
            (f"{local}/another/{product}", False),
        ):
            request = Request(pipeline, action, f"{group}:log-stream:x")
            yield Claim(f"the pipeline {product}", request, allowed=may, granted=may)
    made = Request(pipeline, "logs:CreateLogGroup", f"{local}/{product}")
    yield Claim(f"the pipeline {product}", made, allowed=True)
    read = Request(pipeline, "logs:GetLogEvents", f"{local}/{product}:log-stream:x")
    yield Claim(f"the pipeline {product}", read, allowed=False, denied=("scp",))


def _names(subject: Subject, administrator: Actor, deployment: Actor) -> Iterator[AnyClaim]:
    """Claims on names by which policies tell keys and roles, and on what makes a role."""
    account_id, region = administrator.account, subject.region
    for action in ("kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"):
        for alias, may in ((names.key_alias("x"), False), (names.ACCOUNT_KEY_ALIAS, False), ("theirs", True)):
            arn = f"arn:aws:kms:{region}:{account_id}:alias/{alias}"
            request = Request(administrator.name, action, arn)
            yield Claim(administrator.who, request, free=("scp",) if may else (), denied=() if may else ("scp",))
            yield Claim(deployment.who, Request(deployment.name, action, arn), free=("scp",))
    bootstrap = f"arn:aws:iam::{account_id}:role/stacksets-exec-0123456789abcdef"
    for action in ("CreateChangeSet", "CreateStack", "DeleteStack", "ExecuteChangeSet", "UpdateStack"):
        for caller in (administrator, deployment):
            request = subject.own_request(caller, f"cloudformation:{action}")
            yield Claim(caller.who, request, allowed=False, denied=("scp",))
        made = Request(
            bootstrap,
            f"cloudformation:{action}",
            subject.own_request(deployment, "cloudformation:CreateStack").resource,
        )
        yield Claim("StackSets", made, free=("scp",))
    for service, may in (("cloudtrail.amazonaws.com", True), ("replication.dynamodb.amazonaws.com", False)):
        for caller in (administrator, deployment):
            context = {"iam:AWSServiceName": service}
            request = subject.own_request(caller, "iam:CreateServiceLinkedRole", context)
            yield Claim(caller.who, request, free=("scp",) if may else (), denied=() if may else ("scp",))


def _queries(subject: Subject, account_id: str, where: str) -> Iterator[AnyClaim]:
    """Claims on queries of Athena in the workgroup of a clearance: their texts and their results."""
    for name in ("general", names.WORKGROUP):
        group = f"arn:aws:athena:{subject.region}:{account_id}:workgroup/{names.workgroup(name)}"
        for caller in (subject.other(account_id, "domains", where).name, names.deploy_role(account_id)):
            for action in ("StartQueryExecution", "GetQueryExecution", "BatchGetQueryExecution", "GetQueryResults"):
                request = Request(caller, f"athena:{action}", group)
                yield Claim(f"somebody of {where}", request, allowed=False, denied=("scp",))
            request = Request(caller, "athena:GetQueryRuntimeStatistics", group)
            yield Claim(f"somebody of {where}", request, allowed=False, denied=("scp",))
        cleared = Request(names.clearance_role(account_id, "general"), "athena:StartQueryExecution", group)
        yield Claim(f"clearance general in {where}", cleared, free=("scp",))
    people = from_plan.permission_set_role(account_id, subject.region, "general")
    theirs = f"arn:aws:athena:{subject.region}:{account_id}:workgroup/primary"
    yield Claim(
        f"people of {where}, in another workgroup", Request(people, "athena:StartQueryExecution", theirs), free=("scp",)
    )
