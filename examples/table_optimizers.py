"""The optimizers of a draft: what no snapshot of the last 30 days names goes, and small files become large ones."""

from acme import SALES, account

from components import TableOptimizers
from mesh import names
from mesh.plan.nodes import TableOptimizersArgs

optimizers = TableOptimizers(
    "orders",
    TableOptimizersArgs(
        account_id=SALES, database=names.draft_database("sales", "orders"), tables=("orders",), days=30
    ),
    opts=account("sales", SALES),
)
