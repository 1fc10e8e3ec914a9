"""What an account's jobs share: the way into the mesh's network, and the bucket of scripts."""

import pulumi
from acme import LOGS, PERIMETER, SALES, account

from components import JobBaseline, PrivateBucket
from components.private_bucket import PrivateBucketArgs
from mesh.iam.account import log_bucket_policy
from mesh.plan.nodes import JobBaselineArgs

sales = account("sales", SALES)
logs = PrivateBucket(
    "logs",
    PrivateBucketArgs(bucket=LOGS, deletion_protection=True, expire_after=365),
    policy=log_bucket_policy(PERIMETER, LOGS, SALES).text(),
    opts=sales,
)
jobs = JobBaseline(
    "jobs",
    JobBaselineArgs(
        perimeter=PERIMETER,
        domain="sales",
        account_id=SALES,
        zone="eu-west-1a",
        subnet="subnet-0a1b2c3d4e5f60718",
        log_bucket=LOGS,
    ),
    opts=pulumi.ResourceOptions.merge(sales, pulumi.ResourceOptions(depends_on=[logs])),
)
pulumi.export("connection", jobs.connection.name)
