"""Resource policy of the mesh catalog, the Glue Data Catalog of the governance account. Quota: 10,240 bytes."""

from __future__ import annotations

from typing import Final

from mesh import names
from mesh.iam.perimeter import Perimeter, caller_is_not, in_organization, inside_units, not_a_service, outside_units
from mesh.iam.statement import Document, Statement, document, service

READ_CATALOG = (
    "glue:GetDatabase",
    "glue:GetDatabases",
    "glue:GetPartition",
    "glue:GetPartitions",
    "glue:BatchGetPartition",
    "glue:GetTable",
    "glue:GetTables",
    "glue:GetTableVersion",
    "glue:GetTableVersions",
    "glue:SearchTables",
)

ATHENAS_DATABASE: Final = "default"
"""The database that everyone who queries with Athena has to see (Athena User Guide, access to databases)."""

ABOUT_DEFAULT: Final = "Empty: Athena asks everyone who queries to see a database of this name"
"""Its description."""

WRITE_CATALOG: Final = (
    "glue:BatchCreate*",
    "glue:BatchDelete*",
    "glue:BatchUpdate*",
    "glue:Create*",
    "glue:Delete*",
    "glue:Update*",
)

WRITE_DATABASES: Final = (
    "glue:BatchDelete*",
    "glue:CreateDatabase",
    "glue:Delete*",
    "glue:UpdateDatabase",
)
"""What governance does: it makes databases, and takes away what no contract has any more."""

WRITE_TABLES: Final = (
    "glue:BatchCreatePartition",
    "glue:BatchUpdatePartition",
    "glue:CreatePartition*",
    "glue:CreateTable",
    "glue:UpdatePartition",
    "glue:UpdateTable",
)
"""What publishers do."""


def catalog_policy(perimeter: Perimeter) -> Document:
    """Resource policy of the mesh catalog: domains read it, Lake Formation shares it, nobody else reaches it (I23).

    Reading needs catalog, database and table together; which of them is seen is decided by Lake Formation.
    """
    hub = f"arn:aws:glue:{perimeter.region}:{perimeter.governance_id}"
    everything = (f"{hub}:catalog", f"{hub}:database/*", f"{hub}:table/*")
    return document(
        Statement(
            sid="DomainsReadTheCatalog",
            what="Callers of domain accounts read databases, tables and partitions.",
            why="Resource links and queries need the metadata; which of it is seen, Lake Formation decides.",
            effect="Allow",
            principal="*",
            actions=READ_CATALOG,
            resources=everything,
            conditions=(in_organization(perimeter), inside_units(perimeter.domains)),
        ),
        Statement(
            sid="LakeFormationShares",
            what="AWS RAM shares the catalog.",
            why="Grants of Lake Formation to other accounts travel in RAM's shares.",
            effect="Allow",
            principal=service("ram.amazonaws.com"),
            actions=("glue:ShareResource",),
            resources=everything,
        ),
        Statement(
            sid="RefuseOtherUnits",
            what="Callers outside the domains unit and the governance unit do nothing with the catalog.",
            why="Names of tables and columns tell what the mesh knows; a partner has a catalog of its own.",
            principal="*",
            actions=("glue:*",),
            resources=everything,
            conditions=(outside_units(perimeter.domains, perimeter.governance), not_a_service()),
        ),
        *_writers(perimeter, everything),
    )


def _writers(perimeter: Perimeter, everything: tuple[str, ...]) -> tuple[Statement, ...]:
    """Refusals to write: publishers move tables, the deployment of governance makes databases, nobody does both."""
    governance = names.deploy_role(perimeter.governance_id)
    publishers = names.publisher_role(perimeter.governance_id, "*")
    return (
        Statement(
            sid="RefuseOtherPublishers",
            what="Nobody creates, changes or deletes anything but publishers and the deployment of governance.",
            why="Whoever moves a table, or adds a column, decides what its readers see.",
            but="Publishers move tables of their domain; the deployment of governance makes databases.",
            principal="*",
            actions=WRITE_CATALOG,
            resources=everything,
            conditions=(caller_is_not(publishers, governance), not_a_service()),
        ),
        Statement(
            sid="RefuseOtherDatabases",
            what="Nobody makes or changes a database, or deletes anything, but the deployment of governance.",
            why="A database closes what is in it by its labels: one that was made anew would be open.",
            but="The deployment of governance makes databases with the labels that close them.",
            principal="*",
            actions=WRITE_DATABASES,
            resources=everything,
            conditions=(caller_is_not(governance), not_a_service()),
        ),
        Statement(
            sid="RefuseOtherTables",
            what="Nobody makes or moves a table, or its partitions, but publishers.",
            why="What is published was checked: the deployment of governance checks nothing, and publishes nothing.",
            but="The publication function becomes the publisher of a domain.",
            principal="*",
            actions=WRITE_TABLES,
            resources=everything,
            conditions=(caller_is_not(publishers), not_a_service()),
        ),
    )
