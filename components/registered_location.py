"""Registered location: the place of a product's tables in Lake Formation, and who may point a database at it."""

from __future__ import annotations

import pulumi_aws as aws
from pulumi import ComponentResource, ResourceOptions

from components.protection import protected
from mesh.plan.nodes import RegisteredLocationArgs


class RegisteredLocation(ComponentResource):
    """The location, registered in the governance account, and the one grant on it. Outputs: `arn`.

    The location role and the account's `DataLake` have to exist, the bucket not yet: who registers a place before
    its owner has it leaves nobody a moment in which another could.
    """

    def __init__(self, name: str, args: RegisteredLocationArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("mesh:aws:RegisteredLocation", name, None, opts)
        # Where it is registered already, as by an earlier version of the mesh, the plugin takes it as it is.
        self.location = aws.lakeformation.Resource(
            name,
            arn=args.arn,
            role_arn=args.role,
            # No SCP and no RCP binds the service-linked role.
            use_service_linked_role=False,
            hybrid_access_enabled=False,
            opts=protected(self, args.deletion_protection),
        )
        governance = args.perimeter.governance_id
        aws.lakeformation.Permissions(
            name,
            catalog_id=governance,
            principal=args.publisher,
            permissions=["DATA_LOCATION_ACCESS"],
            data_location={"catalog_id": governance, "arn": self.location.arn},
            opts=ResourceOptions(parent=self),
        )
        self.register_outputs({"arn": self.location.arn})
