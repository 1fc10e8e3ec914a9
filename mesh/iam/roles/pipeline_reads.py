"""Reading in the permissions of a pipeline's role: the products in its `reads`, and no other.

What it sees of them its clearance decides: Lake Formation's grant of a table's columns, the policies of bucket and key
of the port `files`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mesh import names
from mesh.iam.buckets import READER_ACTIONS
from mesh.iam.keys import DECRYPT
from mesh.iam.mesh_catalog import ATHENAS_DATABASE, READ_CATALOG
from mesh.iam.perimeter import Perimeter, through
from mesh.iam.roles.query import QUERY
from mesh.iam.statement import Statement, when

READ_NAMED_TABLES = tuple(action for action in READ_CATALOG if action != "glue:SearchTables")
"""Actions on databases and tables that a policy names; a search is of a whole catalog."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineRead:
    """A product that a pipeline reads, with the ports that it reads it through."""

    domain: str
    product: str
    account_id: str
    ports: frozenset[str]

    @property
    def reference(self) -> str:
        """The product, as `<domain>.<product>`."""
        return f"{self.domain}.{self.product}"


def pipeline_reads(
    perimeter: Perimeter, account_id: str, product: str, reads: Sequence[MachineRead]
) -> Iterator[Statement]:
    """Statements of a pipeline that reads these products; of one that reads none, its own workgroup alone."""
    yield Statement(
        sid="QueryInTheOwnWorkgroup",
        what="The role queries in the workgroup of its pipeline.",
        why="Its results, and what Athena inserts, are encrypted with the product's key there and in no other.",
        effect="Allow",
        actions=QUERY,
        resources=(f"arn:aws:athena:{perimeter.region}:{account_id}:workgroup/{names.pipeline_workgroup(product)}",),
    )
    tables = [read for read in reads if "table" in read.ports]
    if tables:
        yield from _tables(perimeter, account_id, tables)
    files = [read for read in reads if "files" in read.ports]
    if files:
        yield from _files(perimeter, files)


def _tables(perimeter: Perimeter, account_id: str, reads: Sequence[MachineRead]) -> Iterator[Statement]:
    databases = [names.database(read.domain, read.product) for read in reads]
    yield Statement(
        sid="ReadTablesOfOthers",
        what="The role reads metadata of the products that its YAML says it reads, and of no other.",
        why="A resource link is in its account and the table in the mesh catalog; a clearance alone would open every "
        "product that it covers.",
        effect="Allow",
        actions=READ_NAMED_TABLES,
        resources=(
            *(
                f"arn:aws:glue:{perimeter.region}:{owner}:{what}"
                for owner in (account_id, perimeter.governance_id)
                for what in ("catalog", *(w for d in databases for w in (f"database/{d}", f"table/{d}/*")))
            ),
            f"arn:aws:glue:{perimeter.region}:{account_id}:database/{ATHENAS_DATABASE}",
        ),
    )
    yield Statement(
        sid="AskLakeFormation",
        what="The role asks Lake Formation for credentials to data.",
        why="Athena and Glue read a registered location in no other way; which columns, the grants decide.",
        effect="Allow",
        actions=("lakeformation:GetDataAccess",),
        resources=("*",),
    )


def _files(perimeter: Perimeter, reads: Sequence[MachineRead]) -> Iterator[Statement]:
    buckets = [perimeter.buckets.of_product(read.domain, read.product, read.account_id) for read in reads]
    yield Statement(
        sid="ReadFilesOfOthers",
        what="The role reads objects of the products that its YAML says it reads, and of no other.",
        why="The port `files`: whether its clearance covers the product, the policy of the bucket decides.",
        effect="Allow",
        actions=READER_ACTIONS,
        resources=tuple(f"arn:aws:s3:::{bucket}{part}" for bucket in buckets for part in ("", "/files/*")),
    )
    yield Statement(
        sid="DecryptFilesOfOthers",
        what="The role decrypts, through S3, with the keys of these products.",
        why="Reading an object takes its key as well; the aliases leave out every other.",
        effect="Allow",
        actions=DECRYPT,
        resources=tuple(dict.fromkeys(f"arn:aws:kms:{perimeter.region}:{read.account_id}:key/*" for read in reads)),
        conditions=(
            when(
                "ForAnyValue:StringEquals",
                "kms:ResourceAliases",
                *dict.fromkeys(f"alias/{names.key_alias(read.product)}" for read in reads),
            ),
            through(perimeter, "s3"),
        ),
    )
