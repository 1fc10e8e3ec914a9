"""The company of the examples: one domain account, a governance account and a partner's account."""

from __future__ import annotations

import pulumi_aws as aws
from pulumi import ResourceOptions

from mesh.iam.perimeter import Perimeter

REGION = "eu-west-1"
MANAGEMENT, GOVERNANCE, SALES, AUDITOR = "111111111111", "222222222222", "333333333333", "444444444444"

PERIMETER = Perimeter(
    network="vpc-0a1b2c3d4e5f60718",
    mesh="acme",  # the prefix of every bucket
    region=REGION,
    organization="o-acme123456",
    root="r-acme",
    governance_unit="ou-acme-governan",
    domains_unit="ou-acme-domains1",
    partners_unit="ou-acme-partner1",
    management_id=MANAGEMENT,
    governance_id=GOVERNANCE,
    security_contact="security@example.com",
)

ORDERS = PERIMETER.buckets.of_product("sales", "orders", SALES)
"""The bucket of the orders of sales."""
LOGS = PERIMETER.buckets.logs("sales", SALES)
"""The bucket of the access logs of sales."""
INBOX = PERIMETER.buckets.inbox("auditor", AUDITOR)
"""The bucket into which the mesh delivers to the auditor."""


def account(name: str, account_id: str) -> ResourceOptions:
    """Options of what stands in an account: a provider that reaches this account and no other."""
    provider = aws.Provider(
        name,
        region=REGION,
        allowed_account_ids=[account_id],
        assume_roles=[aws.ProviderAssumeRoleArgs(role_arn=f"arn:aws:iam::{account_id}:role/mesh/deploy")],
        default_tags=aws.ProviderDefaultTagsArgs(tags={"mesh": "acme"}),
    )
    return ResourceOptions(providers={"aws": provider})
