"""Registered location: the place of a product's tables in Lake Formation, and who may point a database at it."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi_aws as aws
from pulumi import ComponentResource, Resource, ResourceOptions

from components.protection import protected
from mesh.plan.nodes import RegisteredLocationArgs


class RegisteredLocation(ComponentResource):
    """The location, registered in the governance account, and the one grant on it. Outputs: `arn`.

    The location role and the account's `DataLake` have to exist, the bucket not yet: who registers a place before
    its owner has it leaves nobody a moment in which another could. `after` are grants on the same catalog that come
    first: Lake Formation refuses concurrent ones.
    """

    def __init__(
        self,
        name: str,
        args: RegisteredLocationArgs,
        after: Sequence[Resource] = (),
        opts: ResourceOptions | None = None,
    ) -> None:
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
        self.last_grant: Resource = aws.lakeformation.Permissions(
            name,
            catalog_id=governance,
            principal=args.publisher,
            permissions=["DATA_LOCATION_ACCESS"],
            data_location={"catalog_id": governance, "arn": self.location.arn},
            opts=ResourceOptions(parent=self, depends_on=list(after)),
        )
        self.register_outputs({"arn": self.location.arn})
