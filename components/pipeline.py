"""Pipeline of a product: the job that writes it, its script, logs and queries, when it runs, and who sees it fail."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import pulumi_aws as aws
from pulumi import AssetArchive, ComponentResource, Input, Output, Resource, ResourceOptions, StringAsset

from components.account_baseline import SCAN_LIMIT
from mesh import names
from mesh.plan.nodes import PipelineArgs
from mesh.plan.nodes.job_runs import GLUE_RUNTIMES, LOG_DAYS

PYTHON: Final = "python3.13"


class FunctionNetwork(NamedTuple):
    """Place of a function in the mesh's network: a subnet, and the security group of the account's jobs."""

    subnet: str
    group_id: Input[str]


class RunCount(NamedTuple):
    """A metric of AWS that counts runs."""

    namespace: str
    metric: str
    dimensions: Mapping[str, Input[str]]

    def alone(self, period: int) -> dict[str, Any]:
        """Inputs of an alarm that looks at this metric, `period` seconds at a time."""
        place: dict[str, Any] = {"namespace": self.namespace, "metric_name": self.metric}
        return {**place, "dimensions": self.dimensions, "statistic": "Sum", "period": period}

    def less(self, other: RunCount, period: int) -> dict[str, Any]:
        """Inputs of an alarm that looks at this metric less another; no number of the other is none to take off."""
        return {
            "metric_queries": [
                *(
                    aws.cloudwatch.MetricAlarmMetricQueryArgs(
                        id=id_,
                        metric=aws.cloudwatch.MetricAlarmMetricQueryMetricArgs(
                            namespace=each.namespace,
                            metric_name=each.metric,
                            dimensions=each.dimensions,
                            stat="Sum",
                            period=period,
                        ),
                    )
                    for id_, each in (("every", self), ("other", other))
                ),
                aws.cloudwatch.MetricAlarmMetricQueryArgs(
                    id="well", expression="every - FILL(other, 0)", label="ended well", return_data=True
                ),
            ]
        }


class Pipeline(ComponentResource):
    """The job and what belongs to it; role, product, connection and bucket of scripts have to exist.

    `key_arn` is the product's key, with which logs and results of queries are encrypted; `network` is where a function
    joins. Outputs: `job` (its name).
    """

    def __init__(
        self,
        name: str,
        args: PipelineArgs,
        key_arn: Input[str],
        network: FunctionNetwork,
        opts: ResourceOptions | None = None,
    ) -> None:
        super().__init__("mesh:aws:Pipeline", name, None, opts)
        self._name, self._args = name, args
        self._workgroup(key_arn)
        self._log_groups(key_arn)
        if args.runtime in GLUE_RUNTIMES:
            job = self._job(self._script())
            self._triggers(job)
            for end in (names.FAILED, names.SUCCEEDED):
                self._alarm(end, self._counted(end, job), job)
        elif args.runtime == "step-functions":
            machine = self._state_machine()
            self._rules(machine.arn, machine)
            self._alarm(names.FAILED, self._counted(names.FAILED, machine), machine)
            well = RunCount("AWS/States", "ExecutionsSucceeded", {"StateMachineArn": machine.arn})
            self._alarm(names.SUCCEEDED, well, machine)
        elif args.runtime == "lambda":
            function = self._function(network)
            self._rules(function.arn, function)
            errors = RunCount("AWS/Lambda", "Errors", {"FunctionName": function.name})
            self._alarm(names.FAILED, errors, function)
            # `Invocations` has runs that failed among them: a function that fails each time would be one that runs.
            self._alarm(names.SUCCEEDED, errors._replace(metric="Invocations"), function, but=errors)
        self.register_outputs({"job": args.job})

    def _opts(self, *after: Resource) -> ResourceOptions:
        return ResourceOptions(parent=self, depends_on=list(after))

    # ---- what it runs, where it writes

    def _workgroup(self, key_arn: Input[str]) -> None:
        """The workgroup in which the pipeline queries, and inserts: Athena encrypts both with the key of results."""
        args = self._args
        aws.athena.Workgroup(
            self._name,
            name=args.workgroup,
            description=f"Queries of the pipeline of {args.domain}.{args.product}",
            configuration={
                "enforce_workgroup_configuration": True,
                "publish_cloudwatch_metrics_enabled": True,
                "requester_pays_enabled": False,
                "bytes_scanned_cutoff_per_query": SCAN_LIMIT,
                "result_configuration": {
                    "output_location": args.results,
                    "expected_bucket_owner": args.account_id,
                    "encryption_configuration": {"encryption_option": "SSE_KMS", "kms_key_arn": key_arn},
                },
            },
            force_destroy=True,
            tags=args.tags,
            opts=self._opts(),
        )

    def _log_groups(self, key_arn: Input[str]) -> None:
        # Before what writes there: it would make one that is kept for ever.
        self._logs = [
            aws.cloudwatch.LogGroup(
                f"{self._name}{group.removeprefix(self._args.log_group).replace('/', '-')}",
                name=group,
                retention_in_days=LOG_DAYS,
                kms_key_id=key_arn,
                tags=self._args.tags,
                opts=self._opts(),
            )
            for group in self._args.log_groups
        ]

    def _script(self) -> aws.s3.BucketObjectv2:
        args = self._args
        return aws.s3.BucketObjectv2(
            self._name,
            bucket=args.scripts_bucket,
            key=args.script_key,
            content=args.script,
            content_type="text/x-python",
            server_side_encryption="AES256",
            opts=self._opts(),
        )

    def _job(self, script: Resource) -> aws.glue.Job:
        """The job: one run at a time, in the network, with arguments that a run cannot change."""
        args, spark = self._args, self._args.runtime == "glue-spark"
        return aws.glue.Job(
            self._name,
            name=args.job,
            description=f"Writes {args.domain}.{args.product}",
            role_arn=args.role,
            command={
                "name": "glueetl" if spark else "pythonshell",
                "python_version": "3" if spark else "3.9",
                "script_location": args.script_location,
            },
            connections=[args.connection],
            default_arguments=args.overridable,
            non_overridable_arguments=args.fixed,
            execution_property={"max_concurrent_runs": 1},
            max_retries=args.retries,
            timeout=args.timeout_minutes,
            glue_version="5.0" if spark else None,
            worker_type="G.1X" if spark else None,
            number_of_workers=args.workers if spark else None,
            max_capacity=None if spark else 1,
            tags=args.tags,
            opts=self._opts(script, *self._logs),
        )

    def _state_machine(self) -> aws.sfn.StateMachine:
        args = self._args
        return aws.sfn.StateMachine(
            self._name,
            name=args.job,
            definition=args.definition,
            role_arn=args.role,
            type="STANDARD",
            tags=args.tags,
            opts=self._opts(),
        )

    def _function(self, network: FunctionNetwork) -> aws.lambda_.Function:
        """The function, whose script is a module with a `handler`; what it is told of the mesh stands in variables."""
        args = self._args
        return aws.lambda_.Function(
            self._name,
            name=args.job,
            description=f"Writes {args.domain}.{args.product}",
            role=args.role,
            runtime=PYTHON,
            architectures=["arm64"],
            handler=f"{args.script_name.removesuffix('.py')}.handler",
            code=AssetArchive({args.script_name: StringAsset(args.script)}),
            timeout=args.timeout_minutes * 60,
            memory_size=1024,
            environment={
                "variables": {
                    "MESH_BUCKET": args.bucket,
                    "MESH_DRAFT": args.draft,
                    **({"MESH_SECRETS": args.secret_names} if args.secrets else {}),
                }
            },
            vpc_config={"subnet_ids": [network.subnet], "security_group_ids": [network.group_id]},
            logging_config={"log_format": "JSON", "log_group": args.log_group},
            tags=args.tags,
            opts=self._opts(*self._logs),
        )

    # ---- when it runs

    def _triggers(self, job: Resource) -> None:
        """Triggers of Glue: by hand, for each past window, by the schedule, when a product is published."""
        args = self._args
        by_hand = {names.RUN: dict[str, str](), **{names.window(name): w for name, w in args.windows.items()}}
        for start, arguments in by_hand.items():
            # The plugin starts one on demand that is enabled as soon as it is made: a deployment would run the job.
            self._trigger(job, start, arguments, type="ON_DEMAND", enabled=False)
        if args.schedule:
            self._trigger(job, names.SCHEDULE, {}, type="SCHEDULED", schedule=args.schedule)
        if args.start_pattern:
            workflow = aws.glue.Workflow(
                self._name,
                name=args.job,
                description=f"Starts when {args.event} is published",
                max_concurrent_runs=1,
                tags=args.tags,
                opts=self._opts(),
            )
            self._trigger(workflow, names.EVENT, {}, type="EVENT", workflow_name=workflow.name, after=job)
            self._rule(names.EVENT, workflow.arn, workflow, pattern=args.start_pattern)

    def _trigger(
        self,
        of: Resource,
        start: str,
        arguments: Mapping[str, str],
        *,
        type: str,  # noqa: A002
        enabled: bool = True,
        schedule: str | None = None,
        workflow_name: Input[str] | None = None,
        after: Resource | None = None,
    ) -> None:
        args = self._args
        aws.glue.Trigger(
            f"{self._name}-{start}",
            name=names.trigger(args.product, start),
            type=type,
            enabled=enabled,
            schedule=schedule,
            workflow_name=workflow_name,
            actions=[
                aws.glue.TriggerActionArgs(
                    job_name=args.job, arguments={f"--{name}": value for name, value in arguments.items()} or None
                )
            ],
            tags=args.tags,
            opts=self._opts(of, *([after] if after else [])),
        )

    def _rules(self, arn: Output[str], target: Resource) -> None:
        """Rules of EventBridge: by the schedule, when a product is published."""
        if self._args.schedule:
            self._rule(names.SCHEDULE, arn, target, schedule=self._args.schedule)
        if self._args.start_pattern:
            self._rule(names.EVENT, arn, target, pattern=self._args.start_pattern)

    def _rule(
        self,
        start: str,
        arn: Output[str],
        target: Resource,
        *,
        pattern: str | None = None,
        schedule: str | None = None,
    ) -> None:
        args = self._args
        rule = aws.cloudwatch.EventRule(
            f"{self._name}-{start}",
            name=names.trigger(args.product, start),
            event_pattern=pattern,
            schedule_expression=schedule,
            tags=args.tags,
            opts=self._opts(target),
        )
        function = args.runtime == "lambda"
        if function:
            aws.lambda_.Permission(
                f"{self._name}-{start}",
                statement_id=start,
                action="lambda:InvokeFunction",
                function=args.job,
                principal="events.amazonaws.com",
                source_arn=rule.arn,
                opts=self._opts(target),
            )
        aws.cloudwatch.EventTarget(
            f"{self._name}-{start}",
            rule=rule.name,
            target_id="pipeline",
            arn=arn,
            # A function has a permission of its own for it.
            role_arn=None if function else args.start_role,
            # What it is given is said here: an event is no argument. A workflow is given nothing.
            input=None if args.runtime in GLUE_RUNTIMES else json.dumps(dict(args.arguments)),
            opts=self._opts(rule),
        )

    # ---- who sees it fail

    def _counted(self, end: str, what: Resource) -> RunCount:
        """The count of a rule that matches runs which ended so: Glue has no metric of it, Step Functions three."""
        args = self._args
        rule = aws.cloudwatch.EventRule(
            f"{self._name}-{end}",
            name=names.trigger(args.product, end),
            event_pattern=args.runs_that(end),
            tags=args.tags,
            opts=self._opts(what),
        )
        return RunCount("AWS/Events", "TriggeredRules", {"RuleName": rule.name})

    def _alarm(self, end: str, counted: RunCount, what: Resource, *, but: RunCount | None = None) -> None:
        """The alarm of runs that failed, or the one of no run that ended well for longer than the schedule has it.

        Runs that `but` counts are taken off those that are `counted`.
        """
        args, failed, hours = self._args, end == names.FAILED, self._args.quiet_hours
        if not failed and hours is None:
            return
        period = 300 if failed else 3600
        aws.cloudwatch.MetricAlarm(
            f"{self._name}-{end}",
            name=names.trigger(args.product, end),
            alarm_description=(
                f"A run of the pipeline of {args.product} has failed"
                if failed
                else f"No run of the pipeline of {args.product} has ended well for {hours} hours"
            ),
            **(counted.alone(period) if but is None else counted.less(but, period)),
            evaluation_periods=1 if failed else hours or 1,
            threshold=1,
            comparison_operator="GreaterThanOrEqualToThreshold" if failed else "LessThanThreshold",
            treat_missing_data="notBreaching" if failed else "breaching",
            tags=args.tags,
            opts=self._opts(what),
        )
