"""Statements and documents as values."""

from __future__ import annotations

import pytest

from mesh.iam.statement import KEY_ARN, Document, Statement, account, document, service, when

READ = Statement(sid="Read", effect="Allow", principal="*", actions=("s3:GetObject",), resources=("a", "b"))
WRITE = Statement(sid="Write", actions=("s3:PutObject", "s3:DeleteObject"), resources=(KEY_ARN,))


def test_a_statement_denies_unless_it_says_otherwise() -> None:
    assert WRITE.as_json() == {
        "Sid": "Write",
        "Effect": "Deny",
        "Action": ["s3:PutObject", "s3:DeleteObject"],
        "Resource": KEY_ARN,
    }


def test_principals_are_rendered_by_kind() -> None:
    assert READ.as_json()["Principal"] == "*"
    named = Statement(sid="A", principal=account("310000000013"), actions=("s3:GetObject",))
    assert named.as_json()["Principal"] == {"AWS": "arn:aws:iam::310000000013:root"}
    two = Statement(sid="A", principal=service("a.amazonaws.com", "b.amazonaws.com"), actions=("s3:GetObject",))
    assert two.as_json()["Principal"] == {"Service": ["a.amazonaws.com", "b.amazonaws.com"]}


def test_documents_are_joined_in_order_and_render_the_same_each_time() -> None:
    joined = document(READ) + document(WRITE, None)
    assert [statement["Sid"] for statement in joined.as_json()["Statement"]] == ["Read", "Write"]
    assert joined.text() == (document(READ) + document(WRITE)).text()
    assert hash(joined) == hash(Document((READ, WRITE)))


def test_a_sid_that_repeats_is_refused() -> None:
    with pytest.raises(ValueError, match="a Sid stands twice in one document: Read"):
        document(READ) + document(READ)


def test_a_document_can_leave_a_statement_out_that_it_has() -> None:
    assert document(READ, WRITE).without("Read") == document(WRITE)
    with pytest.raises(KeyError):
        document(READ).without("Write")


def test_conditions_of_one_operator_are_one_block_and_none_is_lost() -> None:
    statement = Statement(
        sid="A",
        actions=("s3:GetObject",),
        conditions=(when("Null", "a", "true"), when("StringEquals", "b", "1", "2"), when("Null", "c", "false")),
    )
    assert statement.as_json()["Condition"] == {"Null": {"a": "true", "c": "false"}, "StringEquals": {"b": ["1", "2"]}}
    twice = Statement(
        sid="A", actions=("s3:GetObject",), conditions=(when("Null", "a", "true"), when("Null", "a", "x"))
    )
    with pytest.raises(ValueError, match="Null names a twice"):
        twice.as_json()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({}, "either actions or not_actions"),
        ({"actions": ("a:B",), "not_actions": ("a:C",)}, "either actions or not_actions"),
        ({"actions": ("a:B",), "resources": ("x",), "not_resources": ("y",)}, "either resources or not_resources"),
        ({"actions": ("a:B",), "conditions": (when("ArnLike", "aws:PrincipalArn"),)}, "a condition without a value"),
    ],
)
def test_a_statement_that_aws_would_misread_cannot_be_made(wrong: dict[str, tuple[str, ...]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Statement(sid="Wrong", **wrong)  # pyright: ignore[reportArgumentType] (wrong on purpose)


def test_a_placeholder_is_filled_and_counts_as_an_arn_of_75_characters() -> None:
    arn = "arn:aws:kms:ap-southeast-1:310000000013:key/00000000-0000-4000-8000-0000000"
    assert len(arn) == 75
    assert document(WRITE).size == len(document(WRITE).text({KEY_ARN: arn}))
    assert KEY_ARN not in document(WRITE).text({KEY_ARN: arn})
