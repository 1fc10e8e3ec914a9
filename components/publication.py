"""Publication function: it hears of commits to drafts, checks them, and publishes what is as its contract has it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pulumi_aws as aws
from pulumi import ComponentResource, Input, ResourceOptions

from components.function_archive import function_archive
from components.private_bucket import PrivateBucket, PrivateBucketArgs
from mesh import names
from mesh.iam.wake_ups import SWEEP, SWEEPS
from mesh.plan.nodes import PublicationAlarm, PublicationArgs
from mesh.plan.nodes.publication import HIDDEN_SECONDS, SECONDS

RUNTIME: Final = "python3.13"
KEPT_LOGS: Final = 365
"""Days that the function's log is kept."""

KEPT_MESSAGES: Final = 14 * 24 * 3600
"""Seconds that a wake-up that was given up is kept, the most that SQS does; a sweep has long repeated it."""


class Publication(ComponentResource):
    """The function in the mesh's network, with its queue, rules, bucket and alarms. Outputs: `function`, `bucket`.

    Its role has to exist, and a network that leads to every service it calls: `subnet_ids` and `group_id` are of it.
    """

    def __init__(
        self,
        name: str,
        args: PublicationArgs,
        subnet_ids: Input[Sequence[Input[str]]],
        group_id: Input[str],
        opts: ResourceOptions | None = None,
    ) -> None:
        super().__init__("mesh:aws:Publication", name, None, opts)
        self._name, self._args = name, args
        self.bucket = PrivateBucket(
            f"{name}s",
            PrivateBucketArgs(
                bucket=args.bucket, deletion_protection=args.deletion_protection, log_bucket=args.log_bucket
            ),
            policy=args.bucket_policy.text(),
            # S3's own key: those who read here are of other accounts, for whom the account's key is not.
            opts=ResourceOptions(parent=self),
        )
        queue = self._queues()
        self.function = self._function(subnet_ids, group_id)
        aws.lambda_.EventSourceMapping(
            name,
            event_source_arn=queue.arn,
            function_name=self.function.arn,
            batch_size=10,
            maximum_batching_window_in_seconds=5,
            # A message whose product could not be looked at comes again alone.
            function_response_types=["ReportBatchItemFailures"],
            scaling_config={"maximum_concurrency": 2},
            opts=ResourceOptions(parent=self),
        )
        self._rules(queue)
        self._alarms()
        self.register_outputs({"function": self.function.arn, "bucket": self.bucket.name})

    def _queues(self) -> aws.sqs.Queue:
        """The queue of wake-ups, and beside it that of those which were given up."""
        args, child = self._args, ResourceOptions(parent=self)
        given_up = aws.sqs.Queue(
            f"{self._name}-unanswered",
            name=args.dead_letters.rpartition(":")[2],
            # With SQS's own key: EventBridge sends as itself, and what it could not encrypt would never come.
            sqs_managed_sse_enabled=True,
            message_retention_seconds=KEPT_MESSAGES,
            redrive_allow_policy=args.may_redrive,
            policy=args.queue_policies[args.dead_letters].text(),
            opts=child,
        )
        return aws.sqs.Queue(
            self._name,
            name=args.queue.rpartition(":")[2],
            sqs_managed_sse_enabled=True,
            visibility_timeout_seconds=HIDDEN_SECONDS,
            redrive_policy=args.redrive,
            policy=args.queue_policies[args.queue].text(),
            opts=ResourceOptions(parent=self, depends_on=[given_up]),
        )

    def _function(self, subnet_ids: Input[Sequence[Input[str]]], group_id: Input[str]) -> aws.lambda_.Function:
        args = self._args
        # Before the function, which would make one that is kept for ever.
        log = aws.cloudwatch.LogGroup(
            self._name, name=args.log_group, retention_in_days=KEPT_LOGS, opts=ResourceOptions(parent=self)
        )
        return aws.lambda_.Function(
            self._name,
            name=args.function,
            description="Checks drafts against their contracts and publishes them in the mesh catalog",
            role=args.role,
            runtime=RUNTIME,
            architectures=["arm64"],
            handler="handler.handler",
            code=function_archive("publish", args.documents),
            timeout=SECONDS,
            memory_size=1024,
            vpc_config={"subnet_ids": subnet_ids, "security_group_ids": [group_id]},
            logging_config={"log_format": "JSON", "log_group": log.name},
            opts=ResourceOptions(parent=self, depends_on=[log]),
        )

    def _rules(self, queue: aws.sqs.Queue) -> None:
        """Rules that send to the queue: what domains pass on and ask for, and a sweep, for events may never come."""
        for rule, pattern in self._args.rules.items():
            self._rule(rule, queue, event_pattern=pattern, bus=names.BUS)
        self._rule(SWEEPS, queue, schedule=SWEEP)

    def _rule(
        self,
        rule: str,
        queue: aws.sqs.Queue,
        *,
        event_pattern: str | None = None,
        schedule: str | None = None,
        bus: str | None = None,
    ) -> None:
        made = aws.cloudwatch.EventRule(
            rule,
            name=rule,
            description="Wakes the publication function",
            event_bus_name=bus,
            event_pattern=event_pattern,
            schedule_expression=schedule,
            opts=ResourceOptions(parent=self),
        )
        aws.cloudwatch.EventTarget(
            rule,
            rule=made.name,
            event_bus_name=bus,
            target_id="publication",
            arn=queue.arn,
            opts=ResourceOptions(parent=self),
        )

    def _alarms(self) -> None:
        """Alarms, and the topic by which the security contact hears of them, once the mail is confirmed."""
        args, child = self._args, ResourceOptions(parent=self)
        topic = aws.sns.Topic(
            self._name,
            name=args.topic.rpartition(":")[2],
            display_name="Mesh: publication",
            policy=args.topic_policy.text(),
            opts=child,
        )
        aws.sns.TopicSubscription(
            self._name, topic=topic.arn, protocol="email", endpoint=args.perimeter.security_contact, opts=child
        )
        for alarm in args.alarms:
            self._alarm(alarm, topic)

    def _alarm(self, alarm: PublicationAlarm, topic: aws.sns.Topic) -> None:
        aws.cloudwatch.MetricAlarm(
            f"{self._name}-{alarm.name}",
            name=f"{self._args.topic.rpartition(':')[2]}-{alarm.name}",
            alarm_description=alarm.description,
            namespace=alarm.namespace,
            metric_name=alarm.metric,
            dimensions=dict(alarm.dimensions),
            statistic=alarm.statistic,
            period=alarm.seconds,
            evaluation_periods=alarm.periods,
            threshold=alarm.threshold,
            comparison_operator="LessThanThreshold" if alarm.silence else "GreaterThanOrEqualToThreshold",
            treat_missing_data="breaching" if alarm.silence else "notBreaching",
            alarm_actions=[topic.arn],
            opts=ResourceOptions(parent=self),
        )
