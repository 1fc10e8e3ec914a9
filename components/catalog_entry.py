"""Entry of a product in the mesh catalog: its database, closed by LF-tags, in which its publisher makes tables."""

from __future__ import annotations

import pulumi_aws as aws
from pulumi import ComponentResource, Resource, ResourceOptions

from components.protection import protected
from mesh.aws.text_length import shortened
from mesh.contracts.catalog import LONGEST_DESCRIPTION
from mesh.plan.nodes import CatalogEntryArgs
from mesh.plan.nodes.lf_tags import TagAssignment


class CatalogEntry(ComponentResource):
    """The entry, made by the deployment of governance. Outputs: `database`.

    Its tables and the LF-tags of their columns are made at publication, and are no resources of a stack. LF-tags, the
    publisher's role and the location of the tables have to exist: a table below the location of its own database takes
    no permission of its own (Lake Formation Developer Guide, "Creating a database").
    """

    def __init__(self, name: str, args: CatalogEntryArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("mesh:aws:CatalogEntry", name, None, opts)
        self.catalog_id = args.perimeter.governance_id
        self.database = aws.glue.CatalogDatabase(
            name,
            name=args.database,
            catalog_id=self.catalog_id,
            description=shortened(args.description, LONGEST_DESCRIPTION),
            location_uri=f"s3://{args.location}/",
            opts=protected(self, args.deletion_protection),
        )
        # Closed before there can be anything in it: a table inherits this from the moment at which it is there.
        closed: list[Resource] = []
        for tag in args.closing:
            closed.append(self._close(name, tag, [self.database, *closed[-1:]]))
        aws.lakeformation.Permissions(
            args.grant.name,
            catalog_id=self.catalog_id,
            principal=args.grant.principal,
            permissions=list(args.grant.permissions),
            database={"catalog_id": self.catalog_id, "name": self.database.name},
            opts=ResourceOptions(parent=self, depends_on=closed),
        )
        self.register_outputs({"database": self.database.name})

    def _close(self, name: str, tag: TagAssignment, after: list[Resource]) -> Resource:
        """A tag of the database, after the one before: Lake Formation refuses concurrent ones.

        None takes a tag away (`retain_on_delete`): another value is written over it.
        """
        return aws.lakeformation.ResourceLfTag(
            f"{name}-{tag.key}",
            catalog_id=self.catalog_id,
            database={"catalog_id": self.catalog_id, "name": self.database.name},
            lf_tag={"catalog_id": self.catalog_id, "key": tag.key, "value": tag.value},
            opts=ResourceOptions(parent=self, depends_on=after, retain_on_delete=True),
        )
