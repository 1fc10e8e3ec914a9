"""Facts of pipelines and of retention: what the plan says of jobs and optimizers, and the same registered."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from mesh import names
from mesh.plan import nodes
from mesh.plan.nodes.job_runs import GLUE_RUNTIMES
from tests.program.sample import Found

Fact = tuple[str, str, str]
Facts = Iterator[tuple[str, Any]]
Known = Mapping[str, Found]


def planned(stack: str, plan: nodes.DomainPlan, bucket: Callable[..., Iterator[Fact]]) -> Iterator[Fact]:
    """Facts of a domain's plan; `bucket` gives those of a bucket."""
    jobs = plan.job_baseline
    if jobs:
        yield from bucket(jobs.scripts_bucket, jobs.scripts_policy.text(), None, 30, jobs.log_bucket, {}, own_key=False)
        yield _fact(stack, f"connection {jobs.connection}", [jobs.subnet, jobs.zone])
    for args in plan.jobs.values():
        if args.runtime != "external":
            yield from (_fact(stack, about, value) for about, value in _job(args))
    for args in plan.optimizers.values():
        for table in args.tables:
            for kind in ("compaction", "orphan_file_deletion", "retention"):
                days = None if kind == "compaction" else args.days
                yield _fact(stack, f"{kind} of {args.database}.{table}", [args.role, days])


def _fact(where: str, about: str, value: Any) -> Fact:
    return where, about, json.dumps(value, sort_keys=True)


def _job(args: nodes.PipelineArgs) -> Facts:
    yield f"workgroup {args.workgroup}", [args.results, args.account_id]
    yield f"alarm {names.trigger(args.product, names.FAILED)}", "GreaterThanOrEqualToThreshold"
    if args.quiet_hours is not None:
        yield f"alarm {names.trigger(args.product, names.SUCCEEDED)}", "LessThanThreshold"
    for group in args.log_groups:
        yield f"log group {group}", 90
    if args.runtime in GLUE_RUNTIMES:
        yield f"script {args.scripts_bucket}/{args.script_key}", args.script
        places = [args.role, args.script_location, [args.connection]]
        yield f"job {args.job}", [*places, dict(args.fixed), dict(args.overridable), args.retries, args.timeout_minutes]
        yield from _triggers(args)
        for end in (names.FAILED, names.SUCCEEDED):
            yield f"rule {names.trigger(args.product, end)}", json.loads(args.runs_that(end) or "")
        if args.event:
            yield from _rule(args, names.EVENT)
        return
    if args.runtime == "step-functions":
        yield f"state machine {args.job}", [args.role, json.loads(args.definition)]
        yield f"rule {names.trigger(args.product, names.FAILED)}", json.loads(args.runs_that(names.FAILED) or "")
    else:
        yield f"function {args.job}", [args.role, args.timeout_minutes * 60]
    for start, said in ((names.SCHEDULE, args.schedule), (names.EVENT, args.event)):
        if said:
            yield from _rule(args, start)


def _rule(args: nodes.PipelineArgs, start: str) -> Facts:
    pattern = json.loads(args.start_pattern) if args.start_pattern and start == names.EVENT else None
    yield f"rule {names.trigger(args.product, start)}", args.schedule if start == names.SCHEDULE else pattern
    role = None if args.runtime == "lambda" else args.start_role
    given = None if args.runtime in GLUE_RUNTIMES else dict(args.arguments)
    yield f"target of rule {names.trigger(args.product, start)}", [role, given]


def _triggers(args: nodes.PipelineArgs) -> Facts:
    named = {names.RUN: dict[str, str](), **{names.window(name): dict(each) for name, each in args.windows.items()}}
    for start, arguments in named.items():
        given = {f"--{name}": value for name, value in arguments.items()} or None
        yield f"trigger {names.trigger(args.product, start)}", ["ON_DEMAND", args.job, given, None, False]
    if args.schedule:
        yield (
            f"trigger {names.trigger(args.product, names.SCHEDULE)}",
            ["SCHEDULED", args.job, None, args.schedule, True],
        )
    if args.event:
        yield f"trigger {names.trigger(args.product, names.EVENT)}", ["EVENT", args.job, None, None, True]


