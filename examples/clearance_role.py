"""The role of a clearance in a domain's account, with the hub's expression passed on to it."""

import pulumi
from acme import PERIMETER, SALES, account

from components import ClearanceRole, DataLake
from components.data_lake import DataLakeArgs
from mesh import names
from mesh.plan.nodes import Clearance, ClearanceRoleArgs

sales = account("sales", SALES)
lake = DataLake("sales", DataLakeArgs(account_id=SALES, administrators=(names.deploy_access_role(SALES),)), opts=sales)
pii = ClearanceRole(
    "pii",
    ClearanceRoleArgs(
        perimeter=PERIMETER,
        clearance=Clearance(name="pii", reads=frozenset({"pii"}), classifications=("pii",)),
        account_id=SALES,
        owner="sales",
    ),
    opts=pulumi.ResourceOptions.merge(sales, pulumi.ResourceOptions(depends_on=[lake])),
)
pulumi.export("role", pii.arn)
