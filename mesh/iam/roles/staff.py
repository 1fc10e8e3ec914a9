"""Roles of a domain's staff: engineers run jobs, owners look after products, auditors look at policies and the trail.

None of them reads data, and none runs code of its own: an engineer starts a trigger as it was made. What returns
arguments (`glue:GetJob`, `glue:GetTrigger`, runs), code (`states:DescribeStateMachine`) or log events is in none.
"""

from __future__ import annotations

from typing import Final

from mesh import names
from mesh.iam.bus import events_of
from mesh.iam.perimeter import Perimeter, caller_is
from mesh.iam.statement import Document, Statement, document

SEE_JOBS: Final = (
    "events:ListRules",
    "glue:ListJobs",
    "glue:ListTriggers",
    "logs:DescribeLogGroups",
    "logs:DescribeLogStreams",
    "states:ListStateMachines",
)
"""Names of jobs, triggers and state machines; a log stream of a job is named by the run."""

SEE_ALARMS: Final = ("cloudwatch:DescribeAlarms",)
SEE_METRICS: Final = ("cloudwatch:GetMetricData", "cloudwatch:GetMetricStatistics", "cloudwatch:ListMetrics")
START_TRIGGERS: Final = ("glue:StartTrigger",)
STOP_JOBS: Final = ("glue:BatchStopJobRun",)
STOP_EXECUTIONS: Final = ("states:StopExecution",)

SEE_BUCKETS: Final = (
    "s3:GetBucketLocation",
    "s3:GetBucketLogging",
    "s3:GetBucketPolicy",
    "s3:GetBucketPublicAccessBlock",
    "s3:GetBucketTagging",
    "s3:GetBucketVersioning",
    "s3:GetEncryptionConfiguration",
    "s3:GetLifecycleConfiguration",
    "s3:GetReplicationConfiguration",
)
"""Settings of a bucket; no action lists what is in one, for keys may hold values of data."""

SEE_CATALOG: Final = ("glue:GetDatabase", "glue:GetTable", "glue:GetTables")
SEE_BUDGETS: Final = ("budgets:ViewBudget",)

SEE_POLICIES: Final = (
    "iam:GetAccountAuthorizationDetails",
    "iam:GetPolicy",
    "iam:GetPolicyVersion",
    "iam:GetRole",
    "iam:GetRolePolicy",
    "iam:ListAttachedRolePolicies",
    "iam:ListPolicies",
    "iam:ListRolePolicies",
    "iam:ListRoles",
)
SEE_SETTINGS: Final = (
    "athena:GetWorkGroup",
    "athena:ListWorkGroups",
    "events:DescribeRule",
    "events:ListRules",
    "kms:ListAliases",
    "lakeformation:GetDataLakeSettings",
    "lakeformation:ListPermissions",
    "logs:DescribeLogGroups",
    "s3:GetAccountPublicAccessBlock",
)
SEE_TRAIL: Final = (
    "cloudtrail:DescribeTrails",
    "cloudtrail:GetEventSelectors",
    "cloudtrail:GetTrailStatus",
    "cloudtrail:LookupEvents",
)


def engineer_permissions(perimeter: Perimeter, account_id: str) -> Document:
    """Permissions of engineers: see jobs and how they fare, start triggers, stop runs."""
    region = perimeter.region
    return document(
        Statement(
            sid="SeeJobs",
            what="The role lists jobs, triggers, rules, state machines, and logs by name.",
            why="Who runs jobs has to know which there are; their arguments, code and log events are data.",
            effect="Allow",
            actions=SEE_JOBS,
            resources=("*",),
        ),
        Statement(
            sid="SeeMetrics",
            what="The role sees metrics of its account.",
            why="A run that fails or lags shows there, in numbers.",
            effect="Allow",
            actions=SEE_METRICS,
            resources=("*",),
        ),
        _see_alarms(region, account_id),
        _see_publications(perimeter, account_id),
        Statement(
            sid="StartTriggers",
            what="The role starts triggers of pipelines of its account, as they were made.",
            why="A run is repeated so; the request names a trigger and nothing else: no argument, no script.",
            effect="Allow",
            actions=START_TRIGGERS,
            resources=(f"arn:aws:glue:{region}:{account_id}:trigger/{names.JOBS}",),
        ),
        Statement(
            sid="StopJobs",
            what="The role stops runs of the account's pipelines.",
            why="A run that goes wrong has to end; to stop one returns nothing of it.",
            effect="Allow",
            actions=STOP_JOBS,
            resources=(f"arn:aws:glue:{region}:{account_id}:job/{names.JOBS}",),
        ),
        Statement(
            sid="StopExecutions",
            what="The role stops executions of the account's pipelines.",
            why="As with runs of jobs.",
            effect="Allow",
            actions=STOP_EXECUTIONS,
            resources=(f"arn:aws:states:{region}:{account_id}:execution:{names.JOBS}",),
        ),
    )


