"""Lake Formation in one account: who administers it, and no permission that nobody gave."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi_aws as aws
from pulumi import ComponentResource, ResourceOptions


class DataLake(ComponentResource):
    """Exactly one an account: the settings are one document, and whoever writes last wins. Outputs: `catalog_id`.

    `administrators` are ARNs of roles; only they grant. Without it a new database is open to whoever IAM lets in
    (`IAMAllowedPrincipals`), engines may filter by themselves, and a read does not say who asked.
    """

    def __init__(
        self, name: str, account_id: str, administrators: Sequence[str], opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("mesh:aws:DataLake", name, None, opts)
        self.settings = aws.lakeformation.DataLakeSettings(
            name,
            catalog_id=account_id,
            admins=list(administrators),
            create_database_default_permissions=[],
            create_table_default_permissions=[],
            allow_external_data_filtering=False,
            allow_full_table_external_data_access=False,
            parameters={"CROSS_ACCOUNT_VERSION": "4", "SET_CONTEXT": "TRUE", "SET_SOURCE_IDENTITY": "TRUE"},
            opts=ResourceOptions(parent=self),
        )
        self.register_outputs({"catalog_id": account_id})
