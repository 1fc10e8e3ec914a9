"""Resources of the stack `domain-<d>`: what the domain owns, the tables that its pipelines write among it."""

from __future__ import annotations

from collections.abc import Iterator

from mesh import names
from mesh.plan.footprint.account_resources import baseline, key
from mesh.plan.footprint.bucket_resources import private_bucket
from mesh.plan.footprint.deployed_resource import SET, DeployedResource, StackMaker
from mesh.plan.footprint.job_resources import job_baseline, pipeline
from mesh.plan.footprint.publication_resources import heard, wakeups
from mesh.plan.nodes import DataProductArgs, DomainPlan, DraftTablesArgs, TableOptimizersArgs
from mesh.plan.nodes.retention import OPTIMIZERS


def resources(make: StackMaker, plan: DomainPlan) -> Iterator[DeployedResource]:
    """Baseline, products with replications, drafts of tables, rules that tell of them, and pipelines."""
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
    for name, args in plan.drafts.items():
        yield from _drafts(make, name, args)
    yield from wakeups(make, plan.wakeups)
    if plan.heard:
        yield from heard(make, "heard", plan.heard)
    for name, args in plan.optimizers.items():
        yield from _optimizers(make, name, args)
    if plan.job_baseline:
        yield from job_baseline(make, "jobs", plan.job_baseline)
        for name, args in plan.jobs.items():
            if args.runtime != "external":
                yield from pipeline(make, name, args, plan.job_baseline.subnet)


def _optimizers(make: StackMaker, name: str, args: TableOptimizersArgs) -> Iterator[DeployedResource]:
    for table in args.tables:
        for kind in OPTIMIZERS:
            yield make(
                "glue/catalogTableOptimizer:CatalogTableOptimizer",
                f"{name}-{table}-{kind}",
                catalogId=args.account_id,
                databaseName=args.database,
                tableName=table,
                type=kind,
                configuration={"roleArn": args.role},
            )


def _product(make: StackMaker, name: str, args: DataProductArgs) -> Iterator[DeployedResource]:
    yield from key(make, name, names.key_alias(args.name), tagged=True)
    yield from private_bucket(
        make, name, args.bucket, protected=args.deletion_protection, log_bucket=args.log_bucket, tagged=True
    )
    yield make(
        "s3/bucketNotification:BucketNotification", name, given=args.bucket, bucket=args.bucket, eventbridge=True
    )


def _drafts(make: StackMaker, name: str, args: DraftTablesArgs) -> Iterator[DeployedResource]:
    for table in args.tables:
        iceberg = {"icebergTableInput": {"location": f"s3://{args.location}/{table.name}/"}}
        by_glue = table.format == "iceberg"
        yield make(
            "glue/catalogTable:CatalogTable",
            f"{name}-{table.name}",
            given=f"{args.account_id}:{args.database}:{table.name}",
            name=table.name,
            catalogId=args.account_id,
            databaseName=args.database,
            openTableFormatInput={"icebergInput": iceberg} if by_glue else None,
            storageDescriptor=None if by_glue else SET,
        )
