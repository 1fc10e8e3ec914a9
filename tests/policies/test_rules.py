"""The rules, as plain functions."""

from __future__ import annotations

from typing import Any

import pytest
from mesh_guardrails import rules
from mesh_guardrails.rules import BLOCK, BUCKET, RULES, STACK_RULES, SWITCHES, RegisteredResource

GRANT = "aws:lakeformation/permissions:Permissions"
SETTINGS = "aws:lakeformation/dataLakeSettings:DataLakeSettings"
DATABASE = "aws:glue/catalogDatabase:CatalogDatabase"
OPEN = {"principal": "IAM_ALLOWED_PRINCIPALS", "permissions": ["ALL"]}
ALL_ON = dict.fromkeys(SWITCHES, True)


def resource(
    type_: str, name: str = "x", *, provider: str = "account", source: str = "", **props: Any
) -> RegisteredResource:
    made_from = {"bucket": {f"urn:{source}"}} if source else {}
    return RegisteredResource(type_, name, f"urn:{name}", props, provider, made_from)


def bucket(name: str = "data", **props: Any) -> RegisteredResource:
    return resource(BUCKET, name, **{"bucket": f"example-{name}", **props})


@pytest.mark.parametrize("provider", ["default", "default_7_51_1", "default_7_51_1_https_//plugins.example"])
def test_a_resource_of_a_default_provider_is_found(provider: str) -> None:
    (message,) = rules.default_provider(resource("aws:sqs/queue:Queue", "q", provider=provider))
    assert message.startswith(f"'q' (aws:sqs/queue:Queue) is made by the default provider '{provider}'")


@pytest.mark.parametrize(
    "one",
    [
        resource("aws:sqs/queue:Queue", provider="playback"),
        resource("pulumi:pulumi:StackReference", provider="default"),
        resource("pulumi:providers:aws", "playback", provider=""),
        resource("mesh:aws:DataProduct", provider=""),
    ],
    ids=lambda one: one.type,
)
def test_explicit_providers_and_what_is_pulumis_own_are_fine(one: RegisteredResource) -> None:
    assert list(rules.default_provider(one)) == []


def test_a_grant_to_everybody_whom_iam_allows_is_found() -> None:
    (message,) = rules.iam_allowed_principals(resource(GRANT, "g", principal="IAM_ALLOWED_PRINCIPALS"))
    assert message.startswith("'g' grants to IAM_ALLOWED_PRINCIPALS")


def test_a_database_of_drafts_alone_is_open_to_everybody_whom_iam_allows() -> None:
    opened = [{"permissions": ["ALL"], "principal": {"dataLakePrincipalIdentifier": "IAM_ALLOWED_PRINCIPALS"}}]
    for name, is_draft in (("ads__impressions__draft", True), ("ads__impressions", False), ("draft", False)):
        database = RegisteredResource(DATABASE, "d", "urn:d", {"name": name, "createTableDefaultPermissions": opened})
        grant = resource(GRANT, "g", principal="IAM_ALLOWED_PRINCIPALS", database={"name": name})
        for one in (database, grant):
            assert bool(list(rules.iam_allowed_principals(one))) is not is_draft
    closed = resource(DATABASE, "d", createTableDefaultPermissions=[])
    assert list(rules.iam_allowed_principals(closed)) == []


@pytest.mark.parametrize("setting", ["createDatabaseDefaultPermissions", "createTableDefaultPermissions"])
def test_a_default_grant_to_everybody_whom_iam_allows_is_found(setting: str) -> None:
    (message,) = rules.iam_allowed_principals(resource(SETTINGS, "s", **{setting: [OPEN]}))
    assert setting in message


@pytest.mark.parametrize(
    "one",
    [
        resource(GRANT, principal="arn:aws:iam::111122223333:role/mesh/clearance/pii"),
        resource(GRANT, principal="111122223333:IAMPrincipals"),
        resource(SETTINGS, createDatabaseDefaultPermissions=[], admins=["arn:aws:iam::111122223333:role/x"]),
        resource(SETTINGS),
    ],
)
def test_other_grants_are_fine(one: RegisteredResource) -> None:
    assert list(rules.iam_allowed_principals(one)) == []


def test_a_bucket_without_a_block_is_found() -> None:
    other = resource(BLOCK, "other", bucket="example-other", **ALL_ON)
    (message,) = rules.open_bucket(bucket(), [bucket(), bucket("other"), other])
    assert message == "'data' has no BucketPublicAccessBlock; add one with all four switches on"


@pytest.mark.parametrize("switch", SWITCHES)
def test_a_block_with_a_switch_that_is_off_or_left_out_is_found(switch: str) -> None:
    for switches in ({**ALL_ON, switch: False}, {key: True for key in SWITCHES if key != switch}):
        block = resource(BLOCK, bucket="example-data", **switches)
        (message,) = rules.open_bucket(bucket(), [bucket(), block])
        assert message == f"the BucketPublicAccessBlock of 'data' leaves {switch} off; switch all four on"


def test_a_block_belongs_to_the_bucket_that_its_value_was_made_from() -> None:
    """In a preview the name may not be known; where it is, two buckets of one name are still two."""
    block = resource(BLOCK, source="data", bucket="unknown", **ALL_ON)
    assert list(rules.open_bucket(bucket(), [bucket(), block])) == []
    assert list(rules.open_bucket(bucket("other", bucket="unknown"), [bucket(), block])) != []


def test_a_block_belongs_to_the_bucket_whose_name_it_says() -> None:
    assert list(rules.open_bucket(bucket(), [resource(BLOCK, bucket="example-data", **ALL_ON)])) == []


def test_a_bucket_and_a_block_that_both_have_no_name_are_strangers() -> None:
    assert list(rules.open_bucket(resource(BUCKET, "nameless"), [resource(BLOCK, **ALL_ON)])) != []


def test_every_rule_has_a_name_of_its_own_and_a_sentence() -> None:
    everything = [*RULES, *STACK_RULES]
    assert len({rule.name for rule in everything}) == len(everything) == 3
    assert all(rule.description.endswith(".") for rule in everything)
