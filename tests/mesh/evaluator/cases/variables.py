"""Policy variables: in resources and conditions, with defaults, with nothing to put in, and where they are none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.mesh.evaluator.judge import (
    BUCKET,
    GUEST,
    HOME,
    READER,
    REFUSED,
    SESSION,
    USER,
    Case,
    Expect,
    Values,
    allow,
    allowed,
    denied,
    deny,
    or_refused,
)
from tests.mesh.evaluator.pages import NUMBERS, SETS, VARIABLES

_YES, _NO, _STOPPED = allowed("identity"), denied("identity"), denied("identity", "Stop")
_PUT_IN = "A variable in the resource part of an ARN is replaced by the request's value."
_COMPARED = "A variable in a string or ARN condition is replaced by the request's value."
_LACKING = "A variable without a value cannot match."
_DEFAULT = "A default in quotes stands in for a value that is absent."
_SPECIAL = "${*}, ${?} and ${$} stand for the characters themselves."
_OLD = "Variables are literal text in a policy of the version of 2008 or without one."
_TAGGED = f"{BUCKET}/${{aws:PrincipalTag/team}}/*"


def _resource(
    name: str,
    written: str,
    asked: str,
    expect: Expect,
    rule: str,
    *,
    by: str = READER,
    stops: bool = False,
    **more: Any,
) -> Case:
    statements = (allow(), deny("s3:GetObject", written)) if stops else (allow("s3:GetObject", written),)
    return Case(
        name=name, expect=expect, rule=rule, page=VARIABLES, by=by, on=f"{BUCKET}/{asked}", identity=statements, **more
    )


_SALES = {"team": "sales"}
_RESOURCES = (
    _resource("a tag in the resource matches the path", _TAGGED, "sales/a.csv", _YES, _PUT_IN, tags=_SALES),
    _resource("a tag in the resource does not match another path", _TAGGED, "hr/a.csv", _NO, _PUT_IN, tags=_SALES),
    _resource("a tag in the resource of a session", _TAGGED, "sales/a.csv", _YES, _PUT_IN, by=SESSION, tags=_SALES),
    _resource("a tag in the resource is taken whole", _TAGGED, "sales2/a.csv", _NO, _PUT_IN, tags=_SALES),
    _resource("a tag that is absent matches nothing", _TAGGED, "sales/a.csv", _NO, _LACKING),
    _resource(
        "a tag that is absent does not match its own text", _TAGGED, "${aws:PrincipalTag/team}/a.csv", _NO, _LACKING
    ),
    _resource("a tag in the resource of a Deny", _TAGGED, "sales/a.csv", _STOPPED, _PUT_IN, tags=_SALES, stops=True),
    _resource(
        "a tag in the resource of a Deny spares another path",
        _TAGGED,
        "hr/a.csv",
        _YES,
        _PUT_IN,
        tags=_SALES,
        stops=True,
    ),
    _resource(
        "the variable is spelled in other case",
        f"{BUCKET}/${{AWS:principaltag/team}}/*",
        "sales/a.csv",
        _YES,
        "Names of keys are not case-sensitive.",
        tags=_SALES,
    ),
    _resource(
        "two variables in one resource",
        f"{BUCKET}/${{aws:PrincipalTag/team}}/${{aws:PrincipalAccount}}/*",
        f"sales/{HOME}/a.csv",
        _YES,
        _PUT_IN,
        tags=_SALES,
    ),
    _resource(
        "the name of a user in the resource", f"{BUCKET}/${{aws:username}}/*", "Bob/a.csv", _YES, _PUT_IN, by=USER
    ),
    _resource(
        "the name of a user in the resource, another's path",
        f"{BUCKET}/${{aws:username}}/*",
        "Eve/a.csv",
        _NO,
        _PUT_IN,
        by=USER,
    ),
    _resource("a session has no user name", f"{BUCKET}/${{aws:username}}/*", "alice/a.csv", _NO, _LACKING, by=SESSION),
    _resource(
        "a default stands in", f"{BUCKET}/${{aws:PrincipalTag/team, 'shared'}}/*", "shared/a.csv", _YES, _DEFAULT
    ),
    _resource(
        "a default gives way to the value",
        f"{BUCKET}/${{aws:PrincipalTag/team, 'shared'}}/*",
        "sales/a.csv",
        _YES,
        _DEFAULT,
        tags=_SALES,
    ),
    _resource(
        "a default does not stand beside the value",
        f"{BUCKET}/${{aws:PrincipalTag/team, 'shared'}}/*",
        "shared/a.csv",
        _NO,
        _DEFAULT,
        tags=_SALES,
    ),
    _resource("a star itself", f"{BUCKET}/a${{*}}b", "a*b", or_refused(_YES), _SPECIAL),
    _resource("a star itself is no wildcard", f"{BUCKET}/a${{*}}b", "axxb", or_refused(_NO), _SPECIAL),
    _resource("a question mark itself", f"{BUCKET}/a${{?}}b", "a?b", or_refused(_YES), _SPECIAL),
    _resource("a question mark itself is no wildcard", f"{BUCKET}/a${{?}}b", "axb", or_refused(_NO), _SPECIAL),
    _resource("a dollar itself", f"{BUCKET}/a${{$}}b", "a$b", or_refused(_YES), _SPECIAL),
)


def _condition(
    name: str,
    when: object,
    expect: Expect,
    rule: str,
    *,
    context: Mapping[str, Values] | None = None,
    stops: bool = False,
    page: object = VARIABLES,
    **more: Any,
) -> Case:
    statements = (allow(), deny("s3:ListBucket", when=when)) if stops else (allow("s3:ListBucket", when=when),)
    return Case(
        name=name,
        expect=expect,
        rule=rule,
        page=page,
        action="s3:ListBucket",
        on=BUCKET,
        identity=statements,
        context=context or {},
        **more,
    )


_PREFIX = {"StringLike": {"s3:prefix": "${aws:PrincipalTag/team}/*"}}
_SAME = {"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}}
_OTHER = {"StringNotEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}}
_OWN = {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::*-${aws:PrincipalAccount}"}}
_TEAM = {"StringEquals": {"s3:prefix": "${aws:PrincipalTag/team}"}}
_CONDITIONS = (
    _condition(
        "a tag in a pattern matches", _PREFIX, _YES, _COMPARED, context={"s3:prefix": "sales/2026"}, tags=_SALES
    ),
    _condition(
        "a tag in a pattern does not match", _PREFIX, _NO, _COMPARED, context={"s3:prefix": "hr/2026"}, tags=_SALES
    ),
    _condition("a tag in a pattern that is absent", _PREFIX, _NO, _LACKING, context={"s3:prefix": "sales/2026"}),
    _condition("a tag that is compared exactly", _TEAM, _YES, _COMPARED, context={"s3:prefix": "sales"}, tags=_SALES),
    _condition(
        "a tag that is compared exactly minds case", _TEAM, _NO, _COMPARED, context={"s3:prefix": "Sales"}, tags=_SALES
    ),
    _condition(
        "a tag that is compared ignoring case",
        {"StringEqualsIgnoreCase": {"s3:prefix": "${aws:PrincipalTag/team}"}},
        _YES,
        _COMPARED,
        context={"s3:prefix": "SALES"},
        tags=_SALES,
    ),
    _condition(
        "one of two values is a variable",
        {"StringEquals": {"s3:prefix": ["public", "${aws:PrincipalTag/team}"]}},
        _YES,
        _COMPARED,
        context={"s3:prefix": "sales"},
        tags=_SALES,
    ),
    _condition(
        "one of two values is a variable without a value",
        {"StringEquals": {"s3:prefix": ["public", "${aws:PrincipalTag/team}"]}},
        _YES,
        _LACKING,
        context={"s3:prefix": "public"},
    ),
    _condition(
        "a default in a condition stands in",
        {"StringEquals": {"s3:prefix": "${aws:PrincipalTag/team, 'shared'}"}},
        _YES,
        _DEFAULT,
        context={"s3:prefix": "shared"},
    ),
    _condition(
        "a default in a condition gives way",
        {"StringEquals": {"s3:prefix": "${aws:PrincipalTag/team, 'shared'}"}},
        _NO,
        _DEFAULT,
        context={"s3:prefix": "shared"},
        tags=_SALES,
    ),
    _condition("the own account's resource", _SAME, _YES, _COMPARED),
    _condition(
        "another account's resource",
        _SAME,
        denied("identity"),
        _COMPARED,
        by=GUEST,
        policy=(allow("s3:ListBucket", BUCKET, to="*"),),
    ),
    _condition(
        "a Deny of another account's resource",
        _OTHER,
        _STOPPED,
        _COMPARED,
        by=GUEST,
        stops=True,
        policy=(allow("s3:ListBucket", BUCKET, to="*"),),
    ),
    _condition("a Deny of another account's resource spares the own", _OTHER, _YES, _COMPARED, stops=True),
    _condition(
        "a variable in an ARN pattern matches",
        _OWN,
        _YES,
        _COMPARED,
        context={"aws:SourceArn": f"arn:aws:s3:::logs-{HOME}"},
    ),
    _condition(
        "a variable in an ARN pattern does not match",
        _OWN,
        _NO,
        _COMPARED,
        context={"aws:SourceArn": "arn:aws:s3:::logs-222222222222"},
    ),
    _condition(
        "a variable in a Deny's pattern",
        _PREFIX,
        _STOPPED,
        _COMPARED,
        stops=True,
        context={"s3:prefix": "sales/1"},
        tags=_SALES,
    ),
    _condition(
        "a star itself in a pattern",
        {"StringLike": {"s3:prefix": "a${*}*"}},
        or_refused(_YES),
        _SPECIAL,
        context={"s3:prefix": "a*b"},
    ),
    _condition(
        "a star itself in a pattern is no wildcard",
        {"StringLike": {"s3:prefix": "a${*}*"}},
        or_refused(_NO),
        _SPECIAL,
        context={"s3:prefix": "abc"},
    ),
    _condition(
        "refused: a variable in a number",
        {"NumericLessThan": {"s3:max-keys": "${aws:PrincipalTag/limit}"}},
        REFUSED,
        "Numeric operators take no variables.",
        page=NUMBERS,
        context={"s3:max-keys": "5"},
        tags={"limit": "10"},
    ),
    _condition(
        "refused: a variable in an address",
        {"IpAddress": {"aws:SourceIp": "${aws:PrincipalTag/range}"}},
        REFUSED,
        "Address operators take no variables.",
        context={"aws:SourceIp": "10.0.0.1"},
        tags={"range": "10.0.0.0/8"},
    ),
    _condition(
        "refused: a variable in a date",
        {"DateLessThan": {"aws:CurrentTime": "${aws:PrincipalTag/until}"}},
        REFUSED,
        "Date operators take no variables.",
        context={"aws:CurrentTime": "2026-01-01T00:00:00Z"},
        tags={"until": "2027-01-01T00:00:00Z"},
    ),
    _condition(
        "refused: a variable of a key that there is not",
        {"StringEquals": {"s3:prefix": "${aws:Team}"}},
        REFUSED,
        "A variable names a condition key.",
        context={"s3:prefix": "sales"},
    ),
    _condition(
        "refused: a variable of a key of several values",
        {"StringEquals": {"s3:prefix": "${aws:TagKeys}"}},
        REFUSED,
        "A key of several values cannot be a variable.",
        page=SETS,
        context={"s3:prefix": "sales"},
    ),
)

_LITERAL = (
    Case(
        name="a variable in a policy of 2008 is not replaced",
        expect=or_refused(_NO),
        rule=_OLD,
        page=VARIABLES,
        on=f"{BUCKET}/sales/a.csv",
        tags=_SALES,
        identity={"Version": "2008-10-17", "Statement": [allow("s3:GetObject", _TAGGED)]},
    ),
    Case(
        name="a variable in a policy of 2008 is its own text",
        expect=or_refused(_YES),
        rule=_OLD,
        page=VARIABLES,
        on=f"{BUCKET}/${{aws:PrincipalTag/team}}/a.csv",
        tags=_SALES,
        identity={"Version": "2008-10-17", "Statement": [allow("s3:GetObject", _TAGGED)]},
    ),
    Case(
        name="a variable in a policy without a version is not replaced",
        expect=or_refused(_NO),
        rule=_OLD,
        page=VARIABLES,
        on=f"{BUCKET}/sales/a.csv",
        tags=_SALES,
        identity={"Statement": [allow("s3:GetObject", _TAGGED)]},
    ),
)

_FIFTH = Case(
    name="refused: a variable before the fifth colon of an ARN",
    expect=REFUSED,
    rule="A variable cannot replace parts of an ARN before the fifth colon, such as the account.",
    page=VARIABLES,
    action="sqs:SendMessage",
    on=f"arn:aws:sqs:eu-west-1:{HOME}:orders",
    identity=(allow("sqs:SendMessage", "arn:aws:sqs:eu-west-1:${aws:PrincipalAccount}:orders"),),
)
_BUCKETS = (
    Case(
        name="a variable in a bucket policy",
        expect=allowed("resource"),
        rule=_PUT_IN,
        page=VARIABLES,
        on=f"{BUCKET}/sales/a.csv",
        tags=_SALES,
        policy=(allow("s3:GetObject", _TAGGED, to="*"),),
    ),
    Case(
        name="a variable in a bucket policy, another path",
        expect=_NO,
        rule=_PUT_IN,
        page=VARIABLES,
        on=f"{BUCKET}/hr/a.csv",
        tags=_SALES,
        policy=(allow("s3:GetObject", _TAGGED, to="*"),),
    ),
    Case(
        name="a variable in an SCP's Deny",
        expect=denied("scp", "Stop"),
        rule=_COMPARED,
        page=VARIABLES,
        by=GUEST,
        policy=(allow("s3:GetObject", to="*"),),
        identity=(allow(),),
        scp=(deny("s3:*", when=_OTHER),),
    ),
    Case(
        name="a variable in a boundary",
        expect=denied("boundary"),
        rule=_PUT_IN,
        page=VARIABLES,
        on=f"{BUCKET}/hr/a.csv",
        tags=_SALES,
        identity=(allow(),),
        boundary=(allow("s3:GetObject", _TAGGED),),
    ),
)

CASES: tuple[Case, ...] = (*_RESOURCES, *_CONDITIONS, *_LITERAL, _FIFTH, *_BUCKETS)
