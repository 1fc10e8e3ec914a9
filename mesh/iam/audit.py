"""Policy of the audit bucket, which keeps the organisation's trail. Quota: 20,480 bytes."""

from __future__ import annotations

from mesh import names
from mesh.iam.buckets import encrypted_in_transit, only_services_write, own_account_only
from mesh.iam.perimeter import Perimeter
from mesh.iam.statement import Document, Statement, document, service, when


def audit_bucket_policy(perimeter: Perimeter, bucket: str) -> Document:
    """Resource policy of the audit bucket: the organisation's trail writes, nothing is deleted (I21)."""
    whole, objects = f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"
    trail = names.trail_arn(perimeter.region, perimeter.management_id)
    source = (when("StringEquals", "aws:SourceArn", trail),)
    return document(
        *encrypted_in_transit(whole, objects),
        Statement(
            sid="TrailChecksTheBucket",
            what="CloudTrail reads the bucket's ACL, for the organisation's trail.",
            why="CloudTrail checks the bucket before it delivers.",
            effect="Allow",
            principal=service("cloudtrail.amazonaws.com"),
            actions=("s3:GetBucketAcl",),
            resources=(whole,),
            conditions=source,
        ),
        Statement(
            sid="TrailWrites",
            what="CloudTrail writes the log files of the organisation's trail.",
            why="The source is the trail's own ARN: a trail of another account writes nothing here.",
            effect="Allow",
            principal=service("cloudtrail.amazonaws.com"),
            actions=("s3:PutObject",),
            resources=(f"arn:aws:s3:::{bucket}/AWSLogs/*",),
            conditions=source,
        ),
        only_services_write(objects),
        Statement(
            sid="RefuseDeletionOfTheAuditTrail",
            what="Nobody deletes a log file or shortens its retention, the deployment included.",
            why="It is the record of what everybody did, administrators as well.",
            principal="*",
            actions=(
                "s3:BypassGovernanceRetention",
                "s3:DeleteObject*",
                "s3:PutObjectLegalHold",
                "s3:PutObjectRetention",
            ),
            resources=(objects,),
        ),
        *own_account_only(perimeter, whole, objects, perimeter.governance_id),
    )
