"""The optimizers of a draft: what no snapshot of the last 30 days names goes, and small files become large ones."""

import pulumi
from acme import ORDERS, SALES, account

from components import DraftDatabase, DraftTables, TableOptimizers
from mesh import names
from mesh.contracts.catalog import CatalogColumn, CatalogTable
from mesh.contracts.types import ColumnType
from mesh.model import LockedField, LockedTable
from mesh.plan.nodes import DraftDatabaseArgs, DraftTablesArgs, TableOptimizersArgs

sales = account("sales", SALES)
column = CatalogColumn("order_id", ColumnType("string"), "Number of the order.", required=True)
table = CatalogTable(
    name="orders",
    format="iceberg",
    description="One row an order.",
    columns=(column,),
    locked=LockedTable("iceberg", {"order_id": LockedField(1)}, {}),
)
database = DraftDatabase("orders", DraftDatabaseArgs(account_id=SALES, domain="sales", product="orders"), opts=sales)
drafts = DraftTables(
    "orders",
    DraftTablesArgs(account_id=SALES, domain="sales", product="orders", bucket=ORDERS, tables=(table,)),
    opts=pulumi.ResourceOptions.merge(sales, pulumi.ResourceOptions(depends_on=[database])),
)
optimizers = TableOptimizers(
    "orders",
    TableOptimizersArgs(
        account_id=SALES, database=names.draft_database("sales", "orders"), tables=(table.name,), days=30
    ),
    opts=pulumi.ResourceOptions.merge(sales, pulumi.ResourceOptions(depends_on=[drafts])),
)
