"""Resources of the stack `domain-<d>`: what the domain owns, and its entries in the mesh catalog, as its publisher."""

from __future__ import annotations

from collections.abc import Iterator

from mesh import names
from mesh.plan.footprint.account_resources import baseline, key
from mesh.plan.footprint.bucket_resources import private_bucket
from mesh.plan.footprint.deployed_resource import SET, DeployedResource, StackMaker
from mesh.plan.nodes import CatalogEntryArgs, DataProductArgs, DomainPlan
from mesh.plan.nodes.lf_tags import TagAssignment


def resources(make: StackMaker, plan: DomainPlan) -> Iterator[DeployedResource]:
    """Baseline, products with their replications, and catalog entries."""
    yield from baseline(make, plan.name, plan.account)
    for name, args in plan.products.items():
        yield from _product(make, name, args)
    for name, args in plan.deliveries.items():
        yield make(
            "s3/bucketReplicationConfig:BucketReplicationConfig",
            name,
            given=args.bucket,
            bucket=args.bucket,
            role=args.role_arn,
        )
        for delivery in (each for each in args.deliveries if each.open):
            alarm = args.alarm(delivery)
            yield make("cloudwatch/metricAlarm:MetricAlarm", f"{name}-{delivery.partner}", given=alarm, name=alarm)
    publisher = StackMaker(make.stack, plan.publishing)
    for name, args in plan.catalog.items():
        yield from _entry(publisher, name, args)


def _product(make: StackMaker, name: str, args: DataProductArgs) -> Iterator[DeployedResource]:
    yield from key(make, name, names.key_alias(args.name), tagged=True)
    yield from private_bucket(
        make, name, args.bucket, protected=args.deletion_protection, log_bucket=args.log_bucket, tagged=True
    )
    yield make(
        "s3/bucketNotification:BucketNotification", name, given=args.bucket, bucket=args.bucket, eventbridge=True
    )


def _entry(make: StackMaker, name: str, args: CatalogEntryArgs) -> Iterator[DeployedResource]:
    hub, database = args.perimeter.governance_id, args.database
    yield make(
        "glue/catalogDatabase:CatalogDatabase",
        name,
        given=f"{hub}:{database}",
        name=database,
        catalogId=hub,
        locationUri=f"s3://{args.location}/",
    )
    yield from (_tag(make, name, args, tag) for tag in args.closing)
    for table in args.tables:
        iceberg = {"icebergTableInput": {"location": f"s3://{args.location}/{table.name}/"}}
        registered = table.format == "iceberg"
        yield make(
            "glue/catalogTable:CatalogTable",
            f"{name}-{table.name}",
            given=f"{hub}:{database}:{table.name}",
            name=table.name,
            catalogId=hub,
            databaseName=database,
            openTableFormatInput={"icebergInput": iceberg} if registered else None,
            storageDescriptor=None if registered else SET,
        )
    yield from (_tag(make, name, args, tag) for tag in args.labelling)


def _tag(make: StackMaker, name: str, args: CatalogEntryArgs, tag: TagAssignment) -> DeployedResource:
    hub = args.perimeter.governance_id
    return make(
        "lakeformation/resourceLfTag:ResourceLfTag",
        "-".join((name, tag.table, tag.key, tag.value) if tag.table else (name, tag.key)),
        catalogId=hub,
        database=None if tag.table else {"catalogId": hub, "name": args.database},
        tableWithColumns={"catalogId": hub, "databaseName": args.database, "name": tag.table} if tag.table else None,
        lfTag={"catalogId": hub, "key": tag.key, "value": tag.value},
    )
