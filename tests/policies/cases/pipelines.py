"""Cases of the rules on pipelines."""

from __future__ import annotations

import json
from typing import Any, Final

from mesh_guardrails.themes.pipelines import FUNCTION, JOB, MACHINE
from mesh_guardrails.themes.watching import ALARM, EVENT_RULE, EVENT_TARGET, LOG_GROUP

from sandbox.engine.wire import UNKNOWN
from tests.policies.cases.case import Case, Made, made, passes, reports, waits
from tests.policies.cases.written_policies import HOME

SOURCE: Final = "aws:lambda/eventSourceMapping:EventSourceMapping"
QUEUE: Final = "aws:sqs/queue:Queue"
REDRIVE: Final = "aws:sqs/redrivePolicy:RedrivePolicy"
ROLE: Final = f"arn:aws:iam::{HOME}:role/mesh/pipeline/none/x"
PASSWORD: Final = "a-word-that-nobody-guesses"


def job(**props: Any) -> Made:
    """A Spark job as it should be."""
    given = {"name": "example-job", "command": {"name": "glueetl"}, "glueVersion": "5.0", "timeout": 60}
    return made(JOB, "job", **{**given, "connections": ["mesh"], "roleArn": ROLE, **props})


def function(**props: Any) -> Made:
    """A function as it should be."""
    given = {"name": "example-function", "runtime": "python3.13", "vpcConfig": {"subnetIds": ["subnet-1"]}}
    return made(FUNCTION, "function", **{**given, "role": ROLE, **props})


def machine(**props: Any) -> Made:
    """A state machine as it should be."""
    definition = json.dumps({"StartAt": "Run", "TimeoutSeconds": 3600, "States": {}})
    logging = {"level": "ALL", "logDestination": f"arn:aws:logs:eu-west-1:{HOME}:log-group:x:*"}
    return made(MACHINE, "machine", **{"definition": definition, "loggingConfiguration": logging, **props})


def reading(**props: Any) -> Made:
    """A function's reading of a queue, whose ARN is known to the update."""
    return made(SOURCE, "reading", made_from={"eventSourceArn": "queue"}, **{"eventSourceArn": UNKNOWN, **props})


def variables(**values: Any) -> Made:
    """A function with variables of its environment."""
    return function(environment={"variables": values})


def heard(pattern: object, **more: Any) -> list[Made]:
    """A rule of events with a target."""
    text = pattern if isinstance(pattern, str) else json.dumps(pattern)
    return [made(EVENT_RULE, name="failed", eventPattern=text, **more), made(EVENT_TARGET, rule="failed", arn="x")]


def alarm(metric: str = "Errors", **dimensions: Any) -> Made:
    """An alarm on a metric."""
    return made(ALARM, metricName=metric, dimensions=dimensions)


FAILED: Final = {"source": ["aws.glue"], "detail": {"jobName": ["example-job"], "state": ["FAILED"]}}
BADLY: Final = {
    "source": ["aws.states"],
    "detail": {"stateMachineArn": [f"arn:aws:states:eu-west-1:{HOME}:stateMachine:clicks"], "status": ["FAILED"]},
}
OTHERS: Final = {"source": ["aws.glue"], "detail": {"jobName": ["another-job"], "state": ["FAILED"]}}

