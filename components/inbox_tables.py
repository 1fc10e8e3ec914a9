"""Tables over what is delivered into a partner's inbox, in the partner's own catalog."""

from __future__ import annotations

import pulumi_aws as aws
from pulumi import ComponentResource, ResourceOptions

from components.draft_tables import PARQUET_INPUT, PARQUET_OUTPUT, PARQUET_SERDE
from mesh.aws.text_length import shortened
from mesh.contracts.catalog import LONGEST_DESCRIPTION, CatalogTable
from mesh.plan.nodes import InboxTablesArgs


class InboxTables(ComponentResource):
    """The tables of one product, of Parquet files and without partitions: what lies in a table's folder is read.

    The partner's account (`PartnerAccount`) has to exist. A table is a name for a folder: it goes with the agreement's
    line, and what was delivered stays. Outputs: `tables` (names).
    """

    def __init__(self, name: str, args: InboxTablesArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("mesh:aws:InboxTables", name, None, opts)
        self.tables = [self._table(name, args, table).name for table in args.tables]
        self.register_outputs({"tables": self.tables})

    def _table(self, name: str, args: InboxTablesArgs, table: CatalogTable) -> aws.glue.CatalogTable:
        return aws.glue.CatalogTable(
            f"{name}-{table.name}",
            name=args.name(table),
            catalog_id=args.account_id,
            database_name=args.database,
            description=shortened(table.description, LONGEST_DESCRIPTION),
            table_type="EXTERNAL_TABLE",
            parameters={"classification": "parquet", "EXTERNAL": "TRUE"},
            storage_descriptor={
                "location": args.location(table),
                "input_format": PARQUET_INPUT,
                "output_format": PARQUET_OUTPUT,
                "ser_de_info": {"serialization_library": PARQUET_SERDE},
                "columns": [{"name": c.name, "type": str(c.type), "comment": c.comment} for c in table.columns],
            },
            opts=ResourceOptions(parent=self),
        )
