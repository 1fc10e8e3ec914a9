"""S3: bucket policies as its guide shows them."""

from __future__ import annotations

from typing import Any

from tests.mesh.evaluator.judge import (
    BUCKET,
    EVERYTHING,
    FOREIGN,
    GUEST,
    HOME,
    OBJECT,
    OTHER,
    Case,
    Expect,
    Page,
    allow,
    allowed,
    denied,
    deny,
)
from tests.mesh.evaluator.pages import (
    BUCKET_POLICIES,
    S3_ACTIONS,
    S3_ENDPOINTS,
    S3_EVALUATION,
    S3_KEYS,
    S3_SIGNATURE,
)

_OBJECTS = f"{BUCKET}/*"
_STOPPED = denied("resource", "Stop")


def _s3(
    name: str,
    expect: Expect,
    rule: str,
    *,
    page: Page = BUCKET_POLICIES,
    stop: dict[str, object] | None = None,
    **more: Any,
) -> Case:
    """Everything allows; the bucket policy has one Deny."""
    policy = None if stop is None else (stop,)
    return Case(name=name, expect=expect, rule=rule, page=page, **{"policy": policy, "identity": EVERYTHING} | more)


def _stop(when: object, action: object = "s3:*", on: object = (BUCKET, _OBJECTS)) -> dict[str, object]:
    return deny(action, list(on) if isinstance(on, tuple) else on, to="*", when=when)


