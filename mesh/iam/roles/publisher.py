"""Role that publishes the tables of a domain into the mesh catalog. Trust and permissions."""

from __future__ import annotations

from typing import Final

from mesh import names
from mesh.iam.keys import ENCRYPT
from mesh.iam.perimeter import Perimeter, through
from mesh.iam.roles.trust import assumed_by
from mesh.iam.statement import Document, Statement, document, when

PUBLISH: Final = (
    "glue:CreateDatabase",
    "glue:CreateTable",
    "glue:DeleteDatabase",
    "glue:DeleteTable",
    "glue:GetDatabase",
    # The plugin reads it back with every table (resourceCatalogTableRead), also with one that has no partitions.
    "glue:GetPartitionIndexes",
    "glue:GetTable",
    "glue:GetTables",
    "glue:UpdateDatabase",
    "glue:UpdateTable",
)

TAG: Final = ("glue:GetTags", "glue:TagResource", "glue:UntagResource")

LABEL: Final = (
    "lakeformation:AddLFTagsToResource",
    "lakeformation:GetResourceLFTags",
    "lakeformation:RemoveLFTagsFromResource",
)

START: Final = ("s3:DeleteObject", "s3:GetObject", "s3:PutObject")
"""What starts an Iceberg table (Lake Formation Developer Guide, "Creating Apache Iceberg tables", Prerequisites)."""


def publisher_trust(domain_id: str) -> Document:
    """Trust: the deployment of the domain assumes the role."""
    return document(
        assumed_by(
            domain_id,
            names.deploy_role(domain_id),
            sid="DeploymentOfTheDomain",
            what="The deployment of the domain assumes the role.",
            why="To publish is a step of the domain's own stack; each domain has a publisher of its own.",
        )
    )


def publisher_permissions(perimeter: Perimeter, domain: str, domain_id: str) -> Document:
    """Permissions: publish the databases `<domain>__*`, and label what is in them.

    Lake Formation's actions have no resource types (Service Authorization Reference): what the role can label are the
    databases that it made, and where it can make one, DATA_LOCATION_ACCESS says (`RegisteredLocation`).
    """
    hub = f"arn:aws:glue:{perimeter.region}:{perimeter.governance_id}"
    databases = names.databases_of(domain)
    return document(
        Statement(
            sid="PublishTheDomainsDatabases",
            what="The role creates, changes and deletes databases of its domain's name, with their tables.",
            why="`<domain>__*`: nobody publishes under the name of another domain.",
            effect="Allow",
            actions=(*PUBLISH, *TAG),
            # To delete a database takes its tables and its functions, too (Service Authorization Reference, AWS Glue).
            resources=(
                f"{hub}:catalog",
                f"{hub}:database/{databases}",
                f"{hub}:table/{databases}/*",
                f"{hub}:userDefinedFunction/{databases}/*",
            ),
        ),
        Statement(
            sid="LabelData",
            what="The role puts LF-tags on data.",
            why="Lake Formation's actions take no resource: it labels what it made, and registers no location.",
            effect="Allow",
            actions=LABEL,
            resources=("*",),
        ),
        Statement(
            sid="StartTables",
            what="The role reads, writes and deletes the metadata of tables in its domain's buckets.",
            why="Glue writes the first metadata file of an Iceberg table as whoever creates the table.",
            effect="Allow",
            actions=START,
            resources=(f"arn:aws:s3:::{names.buckets_of(perimeter.mesh, domain)}/tables/*/metadata/*",),
            conditions=(when("StringEquals", "aws:ResourceAccount", domain_id),),
        ),
        Statement(
            sid="StartTablesThroughLakeFormation",
            what="The role asks Lake Formation for credentials, with its grants alone.",
            why="AWS asks it of who writes at a registered location; whether CreateTable does, no page says.",
            effect="Allow",
            actions=("lakeformation:GetDataAccess",),
            resources=("*",),
        ),
        Statement(
            sid="EncryptTableMetadata",
            what="The role encrypts and decrypts with keys of the domain's account.",
            why="The first metadata file of a table is encrypted with the product's key.",
            effect="Allow",
            actions=ENCRYPT,
            resources=(f"arn:aws:kms:{perimeter.region}:{domain_id}:key/*",),
            conditions=(through(perimeter, "s3"),),
        ),
    )
