"""Checks of a draft's metadata besides its columns: version, identity, and places; and all findings about a draft."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from file_checks import Counted, file_findings
from iceberg_document import FORMAT, NO_SNAPSHOT
from json_values import mapping, shown
from manifests import DATA, manifest_list
from name_mapping import mapping_findings
from partition_checks import partition_findings
from publish_settings import PromisedProduct, PromisedTable
from schema_checks import other_version, promised_fields, schema_findings, snapshot_findings
from table_files import TableFiles, UnreadableFileError
from table_metadata import TableMetadata

PLACES: Final = ("write.data.path", "write.metadata.path", "write.object-storage.path", "write.folder-storage.path")
"""Properties that say where writers put files."""


def metadata_findings(
    product: PromisedProduct, table: PromisedTable, files: TableFiles, metadata: TableMetadata
) -> Iterator[str]:
    """Findings of the metadata file alone; one of another version is not read further."""
    document = metadata.document
    if metadata.version != FORMAT:
        yield other_version(product, metadata)
        return
    if document["location"].rstrip("/") + "/" != table.location:
        yield (
            f"the draft says that it lies at '{document['location']}', the contract's place is {table.location}: "
            f"set its location back"
        )
    for name in PLACES:
        place = metadata.properties.get(name)
        if place is not None and not files.holds(f"{place.rstrip('/')}/"):
            yield f"the property {name} is '{place}', which is not below {table.location}: remove the property"
    main = mapping(mapping(document.get("refs")).get("main")).get("snapshot-id")
    current = document.get("current-snapshot-id")
    if main is not None and main != current:
        yield (
            f"the branch main is at snapshot {main}, current-snapshot-id says {current}: readers would differ in what "
            "they see; commit again"
        )
    if main is None and document.get("refs") and current not in (None, NO_SNAPSHOT):
        yield (
            f"there is no branch main among {shown(sorted(document['refs']))}, and current-snapshot-id says {current}: "
            "readers would differ in what they see; commit again"
        )
    yield from partition_findings(table, document)
    yield from mapping_findings(promised_fields(table), metadata)


def identity_findings(
    product: PromisedProduct, files: TableFiles, metadata: TableMetadata, base: TableMetadata | None
) -> Iterator[str]:
    """A finding when the draft is another table than the published one, unless that has no rows to lose."""
    if base and base.uuid != metadata.uuid and _has_rows(files, base):
        yield (
            f"the draft is another table (table-uuid {metadata.uuid}) than the published one ({base.uuid}): somebody "
            "dropped it or made it anew, and readers would lose what is there; point the draft back at "
            f"'{base.pointer}', or publish under a new table of the contract ({product.evolving} makes it)"
        )


def _has_rows(files: TableFiles, metadata: TableMetadata) -> bool:
    if metadata.current is None:
        return False
    try:
        listed = manifest_list(files, metadata.current["manifest-list"])
    except UnreadableFileError:
        return True
    return any(each.rows != 0 for each in listed if each.content == DATA)


def iceberg_findings(
    product: PromisedProduct,
    table: PromisedTable,
    files: TableFiles,
    metadata: TableMetadata,
    base: TableMetadata | None,
    counted: Counted,
) -> Iterator[str]:
    """All findings of an Iceberg draft but the gate's."""
    yield from metadata_findings(product, table, files, metadata)
    if metadata.version != FORMAT:
        return
    yield from identity_findings(product, files, metadata, base)
    yield from schema_findings(product, table, metadata)
    yield from snapshot_findings(table, metadata, base, product, counted.anew)
    yield from file_findings(table, files, metadata, base, counted)
