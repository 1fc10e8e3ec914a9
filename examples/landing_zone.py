"""The organisation: three units, two accounts, every control policy, and the roles that accounts start with."""

import pulumi
from acme import MANAGEMENT, PERIMETER, account

from components import LandingZone
from components.landing_zone import ids
from mesh.plan.nodes import LandingZoneArgs, MemberAccount

organization = LandingZone(
    "acme",
    LandingZoneArgs(
        perimeter=PERIMETER,
        accounts=(
            MemberAccount(name="governance", email="aws+governance@acme.example", unit="governance", tags={}),
            MemberAccount(name="domain-sales", email="aws+sales@acme.example", unit="domains", tags={}),
        ),
    ),
    opts=account("management", MANAGEMENT),
)
for name, value in ids(organization).items():
    pulumi.export(name, value)
