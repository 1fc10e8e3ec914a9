"""The stack `partner-<p>`, in the partner's account."""

from __future__ import annotations

import pulumi

from components import AccountBaseline, PartnerAccount
from mesh.plan.nodes import PartnerPlan
from program.providers import inside, provider


def deploy(plan: PartnerPlan) -> None:
    """Deploys baseline, inbox, the partner's own catalog, and the role of its people."""
    options = inside(provider("partner", plan.access))
    account = AccountBaseline(plan.name, plan.account, opts=options)
    after = pulumi.ResourceOptions.merge(options, pulumi.ResourceOptions(depends_on=[account]))
    partner = PartnerAccount(plan.name, plan.partner, log_bucket=plan.account.log_bucket, opts=after)
    pulumi.export("inbox", partner.inbox.name)
    pulumi.export("access_role", partner.access_role_arn)