def _of_job(resource: Found, known: Known) -> Facts:
    inputs = resource["inputs"]
    places = [inputs["roleArn"], inputs["command"]["scriptLocation"], inputs["connections"]]
    arguments: list[Any] = [inputs["nonOverridableArguments"], inputs.get("defaultArguments") or {}]
    yield f"job {inputs['name']}", [*places, *arguments, inputs["maxRetries"], inputs["timeout"]]


def _of_trigger(resource: Found, known: Known) -> Facts:
    inputs = resource["inputs"]
    (action,) = inputs["actions"]
    job = [inputs["type"], action["jobName"], action.get("arguments")]
    yield f"trigger {inputs['name']}", [*job, inputs.get("schedule"), inputs["enabled"]]


def _of_script(resource: Found, known: Known) -> Facts:
    inputs = resource["inputs"]
    yield f"script {inputs['bucket']}/{inputs['key']}", inputs["content"]


def _of_connection(resource: Found, known: Known) -> Facts:
    place = resource["inputs"]["physicalConnectionRequirements"]
    yield f"connection {resource['inputs']['name']}", [place["subnetId"], place["availabilityZone"]]


def _of_machine(resource: Found, known: Known) -> Facts:
    inputs = resource["inputs"]
    yield f"state machine {inputs['name']}", [inputs["roleArn"], json.loads(inputs["definition"])]


def _of_function(resource: Found, known: Known) -> Facts:
    inputs = resource["inputs"]
    yield f"function {inputs['name']}", [inputs["role"], inputs["timeout"]]


def _of_log_group(resource: Found, known: Known) -> Facts:
    yield f"log group {resource['inputs']['name']}", resource["inputs"]["retentionInDays"]


def _of_alarm(resource: Found, known: Known) -> Facts:
    yield f"alarm {resource['inputs']['name']}", resource["inputs"]["comparisonOperator"]


def _of_target(resource: Found, known: Known) -> Facts:
    inputs = resource["inputs"]
    given = inputs.get("input")
    yield f"target of rule {inputs['rule']}", [inputs.get("roleArn"), json.loads(given) if given else None]


def _of_optimizer(resource: Found, known: Known) -> Facts:
    inputs, settings = resource["inputs"], resource["inputs"]["configuration"]
    kept: Found = settings.get("retentionConfiguration") or settings.get("orphanFileDeletionConfiguration") or {}
    iceberg: Found = kept.get("icebergConfiguration") or {}
    days: int | None = iceberg.get("snapshotRetentionPeriodInDays") or iceberg.get("orphanFileRetentionPeriodInDays")
    yield f"{inputs['type']} of {inputs['databaseName']}.{inputs['tableName']}", [settings["roleArn"], days]


READERS: Final[dict[str, Any]] = {
    "glue/job:Job": _of_job,
    "glue/trigger:Trigger": _of_trigger,
    "glue/connection:Connection": _of_connection,
    "glue/catalogTableOptimizer:CatalogTableOptimizer": _of_optimizer,
    "s3/bucketObjectv2:BucketObjectv2": _of_script,
    "sfn/stateMachine:StateMachine": _of_machine,
}

WITHIN: Final[dict[str, Any]] = {
    "lambda/function:Function": _of_function,
    "cloudwatch/logGroup:LogGroup": _of_log_group,
    "cloudwatch/metricAlarm:MetricAlarm": _of_alarm,
    "cloudwatch/eventTarget:EventTarget": _of_target,
}
"""Readers of what other components make too."""


def within_pipelines(others: dict[str, Any]) -> dict[str, Any]:
    """Readers of what a pipeline makes, beside those of the same types elsewhere."""
    return {kind: _either(mine, others[kind]) for kind, mine in WITHIN.items()}


def _either(mine: Any, other: Any) -> Any:
    def read(resource: Found, known: Known) -> Facts:
        pipeline = "mesh:aws:Pipeline$" in resource["urn"]
        yield from (mine if pipeline else other)(resource, known)

    return read
