"""Resources of the stack `partner-<p>`, in the partner's account."""

from __future__ import annotations

from collections.abc import Iterator

from mesh import names
from mesh.iam.mesh_catalog import ATHENAS_DATABASE
from mesh.plan.footprint.account_resources import baseline, key, mesh_role
from mesh.plan.footprint.bucket_resources import private_bucket
from mesh.plan.footprint.deployed_resource import SET, DeployedResource, StackMaker
from mesh.plan.nodes import PartnerPlan


def resources(make: StackMaker, plan: PartnerPlan) -> Iterator[DeployedResource]:
    """Baseline, inbox, the partner's own catalog with its tables, and the role of its people."""
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
    yield make(
        "glue/catalogDatabase:CatalogDatabase",
        f"{name}-{ATHENAS_DATABASE}",
        given=f"{args.account_id}:{ATHENAS_DATABASE}",
        name=ATHENAS_DATABASE,
        catalogId=args.account_id,
    )
    for reference, tables in plan.tables.items():
        for table in tables.tables:
            yield make(
                "glue/catalogTable:CatalogTable",
                f"{reference}-{table.name}",
                given=f"{tables.account_id}:{tables.database}:{tables.name(table)}",
                name=tables.name(table),
                catalogId=tables.account_id,
                databaseName=tables.database,
                storageDescriptor=SET,
            )
    yield from mesh_role(make, name, names.role(args.account_id, "access"), names.boundary(args.account_id))
