"""Replication of a product into the inboxes of partners."""

from __future__ import annotations

import pulumi_aws as aws
from pulumi import ComponentResource, ResourceOptions

from components.renamed import formerly
from mesh.plan import nodes


class PartnerReplication(ComponentResource):
    """Replication of `outbound/<partner>/`, one rule for each agreement; that of a closed agreement is disabled.

    The product's bucket, the delivery role and the inboxes have to exist. Outputs: `role_arn`.
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
        self.register_outputs({"role_arn": self.role_arn})


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
        },
    }
