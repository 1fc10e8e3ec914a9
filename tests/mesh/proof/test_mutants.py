"""Mutants of a statement: each mistake once, in every place where a person can make it."""

from __future__ import annotations

from typing import Any

import pytest

from mesh.plan import Plan
from mesh.proof.mutants import Mutant, mutants
from mesh.proof.subject import Subject
from mesh.proof.written_labels import WrittenLabels

DENY = {
    "Sid": "RefuseOthers",
    "Effect": "Deny",
    "Principal": "*",
    "Action": ["s3:GetObject", "s3:PutObject"],
    "Resource": "arn:aws:s3:::data/*",
    "Condition": {
        "ArnNotLike": {"aws:PrincipalArn": ["arn:aws:iam::310000000013:role/mesh/job/a", "arn:aws:iam::*:root"]},
        "Bool": {"aws:PrincipalIsAWSService": "false"},
    },
}
ALLOW = {
    "Sid": "Readers",
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::310000000013:root"},
    "Action": "s3:GetObjectVersion",
    "Resource": ["arn:aws:s3:::data/files/*"],
    "Condition": {
        "StringLike": {"aws:PrincipalOrgPaths": "o-1/r-1/ou-1/*"},
        "NumericLessThan": {"s3:TlsVersion": "10"},
    },
}


def changes(statement: dict[str, Any]) -> list[str]:
    return [f"{each.mutant.change} {each.mutant.mistake}".strip() for each in mutants("document", [statement])]


def test_a_deny_loses_what_it_names_and_leaves_out_more() -> None:
    value = "ArnNotLike aws:PrincipalArn"
    assert changes(DENY) == [
        "dropped",
        "Action s3:GetObject dropped",
        "Action s3:PutObject dropped",
        f"{value} dropped",
        f"{value} arn:aws:iam::310000000013:role/mesh/job/a dropped",
        f"{value} arn:aws:iam::*:root dropped",
        f"{value} arn:aws:iam::*:role/somebody added",
        f"{value} arn:aws:iam::*:role/mesh/* added",
        f"{value} arn:aws:iam::310000000013:role/mesh/job/a to arn:aws:iam::310000000013:role/mesh/job/* widened",
        f"{value} arn:aws:iam::310000000013:role/mesh/job/a to arn:aws:iam::*:role/mesh/job/a widened",
        f"{value} arn:aws:iam::*:root to arn:aws:iam::*:* widened",
        "Bool aws:PrincipalIsAWSService dropped",
        "Bool aws:PrincipalIsAWSService to true turned",
    ]


def test_an_allow_loses_what_it_names_and_names_more() -> None:
    assert changes(ALLOW) == [
        "dropped",
        "Action s3:* added",
        "Action s3:GetObjectVersion to s3:Get* widened",
        "Resource * added",
        "Resource arn:aws:s3:::data/files/* to arn:aws:s3:::data/* widened",
        "Principal arn:aws:iam::666666666666:root added",
        "Principal * added",
        "StringLike aws:PrincipalOrgPaths dropped",
        "StringLike aws:PrincipalOrgPaths * added",
        "StringLike aws:PrincipalOrgPaths o-1/r-1/ou-1/* to o-1/r-1/* widened",
        "NumericLessThan s3:TlsVersion dropped",
        "NumericLessThan s3:TlsVersion 10 to 100 widened",
    ]


@pytest.mark.parametrize(
    ("action", "wider"),
    [
        ("s3:GetObject", ["s3:Get*"]),
        ("s3:Get*", []),
        ("kms:Decrypt", []),
        ("kms:ReEncrypt*", ["kms:Re*"]),
        ("s3:*", []),
        ("lambda:InvokeFunction", ["lambda:Invoke*"]),
    ],
)
def test_an_action_is_widened_to_its_first_word(action: str, wider: list[str]) -> None:
    found = changes({"Sid": "A", "Effect": "Allow", "Action": action, "Resource": "*"})
    assert [each for each in found if each.endswith("widened")] == [
        f"Action {action} to {each} widened" for each in wider
    ]


