"""The job of a product: every night, by hand for a past month, and when the orders are published."""

import pulumi
import pulumi_aws as aws
from acme import ORDERS, PERIMETER, SALES, account

from components import Pipeline
from components.pipeline import FunctionNetwork
from mesh import names
from mesh.plan.nodes import PipelineArgs

sales = account("sales", SALES)
scripts = PERIMETER.buckets.scripts("sales", SALES)
bucket = aws.s3.Bucket("scripts", bucket=scripts, bucket_namespace="account-regional", force_destroy=True, opts=sales)
key = aws.kms.Key("orders", description="Orders", enable_key_rotation=True, opts=sales)
nightly = Pipeline(
    "totals",
    PipelineArgs(
        perimeter=PERIMETER,
        domain="sales",
        product="totals",
        account_id=SALES,
        role=names.pipeline_role(SALES, "totals"),
        runtime="glue-spark",
        script="print('totals')",
        script_name="totals.py",
        bucket=ORDERS,
        scripts_bucket=scripts,
        labels=frozenset({"pii"}),
        schedule="cron(5 4 * * ? *)",
        event="sales.orders",
        arguments={"month": "this", "country": "all"},
        windows={"january": {"month": "2026-01"}},
    ),
    key.arn,
    FunctionNetwork("subnet-0a1b2c3d4e5f60718", "sg-0a1b2c3d4e5f60718"),
    opts=pulumi.ResourceOptions.merge(sales, pulumi.ResourceOptions(depends_on=[bucket])),
)
pulumi.export("job", names.job("totals"))
