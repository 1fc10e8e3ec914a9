"""Files of one table: nothing is read, or named in a published table, but what lies below the table's own prefix."""

from __future__ import annotations

import gzip
import zlib
from typing import Any, Final

from botocore.exceptions import ClientError

LARGEST: Final = 128 * 2**20
"""Bytes of a metadata file or manifest that are read; writers aim at 8 MB (`commit.manifest.target-size-bytes`)."""


class UnreadableFileError(Exception):
    """A file that a draft names and that cannot be taken; the text says which and why."""


class TableFiles:
    """Objects below the location of a table (`s3://bucket/tables/t/`), read as the check role."""

    def __init__(self, s3: Any, location: str) -> None:
        self._s3 = s3
        self.location = location
        self._bucket = location.split("/")[2]

    def holds(self, path: object) -> bool:
        """Whether a path lies below the table's prefix. S3 knows no `..`, but some readers' file systems do."""
        if not isinstance(path, str) or not path.startswith(self.location):
            return False
        return not {"", ".", ".."} & set(path.removeprefix(self.location).split("/")[:-1])

    def read(self, path: str) -> bytes:
        """The bytes of a file; raises UnreadableFileError for a file outside, absent or too large."""
        content = self._get(path)
        return _unpacked(content, path) if ".gz." in path or path.endswith(".gz") else content

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
            raise
        if answer["ContentLength"] > LARGEST:
            raise UnreadableFileError(f"'{path}' has {answer['ContentLength']:,} bytes, more than {LARGEST:,}")
        content: bytes = answer["Body"].read()
        return content

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
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableFileError(f"'{path}' is no gzip file: {error}") from error
