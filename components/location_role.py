"""Roles of a domain in the governance account: one reads its buckets for Lake Formation, one publishes."""

from __future__ import annotations

from pulumi import ComponentResource, ResourceOptions

from components.mesh_role import MeshRole, MeshRoleArgs
from mesh import names
from mesh.plan.nodes import LocationRoleArgs


class LocationRole(ComponentResource):
    """`role/mesh/location/<domain>` and `role/mesh/publisher/publish-<domain>`. Outputs: `arn`, `publisher_arn`.

    The location role is user-defined, never the service-linked one, which escapes SCPs and RCPs (Lake Formation
    Developer Guide, "Using service-linked roles").
    """

    def __init__(self, name: str, args: LocationRoleArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("mesh:aws:LocationRole", name, None, opts)
        governance = args.perimeter.governance_id
        location = MeshRole(
            f"{name}-location",
            MeshRoleArgs(
                arn=names.location_role(governance, args.domain),
                description=f"Lake Formation reads the buckets of domain {args.domain}",
                trust=args.trust,
                permissions=args.permissions,
                boundary=names.boundary(governance),
            ),
            opts=ResourceOptions(parent=self),
        )
        publisher = MeshRole(
            f"{name}-publisher",
            MeshRoleArgs(
                arn=names.publisher_role(governance, args.domain),
                description=f"The publication function moves the tables of domain {args.domain}",
                trust=args.publisher.trust,
                permissions=args.publisher.permissions,
                boundary=names.boundary(governance),
            ),
            opts=ResourceOptions(parent=self),
        )
        self.arn, self.publisher_arn = location.arn, publisher.arn
        self.register_outputs({"arn": self.arn, "publisher_arn": self.publisher_arn})
