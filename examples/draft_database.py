"""The database of a product's drafts, in the account of its domain; whom IAM admits sees what is in it."""

import pulumi
from acme import SALES, account

from components import DataLake, DraftDatabase
from components.data_lake import DataLakeArgs
from mesh import names
from mesh.plan.nodes import DraftDatabaseArgs

sales = account("sales", SALES)
lake = DataLake("sales", DataLakeArgs(account_id=SALES, administrators=(names.deploy_access_role(SALES),)), opts=sales)
orders = DraftDatabase(
    "orders",
    DraftDatabaseArgs(account_id=SALES, domain="sales", product="orders"),
    opts=pulumi.ResourceOptions.merge(sales, pulumi.ResourceOptions(depends_on=[lake])),
)
pulumi.export("database", orders.database.name)
