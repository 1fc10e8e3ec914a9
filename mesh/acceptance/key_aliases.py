"""Aliases of KMS keys in the place of the keys: an alias of another account is taken where a page says so, only."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, cast

from mesh.acceptance.emitted import EmittedResource, InputRefusal

_ALIAS: Final = re.compile(r"arn:aws[a-z-]*:kms:[a-z0-9-]+:(\d{12}):alias/.+")

DECIDED: Final[Mapping[tuple[str, str], str]] = {
    (
        "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
        "rules.destination.encryptionConfiguration.replicaKmsKeyId",
    ): (
        "The S3 API Reference takes a key's ARN or an alias's (EncryptionConfiguration, ReplicaKmsKeyID); AWS's "
        "support told others that an alias cannot be used (ministryofjustice/aws-root-account, pull request 1015). AWS "
        "gives the key's id when the partner's stack is made, in another account, whose state a domain's CI does not "
        "read. The first delivery on AWS answers it, and is one of the first checks there; "
        "`inbox-keys` of accounts.yaml has the key named by its own ARN."
    ),
}
"""Properties for which an alias of another account is emitted though sources differ, with the reason."""


def aliases_of_others(resource: EmittedResource) -> Iterator[InputRefusal]:
    """Aliases of other accounts among a resource's values."""
    for path, value in _texts("", resource.inputs):
        alias = _ALIAS.fullmatch(value)
        if alias and alias[1] != resource.account and (resource.type, path) not in DECIDED:
            yield resource.refused(path, f"{value} is an alias of another account; the key's ARN is asked for")


def _texts(prefix: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, item in cast("Mapping[str, Any]", value).items():
            yield from _texts(f"{prefix}.{name}" if prefix else name, item)
    elif isinstance(value, str):
        yield prefix, value
    elif isinstance(value, Sequence):
        for item in cast("Sequence[Any]", value):
            yield from _texts(prefix, item)
