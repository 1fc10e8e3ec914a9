"""An account's baseline: nothing public, disks and results encrypted, roles bounded."""

import pulumi
from acme import PERIMETER, SALES, account

from components import AccountBaseline
from mesh.plan.nodes import AccountBaselineArgs

baseline = AccountBaseline(
    "sales",
    AccountBaselineArgs(
        perimeter=PERIMETER,
        owner="sales",
        owner_email="sales@acme.example",
        account_id=SALES,
        budget=500,
        log_retention=365,
        results_retention=30,
    ),
    opts=account("sales", SALES),
)
pulumi.export("results", baseline.results.name)
