"""Files of one table: nothing is read, or named in a published table, but what lies below the table's own prefix."""

from __future__ import annotations

import gzip
import zlib
from io import BytesIO
from typing import Any, Final
from urllib.parse import unquote

from botocore.exceptions import ClientError
from catalog_tables import OvertakenError

LARGEST: Final = 128 * 2**20
"""Bytes of a metadata file or manifest that are read, packed or not.

Writers of manifests aim at 8 MB (`commit.manifest.target-size-bytes`).
"""

LONGEST: Final = 1024
"""Bytes of a path; those of a key of S3 are as many (Amazon S3 User Guide, "Naming Amazon S3 objects")."""

PACKED: Final = ".gz.metadata.json"
"""The end of the name of a file that readers unpack (`TableMetadataParser`, `pyiceberg.serializers`)."""

_UNREADABLE: Final = ("InvalidObjectState", "InvalidRequest", "KMS.")
"""Errors of S3 about the object itself: archived, encrypted with a key of its writer's, or with one that is gone."""


class UnreadableFileError(Exception):
    """A file that a draft names and that cannot be taken; the text says which and why."""


class TableFiles:
    """Objects below the location of a table (`s3://bucket/tables/t/`), read as the check role.

    `seen` has the ETags of what was seen at this look, by path.
    """

    def __init__(self, s3: Any, location: str, seen: dict[str, str | None] | None = None) -> None:
        self._s3 = s3
        self._seen: dict[str, str | None] = {} if seen is None else seen
        self.location = location
        self._bucket = location.split("/")[2]

    def holds(self, path: object) -> bool:
        """Whether a path lies below the table's prefix, for every reader.

        S3 knows no `..`, but some readers' file systems do; others end a path at a `?` or `#`, or leave out what is no
        printed character; longer names than S3's are none of its files.
        """
        if not isinstance(path, str) or not path.startswith(self.location):
            return False
        below = path.removeprefix(self.location)
        if (
            "?" in below
            or "#" in below
            or not below.isprintable()
            or below != below.strip()
            or len(path.encode()) > LONGEST
        ):
            return False
        ways = (below, unquote(below)) if "%" in below else (below,)
        return not any({"", ".", ".."} & set(each.split("/")[:-1]) for each in ways)

    def has(self, path: object) -> bool:
        """Whether a path is one of a file below the table's prefix, for every reader."""
        return self.holds(path) and self.holds(f"{path}/")

    def read(self, path: str) -> bytes:
        """The bytes of a file; raises UnreadableFileError for a file outside, absent or too large."""
        content = self._get(path)
        return _unpacked(content, path) if path.endswith(PACKED) else content

    def tail(self, path: str, size: int) -> bytes:
        """The last bytes of a file; raises UnreadableFileError."""
        return self._get(path, Range=f"bytes=-{size}")

    def _get(self, path: str, **part: str) -> bytes:
        if not self.holds(path):
            raise UnreadableFileError(f"'{path}' is not below {self.location}")
        key = path.removeprefix(f"s3://{self._bucket}/")
        try:
            answer = self._s3.get_object(Bucket=self._bucket, Key=key, **part)
        except ClientError as error:
            reason = error.response.get("Error", {}).get("Code")
            if reason in ("NoSuchKey", "404"):
                raise UnreadableFileError(f"there is no file '{path}'") from error
            # Who may list a prefix only is answered so where there is no object (S3 User Guide, "GetObject").
            if reason in ("AccessDenied", "403"):
                raise UnreadableFileError(f"there is no file '{path}', or the check may not read it") from error
            if reason in ("InvalidRange", "416"):
                raise UnreadableFileError(f"'{path}' is empty") from error
            if str(reason).startswith(_UNREADABLE):
                raise UnreadableFileError(f"'{path}' is archived or encrypted with another key: {reason}") from error
            raise
        if answer["ContentLength"] > LARGEST:
            raise UnreadableFileError(f"'{path}' has {answer['ContentLength']:,} bytes, more than {LARGEST:,}")
        content: bytes = answer["Body"].read()
        if not part:
            self.note(path, answer["ETag"])
        return content

    def note(self, path: str, tag: str | None) -> None:
        """Note the ETag of a file. Raises OvertakenError for a file that is not what it was at this look before."""
        if self._seen.setdefault(path, tag) != tag:
            raise OvertakenError(f"'{path}' was written over while it was looked at")

    def tags(self, prefix: str) -> dict[str, str | None]:
        """ETags of what is below a prefix of the table's, by path."""
        return {self.uri(each["Key"]): each["ETag"] for page in self.below(prefix) for each in page.get("Contents", ())}

    def tag(self, path: str) -> str | None:
        """The ETag of a file; None where there is none. Raises UnreadableFileError for one that is not the table's."""
        if not self.holds(path):
            raise UnreadableFileError(f"'{path}' is not below {self.location}")
        return self.tags(path).get(path)

    def below(self, prefix: str, delimiter: str = "") -> list[dict[str, Any]]:
        """Pages of a listing below a prefix of the table's."""
        key = prefix.removeprefix(f"s3://{self._bucket}/")
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=key, Delimiter=delimiter)
        return list(pages)

    def uri(self, key: str) -> str:
        """The address of a key of the table's bucket."""
        return f"s3://{self._bucket}/{key}"


def _unpacked(content: bytes, path: str) -> bytes:
    try:
        with gzip.GzipFile(fileobj=BytesIO(content)) as packed:
            whole = packed.read(LARGEST + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableFileError(f"'{path}' is no gzip file: {error}") from error
    if len(whole) > LARGEST:
        raise UnreadableFileError(f"'{path}' unpacks to more than {LARGEST:,} bytes")
    return whole
