"""Checks of a draft's metadata besides its columns: version, identity, places, partitions, and every file it names."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from json_values import mapping
from manifests import DATA, DataFile, Manifest, data_files, manifest_list
from publish_settings import PromisedProduct, PromisedTable
from schema_checks import is_known, mapping_findings, schema_findings, snapshot_findings
from table_files import TableFiles
from table_metadata import TableMetadata

FORMAT: Final = 2
"""The version of Iceberg's format that all engines of the mesh read; the mesh makes drafts in it."""

PLACES: Final = ("write.data.path", "write.metadata.path", "write.object-storage.path", "write.folder-storage.path")
"""Properties that say where writers put files."""

MAPPING: Final = "schema.name-mapping.default"


@dataclass
class Counted:
    """Counts of what was read for the checks, which the gate goes by; of the files of the current snapshot.

    `rows` is None where a manifest does not say; `files` are the data files of the manifests that were read, and those
    of the published version are not read again; `deletes` says that rows of files may be deleted. `anew` is for a
    contract that the published version was not checked against: then nothing is skipped.
    """

    anew: bool = False
    rows: int | None = 0
    files: list[DataFile] = field(default_factory=list[DataFile])
    deletes: bool = False


def metadata_findings(
    product: PromisedProduct, table: PromisedTable, files: TableFiles, metadata: TableMetadata
) -> Iterator[str]:
    """Findings of the metadata file alone; one of another version is not read further."""
    document = metadata.document
    version = document.get("format-version")
    if version != FORMAT:
        yield (
            f"the draft has format version {version}, allowed is {FORMAT}: {product.evolving} makes drafts of version "
            f"{FORMAT}; do not set `format-version`"
        )
        return
    if str(document.get("location", "")).rstrip("/") + "/" != table.location:
        yield (
            f"the draft says that it lies at '{document.get('location')}', the contract's place is {table.location}: "
            f"set its location back"
        )
    for name in PLACES:
        place = metadata.properties.get(name)
        if place is not None and not files.holds(f"{place.rstrip('/')}/"):
            yield f"the property {name} is '{place}', which is not below {table.location}: remove the property"
    main = mapping(mapping(document.get("refs")).get("main")).get("snapshot-id")
    if main is not None and main != document.get("current-snapshot-id"):
        yield (
            f"the branch main is at snapshot {main}, current-snapshot-id says {document.get('current-snapshot-id')}: "
            "readers would differ in what they see; commit again"
        )
    yield from _partitions(table, document)
    yield from mapping_findings(table, _mapping(metadata))


def _mapping(metadata: TableMetadata) -> Any:
    try:
        return json.loads(metadata.properties.get(MAPPING, "[]"))
    except ValueError:
        return []


def _partitions(table: PromisedTable, document: Any) -> Iterator[str]:
    labelled = {column.id: column.name for column in table.columns if column.labels}
    specs = document.get("partition-specs") or ()
    for spec in specs:
        for each in spec["fields"]:
            if each["source-id"] in labelled:
                yield (
                    f"the draft is partitioned by {each['transform']} of the labelled column "
                    f"'{labelled[each['source-id']]}', whose values would stand in keys: no labelled column is allowed "
                    "in a partition spec; replace the field"
                )
    stored = [
        (each["transform"], each["source-id"], each["field-id"])
        for spec in specs
        if spec["spec-id"] == document.get("default-spec-id")
        for each in spec["fields"]
        if each["transform"] != "void"
    ]
    promised = [(each.transform, each.source_id, each.field_id) for each in table.partitions]
    if stored != promised and not any(source in labelled for _, source, _ in stored):
        yield (
            f"the draft is partitioned by {_written(stored)}, the contract says {_written(promised)} (transform, "
            "source id, field id): set the spec back, or change the contract and run `mesh lock`"
        )


def _written(spec: Any) -> str:
    return ", ".join(f"{transform}({source}) as {number}" for transform, source, number in spec) or "nothing"


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
    listed = manifest_list(files, str(metadata.current["manifest-list"])) if metadata.current else ()
    return any(each.rows != 0 for each in listed if each.content == DATA)


def file_findings(
    table: PromisedTable, files: TableFiles, metadata: TableMetadata, base: TableMetadata | None, counted: Counted
) -> Iterator[str]:
    """Paths outside the table's prefix: every file that a reader of any snapshot could be led to.

    What the published version names was checked when it was published. What the current snapshot has is counted, all
    of it if `counted.anew`.
    """
    outside = f"is not below {table.location}"
    for key in ("statistics", "partition-statistics"):
        for each in metadata.document.get(key) or ():
            if not files.holds(each.get("statistics-path")):
                yield f"the statistics file '{each.get('statistics-path')}' {outside}: remove it and commit again"
    done = _paths_of(files, base.current) if base and base.current and not counted.anew else set[str]()
    current = metadata.current
    for snapshot in sorted(metadata.snapshots.values(), key=lambda each: each is not current):  # the current one first
        number, path = int(snapshot["snapshot-id"]), snapshot.get("manifest-list")
        if snapshot is not current and is_known(metadata, base, number):
            continue
        if not files.holds(path):
            yield f"the manifest list '{path}' of snapshot {number} {outside}: expire the snapshot and commit again"
            continue
        listed = manifest_list(files, str(path))
        if snapshot is current:
            _count(listed, counted)
        yield from _manifests(files, listed, done, outside, counted if snapshot is current else None)


def _paths_of(files: TableFiles, snapshot: Any) -> set[str]:
    return {each.path for each in manifest_list(files, str(snapshot["manifest-list"]))}


def _count(listed: tuple[Manifest, ...], counted: Counted) -> None:
    rows = [each.rows for each in listed if each.content == DATA]
    counted.rows = None if None in rows else sum(each for each in rows if each is not None)
    counted.deletes = any(each.content != DATA for each in listed)


def _manifests(
    files: TableFiles, listed: tuple[Manifest, ...], done: set[str], outside: str, counted: Counted | None
) -> Iterator[str]:
    for manifest in listed:
        if manifest.path in done:
            continue
        done.add(manifest.path)
        if not files.holds(manifest.path):
            yield f"the manifest '{manifest.path}' {outside}: roll the commit back and write below the table's prefix"
            continue
        foreign: list[str] = []
        for file in data_files(files, manifest.path):
            if not files.holds(file.path):
                foreign.append(file.path)
            if counted and file.content == DATA:
                counted.files.append(file)
        if foreign:
            more = f" (and {len(foreign) - 1:,} more)" if len(foreign) > 1 else ""
            yield (
                f"the file '{foreign[0]}'{more} {outside}: write data below the table's prefix, `add_files` of files "
                "elsewhere is not allowed"
            )


def iceberg_findings(
    product: PromisedProduct,
    table: PromisedTable,
    files: TableFiles,
    metadata: TableMetadata,
    base: TableMetadata | None,
    counted: Counted,
) -> Iterator[str]:
    """All findings of an Iceberg draft but the gate's."""
    version = list(metadata_findings(product, table, files, metadata))
    yield from version
    if metadata.document.get("format-version") != FORMAT:
        return
    yield from identity_findings(product, files, metadata, base)
    yield from schema_findings(product, table, metadata)
    yield from snapshot_findings(table, metadata, base, product, counted.anew)
    yield from file_findings(table, files, metadata, base, counted)
