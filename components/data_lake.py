"""Settings of Lake Formation in one account: its administrators, and no default permissions."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi_aws as aws
from pulumi import ComponentResource, ResourceOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class DataLakeArgs:
    """The account, and the ARNs of the roles that may grant in it."""

    account_id: str
    administrators: tuple[str, ...]


class DataLake(ComponentResource):
    """The settings, one component an account: they are one document, and the last write wins. Outputs: `catalog_id`.

    By AWS's defaults a new database is open to everyone whom IAM admits (`IAMAllowedPrincipals`), engines may filter
    columns by themselves, and the log of a read does not name its user.
    """

    def __init__(self, name: str, args: DataLakeArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("mesh:aws:DataLake", name, None, opts)
        self.settings = aws.lakeformation.DataLakeSettings(
            name,
            catalog_id=args.account_id,
            admins=list(args.administrators),
            create_database_default_permissions=[],
            create_table_default_permissions=[],
            allow_external_data_filtering=False,
            allow_full_table_external_data_access=False,
            # The last two make the log of a read name its user.
            parameters={"CROSS_ACCOUNT_VERSION": "4", "SET_CONTEXT": "TRUE", "SET_SOURCE_IDENTITY": "TRUE"},
            opts=ResourceOptions(parent=self),
        )
        self.register_outputs({"catalog_id": args.account_id})
