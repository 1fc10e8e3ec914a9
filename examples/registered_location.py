"""The place of a product's tables, registered before the product is there, and pointed at by its publisher alone."""

import pulumi
from acme import GOVERNANCE, ORDERS, PERIMETER, SALES, account

from components import LocationRole, MeshCatalog, RegisteredLocation
from mesh.plan.nodes import LocationRoleArgs, MeshCatalogArgs, RegisteredLocationArgs

governance = account("governance", GOVERNANCE)
catalog = MeshCatalog(
    "mesh",
    MeshCatalogArgs(perimeter=PERIMETER, classifications={"pii": "Identifies a person."}, clearances=(), publishers=()),
    opts=governance,
)
roles = LocationRole("sales", LocationRoleArgs(perimeter=PERIMETER, domain="sales", domain_id=SALES), opts=governance)
orders = RegisteredLocation(
    "sales.orders",
    RegisteredLocationArgs(perimeter=PERIMETER, domain="sales", bucket=ORDERS),
    opts=pulumi.ResourceOptions.merge(governance, pulumi.ResourceOptions(depends_on=[roles, catalog])),
)
pulumi.export("location", orders.location.arn)
