"""Documents of the publication function: what it knows of the mesh, and what each contract promises.

They lie beside its source in its archive, so a function and what it checks against are deployed in one step. The
function imports nothing of ours: these texts are all that it and the plan share (`functions/publish`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from mesh import names
from mesh.contracts.catalog import CatalogColumn, CatalogTable
from mesh.contracts.iceberg import iceberg_type
from mesh.contracts.lock import partition_text
from mesh.contracts.partitions import field_name
from mesh.contracts.row_counts import least_rows
from mesh.contracts.types import ColumnType
from mesh.iam.perimeter import Perimeter
from mesh.model import Contract, Element
from mesh.model.base import Owner
from mesh.plan.nodes import CatalogEntryArgs
from mesh.plan.nodes.lf_tags import CLOSED

ROLLBACKS: Final = 100
"""Publications of a product that it can go back to."""


class Documents(Mapping[str, str]):
    """Texts by their paths, each written when it is read: a plan is made far more often than it is deployed."""

    def __init__(self, written: Mapping[str, Callable[[], str]]) -> None:
        self._written = written

    def __getitem__(self, path: str) -> str:
        return self._written[path]()

    def __iter__(self) -> Iterator[str]:
        return iter(self._written)

    def __len__(self) -> int:
        return len(self._written)


def mesh_document(
    perimeter: Perimeter,
    classifications: tuple[str, ...],
    domains: Mapping[str, str],
    *,
    lag_days: int,
    snapshot_days: int,
) -> str:
    """Document about the mesh, as JSON; `domains` has the names of domains by their accounts.

    `lag_days` is how long a draft may wait, `snapshot_days` how long optimizers keep what it no longer names.
    """
    hub = perimeter.governance_id
    return _text(
        {
            "mesh": perimeter.mesh,
            "region": perimeter.region,
            "hub": hub,
            "bus": f"arn:aws:events:{perimeter.region}:{hub}:event-bus/{names.BUS}",
            "publications_bucket": perimeter.buckets.publications(hub),
            "classifications": sorted(classifications),
            "domains": dict(sorted(domains.items())),
            "rollbacks": ROLLBACKS,
            "lag_days": lag_days,
            "snapshot_days": snapshot_days,
            "workgroup": names.workgroup(names.CHECK),
        }
    )


def contract_document(entry: CatalogEntryArgs, contract: Contract, account_id: str, owner: Owner) -> str:
    """Document about a product's contract, as JSON: tables with columns, ids, labels and partitions, and rules."""
    elements = {element.catalog_name: element for element in contract.tables}
    return _text(
        {
            "domain": entry.domain,
            "product": entry.product,
            "account_id": account_id,
            "bucket": entry.bucket,
            "database": entry.database,
            "draft": names.draft_database(entry.domain, entry.product),
            "owner": {"team": owner.team, "email": owner.email},
            "version": contract.version,
            "tables": [_table(entry, table, elements[table.name]) for table in entry.tables],
        }
    )


def contract_path(domain: str, product: str) -> str:
    """Path of a product's document in the archive."""
    return f"contracts/{domain}/{product}.json"


MESH_PATH: Final = "mesh.json"
"""Path of the document about the mesh in the archive."""


def _text(document: Mapping[str, Any]) -> str:
    """Stable JSON: the same text for the same document, so the archive's hash tells a change."""
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _table(entry: CatalogEntryArgs, table: CatalogTable, element: Element) -> dict[str, Any]:
    is_iceberg, closed = table.format == "iceberg", _closed(entry, table)
    ids = {path: field.id for path, field in table.locked.fields.items()}
    return {
        "name": table.name,
        "format": table.format,
        "location": f"s3://{entry.location}/{table.name}/",
        "description": table.description,
        "schema_id": table.locked.schema_id,
        "columns": [_column(column, ids if is_iceberg else None, closed) for column in table.every_column],
        "partitions": [
            {
                "name": field_name(column.name, transform) if is_iceberg else column.name,
                "transform": transform,
                "source_id": ids[column.name] if is_iceberg else None,
                "field_id": table.locked.partitions[partition_text((column.name, transform))] if is_iceberg else None,
            }
            for column, transform in zip(table.partitions, table.transforms, strict=True)
        ],
        "key": [column.catalog_name for column in _key(element)],
        "rows": {"at_least": least_rows(element)},
    }


def _closed(entry: CatalogEntryArgs, table: CatalogTable) -> dict[str, list[str]]:
    """Classifications that close a column, by its name: those of its labels, all of a label that the mesh has not."""
    closing = [tag for tag in entry.labelling if tag.table == table.name and tag.value == CLOSED]
    return {c.name: sorted(tag.key for tag in closing if c.name in tag.columns) for c in table.every_column}


def _column(column: CatalogColumn, ids: Mapping[str, int] | None, closed: Mapping[str, list[str]]) -> dict[str, Any]:
    """A column; `ids` of its fields where the table is Iceberg's, whose type says what in it is required."""
    required = [] if ids else sorted(required_parts(column.type, column.name))
    return {
        "id": ids[column.name] if ids else None,
        "name": column.name,
        "type": str(column.type),
        "iceberg_type": json.loads(iceberg_type(column.type, column.name, ids)) if ids else None,
        "required": column.required,
        "comment": column.comment,
        "labels": closed[column.name],
        **({"required_parts": required} if required else {}),
    }


def required_parts(type_: ColumnType, path: str) -> Iterator[str]:
    """Paths of what takes no null in a type; a key of a map never does."""
    for part in type_.parts:
        inside = f"{path}.{part.name}"
        if part.required and (type_.name, part.name) != ("map", "key"):
            yield inside
        yield from required_parts(part.type, inside)


def _key(table: Element) -> list[Element]:
    """Columns of the primary key, in the order that the contract gives them."""
    marked = [column for column in table.columns if column.data.get("primaryKey")]
    return sorted(marked, key=lambda column: column.data.get("primaryKeyPosition") or 0)
