"""The role of the publication function, which becomes the check and the publisher of each domain."""

import pulumi
from acme import GOVERNANCE, PERIMETER, account

from components import PublicationRole
from mesh.plan.nodes import PublicationRoleArgs

publication = PublicationRole(
    "publication", PublicationRoleArgs(perimeter=PERIMETER), opts=account("governance", GOVERNANCE)
)
pulumi.export("role", publication.arn)
