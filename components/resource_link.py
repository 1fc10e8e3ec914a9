"""A consumed database, linked into the consumer's own catalog; a link shows the way, it gives no permission."""

from __future__ import annotations

import pulumi_aws as aws
from pulumi import ComponentResource, ResourceOptions

from mesh.plan.nodes import ResourceLinkArgs


class ResourceLink(ComponentResource):
    """A Glue resource link of the same name as the database. Outputs: `database`."""

    def __init__(self, name: str, args: ResourceLinkArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("mesh:aws:ResourceLink", name, None, opts)
        self.link = aws.glue.CatalogDatabase(
            name,
            name=args.database,
            catalog_id=args.account_id,
            target_database={"catalog_id": args.perimeter.governance_id, "database_name": args.database},
            opts=ResourceOptions(parent=self),
        )
        self.register_outputs({"database": self.link.name})
