"""The stack `domain-<d>`: the domain's account, and the governance account as the domain's publisher."""

from __future__ import annotations

import pulumi
from pulumi import ResourceOptions

from components import AccountBaseline, AccountBudget, CatalogEntry, DataProduct, PartnerReplication
from mesh.plan.nodes import DomainPlan
from program.providers import after, inside, provider


def deploy(plan: DomainPlan) -> None:
    """Deploys baseline, products with their replications, and catalog entries."""
    options = inside(provider("domain", plan.access))
    account = AccountBaseline(plan.name, plan.account, opts=options)
    products = _products(plan, after(options, account))
    entries = _catalog(plan, products) if plan.catalog else []
    AccountBudget(plan.name, plan.account, opts=after(options, account, *products.values(), *entries))


def _products(plan: DomainPlan, options: ResourceOptions) -> dict[str, DataProduct]:
    products: dict[str, DataProduct] = {}
    for name, args in plan.products.items():
        product = products[name] = DataProduct(name, args, opts=options)
        if name in plan.deliveries:
            PartnerReplication(name, plan.deliveries[name], opts=after(options, product))
        pulumi.export(name, {"bucket": product.bucket, "key": product.key_arn})
    return products


def _catalog(plan: DomainPlan, products: dict[str, DataProduct]) -> list[CatalogEntry]:
    """Catalog entries, each after its product's bucket, none after another's."""
    # Glue writes the first metadata of an Iceberg table into the bucket.
    publisher = inside(provider("publisher", plan.publishing, through=plan.access))
    return [CatalogEntry(name, args, opts=after(publisher, products[name])) for name, args in plan.catalog.items()]
