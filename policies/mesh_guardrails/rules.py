"""The rules, as plain functions: a resource (or all of a stack) in, what is wrong with it out.

Properties have their names on the wire (camelCase). In a preview a property may be unknown: under the policy host
reading it raises, and the host says that the rule could not run. So a rule reads only what it needs, as late as it can.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

IAM_ALLOWED_PRINCIPALS: Final = "IAM_ALLOWED_PRINCIPALS"
"""Lake Formation's group of "everybody whom IAM allows": a grant to it switches Lake Formation off for the resource.

https://docs.aws.amazon.com/lake-formation/latest/dg/upgrade-glue-lake-formation-background.html
"""

BUCKET: Final = "aws:s3/bucket:Bucket"
BLOCK: Final = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
SWITCHES: Final = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")

_OWN_PACKAGE: Final = "pulumi:"
_GRANT: Final = "aws:lakeformation/permissions:Permissions"
_SETTINGS: Final = "aws:lakeformation/dataLakeSettings:DataLakeSettings"
_DEFAULTS: Final = ("createDatabaseDefaultPermissions", "createTableDefaultPermissions")


@dataclass(frozen=True, slots=True)
class RegisteredResource:
    """What a rule sees of a resource."""

    type: str
    name: str
    urn: str
    props: Mapping[str, Any]
    provider: str = ""
    """The name of its provider, empty when it has none."""
    from_resources: Mapping[str, Collection[str]] = field(default_factory=dict[str, Collection[str]])
    """By property, the URNs of the resources that its value was made from."""


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
    """A provider that Pulumi made by itself: it works in whatever account the credentials happen to lead to.

    Pulumi knows its own by the name, which begins with `default`
    (`providers.IsDefaultProvider`, sdk/go/common/resource/urn).
    """
    if resource.provider.startswith("default") and not resource.type.startswith(_OWN_PACKAGE):
        yield (
            f"'{resource.name}' ({resource.type}) is made by the default provider '{resource.provider}'; give it, or "
            "the component it is in, an explicit provider, which says the account by its role"
        )


def iam_allowed_principals(resource: RegisteredResource) -> Iterator[str]:
    """A grant to everybody whom IAM allows, made directly or as the default of what is created from now on."""
    if resource.type == _GRANT and resource.props.get("principal") == IAM_ALLOWED_PRINCIPALS:
        yield (
            f"'{resource.name}' grants to {IAM_ALLOWED_PRINCIPALS}, which hands the decision back to IAM; "
            "grant to a clearance"
        )
    elif resource.type == _SETTINGS:
        for setting in _DEFAULTS:
            if any(default.get("principal") == IAM_ALLOWED_PRINCIPALS for default in resource.props.get(setting) or ()):
                yield (
                    f"'{resource.name}' has {IAM_ALLOWED_PRINCIPALS} in {setting}: every new resource would be open to "
                    "whom IAM allows; leave the list empty"
                )


def open_bucket(bucket: RegisteredResource, stack: Sequence[RegisteredResource]) -> Iterator[str]:
    """A bucket without a public-access block of its own, or with one that leaves something open."""
    block = next((one for one in stack if one.type == BLOCK and _guards(one, bucket)), None)
    if block is None:
        yield f"'{bucket.name}' has no BucketPublicAccessBlock; add one with all four switches on"
    elif off := [switch for switch in SWITCHES if not block.props.get(switch)]:
        yield f"the BucketPublicAccessBlock of '{bucket.name}' leaves {', '.join(off)} off; switch all four on"


def _guards(block: RegisteredResource, bucket: RegisteredResource) -> bool:
    """By what the value was made from where that is known, since the name itself may not be known in a preview."""
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
        frozenset({_GRANT, _SETTINGS}),
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
