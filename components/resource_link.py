"""Resource link to a consumed database, in the consumer's own catalog; it gives no permission on the database."""

from __future__ import annotations

import pulumi_aws as aws
from pulumi import ComponentResource, ResourceOptions

from mesh.plan.nodes import ResourceLinkArgs


class ResourceLink(ComponentResource):
    """A Glue resource link with the name of the database, which everyone in the account sees. Outputs: `database`.

    The account's `DataLake` has to exist.
    """

    def __init__(self, name: str, args: ResourceLinkArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("mesh:aws:ResourceLink", name, None, opts)
        self.link = aws.glue.CatalogDatabase(
            name,
            name=args.database,
            catalog_id=args.account_id,
            target_database={"catalog_id": args.perimeter.governance_id, "database_name": args.database},
            opts=ResourceOptions(parent=self),
        )
        aws.lakeformation.Permissions(
            name,
            principal=args.grant.principal,
            permissions=list(args.grant.permissions),
            database={"catalog_id": args.account_id, "name": self.link.name},
            opts=ResourceOptions(parent=self),
        )
        self.register_outputs({"database": self.link.name})
