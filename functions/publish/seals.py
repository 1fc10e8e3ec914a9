"""Seals of published Iceberg tables: a digest of the files that say what a table is, so that one written over is seen.

A pipeline may put an object under a name that is there already, and S3 has no condition for new names only that the
clients of Iceberg would pass. What was checked is known by the ETags of its head, of the manifest list of its current
snapshot, and of the manifests in that list; whoever writes over one of them changes its ETag.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from manifests import manifest_list
from table_files import TableFiles, UnreadableFileError


@dataclass(frozen=True)
class Seal:
    """The ETags of a published table's files by their paths; that of a file which is gone is None."""

    tags: Mapping[str, str | None]

    @property
    def digest(self) -> str:
        """The seal as the record keeps it, of one length however many files there are."""
        return hashlib.sha256(json.dumps(sorted(self.tags.items())).encode()).hexdigest()[:32]


def read_seal(files: TableFiles, pointer: str, listed: str | None) -> Seal:
    """The seal of a table as it is now, by the head that `pointer` names and the manifest list `listed`.

    Raises OvertakenError for a file that is not what it was at this look before, UnreadableFileError for a manifest
    list that cannot be read.
    """
    manifests = [each.path for each in manifest_list(files, listed)] if listed else []
    paths = [pointer, *([listed] if listed else []), *manifests]
    below = files.tags(f"{files.location}metadata/")
    tags = {path: below[path] if path in below else files.tag(path) for path in paths}
    for path, tag in tags.items():
        files.note(path, tag)
    return Seal(tags)


def written_over(files: TableFiles, state: Mapping[str, str | None]) -> str:
    """A sentence about a published table whose files are not those that were checked; empty when they are.

    What was published before there were seals has none, until the next publication.
    """
    if not state.get("seal"):
        return ""
    pointer = str(state["pointer"])
    try:
        if read_seal(files, pointer, state.get("list")).digest == state["seal"]:
            return ""
    except UnreadableFileError as error:
        return f"files of the published version '{pointer}' are not as they were checked: {error}"
    return (
        f"files of the published version '{pointer}' were written over, or deleted, after they were checked: its head, "
        "its manifest list or a manifest"
    )
