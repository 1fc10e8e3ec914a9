"""Checks of every file that a reader of a draft could be led to: below the table's prefix, and as its manifest says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from manifests import DATA, DataFile, Manifest, data_files, manifest_list
from publish_settings import PromisedTable
from schema_checks import is_known
from table_files import TableFiles, UnreadableFileError
from table_metadata import TableMetadata


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


def file_findings(
    table: PromisedTable, files: TableFiles, metadata: TableMetadata, base: TableMetadata | None, counted: Counted
) -> Iterator[str]:
    """Paths outside the table's prefix: every file that a reader of any snapshot could be led to.

    What the published version names was checked when it was published. What the current snapshot has is counted, all
    of it if `counted.anew`.
    """
    outside = f"is not below {table.location}"
    yield from _places(files, metadata, outside)
    done = set[Manifest]() if counted.anew else _checked(files, base)
    current = metadata.current
    specs = {
        spec["spec-id"]: frozenset(each["field-id"] for each in spec["fields"])
        for spec in metadata.document["partition-specs"]
    }
    for snapshot in sorted(metadata.snapshots.values(), key=lambda each: each is not current):  # the current one first
        number, path = snapshot["snapshot-id"], snapshot["manifest-list"]
        if snapshot is not current and is_known(metadata, base, number):
            continue
        if not files.has(path):
            yield f"the manifest list '{path}' of snapshot {number} {outside}: expire the snapshot and commit again"
            continue
        listed = manifest_list(files, path)
        if snapshot is current:
            _count(listed, counted)
        for manifest in listed:
            if manifest not in done:
                done.add(manifest)
                yield from _manifest(files, manifest, specs, outside, counted if snapshot is current else None)


def _checked(files: TableFiles, base: TableMetadata | None) -> set[Manifest]:
    """The manifests of the published version, which were read then; none where its list cannot be read now."""
    if base is None or base.current is None:
        return set()
    try:
        return set(manifest_list(files, base.current["manifest-list"]))
    except UnreadableFileError:
        return set()


def _places(files: TableFiles, metadata: TableMetadata, outside: str) -> Iterator[str]:
    """Files that the document itself names, besides manifest lists."""
    for key in ("statistics", "partition-statistics"):
        for each in metadata.document.get(key, ()):
            if not files.has(each["statistics-path"]):
                yield f"the statistics file '{each['statistics-path']}' {outside}: remove it and commit again"
    for each in metadata.document.get("metadata-log", ()):
        if not files.has(each["metadata-file"]):
            yield (
                f"the metadata file '{each['metadata-file']}' of metadata-log {outside}: take it out of metadata-log "
                "and commit again"
            )


def _count(listed: tuple[Manifest, ...], counted: Counted) -> None:
    rows = [each.rows for each in listed if each.content == DATA]
    counted.rows = None if None in rows else sum(each for each in rows if each is not None)
    counted.deletes = any(each.content != DATA for each in listed)


def _manifest(
    files: TableFiles, manifest: Manifest, specs: Mapping[int, frozenset[int]], outside: str, counted: Counted | None
) -> Iterator[str]:
    if not files.has(manifest.path):
        yield f"the manifest '{manifest.path}' {outside}: roll the commit back and write below the table's prefix"
        return
    if manifest.spec not in specs:
        yield (
            f"the manifest '{manifest.path}' is of the partition spec {manifest.spec}, which none of the draft's is: "
            "roll the commit back and commit again"
        )
        return
    live = data_files(files, manifest.path, specs[manifest.spec])
    foreign = [
        path
        for file in live
        for path in (file.path, *([file.referenced] if file.referenced is not None else []))
        if not files.has(path)
    ]
    if foreign:
        more = f" (and {len(foreign) - 1:,} more)" if len(foreign) > 1 else ""
        yield (
            f"the file '{foreign[0]}'{more} {outside}: write data below the table's prefix, `add_files` of files "
            "elsewhere is not allowed"
        )
    else:
        yield from _as_listed(manifest, live)
    if counted:
        counted.files += [file for file in live if file.content == DATA]


def _as_listed(manifest: Manifest, live: list[DataFile]) -> Iterator[str]:
    """Differences between a manifest and its line in the list: some readers go by the one, others by the other."""
    for file in live:
        if (file.content == DATA) != (manifest.content == DATA):
            yield (
                f"the file '{file.path}' has the content {file.content} in a manifest of content {manifest.content}: "
                "readers would differ in what they see; roll the commit back and commit again"
            )
            return
    rows = sum(file.rows for file in live)
    if manifest.content == DATA and manifest.rows not in (None, rows):
        yield (
            f"the manifest '{manifest.path}' has {rows:,} rows, the manifest list says {manifest.rows:,}: roll the "
            "commit back and commit again"
        )
