"""The one catalog of the mesh: its policy, its LF-tags, the hub's grants, and the publishers it lets in."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi_aws as aws
from pulumi import ComponentResource, Resource, ResourceOptions

from components.data_lake import DataLake, DataLakeArgs
from mesh.plan.nodes import Clearance, MeshCatalogArgs

VALUES = ("false", "true")
"""Of every LF-tag: one key a classification, for a resource holds one value per key."""


class MeshCatalog(ComponentResource):
    """Exactly one a mesh, in the governance account; the publishers' roles have to exist. Outputs: `catalog_id`.

    Lake Formation refuses concurrent grants on one catalog, so each waits for the one before. All of them wait for the
    catalog's policy, which admits the shares that a grant to another account makes (Lake Formation Developer Guide,
    "Managing cross-account permissions using both AWS Glue and Lake Formation").
    """

    def __init__(self, name: str, args: MeshCatalogArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("mesh:aws:MeshCatalog", name, None, opts)
        self.catalog_id = args.perimeter.governance_id
        lake = DataLakeArgs(account_id=self.catalog_id, administrators=args.administrators)
        self.lake = DataLake(name, lake, opts=ResourceOptions(parent=self))
        self.policy = aws.glue.ResourcePolicy(
            name, policy=args.catalog_policy.text(), enable_hybrid="TRUE", opts=ResourceOptions(parent=self)
        )
        self.tags = [self._tag(key) for key in args.classifications]
        self.last: Resource = self.policy
        for clearance in args.clearances:
            self._grant_to_domains(clearance, args.perimeter.domains_unit_arn)
        for publisher in args.publishers:
            self._admit(publisher, list(args.classifications))
        self.register_outputs({"catalog_id": self.catalog_id})

    def _tag(self, key: str) -> aws.lakeformation.LfTag:
        return aws.lakeformation.LfTag(
            key,
            catalog_id=self.catalog_id,
            key=key,
            values=list(VALUES),
            opts=ResourceOptions(parent=self, depends_on=[self.lake]),
        )

    def _after(self) -> ResourceOptions:
        return ResourceOptions(parent=self, depends_on=[self.last, self.lake, *self.tags])

    def _grant_to_domains(self, clearance: Clearance, domains_unit: str) -> None:
        """A clearance's expression to the domains unit, with the right to pass it on; never to partners."""
        for kind, permissions in (("DATABASE", ["DESCRIBE"]), ("TABLE", ["DESCRIBE", "SELECT"])):
            self.last = aws.lakeformation.Permissions(
                f"{clearance.name}-{kind.lower()}",
                catalog_id=self.catalog_id,
                principal=domains_unit,
                permissions=permissions,
                permissions_with_grant_options=permissions,
                lf_tag_policy=expression(clearance, kind, self.catalog_id),
                opts=self._after(),
            )

    def _admit(self, publisher: str, classifications: Sequence[str]) -> None:
        """A publisher may create databases and put the mesh's LF-tags on them; whose, its IAM policy says."""
        label = publisher.rpartition("/")[2]
        self.last = aws.lakeformation.Permissions(
            f"{label}-publishes",
            catalog_id=self.catalog_id,
            principal=publisher,
            permissions=["CREATE_DATABASE"],
            catalog_resource=True,
            opts=self._after(),
        )
        for key in classifications:
            self.last = aws.lakeformation.Permissions(
                f"{label}-labels-{key}",
                catalog_id=self.catalog_id,
                principal=publisher,
                permissions=["ASSOCIATE", "DESCRIBE"],
                lf_tag={"catalog_id": self.catalog_id, "key": key, "values": list(VALUES)},
                opts=self._after(),
            )


def expression(clearance: Clearance, kind: str, catalog_id: str) -> aws.lakeformation.PermissionsLfTagPolicyArgs:
    """What a clearance covers among the databases (`DATABASE`) or tables (`TABLE`) of a catalog.

    The hub's grant and a domain's are both made here: an account may pass on only the very expression it was given.
    """
    return aws.lakeformation.PermissionsLfTagPolicyArgs(
        catalog_id=catalog_id,
        resource_type=kind,
        expressions=[
            aws.lakeformation.PermissionsLfTagPolicyExpressionArgs(key=key, values=list(values))
            for key, values in clearance.expression
        ],
    )
