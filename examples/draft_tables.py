"""A product's tables as its pipeline writes them: one Iceberg table with a labelled column, and ids that stay."""

import pulumi
from acme import ORDERS, SALES, account

from components import DraftDatabase, DraftTables
from mesh.contracts.catalog import CatalogColumn, CatalogTable
from mesh.contracts.types import ColumnType
from mesh.model import LockedField, LockedTable
from mesh.plan.nodes import DraftDatabaseArgs, DraftTablesArgs

sales = account("sales", SALES)
database = DraftDatabase("orders", DraftDatabaseArgs(account_id=SALES, domain="sales", product="orders"), opts=sales)
orders = DraftTables(
    "orders",
    DraftTablesArgs(
        account_id=SALES,
        domain="sales",
        product="orders",
        bucket=ORDERS,
        tables=(
            CatalogTable(
                name="orders",
                format="iceberg",
                description="One row an order.",
                columns=(
                    CatalogColumn("order_id", ColumnType("string"), "Number of the order.", required=True),
                    CatalogColumn("email", ColumnType("string"), "Who is told that it was sent.", labels=("pii",)),
                ),
                locked=LockedTable("iceberg", {"order_id": LockedField(1), "email": LockedField(2)}, {}),
            ),
        ),
    ),
    opts=pulumi.ResourceOptions.merge(sales, pulumi.ResourceOptions(depends_on=[database])),
)
pulumi.export("tables", [table.name for table in orders.tables])