RUNS: Final[list[Case]] = [
    passes("pipeline-ends", job()),
    passes("pipeline-ends", machine()),
    passes("pipeline-ends", machine(type="EXPRESS", definition="{}")),
    reports("pipeline-ends", "'job' has no timeout", job(timeout=0)),
    reports("pipeline-ends", "a timeout of 2880 minutes", job(timeout=2880)),
    reports("pipeline-ends", "at most 30 minutes", job(), configured={"minutes": 30}),
    reports("pipeline-ends", "set TimeoutSeconds", machine(definition=json.dumps({"StartAt": "Run"}))),
    waits("pipeline-ends", job(timeout=UNKNOWN)),
    passes("job-tries-again-a-few-times", job(maxRetries=3)),
    passes("job-tries-again-a-few-times", job(name=UNKNOWN)),
    reports("job-tries-again-a-few-times", "tries 10 times again", job(maxRetries=10)),
    waits("job-tries-again-a-few-times", job(maxRetries=UNKNOWN)),
    passes("failed-events-are-kept", reading(), made(QUEUE, redrivePolicy='{"maxReceiveCount": 3}')),
    passes(
        "failed-events-are-kept",
        reading(),
        made(QUEUE),
        made(REDRIVE, made_from={"queueUrl": "queue"}, queueUrl=UNKNOWN),
    ),
    passes("failed-events-are-kept", made(SOURCE, eventSourceArn=f"arn:aws:sqs:eu-west-1:{HOME}:elsewhere")),
    reports("failed-events-are-kept", "the queue 'queue', which 'reading' reads, is lost", reading(), made(QUEUE)),
    reports("failed-events-are-kept", "is lost", made(SOURCE, eventSourceArn="q", startingPosition="LATEST")),
    reports(
        "failed-events-are-kept",
        "of the queue 'known'",
        made(SOURCE, eventSourceArn=f"arn:aws:sqs:eu-west-1:{HOME}:known"),
        made(QUEUE, "known", arn=f"arn:aws:sqs:eu-west-1:{HOME}:known"),
    ),
    passes("function-runtime-is-supported", function()),
    passes("function-runtime-is-supported", made(FUNCTION, packageType="Image", role=UNKNOWN)),
    reports("function-runtime-is-supported", "the runtime python3.8; choose", function(runtime="python3.8")),
    reports("function-runtime-is-supported", "choose one of x", function(), configured={"runtimes": ["x"]}),
    waits("function-runtime-is-supported", function(runtime=UNKNOWN)),
    passes("job-version-is-supported", job()),
    passes("job-version-is-supported", made(JOB, command={"name": "pythonshell", "scriptLocation": UNKNOWN})),
    reports("job-version-is-supported", "has Glue 2.0; set glueVersion to 4.0", job(glueVersion="2.0")),
    reports("job-version-is-supported", "no version of Glue", made(JOB, command={"name": "glueetl"})),
    waits("job-version-is-supported", job(glueVersion=UNKNOWN)),
    passes("pipeline-is-in-the-network", job()),
    passes("pipeline-is-in-the-network", function(vpcConfig={"subnetIds": [UNKNOWN]})),
    reports("pipeline-is-in-the-network", "the job 'job' is outside", job(connections=[])),
    reports("pipeline-is-in-the-network", "the function 'function' is outside", function(vpcConfig={})),
    waits("pipeline-is-in-the-network", job(connections=UNKNOWN)),
    passes("pipeline-has-its-own-role", job(), function(role=f"{ROLE}2")),
    passes("pipeline-has-its-own-role", job(), made("aws:iam/role:Role", name=UNKNOWN)),
    reports("pipeline-has-its-own-role", "'job' has the role of 'function'", job(), function()),
    reports(
        "pipeline-has-its-own-role",
        "'one' has the role of 'two'",
        made(JOB, "one", made_from={"roleArn": "role"}, roleArn=UNKNOWN),
        made(JOB, "two", made_from={"roleArn": "role"}, roleArn=UNKNOWN),
        made("aws:iam/role:Role"),
    ),
]

SECRETS: Final[list[Case]] = [
    passes("no-secret-in-settings", variables(MESH_SECRETS="mesh/heartbeats/players-key", PRIMARY_KEY="id")),
    passes("no-secret-in-settings", variables(DB_SECRET=f"arn:aws:secretsmanager:eu-west-1:{HOME}:secret:x")),
    passes("no-secret-in-settings", variables(PASSWORD="{{resolve:secretsmanager:x}}", URL="https://example.org/a")),
    passes("no-secret-in-settings", job(defaultArguments={"--days": "3"}, roleArn=UNKNOWN)),
    reports("no-secret-in-settings", "a secret in environment (DB_PASSWORD)", variables(DB_PASSWORD=PASSWORD)),
    reports("no-secret-in-settings", "(ApiKey)", variables(ApiKey=PASSWORD)),
    reports("no-secret-in-settings", "(SOURCE)", variables(SOURCE=f"postgresql://ann:{PASSWORD}@db.example.org/x")),
    reports("no-secret-in-settings", "(HINT)", variables(HINT="AKIA" + "Q" * 16)),
    reports(
        "no-secret-in-settings", "in defaultArguments (--password)", job(defaultArguments={"--password": PASSWORD})
    ),
    reports("no-secret-in-settings", "in nonOverridable", job(nonOverridableArguments={"--api-key": PASSWORD})),
    reports(
        "no-secret-in-settings",
        "in definition (Password)",
        machine(definition=json.dumps({"States": {"Run": {"Parameters": {"Password": PASSWORD}}}})),
    ),
    reports(
        "no-secret-in-settings",
        "(DB_PASSWORD)",
        made(
            "aws:ecs/taskDefinition:TaskDefinition",
            containerDefinitions=json.dumps([{"environment": [{"name": "DB_PASSWORD", "value": PASSWORD}]}]),
        ),
    ),
    waits("no-secret-in-settings", variables(DB_PASSWORD=UNKNOWN)),
]

