"""A product's bucket and key, in an account that has a log bucket; read by two clearances and one pipeline."""

import pulumi
from acme import LOGS, PERIMETER, SALES, account

from components import DataProduct, PrivateBucket
from components.private_bucket import PrivateBucketArgs
from mesh.iam.account import log_bucket_policy
from mesh.plan.nodes import DataProductArgs

sales = account("sales", SALES)
logs = PrivateBucket(
    "logs",
    PrivateBucketArgs(bucket=LOGS, deletion_protection=True, expire_after=365),
    policy=log_bucket_policy(PERIMETER, LOGS, SALES).text(),
    opts=sales,
)
orders = DataProduct(
    "orders",
    DataProductArgs(
        perimeter=PERIMETER,
        domain="sales",
        name="orders",
        kind="analytics",
        description="Every order, as it was placed.",
        account_id=SALES,
        ports=frozenset({"files"}),
        labels=frozenset({"pii"}),
        readers=("pii", "restricted"),
        retention=400,
        log_bucket=LOGS,
    ),
    opts=pulumi.ResourceOptions.merge(sales, pulumi.ResourceOptions(depends_on=[logs])),
)
pulumi.export("bucket", orders.bucket)
