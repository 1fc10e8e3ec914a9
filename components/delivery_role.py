"""Delivery role: the role with which S3 replicates a data product into the inboxes of partners."""

from __future__ import annotations

from pulumi import ROOT_STACK_RESOURCE, Alias, ComponentResource, ResourceOptions

from components.mesh_role import MeshRole, MeshRoleArgs
from mesh import names
from mesh.plan import nodes


class DeliveryRole(ComponentResource):
    """`role/mesh/delivery/deliver-<product>`; the account's boundary has to exist. Outputs: `arn`."""

    def __init__(self, name: str, args: nodes.PartnerReplicationArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("mesh:aws:DeliveryRole", name, None, opts)
        role = MeshRole(
            name,
            MeshRoleArgs(
                arn=args.role_arn,
                description=f"S3 delivers {args.domain}.{args.product} to partners",
                trust=args.trust,
                permissions=args.permissions,
                boundary=names.boundary(args.account_id),
            ),
            # `pulumi state move` brings the role from the stack of the domain, without its parent.
            opts=ResourceOptions(parent=self, aliases=[Alias(parent=ROOT_STACK_RESOURCE)]),
        )
        self.arn = role.arn
        self.register_outputs({"arn": self.arn})
