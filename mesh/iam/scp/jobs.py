"""SCP at the root: who starts and changes jobs and reads their logs, and who gives names that roles are told by."""

from __future__ import annotations

from typing import Final

from mesh import names
from mesh.iam.perimeter import caller_is_not, deploy_roles
from mesh.iam.statement import Document, Statement, document, when

START_WITH_ARGUMENTS: Final = (
    "glue:*Blueprint*",
    "glue:*Session",
    "glue:*SourceControl*",
    "glue:*Statement",
    "glue:CreateTrigger",
    "glue:CreateWorkflow",
    "glue:PutWorkflowRunProperties",
    "glue:ResumeWorkflowRun",
    "glue:StartJobRun",
    "glue:StartNotebook",
    "glue:StartWorkflowRun",
    "glue:UpdateTrigger",
    "glue:UpdateWorkflow",
    "states:RedriveExecution",
    "states:StartSyncExecution",
    "states:TestState",
)
"""Actions that start code with arguments, or change what does.

Arguments of a run override the script and its libraries (AWS Glue Developer Guide, "Using job parameters"), so that
whoever starts a job runs code of their own with the job's role. Not among them is `glue:StartTrigger`, which starts a
trigger as it was made.
"""

START_BY_EVENTS: Final = ("glue:NotifyEvent", "states:StartExecution")
"""Actions with which EventBridge starts jobs, with its own role: a workflow as it was made, a state machine on what the
rule says."""

CHANGE_JOBS: Final = (
    "ecr:CompleteLayerUpload",
    "ecr:GetAuthorizationToken",
    "ecr:InitiateLayerUpload",
    "ecr:PutImage",
    "ecr:UploadLayerPart",
    "glue:CreateTableOptimizer",
    "glue:DeleteJob",
    "glue:DeleteTrigger",
    "glue:DeleteWorkflow",
    "glue:UpdateCrawler",
    "glue:UpdateJob",
    "glue:UpdateTableOptimizer",
    "lambda:CreateEventSourceMapping",
    "lambda:DeleteEventSourceMapping",
    "lambda:DeleteFunction*",
    "lambda:PutFunctionConcurrency",
    "lambda:PutFunctionEventInvokeConfig",
    "lambda:RemovePermission",
    "lambda:UpdateEventSourceMapping",
    "lambda:UpdateFunctionCode",
    "lambda:UpdateFunctionConfiguration",
    "states:DeleteStateMachine*",
    "states:UpdateStateMachine",
)
"""Actions that change what runs with a job's role, its image included, what starts it, or where what failed is sent;
and those that remove a job, in whose place another of the same name would be made.

The password of a registry is among them: it stands for its caller for 12 hours, longer than a session, and from
anywhere (Amazon ECR API reference, GetAuthorizationToken).
"""

READ_RUNS: Final = (
    "glue:GetJobRun",
    "glue:GetJobRuns",
    "states:DescribeExecution",
    "states:GetExecutionHistory",
    "states:ListExecutions",
)
"""Actions that return what a run was given and what it answered."""

READ_LOGS: Final = (
    "logs:CreateLogAnomalyDetector",
    "logs:Filter*",
    "logs:Get*",
    "logs:Integrate*",
    "logs:Process*",
    "logs:PutMetricFilter",
    "logs:Start*",
    "logs:Unmask",
)
"""Actions that return log events, or have them read or counted; what exports and sends them nobody does at all."""

CHANGE_LOGS: Final = (
    "logs:Associate*",
    "logs:Create*",
    "logs:Delete*",
    "logs:Disassociate*",
    "logs:Put*",
    "logs:Tag*",
    "logs:Untag*",
)


def jobs_stay_as_made() -> Document:
    """SCP at the root: nobody acts through a job, a log, an alias or a stack as a role that they may not assume."""
    return document(*_jobs(), *_logs(), *_names())


def _jobs() -> tuple[Statement, ...]:
    """Statements about jobs: whoever changes one, or says with what it starts, runs code with its role."""
    return (
        Statement(
            sid="RefuseChangesToJobs",
            what="Only deployments change or remove jobs, their code and images, or get a registry's password.",
            why="Changed code runs with the job's role; a registry's password outlives its caller's session.",
            but="A domain's stack deploys its jobs, out of a review.",
            actions=CHANGE_JOBS,
            resources=("*",),
            conditions=(caller_is_not(deploy_roles()),),
        ),
        Statement(
            sid="RefuseOtherConnections",
            what="Only deployments make, change or delete connections of Glue.",
            why="A connection says into which network a job goes and holds the password of what it reads.",
            but="A domain's stack makes the connection to the mesh's network.",
            actions=("glue:CreateConnection", "glue:DeleteConnection", "glue:UpdateConnection"),
            resources=("*",),
            conditions=(caller_is_not(deploy_roles()),),
        ),
        Statement(
            sid="RefuseReadingConnections",
            what="Only deployments, previews and pipelines read connections of Glue.",
            why="A connection can hold the password of what a job reads.",
            but="The mesh's one connection holds none: pipelines read it to join, a preview to compare.",
            actions=("glue:GetConnection",),
            resources=("*",),
            conditions=(caller_is_not(deploy_roles(), names.preview_role("*"), names.pipeline_roles("*")),),
        ),
        Statement(
            sid="RefuseReadingRuns",
            what="Only deployments and pipelines read the runs of jobs and state machines.",
            why="Arguments, inputs and outputs of a run are data without a label, as its logs are.",
            but="A pipeline waits for what it started; a domain's stack waits for a run.",
            actions=READ_RUNS,
            resources=("*",),
            conditions=(caller_is_not(deploy_roles(), names.pipeline_roles("*")),),
        ),
        *_starts(),
    )


