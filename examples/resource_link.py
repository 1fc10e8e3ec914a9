"""A link in a consumer's catalog to a database of the mesh."""

import pulumi
from acme import PERIMETER, SALES, account

from components import DataLake, ResourceLink
from components.data_lake import DataLakeArgs
from mesh import names
from mesh.plan.nodes import ResourceLinkArgs

sales = account("sales", SALES)
lake = DataLake("sales", DataLakeArgs(account_id=SALES, administrators=(names.deploy_access_role(SALES),)), opts=sales)
link = ResourceLink(
    "stock.items",
    ResourceLinkArgs(perimeter=PERIMETER, account_id=SALES, producer="stock", product="items"),
    opts=pulumi.ResourceOptions.merge(sales, pulumi.ResourceOptions(depends_on=[lake])),
)
pulumi.export("database", link.link.name)
