"""A product in the mesh catalog: its closed database, at a location that governance registered."""

import pulumi
from acme import GOVERNANCE, ORDERS, PERIMETER, SALES, account

from components import CatalogEntry, LocationRole, MeshCatalog, RegisteredLocation
from mesh.plan.nodes import CatalogEntryArgs, LocationRoleArgs, MeshCatalogArgs, RegisteredLocationArgs

governance = account("governance", GOVERNANCE)
catalog = MeshCatalog(
    "mesh",
    MeshCatalogArgs(perimeter=PERIMETER, classifications={"pii": "Identifies a person."}, clearances=(), publishers=()),
    opts=governance,
)
roles = LocationRole("sales", LocationRoleArgs(perimeter=PERIMETER, domain="sales", domain_id=SALES), opts=governance)
place = RegisteredLocation(
    "sales.orders",
    RegisteredLocationArgs(perimeter=PERIMETER, domain="sales", bucket=ORDERS),
    opts=pulumi.ResourceOptions.merge(governance, pulumi.ResourceOptions(depends_on=[roles, catalog])),
)
orders = CatalogEntry(
    "sales.orders",
    CatalogEntryArgs(
        perimeter=PERIMETER,
        domain="sales",
        product="orders",
        description="Every order, as it was placed.",
        bucket=ORDERS,
        tables=(),  # made at publication
        classifications=("pii",),
    ),
    opts=pulumi.ResourceOptions.merge(governance, pulumi.ResourceOptions(depends_on=[place])),
)
pulumi.export("database", orders.database.name)
