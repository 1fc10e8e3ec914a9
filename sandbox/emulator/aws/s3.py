"""S3 buckets and the account-wide public access block."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from sandbox.emulator.aws.fields import Field, Fields, PropertyValues, flag, text
from sandbox.emulator.aws.resource import AwsError, Call, IdAndOutputs, ResourceType, Tagging, only_local

# --- the bucket --------------------------------------------------------------------------------------------


class _BucketTags(Tagging):
    """The tags of a bucket, which S3 replaces as a whole."""

    __slots__ = ()

    def update(self, call: Call) -> None:
        """Put all tags, or delete the set."""
        if call.tags:
            call.aws("put_bucket_tagging", Bucket=call.id, Tagging={"TagSet": call.tag_list()})
        else:
            call.aws("delete_bucket_tagging", Bucket=call.id)

    def read(self, call: Call) -> dict[str, str]:
        """The tags of the bucket; S3 answers with an error when there are none."""
        try:
            tags: list[dict[str, str]] = call.aws("get_bucket_tagging", Bucket=call.id)["TagSet"]
        except AwsError as error:
            if error.code == "NoSuchTagSet":
                return {}
            raise
        return {pair["Key"]: pair["Value"] for pair in tags}


def _create_bucket(call: Call) -> IdAndOutputs:
    name = call.inputs["bucket"]
    # S3 refuses the location us-east-1, which is the one of a bucket without a constraint.
    location = None if call.region == "us-east-1" else {"LocationConstraint": call.region}
    lock, wanted = call.inputs.get("objectLockEnabled"), call.inputs.get("bucketNamespace")
    if _namespace(name) != (wanted or "global") == "global":
        # moto takes such a name; S3 does not, and neither does the plugin (`validBucketName`).
        raise AwsError(
            "MissingNamespaceHeader",
            f"{name} is a name of an account's own namespace, and the request does not say that it is made there.",
        )
    call.aws(
        "create_bucket",
        Bucket=name,
        CreateBucketConfiguration=location,
        ObjectLockEnabledForBucket=lock,
        BucketNamespace=wanted,
    )
    call.id = name
    if call.tags:
        _BUCKET_TAGS.update(call)
    return call.id, {"objectLockEnabled": bool(lock), **_bucket_outputs(call)}


_OF_AN_ACCOUNT: Final = re.compile(r"[a-z0-9.-]+-\d{12}-[a-z]{2,4}(-[a-z]+)+-\d-an")
"""Names that the plugin takes for those of an account's own namespace (`accountRegionalBucketNameRegex`)."""


def _namespace(name: str) -> str:
    return "account-regional" if _OF_AN_ACCOUNT.fullmatch(name) else "global"


def _bucket_outputs(call: Call) -> PropertyValues:
    return {
        "arn": f"arn:aws:s3:::{call.id}",
        "bucketDomainName": f"{call.id}.s3.amazonaws.com",
        "bucketRegionalDomainName": f"{call.id}.s3.{call.region}.amazonaws.com",
        "bucketRegion": call.region,
        "bucketNamespace": _namespace(call.id),
        "hostedZoneId": _HOSTED_ZONES.get(call.region, "Z3AQBSTGFYJSTF"),
    }


_HOSTED_ZONES: Final = {"us-east-1": "Z3AQBSTGFYJSTF", "eu-west-1": "Z1BKCTXD74EZPE", "eu-central-1": "Z21DNDUVLTQW6Q"}


def _read_bucket(call: Call) -> PropertyValues:
    call.aws("head_bucket", Bucket=call.id)
    return {"bucket": call.id, "objectLockEnabled": _is_locked(call), **_bucket_outputs(call)}


def _is_locked(call: Call) -> bool:
    try:
        call.aws("get_object_lock_configuration", Bucket=call.id)
    except AwsError as error:
        if error.code == "ObjectLockConfigurationNotFoundError":
            return False
        raise
    return True


def _delete_bucket(call: Call) -> None:
    if call.inputs.get("forceDestroy"):
        _empty(call)
    call.aws("delete_bucket", Bucket=call.id)


def _empty(call: Call) -> None:
    answer = call.aws("list_object_versions", Bucket=call.id)
    for item in [*answer.get("Versions", []), *answer.get("DeleteMarkers", [])]:
        call.aws("delete_object", Bucket=call.id, Key=item["Key"], VersionId=item["VersionId"])


_BUCKET_TAGS: Final = _BucketTags("", "", "")

BUCKET: Final = ResourceType(
    "aws:s3/bucket:Bucket",
    "S3 Bucket",
    "s3",
    {
        "bucket": text(required=True, replaces=True),
        "bucketNamespace": text(replaces=True, computed=True, by_hand=True),
        "forceDestroy": flag(local=True),
        "objectLockEnabled": flag(replaces=True, computed=True),
    },
    _create_bucket,
    _read_bucket,
    only_local,
    _delete_bucket,
    outputs=("arn", "bucketDomainName", "bucketRegionalDomainName", "bucketRegion", "hostedZoneId"),
    name="bucket",
    tagging=_BUCKET_TAGS,
)

# --- the account -------------------------------------------------------------------------------------------

BLOCKS: Final[Fields] = {
    name: flag(default=False)
    for name in ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
}


def _put_account_block(call: Call) -> None:
    wanted = {name: bool(call.inputs.get(name)) for name in BLOCKS}
    blocks = {name[0].upper() + name[1:]: value for name, value in wanted.items()}
    call.aws("put_public_access_block", AccountId=call.account, PublicAccessBlockConfiguration=blocks)


def _create_account_block(call: Call) -> IdAndOutputs:
    _put_account_block(call)
    return call.account, {"accountId": call.account}


def _read_account_block(call: Call) -> Mapping[str, Any]:
    answer = call.aws("get_public_access_block", AccountId=call.account)
    return {**call.properties(answer["PublicAccessBlockConfiguration"]), "accountId": call.account}


def _delete_account_block(call: Call) -> None:
    call.aws("delete_public_access_block", AccountId=call.account)


_ACCOUNT_FIELDS: Final[dict[str, Field]] = {"accountId": text(replaces=True, computed=True, by_hand=True), **BLOCKS}

ACCOUNT_BLOCK: Final = ResourceType(
    "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
    "S3 Account Public Access Block",
    "s3control",
    _ACCOUNT_FIELDS,
    _create_account_block,
    _read_account_block,
    _put_account_block,
    _delete_account_block,
    regional=False,
)

RESOURCES: Final = (BUCKET, ACCOUNT_BLOCK)
