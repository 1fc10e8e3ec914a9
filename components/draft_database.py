"""Database of a product's drafts, in its domain's own catalog: open there to all whom IAM admits."""

from __future__ import annotations

import pulumi_aws as aws
from pulumi import ComponentResource, ResourceOptions

from components.protection import protected
from mesh.aws.text_length import shortened
from mesh.contracts.catalog import LONGEST_DESCRIPTION
from mesh.plan.nodes import DraftDatabaseArgs


class DraftDatabase(ComponentResource):
    """The database and the one grant on it. Outputs: `database`.

    The account's `DataLake` has to exist. Lake Formation decides nothing on drafts: IAM says who sees them, and S3 who
    reads their data, whose place is not registered in this account.
    """

    def __init__(self, name: str, args: DraftDatabaseArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("mesh:aws:DraftDatabase", name, None, opts)
        permissions = list(args.grant.permissions)
        self.database = aws.glue.CatalogDatabase(
            f"{name}-draft",
            name=args.database,
            catalog_id=args.account_id,
            description=shortened(args.description, LONGEST_DESCRIPTION),
            create_table_default_permissions=[
                {"permissions": permissions, "principal": {"data_lake_principal_identifier": args.grant.principal}}
            ],
            opts=protected(self, args.deletion_protection),
        )
        aws.lakeformation.Permissions(
            args.grant.name,
            principal=args.grant.principal,
            permissions=permissions,
            database={"catalog_id": args.account_id, "name": args.database},
            opts=ResourceOptions(parent=self, depends_on=[self.database]),
        )
        self.register_outputs({"database": self.database.name})
