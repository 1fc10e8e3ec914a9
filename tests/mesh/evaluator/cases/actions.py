"""Action and NotAction."""

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
    ACTION,
    NOT_ACTION,
)

_QUEUE = f"arn:aws:sqs:eu-west-1:{HOME}:orders"
_YES, _NO = allowed("identity"), denied("identity")


def _actions(rows: tuple[tuple[str, object, str, bool, str], ...]) -> tuple[Case, ...]:
    """(words, Action of the policy, action asked, covered, rule): as an Allow and as a Deny of an SCP."""
    cases: list[Case] = []
    for words, written, asked, covered, rule in rows:
        on = BUCKET if asked.lower().endswith(("listbucket", "bucketpolicy", "bucketlocation")) else OBJECT
        cases.append(
            Case(
                name=f"Action in an Allow: {words}",
                expect=_YES if covered else _NO,
                rule=rule,
                page=ACTION,
                action=asked,
                on=on,
                identity=(allow(written),),
            )
        )
        cases.append(
            Case(
                name=f"Action in a Deny: {words}",
                expect=denied("scp", "Stop") if covered else _YES,
                rule=rule,
                page=ACTION,
                action=asked,
                on=on,
                identity=EVERYTHING,
                scp=(deny(written),),
            )
        )
    return tuple(cases)


_WILD = "* stands for any number of characters and ? for one, anywhere in the name."
_NO_CASE = "Prefix and name of an action are not case-sensitive."
_ACTIONS = _actions(
    (
        ("the same action", "s3:GetObject", "s3:GetObject", True, "The action named is covered."),
        ("another action", "s3:GetObject", "s3:PutObject", False, "Only the action named is covered."),
        (
            "an action that begins the same",
            "s3:GetObject",
            "s3:GetObjectVersion",
            False,
            "Only the action named is covered.",
        ),
        ("a star at the end", "s3:Get*", "s3:GetObjectVersion", True, _WILD),
        ("a star at the end, another verb", "s3:Get*", "s3:PutObject", False, _WILD),
        ("a star in the middle", "s3:*Object", "s3:PutObject", True, _WILD),
        ("a star in the middle, another ending", "s3:*Object", "s3:GetObjectVersion", False, _WILD),
        ("a star on both sides", "s3:*Bucket*", "s3:GetBucketPolicy", True, _WILD),
        ("a question mark", "s3:?etObject", "s3:GetObject", True, _WILD),
        ("a question mark for no character", "s3:?GetObject", "s3:GetObject", False, _WILD),
        ("all of a service", "s3:*", "s3:ListBucket", True, _WILD),
        ("all of another service", "sqs:*", "s3:ListBucket", False, _WILD),
        ("everything", "*", "s3:GetObject", True, _WILD),
        (
            "the second of a list",
            ["s3:PutObject", "s3:GetObject"],
            "s3:GetObject",
            True,
            "Several actions are listed in an array.",
        ),
        (
            "none of a list",
            ["s3:PutObject", "s3:DeleteObject"],
            "s3:GetObject",
            False,
            "Several actions are listed in an array.",
        ),
        ("small letters in the policy", "s3:getobject", "s3:GetObject", True, _NO_CASE),
        ("capitals in the prefix of the policy", "S3:GetObject", "s3:GetObject", True, _NO_CASE),
        ("small letters with a star", "s3:get*", "s3:GetObject", True, _NO_CASE),
        ("small letters in the request", "s3:GetObject", "s3:getobject", True, _NO_CASE),
    )
)
_BUT = "NotAction covers everything except the actions listed."
_NOT_DENIED = "NotAction in a Deny denies everything except the actions listed, and allows none of those."


def _not_action(name: str, asked: str, expect: object, rule: str, **layers: Any) -> Case:
    on = _QUEUE if asked.startswith("sqs:") else OBJECT
    return Case(name=name, expect=expect, rule=rule, page=NOT_ACTION, action=asked, on=on, **layers)


_NOT_ACTIONS = (
    _not_action(
        "an Allow with NotAction leaves out what it lists",
        "s3:GetObject",
        _NO,
        _BUT,
        identity=(allow(None, NotAction="s3:GetObject"),),
    ),
    _not_action(
        "an Allow with NotAction covers the rest of the service",
        "s3:PutObject",
        _YES,
        _BUT,
        identity=(allow(None, NotAction="s3:GetObject"),),
    ),
    _not_action(
        "an Allow with NotAction covers other services",
        "sqs:SendMessage",
        _YES,
        _BUT,
        identity=(allow(None, NotAction="s3:*"),),
    ),
    _not_action(
        "an Allow with NotAction and a star leaves out what the star covers",
        "s3:GetObject",
        _NO,
        _BUT,
        identity=(allow(None, NotAction="s3:Get*"),),
    ),
    _not_action(
        "an Allow with NotAction leaves out the second of a list",
        "s3:GetObject",
        _NO,
        _BUT,
        identity=(allow(None, NotAction=["sqs:*", "s3:GetObject"]),),
    ),
    _not_action(
        "an Allow with NotAction ignores case",
        "s3:GetObject",
        _NO,
        "Names of actions are not case-sensitive.",
        identity=(allow(None, NotAction="S3:getobject"),),
    ),
    _not_action(
        "an Allow with NotAction keeps to its Resource",
        "sqs:SendMessage",
        _NO,
        "NotAction goes with a Resource element.",
        identity=(allow(None, f"{BUCKET}/*", NotAction="iam:*"),),
    ),
    _not_action(
        "a Deny with NotAction spares what it lists",
        "s3:GetObject",
        _YES,
        _NOT_DENIED,
        identity=(allow(), deny(None, NotAction="s3:GetObject")),
    ),
    _not_action(
        "a Deny with NotAction stops the rest",
        "s3:PutObject",
        denied("identity", "Stop"),
        _NOT_DENIED,
        identity=(allow(), deny(None, NotAction="s3:GetObject")),
    ),
    _not_action(
        "a Deny with NotAction allows nothing of what it lists",
        "s3:GetObject",
        _NO,
        _NOT_DENIED,
        identity=(deny(None, NotAction="s3:GetObject"),),
    ),
    _not_action(
        "a Deny with NotAction in an SCP stops other services",
        "sqs:SendMessage",
        denied("scp", "Stop"),
        _NOT_DENIED,
        identity=EVERYTHING,
        scp=(deny(None, NotAction="s3:*"),),
    ),
    _not_action(
        "a Deny with NotAction in an SCP spares what it lists",
        "s3:GetObject",
        _YES,
        _NOT_DENIED,
        identity=EVERYTHING,
        scp=(deny(None, NotAction=["s3:*", "iam:*"]),),
    ),
    _not_action(
        "a bucket policy's Deny with NotAction stops the rest",
        "s3:PutObject",
        denied("resource", "Stop"),
        _NOT_DENIED,
        identity=EVERYTHING,
        policy=(deny(None, [f"{BUCKET}/*"], to="*", NotAction="s3:GetObject"),),
    ),
)

CASES: tuple[Case, ...] = (
    *_ACTIONS,
    *_NOT_ACTIONS,
)
