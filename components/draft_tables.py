"""Draft tables of a product: made and evolved as the contract has them, and moved by its pipeline's commits alone."""

from __future__ import annotations

import pulumi_aws as aws
from pulumi import ComponentResource, ResourceOptions

from components.kept_ids import keeping_ids
from components.protection import protected
from mesh.aws.text_length import shortened
from mesh.contracts.catalog import LONGEST_DESCRIPTION, CatalogTable
from mesh.contracts.iceberg import iceberg_type
from mesh.contracts.lock import partition_text
from mesh.contracts.partitions import field_name
from mesh.plan.nodes import DraftTablesArgs
from mesh.plan.nodes.retention import kept

PARQUET_INPUT = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat"
PARQUET_OUTPUT = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat"
PARQUET_SERDE = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
# Properties that the AWS plugin sends together with the pointer of an Iceberg table (`expandTableInput` of
# internal/service/glue/catalog_table.go); a difference in any of them would move it.
OF_THE_POINTER = (
    "description",
    "owner",
    "parameters",
    "partitionKeys",
    "retention",
    "storageDescriptor",
    "tableType",
    "targetTable",
    "viewDefinition",
    "viewExpandedText",
    "viewOriginalText",
)
IcebergTable = aws.glue.CatalogTableOpenTableFormatInputIcebergInputIcebergTableInputArgsDict
IcebergSchema = aws.glue.CatalogTableOpenTableFormatInputIcebergInputIcebergTableInputSchemaArgsDict
IcebergField = aws.glue.CatalogTableOpenTableFormatInputIcebergInputIcebergTableInputSchemaFieldArgsDict
PartitionField = aws.glue.CatalogTableOpenTableFormatInputIcebergInputIcebergTableInputPartitionSpecFieldArgsDict


class DraftTables(ComponentResource):
    """The tables, in the database that the stack `access-<d>` makes. Outputs: `tables`.

    The product's bucket has to exist: Glue writes the first metadata of an Iceberg table into it.
    """

    def __init__(self, name: str, args: DraftTablesArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("mesh:aws:DraftTables", name, None, opts)
        self.args = args
        self.tables = [self._table(name, table) for table in args.tables]
        self.register_outputs({"tables": [table.name for table in self.tables]})

    def _table(self, name: str, table: CatalogTable) -> aws.glue.CatalogTable:
        make = self._iceberg if table.format == "iceberg" else self._parquet
        return make(
            f"{name}-{table.name}",
            f"s3://{self.args.location}/{table.name}/",
            table,
            # Protected like data: the entry of an Iceberg table says which of its files are current.
            protected(self, self.args.deletion_protection),
        )

    def _iceberg(self, name: str, location: str, table: CatalogTable, opts: ResourceOptions) -> aws.glue.CatalogTable:
        # Glue writes the first metadata file; a changed contract updates the schema in place. Beside a schema the AWS
        # plugin never sends a description, reads none back, and then updates the table with a `TableInput` in which the
        # pointer of a moment before stands: a commit in between would be undone. So nothing but the schema is ours.
        return aws.glue.CatalogTable(
            name,
            name=table.name,
            catalog_id=self.args.account_id,
            database_name=self.args.database,
            open_table_format_input={
                "iceberg_input": {
                    "metadata_operation": "CREATE",
                    "version": "2",
                    "iceberg_table_input": {**iceberg(table, location), "properties": dict(kept(self.args.snapshots))},
                }
            },
            opts=ResourceOptions.merge(
                opts, ResourceOptions(hooks=keeping_ids(name, table), ignore_changes=list(OF_THE_POINTER))
            ),
        )

    def _parquet(self, name: str, location: str, table: CatalogTable, opts: ResourceOptions) -> aws.glue.CatalogTable:
        return aws.glue.CatalogTable(
            name,
            name=table.name,
            catalog_id=self.args.account_id,
            database_name=self.args.database,
            description=shortened(table.description, LONGEST_DESCRIPTION),
            table_type="EXTERNAL_TABLE",
            parameters={"classification": "parquet", "EXTERNAL": "TRUE"},
            storage_descriptor={
                "location": location,
                "input_format": PARQUET_INPUT,
                "output_format": PARQUET_OUTPUT,
                "ser_de_info": {"serialization_library": PARQUET_SERDE},
                "columns": [{"name": c.name, "type": str(c.type), "comment": c.comment} for c in table.columns],
            },
            partition_keys=[{"name": c.name, "type": str(c.type), "comment": c.comment} for c in table.partitions],
            opts=opts,
        )


def iceberg(table: CatalogTable, location: str) -> IcebergTable:
    """An Iceberg table's schema and partition spec, with the ids of the product's lock."""
    locked = table.locked
    ids = {path: field.id for path, field in locked.fields.items()}
    fields: list[IcebergField] = [
        {
            "id": ids[c.name],
            "name": c.name,
            "required": c.required,
            "type": iceberg_type(c.type, c.name, ids),
            "doc": c.comment,
        }
        for c in table.columns
    ]
    schema: IcebergSchema = {"type": "struct", "schema_id": locked.schema_id, "fields": fields}
    if locked.key:
        schema["identifier_field_ids"] = sorted(ids[path] for path in locked.key)
    partitions: list[PartitionField] = [
        {
            "name": field_name(c.name, transform),
            "source_id": ids[c.name],
            "transform": transform,
            "field_id": locked.partitions[partition_text((c.name, transform))],
        }
        for c, transform in zip(table.partitions, table.transforms, strict=True)
    ]
    written: IcebergTable = {"location": location, "schema": schema}
    # The plugin drops a spec's list of no fields: a table that was partitioned stays so (`mesh lock` sees to it).
    if partitions:
        written["partition_spec"] = {"spec_id": locked.spec_id, "fields": partitions}
    return written