WATCHED: Final[list[Case]] = [
    passes("pipeline-has-log-group", function(), made(LOG_GROUP, name="/aws/lambda/example-function")),
    passes("pipeline-has-log-group", function(loggingConfig={"logGroup": "/x"}), made(LOG_GROUP, name="/x")),
    passes(
        "pipeline-has-log-group",
        job(nonOverridableArguments={"--custom-logGroup-prefix": "/mesh/x"}),
        made(LOG_GROUP, name="/mesh/x/error"),
    ),
    passes(
        "pipeline-has-log-group",
        made(FUNCTION, "linked", made_from={"loggingConfig": "logGroup"}, loggingConfig={"logGroup": UNKNOWN}),
        made(LOG_GROUP, name=UNKNOWN),
    ),
    passes("pipeline-has-log-group", machine(type="EXPRESS")),
    passes("pipeline-has-log-group", machine(loggingConfiguration=None)),
    passes("pipeline-has-log-group", machine(type="STANDARD", loggingConfiguration={"level": "OFF"})),
    passes("pipeline-has-log-group", machine(type=UNKNOWN, loggingConfiguration=UNKNOWN)),
    reports("pipeline-has-log-group", "the log '/aws/lambda/example-function' of 'function'", function()),
    reports("pipeline-has-log-group", "the log '/aws-glue/jobs' of 'job'", job()),
    reports(
        "pipeline-has-log-group",
        "'machine' is EXPRESS and keeps no log",
        machine(type="EXPRESS", loggingConfiguration={"level": "OFF"}),
    ),
    reports("pipeline-has-log-group", "keeps no log", made(MACHINE, "machine", definition="{}", type="EXPRESS")),
    waits("pipeline-has-log-group", function(loggingConfig={"logGroup": UNKNOWN})),
    passes("pipeline-failure-is-told", function(), alarm(FunctionName="example-function")),
    passes(
        "pipeline-failure-is-told",
        function(name=UNKNOWN),
        made(ALARM, metricName="Errors", made_from={"dimensions": "function"}, dimensions={"FunctionName": UNKNOWN}),
    ),
    passes(
        "pipeline-failure-is-told",
        function(),
        made(
            ALARM,
            metricQueries=[{"metric": {"metricName": "Errors", "dimensions": {"FunctionName": "example-function"}}}],
        ),
    ),
    passes("pipeline-failure-is-told", job(), *heard(FAILED)),
    passes("pipeline-failure-is-told", job(), *heard({"source": ["aws.glue"], "detail": {"state": ["FAILED"]}})),
    passes("pipeline-failure-is-told", job(), heard(FAILED)[0], alarm("TriggeredRules", RuleName="failed")),
    passes("pipeline-failure-is-told", machine(arn="m"), alarm("ExecutionsFailed", StateMachineArn="m")),
    passes("pipeline-failure-is-told", machine(name="clicks", arn=UNKNOWN), *heard(BADLY)),
    passes(
        "pipeline-failure-is-told",
        machine(name="clicks", arn=UNKNOWN),
        heard(BADLY)[0],
        alarm("TriggeredRules", RuleName="failed"),
    ),
    reports("pipeline-failure-is-told", "nobody learns", machine(name="licks", arn=UNKNOWN), *heard(BADLY)),
    reports("pipeline-failure-is-told", "nobody learns", machine(name=UNKNOWN, arn=UNKNOWN), *heard(BADLY)),
    reports("pipeline-failure-is-told", "nobody learns", machine(name="clicks", arn=UNKNOWN), heard(BADLY)[0]),
    reports("pipeline-failure-is-told", "nobody learns that 'function' failed", function()),
    reports("pipeline-failure-is-told", "nobody learns", function(), alarm(FunctionName="another")),
    reports(
        "pipeline-failure-is-told", "nobody learns", function(), alarm("Invocations", FunctionName="example-function")
    ),
    reports("pipeline-failure-is-told", "nobody learns that 'job' failed", job(), *heard(OTHERS)),
    reports("pipeline-failure-is-told", "nobody learns", job(), heard(FAILED)[0]),
]

CASES: Final[list[Case]] = [*RUNS, *SECRETS, *WATCHED]