@pytest.mark.parametrize("element", ["NotAction", "NotResource"])
def test_what_a_deny_leaves_out_is_added_to_and_widened(element: str) -> None:
    entries = ["ec2:DescribeVpcs", "ec2:CreateTags"] if element == "NotAction" else ["arn:aws:iam::aws:policy/Read"]
    others = {"Resource": "*"} if element == "NotAction" else {"Action": "*"}
    found = changes({"Sid": "A", "Effect": "Deny", element: entries, **others})
    wanted = {
        "NotAction": [
            "NotAction ec2:DescribeVpcs dropped",
            "NotAction ec2:CreateTags dropped",
            "NotAction ec2:* added",
            "NotAction ec2:DescribeVpcs to ec2:Describe* widened",
            "NotAction ec2:CreateTags to ec2:Create* widened",
        ],
        "NotResource": [
            "NotResource * added",
            "NotResource arn:aws:iam::aws:policy/Read to arn:aws:iam::aws:policy/* widened",
        ],
    }
    assert found[1:] == wanted[element]


def test_a_date_is_dropped_and_moved_by_a_day_each_way() -> None:
    name = "DateLessThan aws:CurrentTime"
    statement = {**ALLOW, "Condition": {"DateLessThan": {"aws:CurrentTime": "2029-01-01T00:00:00Z"}}}
    assert [each for each in changes(statement) if each.startswith(name)] == [
        f"{name} dropped",
        f"{name} 2029-01-01T00:00:00Z to 2028-12-31T00:00:00Z moved",
        f"{name} 2029-01-01T00:00:00Z to 2029-01-02T00:00:00Z moved",
    ]


def test_every_change_is_made_in_the_statement_and_nowhere_else() -> None:
    for change in mutants("document", [DENY, ALLOW]):
        before = (DENY, ALLOW)[change.number]
        assert change.statement != before
        if change.statement is not None:
            elements = {name for name in {*before, *change.statement} if before.get(name) != change.statement.get(name)}
            assert len(elements) == 1


def test_whole_losses_are_told_from_those_of_one_entry() -> None:
    whole = [each.mutant.change for each in mutants("document", [DENY]) if each.mutant.whole]
    assert whole == ["", "ArnNotLike aws:PrincipalArn", "Bool aws:PrincipalIsAWSService"]
    assert str(Mutant("document", "A", "Action s3:*", "added")) == "document: A, Action s3:* added"


@pytest.mark.parametrize(
    ("key", "value", "wider"),
    [
        ("lambda:Principal", "arn:aws:iam::${aws:PrincipalAccount}:*", "arn:aws:iam::*:*"),
        ("events:TargetArn", "arn:aws:sqs:*:${aws:PrincipalAccount}:x", "arn:aws:sqs:*:*:x"),
    ],
)
def test_the_account_of_the_caller_is_widened_to_any(key: str, value: str, wider: str) -> None:
    found = changes({"Sid": "A", "Effect": "Deny", "Action": "*", "Condition": {"StringNotLike": {key: value}}})
    assert f"StringNotLike {key} {value} to {wider} widened" in found


def test_a_number_stays_one_that_a_policy_takes() -> None:
    condition = {"NumericGreaterThan": {"s3:signatureAge": "900000"}}
    found = changes({"Sid": "A", "Effect": "Deny", "Action": "*", "Condition": condition})
    assert found[-1] == "NumericGreaterThan s3:signatureAge 900000 to 9000000 widened"


def test_every_value_that_lets_through_has_one_too_many_in_every_document(plan: Plan, written: WrittenLabels) -> None:
    without: set[str] = set()
    for policy in Subject(plan, written).policies:
        for statement in policy.document["Statement"]:
            more = [each.mutant.change for each in mutants("x", [statement]) if each.mutant.mistake != "dropped"]
            for operator, keys in statement.get("Condition", {}).items():
                compares = not any(word in operator for word in ("Bool", "Null", "Numeric", "Date"))
                if compares and ("Not" in operator) == (statement["Effect"] == "Deny"):
                    missing = [key for key in keys if not any(each.startswith(f"{operator} {key} ") for each in more)]
                    without |= {f"{policy.name}: {statement['Sid']}, {operator} {key}" for key in missing}
    assert without == set()
