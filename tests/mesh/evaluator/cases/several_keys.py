"""Several keys and several operators in one condition, and conditions that are none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.mesh.evaluator.judge import (
    OBJECT,
    READER,
    REFUSED,
    Case,
    Expect,
    Values,
    allow,
    allowed,
    denied,
    deny,
)
from tests.mesh.evaluator.pages import CONDITION, IF_EXISTS, KEYS, MANY, NULL, OPERATORS, SET_EXAMPLES, SETS

_AND_KEYS = "Several keys under one operator are joined with AND."
_AND_OPERATORS = "Several operators are joined with AND."
_OTHERS = "IfExists forgives only its own key; the other conditions still have to hold."


def _both(
    name: str,
    when: object,
    context: Mapping[str, Values],
    *,
    holds: bool,
    rule: str,
    deny_in: str = "identity",
    page: object = MANY,
) -> tuple[Case, Case]:
    """An Allow and a Deny with the same condition."""
    stop = (deny("s3:GetObject", when=when),)
    word = "holds" if holds else "fails"
    common: dict[str, Any] = {"rule": rule, "page": page, "context": context}
    kept: Expect = allowed("identity")
    return (
        Case(
            name=f"an Allow whose condition {word}: {name}",
            expect=kept if holds else denied("identity"),
            identity=(allow("s3:GetObject", when=when),),
            **common,
        ),
        Case(
            name=f"a Deny whose condition {word}: {name}",
            expect=denied(deny_in, "Stop") if holds else kept,
            identity=(allow("s3:GetObject"), *(stop if deny_in == "identity" else ())),
            scp=stop if deny_in == "scp" else None,
            **common,
        ),
    )


_VPC = {"aws:SourceVpc": "vpc-1", "aws:SourceVpce": "vpce-1"}
_KEYS_AND = {"StringEquals": {"aws:SourceVpc": "vpc-1", "aws:SourceVpce": "vpce-1"}}
_NOT_AND = {"StringNotEquals": {"aws:SourceVpc": "vpc-1", "aws:SourceVpce": "vpce-1"}}
_MIXED = {"StringEquals": {"aws:SourceVpc": "vpc-1"}, "IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}}
_FORGIVING = {"StringEqualsIfExists": {"aws:SourceVpce": "vpce-1"}, "StringEquals": {"aws:SourceVpc": "vpc-1"}}
_PRESENT = {"Null": {"aws:TagKeys": "false"}, "ForAllValues:StringEquals": {"aws:TagKeys": ["env", "team"]}}
_OUTSIDE = {"StringNotEqualsIfExists": {"aws:SourceOrgID": "o-mesh123456"}, "Null": {"aws:SourceAccount": "false"}}
_SEVERAL = (
    *_both("both keys match", _KEYS_AND, _VPC, holds=True, rule=_AND_KEYS),
    *_both("one key of two matches", _KEYS_AND, {**_VPC, "aws:SourceVpc": "vpc-2"}, holds=False, rule=_AND_KEYS),
    *_both("one key of two is absent", _KEYS_AND, {"aws:SourceVpc": "vpc-1"}, holds=False, rule=_AND_KEYS),
    *_both(
        "two negated keys both differ",
        _NOT_AND,
        {"aws:SourceVpc": "vpc-2", "aws:SourceVpce": "vpce-2"},
        holds=True,
        rule=_AND_KEYS,
    ),
    *_both(
        "one of two negated keys is equal", _NOT_AND, {**_VPC, "aws:SourceVpc": "vpc-2"}, holds=False, rule=_AND_KEYS
    ),
    *_both("two negated keys are absent", _NOT_AND, {}, holds=True, rule=_AND_KEYS, deny_in="scp"),
    *_both(
        "both operators match",
        _MIXED,
        {"aws:SourceVpc": "vpc-1", "aws:VpcSourceIp": "10.1.2.3"},
        holds=True,
        rule=_AND_OPERATORS,
    ),
    *_both(
        "the first of two operators fails",
        _MIXED,
        {"aws:SourceVpc": "vpc-2", "aws:VpcSourceIp": "10.1.2.3"},
        holds=False,
        rule=_AND_OPERATORS,
    ),
    *_both(
        "the second of two operators fails",
        _MIXED,
        {"aws:SourceVpc": "vpc-1", "aws:VpcSourceIp": "192.0.2.1"},
        holds=False,
        rule=_AND_OPERATORS,
        deny_in="scp",
    ),
    *_both(
        "an absent key is forgiven", _FORGIVING, {"aws:SourceVpc": "vpc-1"}, holds=True, rule=_OTHERS, page=IF_EXISTS
    ),
    *_both(
        "another key fails beside a forgiven one",
        _FORGIVING,
        {"aws:SourceVpc": "vpc-2"},
        holds=False,
        rule=_OTHERS,
        page=IF_EXISTS,
    ),
    *_both("the other key is absent too", _FORGIVING, {}, holds=False, rule=_OTHERS, page=IF_EXISTS, deny_in="scp"),
    *_both(
        "Null false shuts out the absent key of ForAllValues",
        _PRESENT,
        {},
        holds=False,
        rule="Null false beside ForAllValues keeps an absent key from meeting it.",
        page=SET_EXAMPLES,
    ),
    *_both(
        "Null false lets a listed value through to ForAllValues",
        _PRESENT,
        {"aws:TagKeys": ("env",)},
        holds=True,
        rule="Null false beside ForAllValues keeps only an absent key from meeting it.",
        page=SET_EXAMPLES,
    ),
    *_both(
        "Null false with a value that is not listed",
        _PRESENT,
        {"aws:TagKeys": ("cost",)},
        holds=False,
        rule="Both operators have to hold.",
        page=SET_EXAMPLES,
    ),
    *_both(
        "a source account without an organisation",
        _OUTSIDE,
        {"aws:SourceAccount": "555555555555"},
        holds=True,
        rule="Null false asks for the one key while IfExists forgives the other.",
        page=NULL,
    ),
    *_both("no source at all", _OUTSIDE, {}, holds=False, rule="Null false fails when the key is absent.", page=NULL),
    *_both(
        "a source of the same organisation",
        _OUTSIDE,
        {"aws:SourceAccount": "111111111111", "aws:SourceOrgID": "o-mesh123456"},
        holds=False,
        rule=_AND_OPERATORS,
        page=KEYS,
    ),
    *_both(
        "the key is spelled in capitals in the policy",
        {"StringEquals": {"AWS:SOURCEVPC": "vpc-1"}},
        _VPC,
        holds=True,
        rule="Names of keys are not case-sensitive.",
        page=CONDITION,
    ),
    *_both(
        "the key is spelled in small letters in the request",
        {"StringEquals": {"aws:SourceVpc": "vpc-1"}},
        {"aws:sourcevpc": "vpc-1"},
        holds=True,
        rule="Names of keys are not case-sensitive.",
        page=CONDITION,
    ),
    *_both(
        "no operator at all",
        {},
        {},
        holds=True,
        rule="The condition is optional; an empty one asks for nothing.",
        page=CONDITION,
    ),
)


def _refused(
    name: str, condition: object, rule: str, page: object, context: Mapping[str, Values] | None = None
) -> Case:
    return Case(
        name=f"refused: {name}",
        expect=REFUSED,
        rule=rule,
        page=page,
        by=READER,
        on=OBJECT,
        identity=(allow("s3:GetObject", when=condition),),
        context=context or {},
    )


_NEEDS_SET = "A key of several values needs ForAllValues or ForAnyValue."
_REFUSED = (
    _refused(
        "a plain operator on aws:TagKeys",
        {"StringEquals": {"aws:TagKeys": "env"}},
        _NEEDS_SET,
        SETS,
        {"aws:TagKeys": ("env",)},
    ),
    _refused(
        "a plain operator on aws:PrincipalOrgPaths",
        {"StringLike": {"aws:PrincipalOrgPaths": "o-mesh123456/*"}},
        _NEEDS_SET,
        SETS,
    ),
    _refused(
        "a plain operator on aws:CalledVia",
        {"StringEquals": {"aws:CalledVia": "athena.amazonaws.com"}},
        _NEEDS_SET,
        SETS,
    ),
    _refused(
        "IfExists on Null",
        {"NullIfExists": {"aws:SourceVpc": "true"}},
        "IfExists goes on every operator but Null.",
        IF_EXISTS,
    ),
    _refused(
        "an operator that there is not",
        {"StringMatches": {"aws:SourceVpc": "vpc-1"}},
        "AWS lists the operators.",
        OPERATORS,
    ),
    _refused(
        "a set operator that there is not",
        {"ForEachValue:StringEquals": {"aws:TagKeys": "env"}},
        "The set operators are ForAllValues and ForAnyValue.",
        SETS,
    ),
    _refused(
        "a global key that there is not",
        {"StringEquals": {"aws:PrincipalOrganization": "o-mesh123456"}},
        "AWS lists the global keys.",
        KEYS,
    ),
    _refused(
        "a number that is none",
        {"NumericLessThan": {"s3:signatureAge": "ten"}},
        "Numeric operators take whole or decimal numbers.",
        OPERATORS,
    ),
    _refused(
        "a date that is none",
        {"DateLessThan": {"aws:CurrentTime": "next week"}},
        "Dates are ISO 8601 or seconds since 1970.",
        OPERATORS,
    ),
    _refused(
        "a wildcard in a date",
        {"DateLessThan": {"aws:CurrentTime": "2026-*"}},
        "Date operators take no wildcards.",
        OPERATORS,
    ),
    _refused(
        "an address that is none",
        {"IpAddress": {"aws:SourceIp": "203.0.113.0/33"}},
        "Addresses are in CIDR form.",
        OPERATORS,
    ),
    _refused(
        "a boolean that is none",
        {"Bool": {"aws:SecureTransport": "yes"}},
        "Bool compares with true or false.",
        OPERATORS,
    ),
    _refused(
        "Null with something else than true or false",
        {"Null": {"aws:SourceVpc": "absent"}},
        "Null takes true or false.",
        NULL,
    ),
)

CASES: tuple[Case, ...] = (
    *_SEVERAL,
    *_REFUSED,
)
