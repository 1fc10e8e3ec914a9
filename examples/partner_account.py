"""A partner's inbox, which one role of a domain writes into, and the role with which its people read it."""

import datetime

import pulumi
from acme import AUDITOR, PERIMETER, SALES, account

from components import AccountBaseline, PartnerAccount
from mesh import names
from mesh.plan.nodes import AccountBaselineArgs, PartnerAccountArgs

auditor = account("auditor", AUDITOR)
baseline = AccountBaseline(
    "auditor",
    AccountBaselineArgs(
        perimeter=PERIMETER,
        owner="partner-auditor",
        owner_email="finance@acme.example",
        account_id=AUDITOR,
        budget=100,
        log_retention=365,
        results_retention=30,
    ),
    opts=auditor,
)
partner = PartnerAccount(
    "auditor",
    PartnerAccountArgs(
        perimeter=PERIMETER,
        partner="auditor",
        account_id=AUDITOR,
        writers={names.delivery_role(SALES, "orders"): datetime.date(2027, 3, 31)},
        retention=90,
    ),
    log_bucket=PERIMETER.buckets.logs("partner-auditor", AUDITOR),
    opts=pulumi.ResourceOptions.merge(auditor, pulumi.ResourceOptions(depends_on=[baseline])),
)
pulumi.export("inbox", partner.inbox.name)
