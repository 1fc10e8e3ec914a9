"""`names.lock.yaml`: names that were given under an earlier rule, and stay; written by `mesh lock`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import Field, StringConstraints

from mesh.bucket_names import LONGEST_BUCKET
from mesh.model.base import Closed, Given, Name, ProductRef, expected

NAMES_LOCK_FILE: Final = "names.lock.yaml"

NO_NAMES_LOCK: Final = (
    f"nothing says which buckets have a name already: {NAMES_LOCK_FILE} does not exist; restore it from version "
    "control, for a bucket of another name is a new one; in a mesh from before buckets had their account in their "
    "names run 'mesh lock --older', which writes the names of all"
)
"""The sentence on a mesh with locks and without this file: nobody but a person can tell which of the two it is."""

HEADER: Final = (
    "# Written by `mesh lock`, once: names that buckets had before. A bucket without a line has the id of its account\n"
    "# and the region in its name. Remove a line when its bucket is deleted; nothing else changes.\n"
)

_NO_TEXT: Final = frozenset("null true false yes no on off y n".split())
"""Names that are no text to one version of YAML or another."""

BucketText = Annotated[
    str,
    expected(
        r"^[a-z0-9][a-z0-9-]+[a-z0-9]$",
        "the name of a bucket: lower-case letters, digits and hyphens, such as aurora-audit",
    ),
    StringConstraints(min_length=3, max_length=LONGEST_BUCKET),
]


class KeptBuckets(Closed):
    """Names of buckets by what each is for; an account is `governance`, `domain-<domain>` or `partner-<partner>`."""

    audit: Annotated[BucketText | None, Given] = Field(default=None, description="The bucket of the audit trail.")
    products: dict[ProductRef, BucketText] = Field(
        default_factory=dict, description="Buckets of products, by <domain>.<product>."
    )
    inboxes: dict[Name, BucketText] = Field(default_factory=dict, description="Inboxes, by partner.")
    logs: dict[Name, BucketText] = Field(default_factory=dict, description="Buckets of access logs, by account.")
    results: dict[Name, BucketText] = Field(default_factory=dict, description="Buckets of query results, by account.")

    @property
    def entries(self) -> Mapping[tuple[str, ...], str]:
        """Every name by the keys that it stands at."""
        kinds = {"products": self.products, "inboxes": self.inboxes, "logs": self.logs, "results": self.results}
        audit = {("audit",): self.audit} if self.audit else {}
        return audit | {(kind, key): name for kind, names in kinds.items() for key, name in names.items()}


def names_lock_text(entries: Mapping[tuple[str, ...], str]) -> str:
    """The text of `names.lock.yaml` with names by their keys, as in `KeptBuckets.entries`: a line a name."""
    lines, kind = [HEADER, "buckets:\n" if entries else "buckets: {}\n"], ""
    for keys, name in sorted(entries.items(), key=lambda entry: (len(entry[0]), entry[0])):
        *above, key = keys
        if above and above[0] != kind:
            kind = above[0]
            lines.append(f"  {kind}:\n")
        text = f'"{key}"' if key in _NO_TEXT else key
        lines.append(f"{'  ' * len(keys)}{text}: {name}\n")
    return "".join(lines)


class NamesLock(Closed):
    """Names of what exists already: every other name follows from the mesh, its accounts and its region."""

    buckets: KeptBuckets = Field(description="Buckets whose name is older than S3's account-regional namespace.")
