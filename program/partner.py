"""The stack `partner-<p>`, in the partner's account."""

from __future__ import annotations

import pulumi

from components import AccountBaseline, AccountBudget, InboxTables, PartnerAccount
from mesh.plan.nodes import PartnerPlan
from program.providers import after, inside, provider


def deploy(plan: PartnerPlan) -> None:
    """Deploys baseline, inbox, the partner's own catalog with its tables, and the role of its people."""
    options = inside(provider("partner", plan.access))
    account = AccountBaseline(plan.name, plan.account, opts=options)
    started = after(options, account)
    partner = PartnerAccount(plan.name, plan.partner, log_bucket=plan.account.log_bucket, opts=started)
    for reference, tables in plan.tables.items():
        InboxTables(reference, tables, opts=after(options, partner))
    AccountBudget(plan.name, plan.account, opts=after(options, account, partner))
    pulumi.export("inbox", partner.inbox.name)
    pulumi.export("inbox_key", partner.key_id)
    pulumi.export("access_role", partner.access_role_arn)
