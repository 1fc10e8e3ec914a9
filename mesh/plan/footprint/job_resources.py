"""Resources of pipelines: what an account's jobs share, and the job of a product with its script, triggers, alarms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from mesh import names
from mesh.plan.footprint.bucket_resources import private_bucket
from mesh.plan.footprint.deployed_resource import SET, DeployedResource, StackMaker
from mesh.plan.nodes import JobBaselineArgs, PipelineArgs
from mesh.plan.nodes.job_runs import GLUE_RUNTIMES

GROUP: Final = "sg-00000000000000001"
"""Stand-in for the id of the security group of an account's jobs."""


def job_baseline(make: StackMaker, name: str, args: JobBaselineArgs) -> Iterator[DeployedResource]:
    """Resources that the jobs of an account share, as the component `JobBaseline` makes it."""
    group = f"mesh-jobs-of-{args.domain}"
    yield make(
        "ec2/securityGroup:SecurityGroup",
        name,
        given=GROUP,
        name=group,
        vpcId=args.perimeter.network,
        ingress=SET,
        egress=SET,
    )
    yield make("glue/connection:Connection", name, name=args.connection)
    yield from private_bucket(make, f"{name}-scripts", args.scripts_bucket, protected=False, log_bucket=args.log_bucket)


def pipeline(make: StackMaker, name: str, args: PipelineArgs, subnet: str) -> Iterator[DeployedResource]:
    """The job of a pipeline and what belongs to it, as the component `Pipeline` makes it; a function is in `subnet`."""
    yield make("athena/workgroup:Workgroup", name, given=args.workgroup, name=args.workgroup, tags=SET)
    for group in args.log_groups:
        label = f"{name}{group.removeprefix(args.log_group).replace('/', '-')}"
        yield make(
            "cloudwatch/logGroup:LogGroup",
            label,
            given=group,
            name=group,
            retentionInDays=SET,
            kmsKeyId=SET,
            tags=SET,
        )
    if args.runtime in GLUE_RUNTIMES:
        yield from _glue_job(make, name, args)
    elif args.runtime == "step-functions":
        yield from _state_machine(make, name, args)
    elif args.runtime == "lambda":
        yield from _function(make, name, args, subnet)


def _glue_job(make: StackMaker, name: str, args: PipelineArgs) -> Iterator[DeployedResource]:
    yield make("s3/bucketObjectv2:BucketObjectv2", name, bucket=args.scripts_bucket, key=args.script_key)
    yield make(
        "glue/job:Job",
        name,
        given=args.job,
        name=args.job,
        roleArn=args.role,
        connections=[args.connection],
        tags=SET,
    )
    for start in (names.RUN, *(names.window(each) for each in args.windows)):
        yield _trigger(make, name, args, start, {"type": "ON_DEMAND", "enabled": False})
    if args.schedule:
        yield _trigger(make, name, args, names.SCHEDULE, {"type": "SCHEDULED", "enabled": True})
    if args.event:
        yield make("glue/workflow:Workflow", name, given=args.job, name=args.job, tags=SET)
        yield _trigger(make, name, args, names.EVENT, {"type": "EVENT", "enabled": True})
        arn = f"arn:aws:glue:{args.perimeter.region}:{args.account_id}:workflow/{args.job}"
        yield from _started_by(make, name, args, names.EVENT, arn)
    for end in (names.FAILED, names.SUCCEEDED):
        yield _rule(make, name, args, end)
    yield from _alarms(make, name, args)


def _trigger(make: StackMaker, name: str, args: PipelineArgs, start: str, said: Mapping[str, Any]) -> DeployedResource:
    trigger = names.trigger(args.product, start)
    return make("glue/trigger:Trigger", f"{name}-{start}", given=trigger, name=trigger, tags=SET, **said)


def _state_machine(make: StackMaker, name: str, args: PipelineArgs) -> Iterator[DeployedResource]:
    arn = args.machine
    yield make("sfn/stateMachine:StateMachine", name, given=arn, name=args.job, roleArn=args.role, tags=SET)
    if args.schedule:
        yield from _started_by(make, name, args, names.SCHEDULE, arn)
    if args.event:
        yield from _started_by(make, name, args, names.EVENT, arn)
    yield _rule(make, name, args, names.FAILED)
    yield from _alarms(make, name, args)


def _function(make: StackMaker, name: str, args: PipelineArgs, subnet: str) -> Iterator[DeployedResource]:
    arn = f"arn:aws:lambda:{args.perimeter.region}:{args.account_id}:function:{args.job}"
    yield make(
        "lambda/function:Function",
        name,
        given=args.job,
        name=args.job,
        role=args.role,
        vpcConfig={"subnetIds": [subnet], "securityGroupIds": [GROUP]},
        beside={"subnetsVpc": args.perimeter.network},
        tags=SET,
    )
    for start, said in ((names.SCHEDULE, args.schedule), (names.EVENT, args.event)):
        if said:
            yield make(
                "lambda/permission:Permission",
                f"{name}-{start}",
                given=start,
                function=args.job,
                principal="events.amazonaws.com",
                statementId=start,
            )
            yield from _started_by(make, name, args, start, arn, role=False)
    yield from _alarms(make, name, args)


def _started_by(
    make: StackMaker, name: str, args: PipelineArgs, start: str, arn: str, *, role: bool = True
) -> Iterator[DeployedResource]:
    """A rule that starts a pipeline, and its target."""
    yield _rule(make, name, args, start)
    yield make(
        "cloudwatch/eventTarget:EventTarget",
        f"{name}-{start}",
        rule=names.trigger(args.product, start),
        targetId="pipeline",
        arn=arn,
        roleArn=args.start_role if role else None,
    )


def _rule(make: StackMaker, name: str, args: PipelineArgs, what: str) -> DeployedResource:
    rule = names.trigger(args.product, what)
    return make("cloudwatch/eventRule:EventRule", f"{name}-{what}", given=rule, name=rule, tags=SET)


def _alarms(make: StackMaker, name: str, args: PipelineArgs) -> Iterator[DeployedResource]:
    ends = (names.FAILED,) if args.quiet_hours is None else (names.FAILED, names.SUCCEEDED)
    for end in ends:
        alarm = names.trigger(args.product, end)
        less: dict[str, Any] = {}
        if args.runtime == "lambda" and end == names.SUCCEEDED:
            less = {"metricQueries": [*({"metric": {"metricName": each}} for each in ("Invocations", "Errors")), {}]}
        yield make("cloudwatch/metricAlarm:MetricAlarm", f"{name}-{end}", given=alarm, name=alarm, tags=SET, **less)
