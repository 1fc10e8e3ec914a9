"""Rules on delivery: events and logs stay in the account, or go to the mesh's bus, and files to buckets of the mesh."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, Final, NamedTuple, cast

from mesh_guardrails.accounts_of_stack import own_account
from mesh_guardrails.companions import written
from mesh_guardrails.document_reading import UNKNOWN_TEXT, account_of
from mesh_guardrails.mesh_parameters import ACCOUNTS
from mesh_guardrails.nested import values_at
from mesh_guardrails.rule import Parameter, RegisteredResource, Stack, StackRule
from mesh_guardrails.type_tokens import token, tokens

_SENDS_TO: Final = {
    token("backup/plan"): "rules.copyActions.destinationVaultArn",
    token("cloudtrail/trail"): "cloudWatchLogsGroupArn",
    token("cloudwatch/eventTarget"): "arn",
    token("cloudwatch/logDestination"): "targetArn",
    token("cloudwatch/logSubscriptionFilter"): "destinationArn",
    token("cloudwatch/metricStream"): "firehoseArn",
    token("ec2/flowLog"): "logDestination",
    token("lambda/functionEventInvokeConfig"): "destinationConfig",
    token("pipes/pipe"): "target",
    token("s3/bucketNotification"): "",
    token("scheduler/schedule"): "target.arn",
    token("sns/topicSubscription"): "endpoint",
}


class _Files(NamedTuple):
    """Properties that name the bucket to which a resource writes, and its owner if AWS compares one."""

    bucket: str
    owner: str = ""


_EXPORT: Final = "storageClassAnalysis.dataExport.destination.s3BucketDestination"
_RESULTS: Final = "configuration.resultConfiguration"
_WRITES_TO: Final = {
    token("athena/workgroup"): _Files(f"{_RESULTS}.outputLocation", f"{_RESULTS}.expectedBucketOwner"),
    token("cloudtrail/trail"): _Files("s3BucketName"),
    token("cur/reportDefinition"): _Files("s3Bucket"),
    token("dynamodb/tableExport"): _Files("s3Bucket", "s3BucketOwner"),
    token("ec2/flowLog"): _Files("logDestination"),
    token("kinesis/firehoseDeliveryStream"): _Files("extendedS3Configuration.bucketArn"),
    token("s3/analyticsConfiguration"): _Files(f"{_EXPORT}.bucketArn", f"{_EXPORT}.bucketAccountId"),
    token("s3/inventory"): _Files("destination.bucket.bucketArn", "destination.bucket.accountId"),
    token("ssm/resourceDataSync"): _Files("s3Destination.bucketName"),
}
_BUCKETS: Final = tokens("s3/bucket", "s3/bucketV2")
_PLACE: Final = re.compile(r"(?:s3://|arn:aws[\w-]*:s3:::)?([a-z0-9][a-z0-9.-]{2,62})(?:/|$)")
"""A bucket by its name, its ARN or an address in it."""

_NAMESPACE: Final = re.compile(r"-(\d{12})-[a-z0-9-]+-an$")
"""End of a bucket's name in the namespace of an account, which no other account can make."""


def delivered_elsewhere(
    resource: RegisteredResource,
    stack: Stack,
    targets: Sequence[str],
    buckets: Sequence[str],
    accounts: Sequence[str],
) -> Iterator[str]:
    """Messages on a target of events or logs in another account, and on a bucket that may be anybody's."""
    own = own_account(resource, stack)
    if not own:
        return
    if resource.type in _SENDS_TO:
        yield from _sent(resource, own, targets, accounts)
    if resource.type in _WRITES_TO:
        yield from _written_to(resource, stack, {own, *accounts}, buckets)


def _sent(resource: RegisteredResource, own: str, targets: Sequence[str], accounts: Sequence[str]) -> Iterator[str]:
    for target in _arns(values_at(resource.props, _SENDS_TO[resource.type])):
        account = account_of(target)
        # Of an account that is known not to be the mesh's speaks no-grant-to-a-foreign-account.
        is_foreign = bool(accounts) and account not in accounts
        if account not in ("", own) and not is_foreign and not any(fnmatchcase(target, each) for each in targets):
            yield (
                f"'{resource.name}' sends to {target}, in another account; send within the account, or to the bus of "
                "the mesh"
            )


def _written_to(
    resource: RegisteredResource, stack: Stack, accounts: set[str], patterns: Sequence[str]
) -> Iterator[str]:
    """Messages on a bucket of which nothing says that it is the mesh's: an owner, the stack, its name, or a pattern."""
    places = _WRITES_TO[resource.type]
    made_from = resource.from_resources.get(places.bucket.partition(".")[0], ())
    ours = [one for one in stack if one.type in _BUCKETS]
    if any(one.urn in made_from for one in ours):
        return
    if places.owner and any(owner in accounts for owner in values_at(resource.props, places.owner)):
        return
    names = {written(one, "bucket") for one in ours}
    for value in values_at(resource.props, places.bucket):
        found = _PLACE.match(str(value or ""))
        if not found or value == UNKNOWN_TEXT:
            continue
        account = _NAMESPACE.search(found[1])
        is_ours = account[1] in accounts if account else found[1] in names
        if not is_ours and not any(fnmatchcase(found[1], each) for each in patterns):
            yield (
                f"'{resource.name}' writes to the bucket '{found[1]}', which may be anybody's; say its owner, name a "
                "bucket of this stack, or one in the namespace of an account of the mesh (<name>-<account>-<region>-an)"
            )


def _arns(values: Iterable[Any]) -> Iterator[str]:
    """The texts at a place, or anywhere within what is there."""
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, Mapping):
            yield from _arns(cast("Mapping[str, Any]", value).values())
        elif isinstance(value, Sequence):
            yield from _arns(cast("Sequence[Any]", value))


def _patterns(name: str, description: str, default: list[str]) -> Parameter:
    return Parameter(name, description, {"type": "array", "items": {"type": "string"}}, default)


RULES: Final = ()
STACK_RULES: Final = (
    StackRule(
        name="no-delivery-to-another-account",
        theme="perimeter",
        severity="high",
        description="Events and logs go within the account, or to the mesh's bus, and files to the mesh's buckets.",
        check=delivered_elsewhere,
        types=frozenset({*_SENDS_TO, *_WRITES_TO}),
        parameters=(
            _patterns(
                "targets",
                "Patterns of the ARNs in other accounts that events may go to.",
                ["arn:aws*:events:*:*:event-bus/mesh"],
            ),
            _patterns("buckets", "Patterns of names of buckets in other stacks that files may go to.", []),
            ACCOUNTS,
        ),
    ),
)
