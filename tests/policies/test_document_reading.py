"""Policy documents as rules read them: in each form, and no more of them than a rule asks for."""

from __future__ import annotations

import json
from typing import Any

import pytest
from mesh_guardrails.document_reading import (
    UNKNOWN_TEXT,
    account_of,
    is_unreadable,
    limits_source,
    limits_to_organisation,
    limits_to_units,
    statements,
)
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE, UnknownValueError, unknown_checking_proxy

STATEMENT: dict[str, Any] = {
    "Sid": "Read",
    "Effect": "Allow",
    "Principal": "*",
    "Action": "s3:Get*",
    "Resource": ["a", "b"],
}


def one(**elements: Any) -> Any:
    (read,) = statements(json.dumps({"Statement": {**STATEMENT, **elements}}))
    return read


def test_text_object_and_a_single_statement_are_read_alike() -> None:
    forms = (
        {"Statement": [STATEMENT]},
        {"Statement": STATEMENT},
        {"statement": [{k.lower(): v for k, v in STATEMENT.items()}]},
    )
    for form in (*forms, *map(json.dumps, forms)):
        (read,) = statements(form)
        assert (read.sid, read.allows, read.principals) == ("Read", True, (("AWS", "*"),))
        assert (read.actions, read.resources, read.is_for_everyone) == (("s3:Get*",), ("a", "b"), True)


@pytest.mark.parametrize("document", [None, UNKNOWN_TEXT, "", "{", "[]", '"x"', 3, {}, {"Statement": "x"}, [STATEMENT]])
def test_what_is_no_document_has_no_statements(document: object) -> None:
    assert statements(document) == ()


@pytest.mark.parametrize(
    ("document", "is_one"), [("{", True), ("{}", True), ("[1]", True), (UNKNOWN_TEXT, False), (None, False)]
)
def test_a_text_that_no_rule_sees_through_is_told_from_an_unknown_one(document: object, is_one: bool) -> None:
    assert is_unreadable(document) is is_one


def test_an_element_that_is_not_known_hinders_only_who_asks_for_it() -> None:
    (read,) = statements(unknown_checking_proxy({"Statement": [{**STATEMENT, "Resource": UNKNOWN_STRING_VALUE}]}))
    assert read.is_for_everyone
    with pytest.raises(UnknownValueError):
        _ = read.resources


def test_actions_match_by_pattern_whatever_their_case() -> None:
    read = one(Action=["s3:get*", "IAM:PassRole"])
    asked = ("s3:getobject", "iam:passrole", "s3:putobject")
    assert [read.allows_action(each) for each in asked] == [True, True, False]


@pytest.mark.parametrize(
    "principal",
    ["*", {"AWS": "*"}, {"AWS": ["111122223333", "*"]}, {"*": "*"}, {"Federated": "*"}, {"Service": ["*"]}],
)
def test_everyone_is_known_in_each_form(principal: object) -> None:
    assert one(Principal=principal).is_for_everyone
    assert not one(Principal={"AWS": "arn:aws:iam::111122223333:root"}).is_for_everyone


@pytest.mark.parametrize(
    ("named", "account"),
    [
        ("111122223333", "111122223333"),
        ("arn:aws:iam::111122223333:root", "111122223333"),
        ("arn:aws-us-gov:sts::111122223333:assumed-role/x/y", "111122223333"),
        ("arn:aws:s3:::bucket", ""),
        ("arn:aws:iam::*:role/x", ""),
        ("AROAEXAMPLE", ""),
        ("1111222233334", ""),
    ],
)
def test_the_account_is_read_of_an_id_and_of_an_arn(named: str, account: str) -> None:
    assert account_of(named) == account


@pytest.mark.parametrize(
    ("condition", "organisation", "units", "source"),
    [
        ({"StringEquals": {"aws:PrincipalOrgID": "o-abc"}}, True, False, False),
        ({"Null": {"aws:PrincipalAccount": "111122223333"}}, False, False, False),
        ({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-abc/r-1/ou-1-a/*"}}, True, True, False),
        ({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": ["o-abc/r-1/ou-1-a/*", "o-abc/*"]}}, True, False, False),
        ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/*"}}, True, True, False),
        ({"StringEquals": {"aws:SourceAccount": "111122223333"}}, True, True, True),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::bucket"}}, False, False, True),
        ({"StringEquals": {"aws:PrincipalOrgID": UNKNOWN_TEXT}}, True, False, False),
        ({"StringEquals": {"aws:PrincipalOrgID": ["o-abc", "o-*"]}}, False, False, False),
        ({"StringEquals": {"aws:PrincipalOrgID": []}}, False, False, False),
        ({"StringLike": {"aws:SourceArn": "*"}}, False, False, False),
        ({"StringEqualsIfExists": {"aws:SourceAccount": "111122223333"}}, False, False, False),
        ({"StringNotLike": {"aws:PrincipalOrgPaths": "o-abc/r-1/ou-1-a/*"}}, False, False, False),
        ("nonsense", False, False, False),
    ],
)
def test_a_condition_limits_only_when_each_request_has_to_have_a_value_of_it(
    condition: object, organisation: bool, units: bool, source: bool
) -> None:
    read = one(Condition=condition)
    assert limits_to_organisation(read) is organisation
    assert limits_to_units(read) is units
    assert limits_source(read) is source