_TLS, _OLD_TLS = _stop({"Bool": {"aws:SecureTransport": "false"}}), _stop({"NumericLessThan": {"s3:TlsVersion": "1.2"}})
_PUT: dict[str, Any] = {"action": "s3:PutObject"}
_SSE, _SSE_KEY = "s3:x-amz-server-side-encryption", "s3:x-amz-server-side-encryption-aws-kms-key-id"
_ENCRYPTED = _stop({"StringNotEquals": {_SSE: "aws:kms"}}, "s3:PutObject", _OBJECTS)
_IF_SAID = _stop({"Null": {_SSE: "false"}, "StringNotEquals": {_SSE: "aws:kms"}}, "s3:PutObject", _OBJECTS)
_KEY = f"arn:aws:kms:eu-west-1:{HOME}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
_WITH_KEY = _stop({"StringNotEqualsIfExists": {_SSE_KEY: _KEY}}, "s3:PutObject", _OBJECTS)
_ENDPOINT = _stop({"StringNotEquals": {"aws:SourceVpce": "vpce-1a2b3c4d"}})
_AGED = _stop({"NumericGreaterThan": {"s3:signatureAge": "600000"}})
_PRESIGNED = _stop({"StringNotEquals": {"s3:authType": "REST-HEADER"}})
_LIST = (allow("s3:ListBucket", BUCKET, when={"StringEquals": {"s3:prefix": ["", "home/"], "s3:delimiter": "/"}}),)
_OWNED = (
    allow(
        "s3:PutObject",
        _OBJECTS,
        to={"AWS": OTHER},
        when={"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}},
    ),
)
_LOGS = (
    allow(
        "s3:PutObject",
        _OBJECTS,
        to={"Service": "logging.s3.amazonaws.com"},
        when={"ArnLike": {"aws:SourceArn": "arn:aws:s3:::source"}, "StringEquals": {"aws:SourceAccount": HOME}},
    ),
)
_DENY_TLS = "A Deny on plain text names the bucket and its objects."
_HEADER = "A negated condition also meets a request without the header."
_PROVIDED = "Null false beside it spares requests without the header."
_S3_CASES = (
    _s3("plain text is refused", _STOPPED, _DENY_TLS, stop=_TLS, context={"aws:SecureTransport": "false"}),
    _s3("TLS passes", allowed("identity"), _DENY_TLS, stop=_TLS),
    _s3(
        "a Deny of the bucket's ARN alone misses its objects",
        allowed("identity"),
        _DENY_TLS,
        stop=_stop({"Bool": {"aws:SecureTransport": "false"}}, on=BUCKET),
        context={"aws:SecureTransport": "false"},
    ),
    _s3(
        "a Deny of the objects alone misses the bucket",
        allowed("identity"),
        _DENY_TLS,
        stop=_stop({"Bool": {"aws:SecureTransport": "false"}}, on=_OBJECTS),
        action="s3:ListBucket",
        on=BUCKET,
        context={"aws:SecureTransport": "false"},
    ),
    _s3(
        "old TLS is refused",
        _STOPPED,
        "s3:TlsVersion is the version of TLS.",
        stop=_OLD_TLS,
        page=S3_KEYS,
        context={"s3:TlsVersion": "1.1"},
    ),
    _s3(
        "new TLS passes",
        allowed("identity"),
        "s3:TlsVersion is the version of TLS.",
        stop=_OLD_TLS,
        page=S3_KEYS,
        context={"s3:TlsVersion": "1.2"},
    ),
    _s3(
        "an upload with the encryption asked for",
        allowed("identity"),
        _HEADER,
        stop=_ENCRYPTED,
        page=S3_KEYS,
        context={_SSE: "aws:kms"},
        **_PUT,
    ),
    _s3(
        "an upload with another encryption",
        _STOPPED,
        _HEADER,
        stop=_ENCRYPTED,
        page=S3_KEYS,
        context={_SSE: "AES256"},
        **_PUT,
    ),
    _s3("an upload without the header of encryption", _STOPPED, _HEADER, stop=_ENCRYPTED, page=S3_KEYS, **_PUT),
    _s3(
        "an upload without the header, left to the bucket's default",
        allowed("identity"),
        _PROVIDED,
        stop=_IF_SAID,
        page=S3_KEYS,
        **_PUT,
    ),
    _s3(
        "an upload with another encryption, default or not",
        _STOPPED,
        _PROVIDED,
        stop=_IF_SAID,
        page=S3_KEYS,
        context={_SSE: "AES256"},
        **_PUT,
    ),
    _s3(
        "an upload with the key asked for",
        allowed("identity"),
        "The key is named by its ARN.",
        stop=_WITH_KEY,
        page=S3_KEYS,
        context={_SSE_KEY: _KEY},
        **_PUT,
    ),
    _s3(
        "an upload with another key",
        _STOPPED,
        "The key is named by its ARN.",
        stop=_WITH_KEY,
        page=S3_KEYS,
        context={_SSE_KEY: _KEY.replace("1234abcd", "9999abcd")},
        **_PUT,
    ),
    _s3(
        "an upload without a key under a negated IfExists",
        _STOPPED,
        "A negated IfExists condition of a Deny meets the absent header.",
        stop=_WITH_KEY,
        page=S3_KEYS,
        **_PUT,
    ),
    _s3(
        "a download is no upload", allowed("identity"), "A Deny covers its own actions.", stop=_ENCRYPTED, page=S3_KEYS
    ),
    _s3(
        "through the VPC endpoint",
        allowed("identity"),
        "aws:SourceVpce limits a bucket to an endpoint.",
        stop=_ENDPOINT,
        page=S3_ENDPOINTS,
        context={"aws:SourceVpce": "vpce-1a2b3c4d"},
    ),
    _s3(
        "through another VPC endpoint",
        _STOPPED,
        "aws:SourceVpce limits a bucket to an endpoint.",
        stop=_ENDPOINT,
        page=S3_ENDPOINTS,
        context={"aws:SourceVpce": "vpce-9f8e7d6c"},
    ),
    _s3(
        "over the internet",
        _STOPPED,
        "aws:SourceVpce limits a bucket to an endpoint.",
        stop=_ENDPOINT,
        page=S3_ENDPOINTS,
    ),
    _s3(
        "a fresh signature",
        allowed("identity"),
        "s3:signatureAge is in milliseconds.",
        stop=_AGED,
        page=S3_SIGNATURE,
        context={"s3:signatureAge": 599999},
    ),
    _s3(
        "a signature too old",
        _STOPPED,
        "s3:signatureAge is in milliseconds.",
        stop=_AGED,
        page=S3_SIGNATURE,
        context={"s3:signatureAge": 600001},
    ),
    _s3(
        "a presigned URL where headers are asked for",
        _STOPPED,
        "s3:authType tells presigned URLs (REST-QUERY-STRING) apart.",
        stop=_PRESIGNED,
        page=S3_SIGNATURE,
        context={"s3:authType": "REST-QUERY-STRING"},
    ),
    _s3(
        "a signed header where headers are asked for",
        allowed("identity"),
        "s3:authType tells presigned URLs (REST-QUERY-STRING) apart.",
        stop=_PRESIGNED,
        page=S3_SIGNATURE,
        context={"s3:authType": "REST-HEADER"},
    ),
    _s3(
        "listing the top level",
        allowed("identity"),
        "s3:prefix and s3:delimiter limit a listing.",
        page=S3_KEYS,
        identity=_LIST,
        action="s3:ListBucket",
        on=BUCKET,
        context={"s3:prefix": "", "s3:delimiter": "/"},
    ),
    _s3(
        "listing one folder",
        allowed("identity"),
        "s3:prefix and s3:delimiter limit a listing.",
        page=S3_KEYS,
        identity=_LIST,
        action="s3:ListBucket",
        on=BUCKET,
        context={"s3:prefix": "home/", "s3:delimiter": "/"},
    ),
    _s3(
        "listing another folder",
        denied("identity"),
        "s3:prefix and s3:delimiter limit a listing.",
        page=S3_KEYS,
        identity=_LIST,
        action="s3:ListBucket",
        on=BUCKET,
        context={"s3:prefix": "hr/", "s3:delimiter": "/"},
    ),
    _s3(
        "listing everything",
        denied("identity"),
        "s3:prefix and s3:delimiter limit a listing.",
        page=S3_KEYS,
        identity=_LIST,
        action="s3:ListBucket",
        on=BUCKET,
    ),
    _s3(
        "an upload that leaves control to the bucket's owner",
        allowed(),
        "s3:x-amz-acl may be asked for.",
        page=S3_KEYS,
        policy=_OWNED,
        by=GUEST,
        context={"s3:x-amz-acl": "bucket-owner-full-control"},
        **_PUT,
    ),
    _s3(
        "an upload that keeps control",
        denied("resource"),
        "s3:x-amz-acl may be asked for.",
        page=S3_KEYS,
        policy=_OWNED,
        by=GUEST,
        context={"s3:x-amz-acl": "private"},
        **_PUT,
    ),
    _s3(
        "access logs for the bucket named",
        allowed("resource"),
        "The logging service is tied to its source bucket.",
        policy=_LOGS,
        identity=None,
        by="logging.s3.amazonaws.com",
        context={"aws:SourceArn": "arn:aws:s3:::source", "aws:SourceAccount": HOME},
        **_PUT,
    ),
    _s3(
        "access logs for another bucket",
        denied("resource"),
        "The logging service is tied to its source bucket.",
        policy=_LOGS,
        identity=None,
        by="logging.s3.amazonaws.com",
        context={"aws:SourceArn": "arn:aws:s3:::other", "aws:SourceAccount": FOREIGN},
        **_PUT,
    ),
    _s3(
        "reading an object's tags needs its own action",
        denied("identity"),
        "s3:GetObject does not cover s3:GetObjectTagging.",
        page=S3_ACTIONS,
        identity=(allow("s3:GetObject"),),
        action="s3:GetObjectTagging",
    ),
    _s3(
        "listing needs the bucket's action, not the API's name",
        denied("identity"),
        "ListObjectsV2 is allowed by s3:ListBucket.",
        page=S3_ACTIONS,
        identity=(allow("s3:GetObject"),),
        action="s3:ListBucket",
        on=BUCKET,
    ),
    _s3(
        "the owner's account does not by itself let in others",
        denied("resource"),
        "The bucket's owner and the caller's account both have to allow.",
        page=S3_EVALUATION,
        by=GUEST,
    ),
)
_NAMED = Case(
    name="an object of a bucket whose name begins the same is another's",
    expect=denied("identity"),
    rule="A bucket is named in full.",
    page=BUCKET_POLICIES,
    on=OBJECT.replace(":::sales/", ":::sales-archive/"),
    identity=(allow("s3:GetObject", _OBJECTS),),
)

CASES: tuple[Case, ...] = (
    *_S3_CASES,
    _NAMED,
)
