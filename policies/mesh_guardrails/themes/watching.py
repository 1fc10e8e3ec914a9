"""Rules on watching pipelines: what one writes to its log is kept, and somebody learns that it failed."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from mesh_guardrails.companions import belongs_to, written
from mesh_guardrails.document_reading import UNKNOWN_TEXT
from mesh_guardrails.rule import RegisteredResource, Rule, Stack, StackRule
from mesh_guardrails.themes.pipelines import FUNCTION, JOB, MACHINE
from mesh_guardrails.type_tokens import token

LOG_GROUP: Final = token("cloudwatch/logGroup")
ALARM: Final = token("cloudwatch/metricAlarm")
EVENT_RULE: Final = token("cloudwatch/eventRule")
EVENT_TARGET: Final = token("cloudwatch/eventTarget")
_PREFIX: Final = "--custom-logGroup-prefix"
_DIMENSION: Final = {FUNCTION: "FunctionName", JOB: "JobName", MACHINE: "StateMachineArn"}
_FAILURES: Final = {
    FUNCTION: ("Errors",),
    JOB: ("glue.driver.aggregate.numFailedTasks", "glue.error.ALL"),
    MACHINE: ("ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted"),
}
_EVENTS: Final = {JOB: "aws.glue", MACHINE: "aws.states"}


def without_log(resource: RegisteredResource, stack: Stack) -> Iterator[str]:
    """Messages on a pipeline whose log AWS makes by itself, to be kept for ever, or that has none.

    Of a STANDARD state machine, which one is unless it says otherwise, AWS keeps every execution for 90 days, event by
    event; of an EXPRESS one it keeps nothing
    (https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html).
    """
    if resource.type == MACHINE:
        if written(resource, "type") != "EXPRESS":
            return
        logging: Mapping[str, Any] = written(resource, "loggingConfiguration") or {}
        if logging.get("level") in (None, "OFF") or not logging.get("logDestination"):
            yield (f"the state machine '{resource.name}' is EXPRESS and keeps no log; set loggingConfiguration")
        return
    groups = [one for one in stack if one.type == LOG_GROUP]
    by = "loggingConfig" if resource.type == FUNCTION else "nonOverridableArguments"
    if {one.urn for one in groups} & set(resource.from_resources.get(by, ())):
        return
    wanted = _log_of(resource)
    if UNKNOWN_TEXT not in wanted and not any(str(one.props.get("name")).startswith(wanted) for one in groups):
        yield (
            f"the log '{wanted}' of '{resource.name}' is not made in this stack, so AWS makes it, and keeps it for "
            "ever; make a LogGroup, and name it"
        )


def failing_unheard(resource: RegisteredResource, stack: Stack) -> Iterator[str]:
    """Messages on a pipeline of whose failures no alarm and no event tells anybody."""
    if any(one.type == ALARM and _is_alarm_of(one, resource) for one in stack):
        return
    if resource.type in _EVENTS and any(one.type == EVENT_RULE and _hears(one, resource, stack) for one in stack):
        return
    yield f"nobody learns that '{resource.name}' failed; add a MetricAlarm on {_FAILURES[resource.type][0]} of it"


def _log_of(resource: RegisteredResource) -> str:
    """The log group of a function, or what the names of a job's log groups begin with."""
    if resource.type == FUNCTION:
        config: Mapping[str, Any] = written(resource, "loggingConfig") or {}
        return str(config.get("logGroup") or f"/aws/lambda/{written(resource, 'name')}")
    arguments: list[Mapping[str, Any]] = [
        written(resource, name) or {} for name in ("nonOverridableArguments", "defaultArguments")
    ]
    given = (each.get(name) for each in arguments for name in (_PREFIX, "--continuous-log-logGroup"))
    return next((str(name) for name in given if name), "/aws-glue/jobs")


def _is_alarm_of(alarm: RegisteredResource, resource: RegisteredResource) -> bool:
    """Whether an alarm counts failures of a pipeline, in one metric or in several."""
    failures = _FAILURES[resource.type]
    if written(alarm, "metricName") in failures and _is_about(alarm, "dimensions", alarm.props, resource):
        return True
    for query in written(alarm, "metricQueries") or ():
        metric: Mapping[str, Any] = query.get("metric") or {}
        if metric.get("metricName") in failures and _is_about(alarm, "metricQueries", metric, resource):
            return True
    return False


def _is_about(alarm: RegisteredResource, by: str, metric: Mapping[str, Any], resource: RegisteredResource) -> bool:
    if made_from := alarm.from_resources.get(by):
        return resource.urn in made_from
    dimensions: Mapping[str, Any] = metric.get("dimensions") or {}
    found = dimensions.get(_DIMENSION[resource.type])
    return found is not None and found in (written(resource, "name"), written(resource, "arn"))


def _hears(rule: RegisteredResource, resource: RegisteredResource, stack: Stack) -> bool:
    """Whether a rule of events hears of a pipeline's failures, and passes them on, or an alarm counts them."""
    if not _matches_failures(rule, resource):
        return False
    targets = any(one.type == EVENT_TARGET and belongs_to(one, "rule", rule, named="name") for one in stack)
    return targets or any(one.type == ALARM and _counts(one, rule) for one in stack)


def _matches_failures(rule: RegisteredResource, resource: RegisteredResource) -> bool:
    made_from: Collection[str] = rule.from_resources.get("eventPattern", ())
    if resource.urn in made_from:
        return True
    pattern = str(written(rule, "eventPattern") or "")
    if f'"{_EVENTS[resource.type]}"' not in pattern or '"FAILED"' not in pattern:
        return False
    known = (written(resource, "name"), written(resource, "arn"))
    names = [json.dumps(str(name)) for name in known if name]
    if resource.type == MACHINE and known[0]:
        # A preview does not know the machine's ARN, of which the name is the end.
        names.append(f':stateMachine:{known[0]}"')
    selects = '"jobName"' in pattern or '"stateMachineArn"' in pattern
    return not selects or any(name in pattern for name in names)


def _counts(alarm: RegisteredResource, rule: RegisteredResource) -> bool:
    if made_from := alarm.from_resources.get("dimensions"):
        return rule.urn in made_from
    dimensions: Mapping[str, Any] = written(alarm, "dimensions") or {}
    return dimensions.get("RuleName") in (written(rule, "name"), UNKNOWN_TEXT)


RULES: Final[tuple[Rule, ...]] = ()
STACK_RULES: Final = (
    StackRule(
        name="pipeline-has-log-group",
        theme="pipelines",
        severity="medium",
        description="The log of a pipeline is a log group of its stack.",
        check=without_log,
        types=frozenset({FUNCTION, JOB, MACHINE}),
        equivalents=(
            "checkov:CKV_AWS_285",
            "prowler:glue_etl_jobs_logging_enabled",
            "prowler:stepfunctions_statemachine_logging_enabled",
            "fsbp:StepFunctions.1",
        ),
    ),
    StackRule(
        name="pipeline-failure-is-told",
        theme="pipelines",
        severity="medium",
        description="Somebody learns that a pipeline failed.",
        check=failing_unheard,
        types=frozenset({FUNCTION, JOB, MACHINE}),
    ),
)
