"""Rules of the policy pack, as plain functions: a resource (or all of a stack) in, messages on it out.

Properties have their names on the wire (camelCase). In a preview a property may be unknown: under the policy host
reading it raises, and the host says that the rule could not run. So a rule reads only what it needs, as late as it can.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Final, cast

IAM_ALLOWED_PRINCIPALS: Final = "IAM_ALLOWED_PRINCIPALS"
"""Lake Formation's group of "everybody whom IAM allows": a grant to it switches Lake Formation off for the resource.

https://docs.aws.amazon.com/lake-formation/latest/dg/upgrade-glue-lake-formation-background.html
"""

DRAFTS: Final = "*__*__draft"
"""Databases of drafts, in which a domain's pipelines write before anything is published."""

BUCKET: Final = "aws:s3/bucket:Bucket"
BLOCK: Final = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
SWITCHES: Final = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")

_OWN_PACKAGE: Final = "pulumi:"
_GRANT: Final = "aws:lakeformation/permissions:Permissions"
_SETTINGS: Final = "aws:lakeformation/dataLakeSettings:DataLakeSettings"
_DATABASE: Final = "aws:glue/catalogDatabase:CatalogDatabase"
_DEFAULTS: Final = ("createDatabaseDefaultPermissions", "createTableDefaultPermissions")


@dataclass(frozen=True, slots=True)
class RegisteredResource:
    """A resource as a rule sees it."""

    type: str
    name: str
    urn: str
    props: Mapping[str, Any]
    provider: str = ""
    """Name of the resource's provider, empty when it has none."""
    from_resources: Mapping[str, Collection[str]] = field(default_factory=dict[str, Collection[str]])
    """URNs of the resources that a property's value was made from, by property."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule about one resource at a time; `types` are those it is about, all of them when there are none."""

    name: str
    description: str
    check: Callable[[RegisteredResource], Iterable[str]]
    types: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class StackRule:
    """A rule about a resource among all those of its stack; `types` are those it is about."""

    name: str
    description: str
    check: Callable[[RegisteredResource, Sequence[RegisteredResource]], Iterable[str]]
    types: frozenset[str]


def default_provider(resource: RegisteredResource) -> Iterator[str]:
    """Messages on a default provider, which Pulumi makes: it acts in any account that the credentials lead to."""
    # Pulumi knows it by its name, too (`providers.IsDefaultProvider`, sdk/go/common/resource/urn).
    if resource.provider.startswith("default") and not resource.type.startswith(_OWN_PACKAGE):
        yield (
            f"'{resource.name}' ({resource.type}) is made by the default provider '{resource.provider}'; give it, or "
            "the component it is in, an explicit provider, which says the account by its role"
        )


def iam_allowed_principals(resource: RegisteredResource) -> Iterator[str]:
    """Messages on a grant to everyone whom IAM admits, made directly or as the default of new resources.

    Databases of drafts alone are IAM's: who sees one, an SCP says.
    """
    if resource.type == _GRANT and resource.props.get("principal") == IAM_ALLOWED_PRINCIPALS:
        granted: Mapping[str, Any] = resource.props.get("database") or {}
        if _is_draft(granted.get("name")):
            return
        yield (
            f"'{resource.name}' grants to {IAM_ALLOWED_PRINCIPALS}, which hands the decision back to IAM; "
            "grant to a clearance"
        )
    elif resource.type == _SETTINGS or (resource.type == _DATABASE and not _is_draft(resource.props.get("name"))):
        for setting in _DEFAULTS:
            if any(map(_opens, resource.props.get(setting) or ())):
                yield (
                    f"'{resource.name}' has {IAM_ALLOWED_PRINCIPALS} in {setting}: every new resource would be open to "
                    "whom IAM allows; leave the list empty"
                )


def _is_draft(database: object) -> bool:
    return isinstance(database, str) and fnmatchcase(database, DRAFTS)


def _opens(default: Mapping[str, Any]) -> bool:
    """Whether a default permission is to everyone whom IAM admits; a database names the principal in an object."""
    principal = default.get("principal")
    if isinstance(principal, Mapping):
        principal = cast("Mapping[str, Any]", principal).get("dataLakePrincipalIdentifier")
    return principal == IAM_ALLOWED_PRINCIPALS


def open_bucket(bucket: RegisteredResource, stack: Sequence[RegisteredResource]) -> Iterator[str]:
    """Messages on a bucket without a public-access block of its own, or with one that is not closed."""
    block = next((other for other in stack if other.type == BLOCK and _guards(other, bucket)), None)
    if block is None:
        yield f"'{bucket.name}' has no BucketPublicAccessBlock; add one with all four switches on"
    elif off := [switch for switch in SWITCHES if not block.props.get(switch)]:
        yield f"the BucketPublicAccessBlock of '{bucket.name}' leaves {', '.join(off)} off; switch all four on"


def _guards(block: RegisteredResource, bucket: RegisteredResource) -> bool:
    """Whether a public-access block is that of a bucket."""
    # By the resource that its property was made from, where that is known: in a preview the bucket's name may not be.
    if bucket.urn in block.from_resources.get("bucket", ()):
        return True
    if block.from_resources.get("bucket"):
        return False
    return "bucket" in bucket.props and block.props.get("bucket") == bucket.props["bucket"]


RULES: Final = (
    Rule(
        "no-default-provider",
        "Every resource is made by an explicit provider, which names its account.",
        default_provider,
    ),
    Rule(
        "no-grant-to-iam-allowed-principals",
        "Lake Formation grants nothing to IAMAllowedPrincipals.",
        iam_allowed_principals,
        frozenset({_GRANT, _SETTINGS, _DATABASE}),
    ),
)
STACK_RULES: Final = (
    StackRule(
        "bucket-has-public-access-block",
        "Every bucket has its public-access block, all of it.",
        open_bucket,
        frozenset({BUCKET}),
    ),
)
