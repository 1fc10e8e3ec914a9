"""Optimizers of a product's drafts: small files become large ones, and what no snapshot names goes in the end."""

from __future__ import annotations

import pulumi_aws as aws
from pulumi import ComponentResource, ResourceOptions

from mesh.plan.nodes import TableOptimizersArgs
from mesh.plan.nodes.retention import KEPT_SNAPSHOTS, OPTIMIZERS, Optimizer

Settings = aws.glue.CatalogTableOptimizerConfigurationArgs
Retention = aws.glue.CatalogTableOptimizerConfigurationRetentionConfigurationArgs
OfSnapshots = aws.glue.CatalogTableOptimizerConfigurationRetentionConfigurationIcebergConfigurationArgs
Orphans = aws.glue.CatalogTableOptimizerConfigurationOrphanFileDeletionConfigurationArgs
OfOrphans = aws.glue.CatalogTableOptimizerConfigurationOrphanFileDeletionConfigurationIcebergConfigurationArgs


class TableOptimizers(ComponentResource):
    """Compaction, retention of snapshots and deletion of orphans of each table. Outputs: `tables`.

    Drafts and the retention role have to exist. Without a connection: Glue runs them on its own compute.
    """

    def __init__(self, name: str, args: TableOptimizersArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("mesh:aws:TableOptimizers", name, None, opts)
        for table in args.tables:
            for kind in OPTIMIZERS:
                aws.glue.CatalogTableOptimizer(
                    f"{name}-{table}-{kind}",
                    catalog_id=args.account_id,
                    database_name=args.database,
                    table_name=table,
                    type=kind,
                    configuration=configuration(kind, args),
                    opts=ResourceOptions(parent=self),
                )
        self.register_outputs({"tables": list(args.tables)})


def configuration(kind: Optimizer, args: TableOptimizersArgs) -> Settings:
    """Configuration of an optimizer."""
    snapshots = OfSnapshots(
        snapshot_retention_period_in_days=args.days,
        number_of_snapshots_to_retain=KEPT_SNAPSHOTS,
        clean_expired_files=True,
        run_rate_in_hours=24,
    )
    orphans = OfOrphans(orphan_file_retention_period_in_days=args.days, run_rate_in_hours=24)
    return Settings(
        enabled=True,
        role_arn=args.role,
        retention_configuration=Retention(iceberg_configuration=snapshots) if kind == "retention" else None,
        orphan_file_deletion_configuration=(
            Orphans(iceberg_configuration=orphans) if kind == "orphan_file_deletion" else None
        ),
    )
