"""The empty database that Athena asks everyone in an account to see."""

import pulumi
from acme import SALES, account

from components import DataLake, DefaultDatabase
from components.data_lake import DataLakeArgs
from mesh import names
from mesh.plan.nodes import DefaultDatabaseArgs

sales = account("sales", SALES)
lake = DataLake("sales", DataLakeArgs(account_id=SALES, administrators=(names.deploy_access_role(SALES),)), opts=sales)
default = DefaultDatabase(
    "default",
    DefaultDatabaseArgs(account_id=SALES),
    opts=pulumi.ResourceOptions.merge(sales, pulumi.ResourceOptions(depends_on=[lake])),
)
pulumi.export("database", default.database.name)
