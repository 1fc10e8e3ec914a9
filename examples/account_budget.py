"""The budget of an account, apart from its baseline: a new account refuses it for a day, and nothing waits for it."""

import pulumi
from acme import PERIMETER, SALES, account

from components import AccountBudget
from mesh.plan.nodes import AccountBaselineArgs

budget = AccountBudget(
    "sales",
    AccountBaselineArgs(
        perimeter=PERIMETER,
        owner="sales",
        owner_email="sales@acme.example",
        account_id=SALES,
        budget=500,
        log_retention=90,
        results_retention=14,
    ),
    opts=account("sales", SALES),
)
pulumi.export("budget", budget.budget.name)
