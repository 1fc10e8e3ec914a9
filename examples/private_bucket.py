"""A bucket for logs: private, versioned, encrypted, and emptied after a year."""

import pulumi
from acme import LOGS, PERIMETER, SALES, account

from components import PrivateBucket
from components.private_bucket import PrivateBucketArgs
from mesh.iam.account import log_bucket_policy

logs = PrivateBucket(
    "logs",
    PrivateBucketArgs(bucket=LOGS, deletion_protection=True, expire_after=365),
    policy=log_bucket_policy(PERIMETER, LOGS, SALES).text(),
    opts=account("sales", SALES),
)
pulumi.export("arn", logs.arn)
