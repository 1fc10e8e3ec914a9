"""The function that checks drafts and publishes them: in the mesh's network, with one product's contract."""

import json

import pulumi
from acme import GOVERNANCE, ORDERS, PERIMETER, SALES, account

from components import AccountBaseline, MeshBus, PrivateNetwork, Publication, PublicationRole
from mesh.plan.nodes import AccountBaselineArgs, MeshBusArgs, NetworkArgs, PublicationArgs, PublicationRoleArgs

governance = account("governance", GOVERNANCE)
baseline = AccountBaseline(
    "governance",
    AccountBaselineArgs(
        perimeter=PERIMETER,
        owner="governance",
        owner_email="platform@example.com",
        account_id=GOVERNANCE,
        budget=500,
        log_retention=365,
        results_retention=30,
    ),
    opts=governance,
)
bus = MeshBus("mesh", MeshBusArgs(perimeter=PERIMETER), opts=governance)
network = PrivateNetwork("mesh", NetworkArgs(perimeter=PERIMETER, zones=("a", "b")), opts=governance)
started = pulumi.ResourceOptions.merge(governance, pulumi.ResourceOptions(depends_on=[baseline]))
role = PublicationRole("publication", PublicationRoleArgs(perimeter=PERIMETER), opts=started)

contract = {"domain": "sales", "product": "orders", "account_id": SALES, "bucket": ORDERS, "tables": []}
publication = Publication(
    "publication",
    PublicationArgs(
        perimeter=PERIMETER,
        log_bucket=PERIMETER.buckets.logs("governance", GOVERNANCE),
        documents={
            "mesh.json": json.dumps({"mesh": "acme", "region": "eu-west-1"}),
            "contracts/sales/orders.json": json.dumps(contract),
        },
        lag_days=14,
    ),
    subnet_ids=network.subnet_ids,
    group_id=network.group_id,
    opts=pulumi.ResourceOptions.merge(started, pulumi.ResourceOptions(depends_on=[role, bus])),
)
pulumi.export("function", publication.function.arn)
