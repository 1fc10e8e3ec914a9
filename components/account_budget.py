"""Budget of an account: its owner is told when the month's costs come near it."""

from __future__ import annotations

import pulumi_aws as aws
from pulumi import Alias, ComponentResource, ResourceOptions, create_urn

from mesh.plan.nodes import AccountBaselineArgs


class AccountBudget(ComponentResource):
    """The budget `mesh`, which comes last in a stack, and on which nothing rests. Outputs: `budget`.

    AWS refuses it in an account that is younger than a day or so ("ask the payer account to enable budgets first"); the
    next run makes it.
    """

    def __init__(self, name: str, args: AccountBaselineArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("mesh:aws:AccountBudget", name, None, opts)
        # It was a child of the baseline, under either name that the baseline has had.
        parents = (create_urn(name, f"mesh:aws:{kind}") for kind in ("AccountBaseline", "DomainAccount"))
        self.budget = aws.budgets.Budget(
            name,
            name="mesh",
            budget_type="COST",
            limit_amount=str(args.budget),
            limit_unit="USD",
            time_unit="MONTHLY",
            notifications=[
                aws.budgets.BudgetNotificationArgs(
                    comparison_operator="GREATER_THAN",
                    notification_type=kind,
                    threshold=threshold,
                    threshold_type="PERCENTAGE",
                    subscriber_email_addresses=[args.owner_email],
                )
                for kind, threshold in (("ACTUAL", 80), ("FORECASTED", 100))
            ],
            opts=ResourceOptions(parent=self, aliases=[Alias(parent=parent) for parent in parents]),
        )
        self.register_outputs({"budget": self.budget.name})
