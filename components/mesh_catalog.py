"""The one catalog of the mesh: Lake Formation's settings, LF-tags, the hub's grants, and the catalog's policy."""

from __future__ import annotations

import pulumi_aws as aws
from pulumi import ComponentResource, Resource, ResourceOptions

from mesh.plan.nodes import Clearance, MeshCatalogArgs


class MeshCatalog(ComponentResource):
    """Exactly one a mesh, in the governance account; the publishers' roles have to exist.

    Lake Formation refuses concurrent grants on one catalog, so each waits for the one before.
    """

    def __init__(self, name: str, args: MeshCatalogArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("mesh:aws:MeshCatalog", name, None, opts)
        self.catalog_id = args.perimeter.governance_id
        self.settings = self._settings(name, args)
        self.last: Resource = self.settings
        self.tags = [self._tag(key) for key in args.classifications]
        for clearance in args.clearances:
            self._grant_to_domains(clearance, args.perimeter.domains_unit_arn)
        for publisher in args.publishers:
            self._admit(publisher, list(args.classifications))
        self.policy = aws.glue.ResourcePolicy(
            name, policy=args.catalog_policy.text(), enable_hybrid="TRUE", opts=ResourceOptions(parent=self)
        )
        self.register_outputs({"catalog_id": self.catalog_id})

    def _settings(self, name: str, args: MeshCatalogArgs) -> aws.lakeformation.DataLakeSettings:
        """No IAMAllowedPrincipals, no engine that filters by itself, sessions carry who asks (finding 4)."""
        return aws.lakeformation.DataLakeSettings(
            name,
            catalog_id=self.catalog_id,
            admins=list(args.administrators),
            create_database_default_permissions=[],
            create_table_default_permissions=[],
            allow_external_data_filtering=False,
            allow_full_table_external_data_access=False,
            parameters={"CROSS_ACCOUNT_VERSION": "4", "SET_CONTEXT": "TRUE"},
            opts=ResourceOptions(parent=self),
        )

    def _tag(self, key: str) -> aws.lakeformation.LfTag:
        return aws.lakeformation.LfTag(
            key,
            catalog_id=self.catalog_id,
            key=key,
            values=["false", "true"],
            opts=ResourceOptions(parent=self, depends_on=[self.settings]),
        )

    def _grant_to_domains(self, clearance: Clearance, domains_unit: str) -> None:
        """A clearance's expression to the domains unit, with the right to pass it on; never to partners."""
        for kind, permissions in (("DATABASE", ["DESCRIBE"]), ("TABLE", ["DESCRIBE", "SELECT"])):
            self.last = aws.lakeformation.Permissions(
                f"{clearance.name}-{kind.lower()}",
                catalog_id=self.catalog_id,
                principal=domains_unit,
                permissions=permissions,
                permissions_with_grant_options=permissions,
                lf_tag_policy={
                    "catalog_id": self.catalog_id,
                    "resource_type": kind,
                    "expressions": [{"key": key, "values": list(values)} for key, values in clearance.expression],
                },
                opts=ResourceOptions(parent=self, depends_on=[self.last, *self.tags]),
            )

    def _admit(self, publisher: str, classifications: list[str]) -> None:
        """A publisher may create databases and put the mesh's LF-tags on them; whose, its IAM policy says."""
        label = publisher.rpartition("/")[2]
        self.last = aws.lakeformation.Permissions(
            f"{label}-publishes",
            catalog_id=self.catalog_id,
            principal=publisher,
            permissions=["CREATE_DATABASE"],
            catalog_resource=True,
            opts=ResourceOptions(parent=self, depends_on=[self.last]),
        )
        for key in classifications:
            self.last = aws.lakeformation.Permissions(
                f"{label}-labels-{key}",
                catalog_id=self.catalog_id,
                principal=publisher,
                permissions=["ASSOCIATE", "DESCRIBE"],
                lf_tag={"catalog_id": self.catalog_id, "key": key, "values": ["false", "true"]},
                opts=ResourceOptions(parent=self, depends_on=[self.last, *self.tags]),
            )
