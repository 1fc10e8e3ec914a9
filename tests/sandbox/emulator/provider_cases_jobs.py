"""A life for each resource type of jobs: what runs, by what it starts, where it joins a network, what it runs."""

from __future__ import annotations

import json

from tests.sandbox.emulator.provider_cases import BUCKET, DATABASE, TABLE_INPUTS, TAGS
from tests.sandbox.emulator.provider_harness import DOMAIN, Case

ROLE = f"arn:aws:iam::{DOMAIN}:role/mesh/pipeline/none/sessions"
COMMAND = {"name": "glueetl", "pythonVersion": "3", "scriptLocation": "s3://mesh-scripts/sessions/sessions.py"}
CONNECTION = Case(
    "aws:glue/connection:Connection",
    {
        "name": "mesh",
        "connectionType": "NETWORK",
        "description": "The network.",
        "physicalConnectionRequirements": {
            "availabilityZone": "eu-west-1a",
            "securityGroupIdLists": ["sg-0123456789abcdef0"],
            "subnetId": "subnet-0123456789abcdef0",
        },
        **TAGS,
    },
    {"description": "The mesh's network.", "tags": {"owner": "x"}},
    {"name": "other"},
)
JOB = Case(
    "aws:glue/job:Job",
    {
        "name": "sessions",
        "roleArn": ROLE,
        "command": COMMAND,
        "connections": ["mesh"],
        "nonOverridableArguments": {"--day": "today"},
        "executionProperty": {"maxConcurrentRuns": 1},
        "glueVersion": "5.0",
        "maxRetries": 1,
        "numberOfWorkers": 2,
        "timeout": 120,
        "workerType": "G.1X",
        **TAGS,
    },
    {"timeout": 60, "maxRetries": 2, "nonOverridableArguments": {"--day": "x"}, "tags": {"owner": "x"}},
    {"name": "other"},
    {"connection": CONNECTION},
)
WORKFLOW = Case(
    "aws:glue/workflow:Workflow",
    {"name": "sessions", "description": "When titles are published.", "maxConcurrentRuns": 1, **TAGS},
    {"description": "When titles are.", "tags": {"owner": "x"}},
    {"name": "other"},
)
_RUNS = {"actions": [{"jobName": "sessions", "arguments": {"--from": "2026-01-01"}}]}
_MACHINE = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 1, "End": True}}}


def optimizer(kind: str, more: dict[str, object], change: dict[str, object]) -> Case:
    """An optimizer of a table."""
    of_it = {"enabled": True, "roleArn": f"arn:aws:iam::{DOMAIN}:role/mesh/retention/playback"}
    place = {"catalogId": DOMAIN, "databaseName": "playback__sessions", "tableName": "sessions"}
    return Case(
        "aws:glue/catalogTableOptimizer:CatalogTableOptimizer",
        {**place, "type": kind, "configuration": {**of_it, **more}},
        {"configuration": {**of_it, **change}},
        {"type": "orphan_file_deletion"},
        {"database": DATABASE, "table": Case("aws:glue/catalogTable:CatalogTable", TABLE_INPUTS)},
        label=f"CatalogTableOptimizer for {kind}",
    )


def _days(days: int) -> dict[str, object]:
    return {"retentionConfiguration": {"icebergConfiguration": {"snapshotRetentionPeriodInDays": days}}}


JOBS = (
    CONNECTION,
    JOB,
    WORKFLOW,
    Case(
        "aws:glue/trigger:Trigger",
        {"name": "sessions", "type": "ON_DEMAND", "enabled": False, **_RUNS, **TAGS},
        {"description": "A past window.", "tags": {"owner": "x"}},
        {"name": "other"},
        {"connection": CONNECTION, "job": JOB},
        label="Trigger on demand",
    ),
    Case(
        "aws:glue/trigger:Trigger",
        {"name": "sessions-daily", "type": "SCHEDULED", "schedule": "cron(5 4 * * ? *)", **_RUNS},
        {"schedule": "cron(5 5 * * ? *)", "enabled": False},
        {"type": "ON_DEMAND"},
        {"connection": CONNECTION, "job": JOB},
        label="Trigger by a schedule",
    ),
    Case(
        "aws:glue/trigger:Trigger",
        {
            "name": "sessions-event",
            "type": "EVENT",
            "workflowName": "sessions",
            "eventBatchingConditions": [{"batchSize": 1, "batchWindow": 900}],
            **_RUNS,
        },
        {"eventBatchingConditions": [{"batchSize": 2, "batchWindow": 900}]},
        {"workflowName": "other"},
        {"connection": CONNECTION, "job": JOB, "workflow": WORKFLOW},
        label="Trigger by an event",
    ),
    optimizer("retention", _days(30), _days(60)),
    optimizer("compaction", {}, {"enabled": False}),
    Case(
        "aws:s3/bucketObjectv2:BucketObjectv2",
        {"bucket": "mesh-playback-data", "key": "sessions/sessions.py", "content": "print(1)", **TAGS},
        {"content": "print(2)", "contentType": "text/x-python", "tags": {"owner": "x"}},
        {"key": "other.py"},
        {"bucket": BUCKET},
    ),
    Case(
        "aws:sfn/stateMachine:StateMachine",
        {"name": "sessions", "definition": json.dumps(_MACHINE), "roleArn": ROLE, **TAGS},
        {"definition": json.dumps({**_MACHINE, "Comment": "x"}), "tags": {"owner": "x"}},
        {"name": "other"},
    ),
)
