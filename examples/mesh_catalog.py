"""The mesh catalog, with one classification and two clearances, granted to the unit of the domains."""

import pulumi
from acme import GOVERNANCE, PERIMETER, account

from components import MeshCatalog
from mesh.plan.nodes import Clearance, MeshCatalogArgs

catalog = MeshCatalog(
    "mesh",
    MeshCatalogArgs(
        perimeter=PERIMETER,
        classifications={"pii": "Identifies a person."},
        clearances=(
            Clearance(name="general", reads=frozenset(), classifications=("pii",)),
            Clearance(name="pii", reads=frozenset({"pii"}), classifications=("pii",)),
        ),
        publishers=(),
    ),
    opts=account("governance", GOVERNANCE),
)
pulumi.export("catalog", catalog.catalog_id)
