"""The one catalog of the mesh: its resource policy, its LF-tags, and the grants to domains and publishers."""

from __future__ import annotations

from typing import TypedDict

import pulumi_aws as aws
from pulumi import ComponentResource, ResourceOptions

from components.data_lake import DataLake, DataLakeArgs
from mesh.plan.nodes import MeshCatalogArgs
from mesh.plan.nodes.grants import LABEL_VALUES, Covered, Grant, Label, NamedResource, WholeCatalog


class MeshCatalog(ComponentResource):
    """The catalog, one a mesh, in the governance account. Outputs: `catalog_id`.

    The publishers' roles have to exist.
    """

    def __init__(self, name: str, args: MeshCatalogArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("mesh:aws:MeshCatalog", name, None, opts)
        self.catalog_id = args.perimeter.governance_id
        lake = DataLakeArgs(account_id=self.catalog_id, administrators=args.administrators)
        self.lake = DataLake(name, lake, opts=ResourceOptions(parent=self))
        self.policy = aws.glue.ResourcePolicy(
            name, policy=args.catalog_policy.text(), enable_hybrid="TRUE", opts=ResourceOptions(parent=self)
        )
        self.tags: list[aws.lakeformation.LfTag] = []
        for key in args.classifications:
            self.tags.append(self._tag(key))
        for grant in args.grants:
            self._grant(grant)
        self.register_outputs({"catalog_id": self.catalog_id})

    def _tag(self, key: str) -> aws.lakeformation.LfTag:
        # One after the other: Lake Formation refuses changes of LF-tags at once (UpdateLFTag answers with
        # ConcurrentModificationException), and of these the plugin tries none again.
        return aws.lakeformation.LfTag(
            key,
            catalog_id=self.catalog_id,
            key=key,
            values=list(LABEL_VALUES),
            opts=ResourceOptions(parent=self, depends_on=[self.lake, *self.tags[-1:]]),
        )

    def _grant(self, grant: Grant) -> aws.lakeformation.Permissions:
        # After the catalog's policy, which admits the RAM shares that a grant to another account makes (Lake Formation
        # Developer Guide, "Managing cross-account permissions using both AWS Glue and Lake Formation"). Not one after
        # the other: one that fails would stop all behind it, and the plugin tries concurrent ones again.
        return aws.lakeformation.Permissions(
            grant.name,
            catalog_id=self.catalog_id,
            principal=grant.principal,
            permissions=list(grant.permissions),
            permissions_with_grant_options=list(grant.permissions) if grant.grantable else None,
            **_target(grant),
            opts=ResourceOptions(parent=self, depends_on=[self.policy, self.lake, *self.tags]),
        )


class _Target(TypedDict, total=False):
    lf_tag_policy: aws.lakeformation.PermissionsLfTagPolicyArgs
    lf_tag: aws.lakeformation.PermissionsLfTagArgs


def _target(grant: Grant) -> _Target:
    """The resource of a grant, as an argument of `Permissions`."""
    match grant.on:
        case Covered():
            return {"lf_tag_policy": covered(grant.on)}
        case Label(catalog=catalog, key=key, values=values):
            return {"lf_tag": aws.lakeformation.PermissionsLfTagArgs(catalog_id=catalog, key=key, values=list(values))}
        case NamedResource() | WholeCatalog():
            raise TypeError(f"{grant.name}: the mesh catalog makes no grant on a database, a table or itself")


def covered(on: Covered) -> aws.lakeformation.PermissionsLfTagPolicyArgs:
    """The databases or tables of a catalog that an expression covers."""
    # The hub's grant and a domain's are both made here: an account may pass on only the very expression it was granted.
    return aws.lakeformation.PermissionsLfTagPolicyArgs(
        catalog_id=on.catalog,
        resource_type=on.kind,
        expressions=[
            aws.lakeformation.PermissionsLfTagPolicyExpressionArgs(key=key, values=list(values))
            for key, values in on.expression
        ],
    )
