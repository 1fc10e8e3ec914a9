"""ForAllValues and ForAnyValue."""

from __future__ import annotations

from tests.mesh.evaluator.judge import (
    Case,
    Row,
    truth_table,
)
from tests.mesh.evaluator.pages import IF_EXISTS, SETS

_ALL = "ForAllValues is true when every value of the request meets one of the policy, and when the request has none."
_ANY = "ForAnyValue is true when one value of the request meets one of the policy, and false when the request has none."
_ALL_NOT = (
    "ForAllValues with a negated operator is true when no value of the request is one of the policy, or there is none."
)
_ANY_NOT = "ForAnyValue with a negated operator is true when some value of the request is none of the policy."
_EMPTY = "A value that resolves to nothing, such as an empty string, meets ForAllValues and not ForAnyValue."
_EXISTS = "IfExists makes the condition true when the request lacks the key."
_TWO = ["env", "team"]
_STRINGS = (
    Row("ForAllValues:StringEquals", _TWO, ("env", "team"), True, "all values are listed", _ALL),
    Row("ForAllValues:StringEquals", _TWO, ("env",), True, "the one value is listed", _ALL),
    Row("ForAllValues:StringEquals", _TWO, ("env", "cost"), False, "one of two values is not listed", _ALL),
    Row("ForAllValues:StringEquals", _TWO, ("cost",), False, "the one value is not listed", _ALL),
    Row("ForAllValues:StringEquals", _TWO, ("Env",), False, "the value differs in case", _ALL),
    Row("ForAllValues:StringEquals", _TWO, None, True, "the request lacks the key", _ALL),
    Row("ForAllValues:StringEquals", _TWO, (), True, "the request has no value", _ALL),
    Row("ForAllValues:StringEquals", _TWO, ("",), True, "the request has an empty value", _EMPTY),
    Row("ForAnyValue:StringLike", "*", ("",), False, "the request has an empty value", _EMPTY),
    Row("ForAnyValue:StringEquals", _TWO, ("env", "cost"), True, "one of two values is listed", _ANY),
    Row("ForAnyValue:StringEquals", _TWO, ("env", "team"), True, "all values are listed", _ANY),
    Row("ForAnyValue:StringEquals", _TWO, ("cost", "owner"), False, "no value is listed", _ANY),
    Row("ForAnyValue:StringEquals", _TWO, None, False, "the request lacks the key", _ANY),
    Row("ForAnyValue:StringEquals", _TWO, (), False, "the request has no value", _ANY),
    Row(
        "ForAllValues:StringEqualsIgnoreCase", _TWO, ("ENV", "Team"), True, "all values are listed in other case", _ALL
    ),
    Row("ForAllValues:StringEqualsIgnoreCase", _TWO, ("ENV", "cost"), False, "one of two values is not listed", _ALL),
    Row("ForAnyValue:StringEqualsIgnoreCase", _TWO, ("ENV", "cost"), True, "one value is listed in other case", _ANY),
    Row("ForAnyValue:StringEqualsIgnoreCase", _TWO, ("cost",), False, "no value is listed", _ANY),
)
_LIKE = (
    Row("ForAllValues:StringLike", ["env*", "t?am"], ("env2", "team"), True, "all values are covered", _ALL),
    Row("ForAllValues:StringLike", ["env*", "t?am"], ("env2", "cost"), False, "one of two values is not covered", _ALL),
    Row("ForAllValues:StringLike", "env*", None, True, "the request lacks the key", _ALL),
    Row("ForAnyValue:StringLike", "env*", ("env2", "cost"), True, "one of two values is covered", _ANY),
    Row("ForAnyValue:StringLike", "env*", ("cost", "team"), False, "no value is covered", _ANY),
    Row("ForAnyValue:StringLike", "*", None, False, "the pattern is a star and the request lacks the key", _ANY),
)
_NEGATED = (
    Row("ForAllValues:StringNotEquals", _TWO, ("cost", "owner"), True, "no value is listed", _ALL_NOT),
    Row("ForAllValues:StringNotEquals", _TWO, ("cost", "env"), False, "one of two values is listed", _ALL_NOT),
    Row("ForAllValues:StringNotEquals", _TWO, None, True, "the request lacks the key", _ALL_NOT),
    Row("ForAnyValue:StringNotEquals", _TWO, ("cost", "env"), True, "one of two values is not listed", _ANY_NOT),
    Row("ForAnyValue:StringNotEquals", _TWO, ("team", "env"), False, "all values are listed", _ANY_NOT),
    Row("ForAnyValue:StringNotEquals", _TWO, None, False, "the request lacks the key", _ANY),
    Row("ForAllValues:StringNotLike", "env*", ("cost", "team"), True, "no value is covered", _ALL_NOT),
    Row("ForAllValues:StringNotLike", "env*", ("cost", "env2"), False, "one of two values is covered", _ALL_NOT),
    Row("ForAllValues:StringNotLike", "env*", None, True, "the request lacks the key", _ALL_NOT),
    Row("ForAnyValue:StringNotLike", "env*", ("cost", "env2"), True, "one of two values is not covered", _ANY_NOT),
    Row("ForAnyValue:StringNotLike", "env*", ("env1", "env2"), False, "all values are covered", _ANY_NOT),
    Row("ForAnyValue:StringNotLike", "env*", None, False, "the request lacks the key", _ANY),
    Row("ForAllValues:StringNotEqualsIgnoreCase", _TWO, ("ENV",), False, "the value is listed in other case", _ALL_NOT),
    Row("ForAllValues:StringNotEqualsIgnoreCase", _TWO, ("cost",), True, "the value is not listed", _ALL_NOT),
)
_IF_EXISTS = (
    Row("ForAnyValue:StringEqualsIfExists", _TWO, None, True, "the request lacks the key", _EXISTS),
    Row("ForAnyValue:StringEqualsIfExists", _TWO, ("cost",), False, "no value is listed", _EXISTS),
    Row("ForAnyValue:StringLikeIfExists", "env*", ("env2", "cost"), True, "one of two values is covered", _EXISTS),
    Row("ForAllValues:StringLikeIfExists", "env*", None, True, "the request lacks the key", _EXISTS),
    Row(
        "ForAllValues:StringLikeIfExists", "env*", ("env2", "cost"), False, "one of two values is not covered", _EXISTS
    ),
)
_TARGETS = "arn:aws:sqs:*:111111111111:*"
_ARNS = (
    Row(
        "ForAllValues:ArnLike",
        _TARGETS,
        ("arn:aws:sqs:eu-west-1:111111111111:a",),
        True,
        "the one target is covered",
        _ALL,
    ),
    Row(
        "ForAllValues:ArnLike",
        _TARGETS,
        ("arn:aws:sqs:eu-west-1:111111111111:a", "arn:aws:sqs:eu-west-1:555555555555:b"),
        False,
        "one of two targets is not covered",
        _ALL,
    ),
    Row(
        "ForAnyValue:ArnNotLike",
        _TARGETS,
        ("arn:aws:sqs:eu-west-1:111111111111:a", "arn:aws:sqs:eu-west-1:555555555555:b"),
        True,
        "one of two targets is not covered",
        _ANY_NOT,
    ),
    Row(
        "ForAnyValue:ArnNotLike",
        _TARGETS,
        ("arn:aws:sqs:eu-west-1:111111111111:a",),
        False,
        "the one target is covered",
        _ANY_NOT,
    ),
    Row(
        "ForAnyValue:ArnEquals",
        "arn:aws:sqs:eu-west-1:555555555555:b",
        ("arn:aws:sqs:eu-west-1:111111111111:a", "arn:aws:sqs:eu-west-1:555555555555:b"),
        True,
        "one of two targets is equal",
        _ANY,
    ),
    Row(
        "ForAllValues:ArnNotEquals",
        "arn:aws:sqs:eu-west-1:555555555555:b",
        ("arn:aws:sqs:eu-west-1:111111111111:a", "arn:aws:sqs:eu-west-1:555555555555:b"),
        False,
        "one of two targets is equal",
        _ALL_NOT,
    ),
)

CASES: tuple[Case, ...] = (
    *truth_table(_STRINGS, key="aws:TagKeys", page=SETS, deny_in="identity"),
    *truth_table(_LIKE, key="aws:TagKeys", page=SETS, deny_in="scp"),
    *truth_table(_NEGATED, key="aws:TagKeys", page=SETS, deny_in="resource"),
    *truth_table(_IF_EXISTS, key="aws:TagKeys", page=IF_EXISTS, deny_in="rcp"),
    *truth_table(
        _ARNS,
        key="events:TargetArn",
        page=SETS,
        deny_in="scp",
        action="events:PutTargets",
        on="arn:aws:events:eu-west-1:111111111111:rule/daily",
    ),
)
