"""RCP on the domains unit: only domain accounts and the governance account reach a resource."""

from __future__ import annotations

from mesh.iam.perimeter import Perimeter, not_a_service, outside_units
from mesh.iam.rcp.organization import ASSUME_ROLE, PERIMETER_SERVICES
from mesh.iam.statement import Document, Statement, document


def domain_resources_stay_in_domains(perimeter: Perimeter) -> Document:
    """RCP on the domains unit: only domain accounts and the governance account act on domain resources (I3).

    The management account's organisation role is how a new account is entered before it has `mesh/deploy`; it sits at
    the root and holds no path below a unit, so it is refused here as everyone else: bootstrap is by StackSet.
    """
    return document(
        Statement(
            sid="RefuseOtherUnits",
            what=(
                "Callers outside the domains unit and the governance unit reach nothing of a domain, and assume no "
                "role in it."
            ),
            why=(
                "Partners' accounts are of the organisation, too; it holds for what a team makes besides the mesh as "
                "well."
            ),
            principal="*",
            actions=(*PERIMETER_SERVICES, *ASSUME_ROLE),
            resources=("*",),
            conditions=(outside_units(perimeter.domains, perimeter.governance), not_a_service()),
        )
    )
