"""The stack `domain-<d>`: the domain's account, and the governance account as the domain's publisher."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
from pulumi import Resource, ResourceOptions

from components import (
    AccountBaseline,
    CatalogEntry,
    ClearanceRole,
    DataLake,
    DataProduct,
    PartnerReplication,
    PipelineRole,
    ResourceLink,
)
from components.data_lake import DataLakeArgs
from mesh.plan.nodes import DomainPlan
from program.providers import inside, provider


def deploy(plan: DomainPlan) -> None:
    """Deploys baseline, products with their pipelines and replications, clearances, links, and catalog entries."""
    options = inside(provider("domain", plan.access))
    account = AccountBaseline(plan.name, plan.account, opts=options)
    after_account = after(options, account)
    products = _products(plan, after_account)
    settings = DataLakeArgs(account_id=plan.access.account_id, administrators=(plan.access.deploy_role,))
    lake = DataLake(plan.name, settings, opts=after_account)
    _grants(plan, after(options, account, lake))
    if plan.catalog:
        _catalog(plan, products)


def after(options: ResourceOptions, *first: Resource) -> ResourceOptions:
    """The same options, after these components and everything in them."""
    return ResourceOptions.merge(options, ResourceOptions(depends_on=list(first)))


def _products(plan: DomainPlan, options: ResourceOptions) -> dict[str, DataProduct]:
    products: dict[str, DataProduct] = {}
    for name, args in plan.products.items():
        product = products[name] = DataProduct(name, args, opts=options)
        pipeline = PipelineRole(name, plan.pipelines[name], opts=options)
        if name in plan.deliveries:
            PartnerReplication(name, plan.deliveries[name], opts=after(options, product))
        pulumi.export(name, {"bucket": product.bucket, "key": product.key_arn, "pipeline": pipeline.arn})
    return products


def _grants(plan: DomainPlan, options: ResourceOptions) -> None:
    """Clearance roles and resource links, one after the other."""
    # Lake Formation refuses concurrent grants on one catalog.
    last: Sequence[Resource] = ()
    for name, args in plan.clearances.items():
        last = [ClearanceRole(name, args, after=last, opts=options).last_grant]
    for reference, link in plan.links.items():
        last = [ResourceLink(reference, link, after=last, opts=options).last_grant]


def _catalog(plan: DomainPlan, products: dict[str, DataProduct]) -> None:
    """Catalog entries, one by one, each after its product's bucket."""
    # Glue writes the first metadata of an Iceberg table into the bucket.
    publisher = inside(provider("publisher", plan.publishing, through=plan.access))
    last: Sequence[Resource] = ()
    for name, args in plan.catalog.items():
        last = [CatalogEntry(name, args, opts=after(publisher, products[name], *last))]
