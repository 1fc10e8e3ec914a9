"""The organisation's trail, in a bucket that nobody can change for ten years."""

import pulumi
from acme import GOVERNANCE, PERIMETER, account

from components import AuditTrail, PrivateBucket
from components.private_bucket import PrivateBucketArgs
from mesh.iam.account import log_bucket_policy
from mesh.plan.nodes import AuditTrailArgs

governance = account("governance", GOVERNANCE)
logs = PrivateBucket(
    "logs",
    PrivateBucketArgs(bucket="acme-governance-logs", deletion_protection=True, expire_after=365),
    policy=log_bucket_policy(PERIMETER, "acme-governance-logs", GOVERNANCE).text(),
    opts=governance,
)
audit = AuditTrail(
    "audit",
    AuditTrailArgs(perimeter=PERIMETER, bucket="acme-audit", retention=3653),
    log_bucket="acme-governance-logs",
    opts=pulumi.ResourceOptions.merge(governance, pulumi.ResourceOptions(depends_on=[logs])),
)
pulumi.export("trail", audit.trail_arn)
