"""Replication of a product into the inboxes of partners."""

from __future__ import annotations

from typing import Final

import pulumi_aws as aws
from pulumi import ComponentResource, ResourceOptions

from components.renamed import formerly
from mesh.plan import nodes

FIVE_MINUTES: Final = 300
"""Seconds over which an alarm counts failures."""


class PartnerReplication(ComponentResource):
    """Replication of `outbound/<partner>/`, one rule for each agreement; that of a closed agreement is disabled.

    Each open one has an alarm of copies that fail. The product's bucket, the delivery role and the inboxes have to
    exist. Outputs: `role_arn`.
    """

    def __init__(self, name: str, args: nodes.PartnerReplicationArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("mesh:aws:PartnerReplication", name, None, formerly("mesh:aws:Delivery", opts))
        self.role_arn = args.role_arn
        aws.s3.BucketReplicationConfig(
            name,
            bucket=args.bucket,
            role=args.role_arn,
            rules=[rule(delivery, number) for number, delivery in enumerate(args.deliveries)],
            opts=ResourceOptions(parent=self),
        )
        for delivery in args.deliveries:
            if delivery.open:
                self._alarm(name, args, delivery)
        self.register_outputs({"role_arn": self.role_arn})

    def _alarm(self, name: str, args: nodes.PartnerReplicationArgs, delivery: nodes.Delivery) -> None:
        """The alarm of copies that fail, which owners and engineers see; what S3 tells otherwise is in each object."""
        dimensions = {"SourceBucket": args.bucket, "DestinationBucket": delivery.inbox, "RuleId": delivery.partner}
        failed = aws.cloudwatch.MetricAlarmMetricQueryMetricArgs(
            namespace="AWS/S3",
            metric_name="OperationsFailedReplication",
            dimensions=dimensions,
            period=FIVE_MINUTES,
            stat="Sum",
        )
        aws.cloudwatch.MetricAlarm(
            f"{name}-{delivery.partner}",
            name=args.alarm(delivery),
            alarm_description=(
                f"What {args.domain}.{args.product} delivers to {delivery.partner} has not arrived; S3 does not try "
                "again: the pipeline writes it once more"
            ),
            metric_queries=[
                aws.cloudwatch.MetricAlarmMetricQueryArgs(id="failed", metric=failed),
                aws.cloudwatch.MetricAlarmMetricQueryArgs(
                    id="while_open", expression=delivery.failures, label="failed", return_data=True
                ),
            ],
            comparison_operator="GreaterThanThreshold",
            threshold=0,
            evaluation_periods=1,
            treat_missing_data="notBreaching",
            opts=ResourceOptions(parent=self),
        )


def rule(delivery: nodes.Delivery, priority: int) -> aws.s3.BucketReplicationConfigRuleArgsDict:
    """The rule of one agreement: the partner owns the copy, which its key encrypts; deletions are not replicated."""
    return {
        "id": delivery.partner,
        "priority": priority,
        "status": "Enabled" if delivery.open else "Disabled",
        "filter": {"prefix": f"outbound/{delivery.partner}/"},
        "delete_marker_replication": {"status": "Disabled"},
        "source_selection_criteria": {"sse_kms_encrypted_objects": {"status": "Enabled"}},
        "destination": {
            "bucket": f"arn:aws:s3:::{delivery.inbox}",
            "account": delivery.partner_id,
            "access_control_translation": {"owner": "Destination"},
            "encryption_configuration": {"replica_kms_key_id": delivery.key},
            # Without them S3 counts no failure, and tells none (S3 User Guide, "Receiving replication failure events").
            "metrics": {"status": "Enabled"},
        },
    }
