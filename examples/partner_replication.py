"""Replication of a product to a partner: bucket, delivery role and the partner's inbox are there already."""

import datetime

import pulumi
from acme import AUDITOR, INBOX, ORDERS, PERIMETER, SALES, account

from components import PartnerReplication, PrivateBucket
from components.private_bucket import PrivateBucketArgs
from mesh import names
from mesh.iam.account import results_bucket_policy
from mesh.plan import nodes

sales = account("sales", SALES)
bucket = PrivateBucket(
    "orders",
    PrivateBucketArgs(bucket=ORDERS, deletion_protection=True, expire_after=400),
    policy=results_bucket_policy(PERIMETER, ORDERS, SALES, names.delivery_role(SALES, "*")).text(),
    opts=sales,
)
agreement = nodes.Delivery(
    partner="auditor",
    partner_id=AUDITOR,
    inbox=INBOX,
    key=names.inbox_key(PERIMETER.region, AUDITOR),
    end=datetime.date(2027, 3, 31),
    open=True,
)
delivery = PartnerReplication(
    "orders",
    nodes.PartnerReplicationArgs(
        perimeter=PERIMETER, domain="sales", product="orders", account_id=SALES, deliveries=(agreement,)
    ),
    opts=pulumi.ResourceOptions.merge(sales, pulumi.ResourceOptions(depends_on=[bucket])),
)
pulumi.export("role", delivery.role_arn)
