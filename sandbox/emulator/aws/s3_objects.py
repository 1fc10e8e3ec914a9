"""S3 objects that a program puts: the scripts of pipelines."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from sandbox.emulator.aws.fields import PropertyValues, flag, text
from sandbox.emulator.aws.resource import Call, IdAndOutputs, ResourceType, Tagging


class _ObjectTags(Tagging):
    """The tags of an object, which S3 replaces as a whole."""

    __slots__ = ()

    def update(self, call: Call) -> None:
        """Put all tags, or delete the set."""
        if call.tags:
            call.aws("put_object_tagging", **_place(call), Tagging={"TagSet": call.tag_list()})
        else:
            call.aws("delete_object_tagging", **_place(call))

    def read(self, call: Call) -> dict[str, str]:
        """The tags of the object."""
        answer = call.aws("get_object_tagging", **_place(call))
        return {pair["Key"]: pair["Value"] for pair in answer["TagSet"]}


def _place(call: Call, where: str = "") -> PropertyValues:
    bucket, _, key = (where or call.id).partition("/")
    return {"Bucket": bucket, "Key": key}


def _put(call: Call, where: str = "") -> None:
    call.aws(
        "put_object",
        **_place(call, where),
        **call.request("contentType", "serverSideEncryption", "kmsKeyId", "bucketKeyEnabled", "storageClass"),
        Body=str(call.inputs.get("content", "")).encode(),
        Tagging=urlencode(call.tags) or None,
    )


def _create(call: Call) -> IdAndOutputs:
    where = f"{call.inputs['bucket']}/{call.inputs['key']}"
    _put(call, where)
    call.id = where
    return call.id, _found(call)


def _found(call: Call) -> PropertyValues:
    """State that HeadObject tells, and the ARN."""
    head = call.aws("head_object", **_place(call))
    told = {"etag": str(head["ETag"]).strip('"'), "versionId": head.get("VersionId", "")}
    chosen = call.properties(head, without=("bucket", "key", "etag"))
    return {**_CHOSEN, **chosen, **told, "arn": f"arn:aws:s3:::{call.id}"}


_CHOSEN: Final[PropertyValues] = {
    "bucketKeyEnabled": False,
    "contentType": "application/octet-stream",
    "kmsKeyId": "",
    "serverSideEncryption": "AES256",
    "storageClass": "STANDARD",
}
"""What S3 chooses, and moto does not say: without a key it has encrypted with its own since 2023."""


def _read(call: Call) -> PropertyValues:
    bucket, _, key = call.id.partition("/")
    return {**_found(call), "bucket": bucket, "key": key}


def _update(call: Call) -> PropertyValues:
    _put(call)
    return _found(call)


def _delete(call: Call) -> None:
    """Delete all versions of the object, and their markers."""
    place = _place(call)
    answer = call.aws("list_object_versions", Bucket=place["Bucket"], Prefix=place["Key"])
    for item in [*answer.get("Versions", []), *answer.get("DeleteMarkers", [])]:
        if item["Key"] == place["Key"]:
            version = item["VersionId"]
            call.aws("delete_object", **place, VersionId=None if version == "null" else version)


OBJECT: Final = ResourceType(
    "aws:s3/bucketObjectv2:BucketObjectv2",
    "S3 Object",
    "s3",
    {
        "bucket": text(required=True, replaces=True),
        "key": text(required=True, replaces=True),
        "content": text(local=True),
        "contentType": text(computed=True),
        "serverSideEncryption": text(computed=True),
        "kmsKeyId": text("SSEKMSKeyId", computed=True),
        "bucketKeyEnabled": flag(computed=True),
        "etag": text("ETag", computed=True, by_hand=True),
        "storageClass": text(computed=True),
        "sourceHash": text(local=True),
        "forceDestroy": flag(local=True),
    },
    _create,
    _read,
    _update,
    _delete,
    outputs=("arn", "versionId"),
    name="key",
    tagging=_ObjectTags("", "", ""),
)

RESOURCES: Final = (OBJECT,)
