"""The organisation's CloudTrail trail, and the audit bucket whose objects nobody can change or delete."""

from __future__ import annotations

import pulumi_aws as aws
from pulumi import ComponentResource, ResourceOptions

from components.private_bucket import PrivateBucket, PrivateBucketArgs
from mesh import names
from mesh.plan.nodes import AuditTrailArgs

Selector = aws.cloudtrail.TrailAdvancedEventSelectorArgs
SelectorField = aws.cloudtrail.TrailAdvancedEventSelectorFieldSelectorArgs


class AuditTrail(ComponentResource):
    """The trail and its bucket, in the governance account, CloudTrail's delegated administrator.

    The trail records every management event (a table read is one: Lake Formation's GetDataAccess) and every access to
    an object. Objects of the bucket are locked for `args.retention` days, and expire after them. `log_bucket` has to
    exist. Outputs: `bucket`, `trail_arn`.
    """

    def __init__(self, name: str, args: AuditTrailArgs, log_bucket: str, opts: ResourceOptions | None = None) -> None:
        super().__init__("mesh:aws:AuditTrail", name, None, opts)
        self.storage = PrivateBucket(
            name,
            PrivateBucketArgs(
                bucket=args.bucket,
                deletion_protection=args.deletion_protection,
                log_bucket=log_bucket,
                object_lock_days=args.retention,
                expire_after=args.retention,
            ),
            policy=args.bucket_policy.text(),
            opts=ResourceOptions(parent=self),
        )
        self.trail = aws.cloudtrail.Trail(
            name,
            name=names.PATH,
            s3_bucket_name=self.storage.name,
            is_organization_trail=True,
            is_multi_region_trail=True,
            include_global_service_events=True,
            enable_log_file_validation=True,
            advanced_event_selectors=_selectors(f"arn:aws:s3:::{args.bucket}/"),
            opts=ResourceOptions(parent=self, depends_on=[self.storage]),
        )
        self.bucket, self.trail_arn = self.storage.name, self.trail.arn
        self.register_outputs({"bucket": self.bucket, "trail_arn": self.trail_arn})


def _selectors(own: str) -> list[Selector]:
    """Every management event, and every event on an object but those of writing the trail's `own` ones.

    CloudTrail would log each file that it writes, and that log would be a file of the next one.
    """
    data = (
        SelectorField(field="eventCategory", equals=["Data"]),
        SelectorField(field="resources.type", equals=["AWS::S3::Object"]),
    )
    elsewhere = SelectorField(field="resources.ARN", not_starts_withs=[own])
    its = (
        SelectorField(field="resources.ARN", starts_withs=[own]),
        SelectorField(field="eventName", not_equals=["PutObject"]),
    )
    return [
        Selector(
            name="Management events selector",
            field_selectors=[SelectorField(field="eventCategory", equals=["Management"])],
        ),
        Selector(name="objects", field_selectors=[*data, elsewhere]),
        Selector(name="objects of the trail", field_selectors=[*data, *its]),
    ]
