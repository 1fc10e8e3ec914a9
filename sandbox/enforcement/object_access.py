"""Objects of S3 as somebody reads and writes them for a query: each is asked for by a call, and decided."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from sandbox.emulator import backends
from sandbox.emulator.aws.resource import AwsError
from sandbox.emulator.clients import RoleSession
from sandbox.emulator.moto_transport import in_turn
from sandbox.emulator.request_origin import forwarded_by
from sandbox.enforcement.refusals import is_refusal

NO_METADATA: Final[Mapping[str, str]] = MappingProxyType({})

_EMPTY: Final = "InvalidRange"
"""The code for a range of an object without bytes, which was allowed."""


class _Opened(NamedTuple):
    """An object that may be read: moto's, whose bytes do not change, for a new version is another."""

    stored: Any
    size: int


class ObjectAccess:
    """Objects as a session reads them, through `service` in its name; without a name it is the service's own session.
    With None the session calls S3 itself, from where the calls of this process come.

    moto copies a whole object for each range that is asked for, so what was opened is read where it is stored.
    """

    def __init__(self, session: RoleSession, region: str, service: str | None = "") -> None:
        self._session, self._region, self._service = session, region, service
        self._opened: dict[str, _Opened] = {}

    def size(self, path: str) -> int:
        """Bytes of an object. Raises PermissionError and FileNotFoundError."""
        return self._open(path).size

    def read(self, path: str, start: int, length: int) -> bytes:
        """Bytes of an object from a position on. Raises PermissionError and FileNotFoundError."""
        stored = self._open(path).stored
        with stored.lock:
            stored._value_buffer.seek(start)
            found: bytes = stored._value_buffer.read(length)
        return found

    def below(self, prefix: str) -> list[tuple[str, int]]:
        """Objects below a prefix, each with its size. Raises PermissionError."""
        bucket, _, key = prefix.removeprefix("s3://").partition("/")
        found: list[tuple[str, int]] = []
        asked: dict[str, Any] = {"Bucket": bucket, "Prefix": key}
        while True:
            answer = self._call(prefix, "list_objects_v2", asked)
            found += [(f"s3://{bucket}/{each['Key']}", int(each["Size"])) for each in answer.get("Contents", ())]
            if not answer.get("NextContinuationToken"):
                return found
            asked["ContinuationToken"] = answer["NextContinuationToken"]

    def put(self, path: str, body: bytes, metadata: Mapping[str, str] = NO_METADATA) -> None:
        """Write an object, with metadata of its writer. Raises PermissionError."""
        bucket, _, key = path.removeprefix("s3://").partition("/")
        given = {"Metadata": dict(metadata)} if metadata else {}
        self._call(path, "put_object", {"Bucket": bucket, "Key": key, "Body": body, **given})
        self._opened.pop(path, None)

    def _open(self, path: str) -> _Opened:
        if path not in self._opened:
            bucket, _, key = path.removeprefix("s3://").partition("/")
            self._call(path, "get_object", {"Bucket": bucket, "Key": key, "Range": "bytes=0-0"})
            with in_turn():
                kept = backends.bucket(bucket)
                stored = kept.keys.get(key) if kept else None
            if stored is None:
                raise FileNotFoundError(path)
            self._opened[path] = _Opened(stored, int(stored.contentsize))
        return self._opened[path]

    def _call(self, path: str, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        try:
            with forwarded_by(self._service):
                return self._session.call("s3", self._region, operation, parameters)
        except AwsError as error:
            if is_refusal(error):
                raise PermissionError(str(error)) from None
            if error.code in ("NoSuchKey", "NoSuchBucket", "404"):
                raise FileNotFoundError(path) from None
            if error.code == _EMPTY:
                return {}
            raise
