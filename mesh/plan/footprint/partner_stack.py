"""Resources of the stack `partner-<p>`, in the partner's account."""

from __future__ import annotations

from collections.abc import Iterator

from mesh import names
from mesh.plan.footprint.account_resources import baseline, key, mesh_role
from mesh.plan.footprint.bucket_resources import private_bucket
from mesh.plan.footprint.deployed_resource import DeployedResource, StackMaker
from mesh.plan.nodes import PartnerPlan


def resources(make: StackMaker, plan: PartnerPlan) -> Iterator[DeployedResource]:
    """Baseline, inbox, the partner's own catalog, and the role of its people."""
    yield from baseline(make, plan.name, plan.account)
    args, name = plan.partner, plan.name
    yield from key(make, name, names.INBOX_KEY_ALIAS)
    yield from private_bucket(
        make, name, args.inbox, protected=args.deletion_protection, log_bucket=plan.account.log_bucket
    )
    database = names.snake(args.partner)
    yield make(
        "glue/catalogDatabase:CatalogDatabase",
        name,
        given=f"{args.account_id}:{database}",
        name=database,
        catalogId=args.account_id,
        locationUri=f"s3://{args.inbox}/",
    )
    yield from mesh_role(make, name, names.role(args.account_id, "access"), names.boundary(args.account_id))
