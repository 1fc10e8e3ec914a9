"""Role of a partner's people in the partner's account: its permissions."""

from __future__ import annotations

from mesh import names
from mesh.iam.buckets import READER_ACTIONS
from mesh.iam.keys import DECRYPT
from mesh.iam.mesh_catalog import READ_CATALOG
from mesh.iam.perimeter import Perimeter, through
from mesh.iam.roles.query import QUERY, browsing, query_results
from mesh.iam.statement import Document, Statement, document, when


def partner_permissions(perimeter: Perimeter, partner: str, account_id: str, inbox: str) -> Document:
    """Permissions: what data work needs of the partner's own account, and nothing else."""
    region = perimeter.region
    results = perimeter.buckets.results(f"partner-{partner}", account_id)
    return document(
        Statement(
            sid="QueryInTheOwnWorkgroup",
            what="The role queries in the account's workgroup.",
            why="The workgroup says where results are kept, and with which key.",
            effect="Allow",
            actions=QUERY,
            resources=(f"arn:aws:athena:{region}:{account_id}:workgroup/{names.WORKGROUP}",),
        ),
        *browsing(perimeter, account_id),
        Statement(
            sid="ReadTheOwnCatalog",
            what="The role reads metadata in its account's catalog.",
            why="The mesh catalog, which tells what data there is, stays closed to partners.",
            effect="Allow",
            actions=READ_CATALOG,
            resources=tuple(
                f"arn:aws:glue:{region}:{account_id}:{what}" for what in ("catalog", "database/*", "table/*")
            ),
        ),
        Statement(
            sid="ReadTheInbox",
            what="The role reads what was delivered.",
            why="It is what the agreement is about.",
            effect="Allow",
            actions=READER_ACTIONS,
            resources=(f"arn:aws:s3:::{inbox}", f"arn:aws:s3:::{inbox}/*"),
        ),
        Statement(
            sid="DecryptTheInbox",
            what="The role decrypts with the inbox's key.",
            why="Deliveries are encrypted with it; the alias leaves out every other key.",
            effect="Allow",
            actions=DECRYPT,
            resources=(f"arn:aws:kms:{region}:{account_id}:key/*",),
            conditions=(
                when("ForAnyValue:StringEquals", "kms:ResourceAliases", f"alias/{names.INBOX_KEY_ALIAS}"),
                through(perimeter, "s3"),
            ),
        ),
        *query_results(perimeter, account_id, results, names.ACCOUNT_KEY_ALIAS),
    )
