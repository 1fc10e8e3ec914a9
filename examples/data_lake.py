"""Lake Formation in one account: one administrator, and no permission that nobody gave."""

from acme import SALES, account

from components import DataLake
from components.data_lake import DataLakeArgs
from mesh import names

DataLake(
    "sales",
    DataLakeArgs(account_id=SALES, administrators=(names.deploy_access_role(SALES),)),
    opts=account("sales", SALES),
)
