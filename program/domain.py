"""The stack `domain-<d>`: what a domain owns, in its account."""

from __future__ import annotations

import pulumi
from pulumi import ResourceOptions

from components import AccountBaseline, AccountBudget, DataProduct, DraftTables, PartnerReplication
from mesh.plan.nodes import DomainPlan
from program.providers import after, inside, provider


def deploy(plan: DomainPlan) -> None:
    """Deploys baseline, products with their replications, and the tables that their pipelines write."""
    options = inside(provider("domain", plan.access))
    account = AccountBaseline(plan.name, plan.account, opts=options)
    products = _products(plan, after(options, account))
    drafts = [DraftTables(name, args, opts=after(options, products[name])) for name, args in plan.drafts.items()]
    AccountBudget(plan.name, plan.account, opts=after(options, account, *products.values(), *drafts))


def _products(plan: DomainPlan, options: ResourceOptions) -> dict[str, DataProduct]:
    products: dict[str, DataProduct] = {}
    for name, args in plan.products.items():
        product = products[name] = DataProduct(name, args, opts=options)
        if name in plan.deliveries:
            PartnerReplication(name, plan.deliveries[name], opts=after(options, product))
        pulumi.export(name, {"bucket": product.bucket, "key": product.key_arn})
    return products
