"""The database `default` of an account: empty, and seen by everyone there, as Athena asks."""

from __future__ import annotations

import pulumi_aws as aws
from pulumi import ComponentResource, ResourceOptions

from mesh.plan.nodes import DefaultDatabaseArgs


class DefaultDatabase(ComponentResource):
    """The database and the one grant on it. Outputs: `database`.

    The account's `DataLake` has to exist. Where somebody queried before there was a mesh, the database is there
    already, and is imported (`pulumi import`).
    """

    def __init__(self, name: str, args: DefaultDatabaseArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("mesh:aws:DefaultDatabase", name, None, opts)
        self.database = aws.glue.CatalogDatabase(
            name,
            name=args.database,
            catalog_id=args.account_id,
            description=args.description,
            create_table_default_permissions=[],
            opts=ResourceOptions(parent=self),
        )
        aws.lakeformation.Permissions(
            name,
            principal=args.grant.principal,
            permissions=list(args.grant.permissions),
            database={"catalog_id": args.account_id, "name": self.database.name},
            opts=ResourceOptions(parent=self),
        )
        self.register_outputs({"database": self.database.name})
