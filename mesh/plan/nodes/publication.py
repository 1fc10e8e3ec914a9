"""Nodes of the publication function: its deployment in governance, and how domains wake it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from mesh import names
from mesh.iam import wake_ups
from mesh.iam.perimeter import Perimeter
from mesh.iam.publications import publications_bucket_policy
from mesh.iam.roles.forward import forward_permissions, forward_trust
from mesh.iam.statement import Document

SECONDS: Final = 900
"""How long a run may take, Lambda's most: a sweep looks at every product, and the next one goes on where it ended."""

HIDDEN_SECONDS: Final = 2 * SECONDS
"""How long a message is hidden that was received, and so until one that failed is tried again: AWS asks for a run at
least, and advises six for functions that many messages hold up (Lambda Developer Guide, "Creating and configuring an
Amazon SQS event source mapping"); this one answers its batch in one run, and people wait for it."""

ATTEMPTS: Final = 5
"""Times that a wake-up is tried, before it goes to the dead-letter queue (same page: at least five)."""


LAG_METRIC: Final = ("mesh/publication", "DaysBehind")
"""Namespace and name of the metric that the function's log makes: the days that a draft waits, of whichever product."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicationAlarm:
    """An alarm on one metric: it tells when the statistic reaches `threshold` in each of `periods`, in seconds each.

    `silence` makes the lack of numbers an alarm, and turns the comparison round: fewer than `threshold` tells.
    """

    name: str
    description: str
    namespace: str
    metric: str
    dimensions: Mapping[str, str]
    statistic: str
    threshold: int
    seconds: int
    periods: int = 1
    silence: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicationArgs:
    """The publication function: queue, rules, source, documents, bucket of publications, alarms.

    `documents` are texts by their paths in the function's archive, beside its source; `lag_days` is how long a draft
    may wait before somebody has to act.
    """

    perimeter: Perimeter
    log_bucket: str
    documents: Mapping[str, str]
    lag_days: int
    deletion_protection: bool = True

    @property
    def bucket(self) -> str:
        """Name of the bucket of publications."""
        return self.perimeter.buckets.publications(self.perimeter.governance_id)

    @property
    def bucket_policy(self) -> Document:
        """Resource policy of the bucket of publications."""
        return publications_bucket_policy(self.perimeter, self.bucket)

    @property
    def function(self) -> str:
        """Name of the function."""
        return f"{names.PATH}-{names.PUBLICATION}"

    @property
    def role(self) -> str:
        """ARN of the function's role."""
        return names.publication_role(self.perimeter.governance_id)

    @property
    def log_group(self) -> str:
        """Name of the function's log group, which nobody reads: who reads metadata of tables reads values."""
        group = names.log_group(self.perimeter.region, self.perimeter.governance_id, names.PUBLICATION)[0]
        return group.partition(":log-group:")[2]

    @property
    def queue(self) -> str:
        """ARN of the queue of wake-ups."""
        return names.publication_queue(self.perimeter.region, self.perimeter.governance_id)

    @property
    def dead_letters(self) -> str:
        """ARN of the queue of wake-ups that were given up."""
        return f"{self.queue}-unanswered"

    @property
    def queue_policies(self) -> Mapping[str, Document]:
        """Resource policies of both queues, by their ARNs."""
        return {queue: wake_ups.queue_policy(self.perimeter, queue) for queue in (self.queue, self.dead_letters)}

    @property
    def redrive(self) -> str:
        """Redrive of messages that are received too often, as JSON."""
        return _text({"deadLetterTargetArn": self.dead_letters, "maxReceiveCount": ATTEMPTS})

    @property
    def may_redrive(self) -> str:
        """Permission to send dead letters to the other queue, as JSON."""
        return _text({"redrivePermission": "byQueue", "sourceQueueArns": [self.queue]})

    @property
    def rules(self) -> Mapping[str, str]:
        """Patterns of the rules on the mesh bus that send to the queue, by their names."""
        return {wake_ups.WAKE_UPS: _text(wake_ups.passed_on()), wake_ups.REQUESTS: _text(wake_ups.requests())}

    @property
    def topic(self) -> str:
        """ARN of the topic of the alarms."""
        return wake_ups.alarm_topic(self.perimeter.region, self.perimeter.governance_id)

    @property
    def topic_policy(self) -> Document:
        """Resource policy of the topic."""
        return wake_ups.alarm_topic_policy(self.perimeter)

    @property
    def alarms(self) -> tuple[PublicationAlarm, ...]:
        """Alarms: wake-ups given up, wake-ups that wait, runs that fail, no run at all, and a draft that waits."""
        queue, function = {"QueueName": _name(self.queue)}, {"FunctionName": self.function}
        return (
            PublicationAlarm(
                name="unanswered",
                description="Wake-ups of the publication function were given up: a product is not published",
                namespace="AWS/SQS",
                metric="ApproximateNumberOfMessagesVisible",
                dimensions={"QueueName": _name(self.dead_letters)},
                statistic="Maximum",
                threshold=1,
                seconds=300,
            ),
            PublicationAlarm(
                name="late",
                description="A wake-up of the publication function waits for more than an hour",
                namespace="AWS/SQS",
                metric="ApproximateAgeOfOldestMessage",
                dimensions=queue,
                statistic="Maximum",
                threshold=3600,
                seconds=300,
            ),
            PublicationAlarm(
                name="fails",
                description="The publication function failed in each of two quarters of an hour",
                namespace="AWS/Lambda",
                metric="Errors",
                dimensions=function,
                statistic="Sum",
                threshold=1,
                seconds=900,
                periods=2,
            ),
            PublicationAlarm(
                name="sleeps",
                description="The publication function has not run for an hour, though it is woken every quarter",
                namespace="AWS/Lambda",
                metric="Invocations",
                dimensions=function,
                statistic="Sum",
                threshold=1,
                seconds=3600,
                silence=True,
            ),
            PublicationAlarm(
                name="lags",
                description=(
                    f"A product has not been published for {self.lag_days} days, though its draft is ahead: "
                    "`mesh publish --check` of each domain says which, and docs/publishing.md what to do"
                ),
                namespace=LAG_METRIC[0],
                metric=LAG_METRIC[1],
                dimensions={"Mesh": self.perimeter.mesh},
                statistic="Maximum",
                threshold=self.lag_days,
                seconds=3600,
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ForwardRoleArgs:
    """The role with which rules of a domain's account pass wake-ups on to the mesh bus."""

    perimeter: Perimeter
    account_id: str

    @property
    def arn(self) -> str:
        """ARN of the role."""
        return names.forward_role(self.account_id)

    @property
    def trust(self) -> Document:
        """Trust policy of the role: EventBridge assumes it."""
        return forward_trust(self.account_id)

    @property
    def permissions(self) -> Document:
        """Permissions of the role."""
        return forward_permissions(self.perimeter)


@dataclass(frozen=True, slots=True, kw_only=True)
class WakeupsArgs:
    """The rules of a domain's account that pass on what S3 and Glue tell of drafts; as many as there are sources."""

    perimeter: Perimeter
    domain: str
    account_id: str

    @property
    def rules(self) -> Mapping[str, str]:
        """Patterns of the rules, by their names."""
        commits, changes = wake_ups.commits(self.perimeter.mesh, self.domain), wake_ups.changed_drafts()
        return {f"{names.PATH}-commits": _text(commits), f"{names.PATH}-drafts": _text(changes)}

    @property
    def bus(self) -> str:
        """ARN of the mesh bus, to which the rules send."""
        perimeter = self.perimeter
        return f"arn:aws:events:{perimeter.region}:{perimeter.governance_id}:event-bus/{names.BUS}"

    @property
    def role(self) -> str:
        """ARN of the role with which they send, which the stack `access-<d>` makes."""
        return names.forward_role(self.account_id)


def _name(queue: str) -> str:
    return queue.rpartition(":")[2]


def _text(value: Mapping[str, Any]) -> str:
    return json.dumps(value, separators=(",", ":"))
