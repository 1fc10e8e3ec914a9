"""Role that moves what is published of a domain in the mesh catalog: the publication function's alone."""

from __future__ import annotations

from typing import Final

from mesh import names
from mesh.iam.perimeter import Perimeter
from mesh.iam.roles.trust import BEGIN, assumed_by
from mesh.iam.statement import Document, Statement, document

MAKE: Final = ("glue:CreateTable",)
"""In the hub alone: in the accounts of domains deployments make tables."""

PUBLISH: Final = (
    *MAKE,
    "glue:BatchCreatePartition",
    "glue:BatchGetPartition",
    "glue:BatchUpdatePartition",
    "glue:GetDatabase",
    "glue:GetPartitions",
    "glue:GetTable",
    "glue:GetTables",
    "glue:GetTableVersion",
    "glue:GetTableVersions",
    "glue:UpdateTable",
)

LABEL: Final = ("lakeformation:AddLFTagsToResource", "lakeformation:GetResourceLFTags")
"""A tag is written over, and never taken away: without one a column is what its table is."""


def publisher_trust(governance_id: str) -> Document:
    """Trust: the publication function assumes the role, and nobody else; no domain's deployment does."""
    return document(
        assumed_by(
            governance_id,
            names.publication_role(governance_id),
            sid="ThePublicationFunction",
            what="The publication function assumes the role.",
            why="What is published was checked against its contract: whoever publishes otherwise, checks nothing.",
            actions=BEGIN,
        )
    )


def publisher_permissions(perimeter: Perimeter, domain: str) -> Document:
    """Permissions: make and move tables of the databases `<domain>__*`, and label what is in them.

    It makes no database, deletes nothing, and reads no data: neither an object, nor a key, nor Lake Formation's
    credentials. Lake Formation's actions have no resource types (Service Authorization Reference): what the role can
    label are the tables that it made.
    """
    hub = f"arn:aws:glue:{perimeter.region}:{perimeter.governance_id}"
    databases = names.databases_of(domain)
    return document(
        Statement(
            sid="PublishTheDomainsTables",
            what="The role makes tables in databases of its domain's name, moves them, and reads them back.",
            why="`<domain>__*`: what is checked of one domain is not published under the name of another.",
            effect="Allow",
            actions=PUBLISH,
            resources=(f"{hub}:catalog", f"{hub}:database/{databases}", f"{hub}:table/{databases}/*"),
        ),
        Statement(
            sid="LabelData",
            what="The role puts LF-tags on data, and reads them back.",
            why="A new column reaches the hub at publication; Lake Formation's actions take no resource.",
            effect="Allow",
            actions=LABEL,
            resources=("*",),
        ),
    )
