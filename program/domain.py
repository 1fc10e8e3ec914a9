"""The stack `domain-<d>`: what a domain owns, in its account."""

from __future__ import annotations

import pulumi
from pulumi import ResourceOptions

from components import (
    AccountBaseline,
    AccountBudget,
    DataProduct,
    DraftTables,
    HeardPublications,
    JobBaseline,
    PartnerReplication,
    Pipeline,
    TableOptimizers,
    Wakeups,
)
from components.pipeline import FunctionNetwork
from mesh.plan.nodes import DomainPlan
from program.providers import after, inside, provider


def deploy(plan: DomainPlan) -> None:
    """Deploys baseline, products with replications, drafts of tables, rules that tell of them, and pipelines."""
    options = inside(provider("domain", plan.access))
    account = AccountBaseline(plan.name, plan.account, opts=options)
    products = _products(plan, after(options, account))
    drafts = [DraftTables(name, args, opts=after(options, products[name])) for name, args in plan.drafts.items()]
    Wakeups("wake-ups", plan.wakeups, opts=options)
    if plan.heard:
        HeardPublications("heard", plan.heard, opts=options)
    for name, args in plan.optimizers.items():
        TableOptimizers(name, args, opts=after(options, *drafts))
    jobs = _jobs(plan, products, after(options, account))
    AccountBudget(plan.name, plan.account, opts=after(options, account, *products.values(), *drafts, *jobs))


def _products(plan: DomainPlan, options: ResourceOptions) -> dict[str, DataProduct]:
    products: dict[str, DataProduct] = {}
    for name, args in plan.products.items():
        product = products[name] = DataProduct(name, args, opts=options)
        if name in plan.deliveries:
            PartnerReplication(name, plan.deliveries[name], opts=after(options, product))
        pulumi.export(name, {"bucket": product.bucket, "key": product.key_arn})
    return products


def _jobs(plan: DomainPlan, products: dict[str, DataProduct], options: ResourceOptions) -> list[Pipeline]:
    """Pipelines, each after its product, none after another's."""
    if plan.job_baseline is None:
        return []
    shared = JobBaseline("jobs", plan.job_baseline, opts=options)
    network = FunctionNetwork(plan.job_baseline.subnet, shared.group.id)
    return [
        Pipeline(name, args, products[name].key_arn, network, opts=after(options, shared, products[name]))
        for name, args in plan.jobs.items()
        if args.runtime != "external"
    ]
