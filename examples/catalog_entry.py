"""A product in the catalog: one Iceberg table with a labelled column, at a location that governance registered."""

import pulumi
from acme import GOVERNANCE, ORDERS, PERIMETER, SALES, account

from components import CatalogEntry, LocationRole, MeshCatalog, RegisteredLocation
from mesh.contracts.catalog import CatalogColumn, CatalogTable
from mesh.contracts.types import ColumnType
from mesh.model import LockedField, LockedTable
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
    "orders",
    CatalogEntryArgs(
        perimeter=PERIMETER,
        domain="sales",
        product="orders",
        description="Every order, as it was placed.",
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
        classifications=("pii",),
    ),
    opts=pulumi.ResourceOptions.merge(governance, pulumi.ResourceOptions(depends_on=[place])),
)
pulumi.export("database", orders.database.name)
