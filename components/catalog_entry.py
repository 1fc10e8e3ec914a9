"""A product in the mesh catalog: its database, its tables as the contract says, its location and its labels."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi_aws as aws
from pulumi import ComponentResource, Resource, ResourceOptions

from mesh.contracts import types
from mesh.contracts.catalog import CatalogTable
from mesh.plan.nodes import CatalogEntryArgs

PARQUET_INPUT = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat"
PARQUET_OUTPUT = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat"
PARQUET_SERDE = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"


class CatalogEntry(ComponentResource):
    """Made with a provider of the governance account (as the domain's publisher); the location role has to exist.

    Outputs: `database`.
    """

    def __init__(self, name: str, args: CatalogEntryArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("mesh:aws:CatalogEntry", name, None, opts)
        self.catalog_id = args.perimeter.governance_id
        protected = ResourceOptions(parent=self, protect=args.deletion_protection)
        self.location = aws.lakeformation.Resource(
            name,
            arn=f"arn:aws:s3:::{args.location}",
            role_arn=args.location_role,
            use_service_linked_role=False,
            hybrid_access_enabled=False,
            opts=ResourceOptions(parent=self),
        )
        self.database = aws.glue.CatalogDatabase(
            name,
            name=args.database,
            catalog_id=self.catalog_id,
            description=args.description[:2048],
            location_uri=f"s3://{args.location}/",
            opts=protected,
        )
        self.tables = [self._table(name, args, table) for table in args.tables]
        self._label(name, args)
        self.register_outputs({"database": self.database.name})

    def _table(self, name: str, args: CatalogEntryArgs, table: CatalogTable) -> aws.glue.CatalogTable:
        location = f"s3://{args.location}/{table.name}/"
        make = self._iceberg if table.format == "iceberg" else self._parquet
        return make(f"{name}-{table.name}", location, table, self.database)

    def _iceberg(
        self, name: str, location: str, table: CatalogTable, database: aws.glue.CatalogDatabase
    ) -> aws.glue.CatalogTable:
        """Glue's Iceberg writers change the table's parameters with every commit: they are not ours to compare."""
        written = types.iceberg_types([types.parse(column.type) for column in table.columns])
        numbers = {column.name: number for number, column in enumerate(table.columns, 1)}
        fields = [
            {"id": numbers[column.name], "name": column.name, "required": column.required, "type": kind, "doc": column.comment}
            for column, kind in zip(table.columns, written, strict=True)
        ]
        partitions = [
            {"name": column.name, "source_id": numbers[column.name], "transform": "identity", "field_id": 1000 + number}
            for number, column in enumerate(table.partitions)
        ]
        schema = {"type": "struct", "schema_id": 0, "fields": fields}
        spec = {"spec_id": 0, "fields": partitions} if partitions else None
        return aws.glue.CatalogTable(
            name,
            name=table.name,
            catalog_id=self.catalog_id,
            database_name=database.name,
            description=table.description[:2048],
            open_table_format_input={
                "iceberg_input": {
                    "metadata_operation": "CREATE",
                    "version": "2",
                    "iceberg_table_input": {"location": location, "schema": schema, "partition_spec": spec},
                }
            },  # pyright: ignore[reportArgumentType] (plain dicts are inputs)
            opts=ResourceOptions(parent=self, depends_on=[self.location], ignore_changes=["parameters"]),
        )

    def _parquet(
        self, name: str, location: str, table: CatalogTable, database: aws.glue.CatalogDatabase
    ) -> aws.glue.CatalogTable:
        return aws.glue.CatalogTable(
            name,
            name=table.name,
            catalog_id=self.catalog_id,
            database_name=database.name,
            description=table.description[:2048],
            table_type="EXTERNAL_TABLE",
            parameters={"classification": "parquet", "EXTERNAL": "TRUE"},
            storage_descriptor={
                "location": location,
                "input_format": PARQUET_INPUT,
                "output_format": PARQUET_OUTPUT,
                "ser_de_info": {"serialization_library": PARQUET_SERDE},
                "columns": [{"name": c.name, "type": c.type, "comment": c.comment} for c in table.columns],
            },
            partition_keys=[{"name": c.name, "type": c.type, "comment": c.comment} for c in table.partitions],
            opts=ResourceOptions(parent=self, depends_on=[self.location]),
        )

    def _label(self, name: str, args: CatalogEntryArgs) -> None:
        """Every classification `false` on the database, `true` on the labelled columns; one after the other.

        One tag a resource: `ResourceLfTags` wiped tags on a second run for some users.
        """
        last: Sequence[Resource] = [self.database, *self.tables]
        for key in args.classifications:
            tag = aws.lakeformation.ResourceLfTag(
                f"{name}-{key}",
                catalog_id=self.catalog_id,
                database={"catalog_id": self.catalog_id, "name": self.database.name},
                lf_tag={"catalog_id": self.catalog_id, "key": key, "value": "false"},
                opts=ResourceOptions(parent=self, depends_on=list(last)),
            )
            last = [tag]
        for table, made in zip(args.tables, self.tables, strict=True):
            for key in args.classifications:
                columns = [column.name for column in table.labelled if key in column.labels]
                if columns:
                    tag = aws.lakeformation.ResourceLfTag(
                        f"{name}-{table.name}-{key}",
                        catalog_id=self.catalog_id,
                        table_with_columns={
                            "catalog_id": self.catalog_id,
                            "database_name": self.database.name,
                            "name": made.name,
                            "column_names": columns,
                        },
                        lf_tag={"catalog_id": self.catalog_id, "key": key, "value": "true"},
                        opts=ResourceOptions(parent=self, depends_on=list(last)),
                    )
                    last = [tag]
