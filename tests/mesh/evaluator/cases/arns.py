"""Resource and NotResource."""

from __future__ import annotations

from typing import Any

from tests.mesh.evaluator.judge import (
    BUCKET,
    EVERYTHING,
    HOME,
    OBJECT,
    Case,
    allow,
    allowed,
    denied,
    deny,
)
from tests.mesh.evaluator.pages import (
    NOT_RESOURCE,
    RESOURCE,
)

_QUEUE = f"arn:aws:sqs:eu-west-1:{HOME}:orders"
_YES, _NO = allowed("identity"), denied("identity")


def _resources(rows: tuple[tuple[str, object, str, str, bool, str], ...]) -> tuple[Case, ...]:
    """(words, Resource, action, resource asked, covered, rule): as an Allow and as a Deny of the same policy."""
    cases: list[Case] = []
    for words, written, action, asked, covered, rule in rows:
        common: dict[str, Any] = {"rule": rule, "page": RESOURCE, "action": action, "on": asked}
        cases.append(
            Case(
                name=f"Resource in an Allow: {words}",
                expect=_YES if covered else _NO,
                identity=(allow(action, written),),
                **common,
            )
        )
        cases.append(
            Case(
                name=f"Resource in a Deny: {words}",
                expect=denied("identity", "Stop") if covered else _YES,
                identity=(allow(), deny(action, written)),
                **common,
            )
        )
    return tuple(cases)


_STAR = "* in a resource stands for any combination of characters, also across slashes."
_MARK = "? in a resource stands for one character."
_GET, _LIST, _SEND = "s3:GetObject", "s3:ListBucket", "sqs:SendMessage"
_RESOURCES = _resources(
    (
        ("the object itself", OBJECT, _GET, OBJECT, True, "The resource named is covered."),
        ("another object", f"{BUCKET}/2026/other.csv", _GET, OBJECT, False, "Only the resource named is covered."),
        ("all objects of the bucket", f"{BUCKET}/*", _GET, OBJECT, True, _STAR),
        ("objects with the prefix", f"{BUCKET}/2026/*", _GET, OBJECT, True, _STAR),
        ("objects with another prefix", f"{BUCKET}/2025/*", _GET, OBJECT, False, _STAR),
        ("objects with the ending", f"{BUCKET}/*.csv", _GET, OBJECT, True, _STAR),
        ("a question mark for one character", f"{BUCKET}/202?/orders.csv", _GET, OBJECT, True, _MARK),
        ("a question mark for two characters", f"{BUCKET}/20?/orders.csv", _GET, OBJECT, False, _MARK),
        (
            "the bucket does not cover its objects",
            BUCKET,
            _GET,
            OBJECT,
            False,
            "A bucket's ARN is not that of its objects.",
        ),
        (
            "the objects do not cover the bucket",
            f"{BUCKET}/*",
            _LIST,
            BUCKET,
            False,
            "An object's ARN is not that of the bucket.",
        ),
        ("the bucket", BUCKET, _LIST, BUCKET, True, "The resource named is covered."),
        ("buckets that begin so", "arn:aws:s3:::sal*", _LIST, BUCKET, True, _STAR),
        ("every S3 ARN", "arn:aws:s3:::*", _GET, OBJECT, True, _STAR),
        (
            "the second of a list",
            [BUCKET, f"{BUCKET}/*"],
            _GET,
            OBJECT,
            True,
            "Several resources are listed in an array.",
        ),
        (
            "none of a list",
            [BUCKET, f"{BUCKET}/2025/*"],
            _GET,
            OBJECT,
            False,
            "Several resources are listed in an array.",
        ),
        ("the queue", _QUEUE, _SEND, _QUEUE, True, "The resource named is covered."),
        (
            "queues of another account",
            "arn:aws:sqs:*:222222222222:*",
            _SEND,
            _QUEUE,
            False,
            "Account is a part of the ARN.",
        ),
        (
            "queues of another region",
            f"arn:aws:sqs:us-east-1:{HOME}:*",
            _SEND,
            _QUEUE,
            False,
            "Region is a part of the ARN.",
        ),
        ("queues of any region", f"arn:aws:sqs:*:{HOME}:*", _SEND, _QUEUE, True, "Parts of an ARN may be wildcards."),
        ("queues of any account", "arn:aws:sqs:*:*:orders", _SEND, _QUEUE, True, "Parts of an ARN may be wildcards."),
        (
            "another service",
            f"arn:aws:sns:eu-west-1:{HOME}:orders",
            _SEND,
            _QUEUE,
            False,
            "Service is a part of the ARN.",
        ),
    )
)
_EXCEPT = "NotResource covers every resource except those listed."


def _not_resource(name: str, asked: str, expect: object, **layers: Any) -> Case:
    return Case(name=name, expect=expect, rule=_EXCEPT, page=NOT_RESOURCE, on=asked, **layers)


_HR = ["arn:aws:s3:::hr", "arn:aws:s3:::hr/*"]
_IN_HR = "arn:aws:s3:::hr/payroll.csv"
_NOT_RESOURCES = (
    _not_resource(
        "an Allow with NotResource leaves out what it lists",
        _IN_HR,
        _NO,
        identity=(allow("s3:*", None, NotResource=_HR),),
    ),
    _not_resource(
        "an Allow with NotResource covers other buckets", OBJECT, _YES, identity=(allow("s3:*", None, NotResource=_HR),)
    ),
    _not_resource(
        "a Deny with NotResource spares what it lists",
        _IN_HR,
        _YES,
        identity=(allow(), deny("s3:*", None, NotResource=_HR)),
    ),
    _not_resource(
        "a Deny with NotResource stops other buckets",
        OBJECT,
        denied("identity", "Stop"),
        identity=(allow(), deny("s3:*", None, NotResource=_HR)),
    ),
    _not_resource(
        "a Deny with NotResource of a bucket alone stops its objects",
        _IN_HR,
        denied("identity", "Stop"),
        identity=(allow(), deny("s3:*", None, NotResource="arn:aws:s3:::hr")),
    ),
    _not_resource(
        "a Deny with NotResource in an SCP stops other buckets",
        OBJECT,
        denied("scp", "Stop"),
        identity=EVERYTHING,
        scp=(deny("s3:*", None, NotResource=_HR),),
    ),
    _not_resource(
        "a Deny with NotResource in an SCP spares what it lists",
        _IN_HR,
        _YES,
        identity=EVERYTHING,
        scp=(deny("s3:*", None, NotResource=_HR),),
    ),
    _not_resource(
        "a Deny with NotResource keeps to its actions",
        OBJECT,
        _YES,
        identity=(allow(), deny("s3:PutObject", None, NotResource=_HR)),
    ),
)
_BUT_READING = {"NotAction": "s3:Get*", "NotResource": _HR}
_BOTH_NOT = "NotAction and NotResource together cover every other action on every other resource."
_BOTH_NOTS = tuple(
    Case(
        name=name,
        expect=expect,
        rule=_BOTH_NOT,
        page=NOT_RESOURCE,
        action=action,
        on=on,
        identity=(allow(), deny(None, None, **_BUT_READING)),
    )
    for name, action, on, expect in (
        ("NotAction and NotResource stop another action elsewhere", "s3:PutObject", OBJECT, denied("identity", "Stop")),
        ("NotAction and NotResource spare the action listed elsewhere", "s3:GetObject", OBJECT, _YES),
        ("NotAction and NotResource spare another action on the resource listed", "s3:PutObject", _IN_HR, _YES),
    )
)

CASES: tuple[Case, ...] = (
    *_RESOURCES,
    *_NOT_RESOURCES,
    *_BOTH_NOTS,
)
