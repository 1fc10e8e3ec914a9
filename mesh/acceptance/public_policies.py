"""Public bucket policies, which S3 refuses while BlockPublicPolicy is on: an Allow to everybody without a fixed value.

S3 User Guide, "Blocking public access to your Amazon S3 storage", "The meaning of 'public'".
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, cast

from mesh.acceptance.emitted import EmittedResource
from mesh.acceptance.policy_places import EmittedDocument, statements_of
from mesh.evaluator.policies import texts

_POLICY: Final = "aws:s3/bucketPolicy:BucketPolicy"
_OF_BUCKET: Final = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
_OF_ACCOUNT: Final = "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock"

FIXED: Final = frozenset(
    {
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceowner",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:userid",
        "s3:dataaccesspointaccount",
        "s3:dataaccesspointarn",
        "s3:x-amz-server-side-encryption-aws-kms-key-id",
    }
)
"""Keys of which a value without wildcards and variables makes an Allow to everybody one that is not public."""
_PUBLIC: Final = "it grants public access, and BlockPublicPolicy is on; a condition with a fixed value is asked for"
_OPERATORS: Final = frozenset({"StringEquals", "StringEqualsIgnoreCase", "StringLike", "ArnEquals", "ArnLike"})
_WIDEST: Final[Mapping[int, int]] = {4: 8, 6: 32}
"""IP version -> the shortest prefix of a network that is not public."""


class BlockedBuckets:
    """Buckets whose policy may not be public, by their own block or by their account's."""

    def __init__(self, resources: Iterable[EmittedResource]) -> None:
        on = [each for each in resources if each.inputs.get("blockPublicPolicy") in (True, "true")]
        self._buckets = {(each.account, str(each.inputs.get("bucket"))) for each in on if each.type == _OF_BUCKET}
        self._accounts = {str(each.inputs.get("accountId") or each.account) for each in on if each.type == _OF_ACCOUNT}

    def refused(self, document: EmittedDocument) -> Iterator[str]:
        """The statements of a bucket policy, whose grammar is AWS's, that S3 refuses, each with the reason."""
        resource = document.resource
        if resource.type != _POLICY or not self._is_blocked(resource):
            return
        for number, statement in enumerate(statements_of(json.loads(document.text))):
            if is_public(statement):
                yield f"statement {statement.get('Sid') or number}: {_PUBLIC}"

    def _is_blocked(self, policy: EmittedResource) -> bool:
        bucket = (policy.account, str(policy.inputs.get("bucket")))
        return policy.account in self._accounts or bucket in self._buckets


def is_public(statement: Mapping[str, Any]) -> bool:
    """Whether S3 calls a statement public."""
    if statement.get("Effect") != "Allow":
        return False
    principal: Any = statement.get("Principal")
    everybody = principal == "*" or "NotPrincipal" in statement
    if isinstance(principal, Mapping):
        everybody = any("*" in texts(names) for names in cast("Mapping[str, Any]", principal).values())
    conditions: Mapping[str, Any] = statement.get("Condition") or {}
    return everybody and not any(
        _is_fixed(operator, key.lower(), texts(values))
        for operator, keys in conditions.items()
        for key, values in cast("Mapping[str, Any]", keys).items()
    )


def _is_fixed(operator: str, key: str, values: Iterable[str]) -> bool:
    if operator == "IpAddress" and key == "aws:sourceip":
        return all(_is_narrow(value) for value in values)
    if operator not in _OPERATORS or key not in FIXED:
        return False
    return not any(sign in value for value in values for sign in ("*", "?", "${"))


def _is_narrow(text: str) -> bool:
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return network.is_private or network.prefixlen >= _WIDEST[network.version]
