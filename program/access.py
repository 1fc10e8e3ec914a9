"""The stack `access-<d>`: what decides who reads, in the domain's account."""

from __future__ import annotations

import pulumi
from pulumi import ResourceOptions

from components import (
    AccountBoundary,
    CheckRole,
    ClearanceRole,
    DataLake,
    DefaultDatabase,
    DeliveryRole,
    DraftDatabase,
    ForwardRole,
    PipelineRole,
    ResourceLink,
    RetentionRole,
    StaffRole,
    StartRole,
)
from components.data_lake import DataLakeArgs
from mesh.plan.nodes import DomainPlan
from program.providers import after, inside, provider


def deploy(plan: DomainPlan) -> None:
    """Deploys boundary, Lake Formation's settings, roles of jobs, staff, checks and readers with grants, databases."""
    # Named as the provider of the stack `domain-<d>`, so that `pulumi state move` brings a resource from there and the
    # engine sees the same provider behind it: with another, it would replace what was moved.
    options = inside(provider("domain", plan.deciding))
    boundary = AccountBoundary(plan.name, plan.account, opts=options)
    settings = DataLakeArgs(account_id=plan.deciding.account_id, administrators=(plan.deciding.deploy_role,))
    lake = DataLake(plan.name, settings, opts=options)
    bounded, settled = after(options, boundary), after(options, boundary, lake)
    for name, args in plan.pipelines.items():
        role = PipelineRole(name, args, opts=settled if args.grants else bounded)
        pulumi.export(name, {"pipeline": role.arn})
    for name, args in plan.deliveries.items():
        DeliveryRole(name, args, opts=bounded)
    for name, args in plan.staff.items():
        StaffRole(name, args, opts=bounded)
    CheckRole("check", plan.check, opts=bounded)
    ForwardRole("forward", plan.forward, opts=bounded)
    if plan.retention:
        RetentionRole("retention", plan.retention, opts=bounded)
    if plan.start:
        StartRole("start", plan.start, opts=bounded)
    _grants(plan, settled)


def _grants(plan: DomainPlan, options: ResourceOptions) -> None:
    """Clearance roles, links and databases of drafts, none after another: a grant that fails stops no other."""
    for name, args in plan.clearances.items():
        ClearanceRole(name, args, opts=options)
    DefaultDatabase("default", plan.default, opts=options)
    for reference, link in plan.links.items():
        ResourceLink(reference, link, opts=options)
    for name, draft in plan.draft_databases.items():
        DraftDatabase(name, draft, opts=options)
