"""The role with which S3 replicates a product to a partner; the account's boundary is named, and has to exist."""

import datetime

import pulumi
from acme import AUDITOR, INBOX, PERIMETER, SALES, account

from components import DeliveryRole
from mesh import names
from mesh.plan import nodes

agreement = nodes.Delivery(
    partner="auditor",
    partner_id=AUDITOR,
    inbox=INBOX,
    key=names.inbox_key(PERIMETER.region, AUDITOR),
    end=datetime.date(2029, 6, 30),
    open=True,
)
role = DeliveryRole(
    "orders",
    nodes.PartnerReplicationArgs(
        perimeter=PERIMETER, domain="sales", product="orders", account_id=SALES, deliveries=(agreement,)
    ),
    opts=account("sales", SALES),
)
pulumi.export("role", role.arn)
