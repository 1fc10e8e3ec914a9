"""Resource link to a consumed database, in the consumer's own catalog; it gives no permission on the database."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi_aws as aws
from pulumi import ComponentResource, Resource, ResourceOptions

from mesh.plan.nodes import ResourceLinkArgs


class ResourceLink(ComponentResource):
    """A Glue resource link with the name of the database, which everyone in the account sees. Outputs: `database`.

    The account's `DataLake` has to exist. `after` are grants on the same catalog that come first: Lake Formation
    refuses concurrent ones.
    """

    def __init__(
        self,
        name: str,
        args: ResourceLinkArgs,
        after: Sequence[Resource] = (),
        opts: ResourceOptions | None = None,
    ) -> None:
        super().__init__("mesh:aws:ResourceLink", name, None, opts)
        self.link = aws.glue.CatalogDatabase(
            name,
            name=args.database,
            catalog_id=args.account_id,
            target_database={"catalog_id": args.perimeter.governance_id, "database_name": args.database},
            opts=ResourceOptions(parent=self),
        )
        self.last_grant: Resource = aws.lakeformation.Permissions(
            name,
            principal=args.grant.principal,
            permissions=list(args.grant.permissions),
            database={"catalog_id": args.account_id, "name": self.link.name},
            opts=ResourceOptions(parent=self, depends_on=list(after)),
        )
        self.register_outputs({"database": self.link.name})
