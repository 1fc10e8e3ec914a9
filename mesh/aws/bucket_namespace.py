"""Namespaces of S3 buckets: one is shared by all customers of AWS, and every account has its own.

An account has one in each region. A name in it ends in its id, the region and `-an`, and nobody else makes one that
ends so (S3 User Guide, "Namespaces for general purpose buckets"; 2026-11-28). The AWS plugin tells the namespace of a
bucket from its name, too (terraform-provider-aws 6.48, `internal/service/s3/bucket.go`, `bucketNamespace`,
`validBucketName`).
"""

from __future__ import annotations

import re
from typing import Final

ACCOUNT_REGIONAL: Final = "account-regional"
"""Value of `x-amz-bucket-namespace` with which a bucket of an account's own namespace is made."""

WITHOUT_NAMESPACES: Final = frozenset({"me-central-1", "me-south-1"})
"""Regions that have the shared namespace only ("in all AWS Regions except Middle East (Bahrain) and (UAE)")."""

_ENDING: Final = r"-(\d{12})-([a-z]{2,4}(?:-[a-z]+)+-\d{1,2})-an"
_OWN: Final = re.compile(rf"[a-z0-9.-]+{_ENDING}")
_SUFFIX: Final = re.compile(rf"{_ENDING}$")


def suffix(account_id: str, region: str) -> str:
    """Ending of the names of buckets in an account's own namespace; empty in a region that has none."""
    return "" if region in WITHOUT_NAMESPACES else f"-{account_id}-{region}-an"


def account_of(bucket: str) -> str | None:
    """Id of the account that alone can have a bucket of this name; None for a name of the shared namespace."""
    own = _OWN.fullmatch(bucket)
    return own.group(1) if own else None


def region_of(bucket: str) -> str | None:
    """Region in whose namespace a name is; None for a name of the shared namespace."""
    own = _OWN.fullmatch(bucket)
    return own.group(2) if own else None


def without_suffix(text: str) -> str:
    """A text whose end is, perhaps, a name of an account's own namespace, without account and region."""
    return _SUFFIX.sub("", text)


def namespace(bucket: str) -> str | None:
    """`account-regional`, or None for a name of the shared namespace."""
    return ACCOUNT_REGIONAL if _OWN.fullmatch(bucket) else None