def _starts() -> tuple[Statement, ...]:
    """Statements about what starts jobs: arguments, and events."""
    return (
        Statement(
            sid="RefuseStartingJobs",
            what="Only deployments start jobs with arguments, or make the triggers, sessions and workflows that do.",
            why="Arguments name another script: whoever starts a job with them runs own code with the job's role.",
            but="A domain's stack makes schedules and triggers, out of a review; people start a trigger as it is.",
            actions=START_WITH_ARGUMENTS,
            resources=("*",),
            conditions=(caller_is_not(deploy_roles()),),
        ),
        Statement(
            sid="RefuseStartingByEvents",
            what="Only deployments and EventBridge's own role start state machines, and workflows by an event.",
            why="Whoever starts a state machine says on what it works; an event starts what a rule is for.",
            but="A rule of a domain's stack starts pipelines, by the schedule or because a product is published.",
            actions=START_BY_EVENTS,
            resources=("*",),
            conditions=(caller_is_not(deploy_roles(), names.start_role("*")),),
        ),
        Statement(
            sid="RefuseTellingOfPublications",
            what="Only EventBridge's own role tells an account's bus that a product is published, or was refused.",
            why="Rules of that bus start pipelines with the one, and an alarm rings with the other.",
            but="A rule on the mesh bus, where the publication function alone says so, passes it on.",
            actions=("events:PutEvents",),
            resources=("arn:aws:events:*:*:event-bus/default",),
            conditions=(
                when("ForAnyValue:StringEquals", "events:detail-type", names.PUBLISHED, names.REFUSED),
                caller_is_not(names.start_role("*")),
            ),
        ),
    )


def _logs() -> tuple[Statement, ...]:
    """Statements about logs of pipelines, which are data of the product: what a job prints has no label."""
    groups = (names.log_groups("*", "*"),)
    return (
        Statement(
            sid="RefuseReadingLogsOfTheMesh",
            what="Nobody reads the logs of pipelines, deployments and administrators included.",
            why="What a job prints is data without a label; no role of the plan is for reading it.",
            actions=READ_LOGS,
            resources=groups,
        ),
        Statement(
            sid="RefuseChangesToLogsOfTheMesh",
            what="Only deployments, pipelines and the publication function write, set up or delete logs of the mesh.",
            why="They are evidence; and with another key, or another filter, others could read them.",
            but="A job writes its own log, as its permissions say; each account's stack makes the groups.",
            actions=CHANGE_LOGS,
            resources=groups,
            conditions=(caller_is_not(deploy_roles(), names.pipeline_roles("*"), names.publication_role("*")),),
        ),
    )


def _names() -> tuple[Statement, ...]:
    """Statements about what gives a name or a role of the mesh to something: aliases, stacks, roles of services."""
    return (
        Statement(
            sid="RefuseAliasesOfTheMesh",
            what="Only deployments name keys of the mesh.",
            why="Roles use keys by their alias (`kms:ResourceAliases`), so a name is a permission.",
            but="Each account's stack names its keys.",
            actions=("kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"),
            resources=(f"arn:aws:kms:*:*:alias/{names.PATH}/*",),
            conditions=(caller_is_not(deploy_roles()),),
        ),
        Statement(
            sid="RefuseOtherStacks",
            what="Only StackSets make, change or delete stacks of CloudFormation.",
            why="A stack has handlers run on CloudFormation's own compute, outside of every network.",
            but="StackSets make `mesh/deploy` and `mesh/preview` in a new account.",
            actions=(
                "cloudformation:*ChangeSet",
                "cloudformation:CreateStack",
                "cloudformation:DeleteStack",
                "cloudformation:SetStackPolicy",
                "cloudformation:UpdateStack",
            ),
            resources=("*",),
            conditions=(caller_is_not(names.BOOTSTRAP_ROLE),),
        ),
        Statement(
            sid="RefuseOtherServiceLinkedRoles",
            what="Nobody has a service make its role in the account, but for CloudTrail.",
            why="No SCP and no RCP binds a service-linked role.",
            actions=("iam:CreateServiceLinkedRole",),
            resources=("*",),
            conditions=(when("StringNotEquals", "iam:AWSServiceName", "cloudtrail.amazonaws.com"),),
        ),
    )
