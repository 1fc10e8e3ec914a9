"""Record of a product's publications: one object a product, which changes only if nobody else has changed it.

S3 compares and writes in one step (`If-Match`, `If-None-Match`: S3 User Guide, "Conditional writes"), so of two
functions that began with the same record one is overtaken, and writes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from aws_errors import code
from botocore.exceptions import ClientError
from catalog_tables import OvertakenError
from publish_settings import PromisedProduct, PublishSettings

EMPTY: Final[Mapping[str, Any]] = {
    "published": None,
    "history": [],
    "intent": None,
    "refused": None,
    "pinned": None,
    "behind": None,
    "held": True,
    "closed": None,
    "untold": [],
    "answered": [],
    "failed": None,
    "unwritten": [],
}


@dataclass(frozen=True)
class PublicationRecord:
    """The record as it was read: `document` is what stands in it, `etag` the version, None while there is no object.

    `published`, `intent` and what is in `history` are publications: `id`, `at`, `contract` (a digest), `tables`.
    `behind` is the time since when a draft waits, refused, because the product is pinned, or because looks fail.
    `failed` says since when looks fail, and why; `unwritten` has the tables that nobody has written to.
    `held` says whether the draft that was refused still names what is published, so that no optimizer takes its files.
    `closed` is the contract whose closing labels are set, `untold` has the events that have not been sent,
    `answered` the ids of people's last requests, which the queue may give twice.
    """

    document: Mapping[str, Any]
    etag: str | None

    def __getitem__(self, key: str) -> Any:
        return self.document.get(key, EMPTY[key])

    def changed(self, **values: Any) -> PublicationRecord:
        """The record with other values."""
        return replace(self, document={**self.document, **values})


class PublicationRecords:
    """The records in the publications bucket, which the function alone writes."""

    def __init__(self, s3: Any, settings: PublishSettings) -> None:
        self._s3 = s3
        self._bucket = settings.publications_bucket

    def read(self, product: PromisedProduct) -> PublicationRecord:
        """The record of a product; an empty one if it was never published."""
        try:
            answer = self._s3.get_object(Bucket=self._bucket, Key=record_key(product))
        except ClientError as error:
            if code(error) != "NoSuchKey":
                raise
            return PublicationRecord({"product": product.name, **EMPTY}, None)
        return PublicationRecord(json.loads(answer["Body"].read()), answer["ETag"])

    def write(self, product: PromisedProduct, record: PublicationRecord) -> PublicationRecord:
        """The record with its new version; raises OvertakenError if it is not as it was read."""
        unchanged = {"IfNoneMatch": "*"} if record.etag is None else {"IfMatch": record.etag}
        try:
            answer = self._s3.put_object(
                Bucket=self._bucket,
                Key=record_key(product),
                Body=json.dumps(record.document, indent=1).encode(),
                ContentType="application/json",
                **unchanged,
            )
        except ClientError as error:
            # 412 of another version, 409 of a write at the same time, 404 of a record that was deleted.
            if code(error) in ("PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey"):
                raise OvertakenError(f"{product.name}: the record of publications has changed") from error
            raise
        return replace(record, etag=answer["ETag"])


def record_key(product: PromisedProduct) -> str:
    """The key of a product's record."""
    return f"{product.account_id}/{product.product}.json"
