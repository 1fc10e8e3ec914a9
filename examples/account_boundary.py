"""The boundary of an account, made by itself: the baseline of the account is another stack's, with another role."""

import pulumi
from acme import PERIMETER, SALES, account

from components import AccountBoundary
from mesh.plan.nodes import AccountBaselineArgs

boundary = AccountBoundary(
    "sales",
    AccountBaselineArgs(
        perimeter=PERIMETER,
        owner="sales",
        owner_email="sales@acme.example",
        account_id=SALES,
        budget=500,
        log_retention=90,
        results_retention=14,
        with_boundary=False,
    ),
    opts=account("sales", SALES),
)
pulumi.export("boundary", boundary.boundary_arn)
