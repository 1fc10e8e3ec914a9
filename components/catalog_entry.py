"""Entry of a product in the mesh catalog: its database, its tables as in the contract, its LF-tags."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi_aws as aws
from pulumi import ComponentResource, Resource, ResourceOptions

from components.kept_ids import keeping_ids
from components.protection import protected
from mesh.aws.text_length import shortened
from mesh.contracts.catalog import LONGEST_DESCRIPTION, CatalogTable
from mesh.contracts.iceberg import iceberg_type
from mesh.contracts.lock import partition_text
from mesh.contracts.partitions import field_name
from mesh.plan.nodes import CatalogEntryArgs
from mesh.plan.nodes.lf_tags import TagAssignment

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


class CatalogEntry(ComponentResource):
    """The entry, made in the governance account by the domain's publisher. Outputs: `database`.

    The location of the tables has to be registered, with the publisher's grant on it: the database is made there, and
    tables below the location of their own database take no permission of their own (Lake Formation Developer Guide,
    "Creating a database").
    """

    def __init__(self, name: str, args: CatalogEntryArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("mesh:aws:CatalogEntry", name, None, opts)
        self.catalog_id = args.perimeter.governance_id
        self.database = aws.glue.CatalogDatabase(
            name,
            name=args.database,
            catalog_id=self.catalog_id,
            description=shortened(args.description, LONGEST_DESCRIPTION),
            location_uri=f"s3://{args.location}/",
            opts=protected(self, args.deletion_protection),
        )
        # Closed before there is anything in it: a table inherits this from the moment at which it is there.
        self.closed = self._assign(name, args.closing, self.database)
        self.tables = [self._table(name, args, table) for table in args.tables]
        self._assign(name, args.labelling, *self.tables)
        self.register_outputs({"database": self.database.name})

    def _table(self, name: str, args: CatalogEntryArgs, table: CatalogTable) -> aws.glue.CatalogTable:
        make = self._iceberg if table.format == "iceberg" else self._parquet
        return make(
            f"{name}-{table.name}",
            f"s3://{args.location}/{table.name}/",
            table,
            # Protected like data: the entry of an Iceberg table says which of its files are current.
            protected(self, args.deletion_protection, depends_on=[self.database, *self.closed]),
        )

    def _iceberg(self, name: str, location: str, table: CatalogTable, opts: ResourceOptions) -> aws.glue.CatalogTable:
        # Glue writes the first metadata file; a changed contract updates the schema in place. Beside a schema the AWS
        # plugin never sends a description, reads none back, and then updates the table with a `TableInput` in which the
        # pointer of a moment before stands: a commit in between would be undone. So nothing but the schema is ours.
        return aws.glue.CatalogTable(
            name,
            name=table.name,
            catalog_id=self.catalog_id,
            database_name=self.database.name,
            open_table_format_input={
                "iceberg_input": {
                    "metadata_operation": "CREATE",
                    "version": "2",
                    "iceberg_table_input": iceberg(table, location),
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
            catalog_id=self.catalog_id,
            database_name=self.database.name,
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

    def _assign(self, name: str, tags: Sequence[TagAssignment], *after: Resource) -> list[Resource]:
        """LF-tags, one by one in their order: Lake Formation refuses concurrent ones."""
        assigned: list[Resource] = []
        for tag in tags:
            assigned.append(self._tag(name, tag, [*after, *assigned[-1:]]))
        return assigned

    def _tag(self, name: str, tag: TagAssignment, after: list[Resource]) -> Resource:
        """One tag of many columns, or of the database.

        A change of the columns replaces the resource, and the one that it replaces would take the tags of all columns
        with it: so none takes a tag away (`retain_on_delete`), and another tag is written over it.
        """
        columns = aws.lakeformation.ResourceLfTagTableWithColumnsArgs(
            catalog_id=self.catalog_id,
            database_name=self.database.name,
            name=tag.table,
            column_names=list(tag.columns),
        )
        database = aws.lakeformation.ResourceLfTagDatabaseArgs(catalog_id=self.catalog_id, name=self.database.name)
        return aws.lakeformation.ResourceLfTag(
            "-".join((name, tag.table, tag.key, tag.value) if tag.table else (name, tag.key)),
            catalog_id=self.catalog_id,
            database=None if tag.table else database,
            table_with_columns=columns if tag.table else None,
            lf_tag={"catalog_id": self.catalog_id, "key": tag.key, "value": tag.value},
            opts=ResourceOptions(parent=self, depends_on=after, retain_on_delete=True),
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
