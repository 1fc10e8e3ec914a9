"""Names of buckets and the namespace that each is of: an account's own name is taken of that account alone."""

from __future__ import annotations

from collections.abc import Iterator

from mesh.acceptance.emitted import UNKNOWN, EmittedResource, InputRefusal
from mesh.aws import bucket_namespace

_GLOBAL = "global"


def misplaced(resource: EmittedResource) -> Iterator[InputRefusal]:
    """The refusals of a bucket's name that is of another namespace than the bucket.

    S3 User Guide, "Namespaces for general purpose buckets", "Account regional namespace naming rules"; the plugin
    refuses the first two itself (`validBucketName`).
    """
    name = resource.inputs.get("bucket")
    if resource.type != "aws:s3/bucket:Bucket" or not isinstance(name, str) or UNKNOWN in name:
        return
    stated = resource.inputs.get("bucketNamespace") or _GLOBAL
    account, region = bucket_namespace.account_of(name), bucket_namespace.region_of(name)
    if account is None:
        if stated == bucket_namespace.ACCOUNT_REGIONAL:
            ending = f"-{resource.account}-<region>-an"
            yield resource.refused("bucket", f"{name!r} is of an account's own namespace only if it ends in {ending}")
        return
    if stated == _GLOBAL:
        yield resource.refused("bucketNamespace", f"{name!r} ends as names of an account's own namespace do: say so")
    if account != resource.account:
        yield resource.refused("bucket", f"{name!r} is a name of account {account} alone, not of {resource.account}")
    if region in bucket_namespace.WITHOUT_NAMESPACES:
        yield resource.refused("bucket", f"{name!r}: accounts have no namespace of their own in {region}")