def owner_permissions(perimeter: Perimeter, account_id: str, domain: str) -> Document:
    """Permissions of owners: see the settings of products, their entries in the account's catalog, alarms, budget."""
    glue, databases = f"arn:aws:glue:{perimeter.region}:{account_id}", names.databases_of(domain)
    return document(
        Statement(
            sid="SeeBucketsOfProducts",
            what="The role sees settings of the buckets of the domain's products.",
            why="Retention, encryption and who is admitted are what an owner answers for; objects are data.",
            effect="Allow",
            actions=SEE_BUCKETS,
            resources=(f"arn:aws:s3:::{names.buckets_of(perimeter.mesh, domain)}",),
        ),
        Statement(
            sid="SeeTheOwnCatalog",
            what="The role sees databases and tables of the domain's name in its account's catalog.",
            why="What is there, with which columns, is metadata of its own products; Lake Formation is asked as well.",
            effect="Allow",
            actions=SEE_CATALOG,
            resources=(f"{glue}:catalog", f"{glue}:database/{databases}", f"{glue}:table/{databases}/*"),
        ),
        _see_alarms(perimeter.region, account_id),
        _see_publications(perimeter, account_id),
        _see_the_budget(account_id),
        *_ask_for_publications(perimeter, domain),
    )


def auditor_permissions(account_id: str) -> Document:
    """Permissions of auditors: see policies, settings, and who did what by the account's trail."""
    return document(
        Statement(
            sid="SeePolicies",
            what="The role reads roles and policies of the account.",
            why="An audit compares who may do what with what was agreed.",
            effect="Allow",
            actions=SEE_POLICIES,
            resources=("*",),
        ),
        Statement(
            sid="SeeSettings",
            what="The role reads settings: buckets, workgroups, Lake Formation's, rules, names of keys and logs.",
            why="Controls are settings; what is in a bucket, a log or a query is data, and is in no action here.",
            effect="Allow",
            actions=(*SEE_BUCKETS, *SEE_SETTINGS),
            resources=("*",),
        ),
        _see_the_budget(account_id),
        Statement(
            sid="SeeTheTrail",
            what="The role looks up management events of the account, and how the trail is set up.",
            why="Who did what is the evidence; events of objects are in the audit bucket, which it does not read.",
            effect="Allow",
            actions=SEE_TRAIL,
            resources=("*",),
        ),
    )


def _see_alarms(region: str, account_id: str) -> Statement:
    return Statement(
        sid="SeeAlarms",
        what="The role sees alarms of its account.",
        why="Who runs jobs, and who owns a product, hears of a problem first.",
        effect="Allow",
        actions=SEE_ALARMS,
        resources=(f"arn:aws:cloudwatch:{region}:{account_id}:alarm:*",),
    )


def _see_publications(perimeter: Perimeter, account_id: str) -> Statement:
    bucket = perimeter.buckets.publications(perimeter.governance_id)
    return Statement(
        sid="SeePublications",
        what="The role reads what is published of the account's products, and why the last draft was refused.",
        why="A refusal is told in sentences, which name columns and files and hold no value.",
        effect="Allow",
        actions=("s3:GetObject",),
        resources=(f"arn:aws:s3:::{bucket}/{account_id}/*",),
    )


def _ask_for_publications(perimeter: Perimeter, domain: str) -> tuple[Statement, ...]:
    bus = f"arn:aws:events:{perimeter.region}:{perimeter.governance_id}:event-bus/{names.BUS}"
    return (
        Statement(
            sid="AskForPublications",
            what="The role asks on the mesh bus for a publication to be tried again, or undone.",
            why="Who answers for a product takes a bad batch back; what is published then was checked before.",
            effect="Allow",
            actions=("events:PutEvents",),
            resources=(bus,),
        ),
        *events_of(bus, names.event_source(domain, "*"), whose="a product of the domain", told=(names.REQUESTED,)),
    )


def _see_the_budget(account_id: str) -> Statement:
    return Statement(
        sid="SeeTheBudget",
        what="The role sees the account's budgets.",
        why="The owner is told at 80 % of it, and asks what the limit is; an auditor, whether there is one.",
        effect="Allow",
        actions=SEE_BUDGETS,
        resources=(f"arn:aws:budgets::{account_id}:budget/*",),
    )


_ALL: Final = frozenset(
    (
        *(*SEE_JOBS, *SEE_ALARMS, *SEE_METRICS, *START_TRIGGERS, *STOP_JOBS, *STOP_EXECUTIONS),
        *(*SEE_BUCKETS, *SEE_CATALOG, *SEE_BUDGETS, *SEE_POLICIES, *SEE_SETTINGS, *SEE_TRAIL),
    )
)


def staff_work(anybody: tuple[str, ...]) -> Statement:
    """Statement of the boundary about staff: what is not among the actions of `anybody` already."""
    return Statement(
        sid="StaffWork",
        what="Engineers, owners and auditors see settings, policies and the trail, and start triggers, besides.",
        why="They are for it; no job and no cleared person is. Which of them does what, their own policies say.",
        effect="Allow",
        actions=tuple(sorted(_ALL - set(anybody))),
        resources=("*",),
        conditions=(caller_is(*(names.staff_role("*", duty) for duty in names.STAFF)),),
    )
