"""Rules on storage."""

from __future__ import annotations

from typing import Any

import pytest
from mesh_guardrails.rule import RegisteredResource
from mesh_guardrails.themes import storage
from mesh_guardrails.themes.storage import BUCKET, SWITCHES

from tests.policies.cases.storage import BLOCK
from tests.policies.registered import resource

ALL_ON = dict.fromkeys(SWITCHES, True)


def bucket(name: str = "data", **props: Any) -> RegisteredResource:
    return resource(BUCKET, name, **{"bucket": f"example-{name}", **props})


def test_a_bucket_without_a_block_is_found() -> None:
    other = resource(BLOCK, "other", bucket="example-other", **ALL_ON)
    (message,) = storage.open_bucket(bucket(), [bucket(), bucket("other"), other])
    assert message == "'data' has no BucketPublicAccessBlock; add one with all four switches on"


@pytest.mark.parametrize("switch", SWITCHES)
def test_a_block_with_a_switch_that_is_off_or_left_out_is_found(switch: str) -> None:
    for switches in ({**ALL_ON, switch: False}, {key: True for key in SWITCHES if key != switch}):
        block = resource(BLOCK, bucket="example-data", **switches)
        (message,) = storage.open_bucket(bucket(), [bucket(), block])
        assert message == f"the BucketPublicAccessBlock of 'data' leaves {switch} off; switch all four on"


def test_a_block_belongs_to_the_bucket_that_its_value_was_made_from() -> None:
    """In a preview the name may not be known; where it is, two buckets of one name are still two."""
    block = resource(BLOCK, source="data", bucket="unknown", **ALL_ON)
    assert list(storage.open_bucket(bucket(), [bucket(), block])) == []
    assert list(storage.open_bucket(bucket("other", bucket="unknown"), [bucket(), block])) != []


def test_a_block_belongs_to_the_bucket_whose_name_it_says() -> None:
    assert list(storage.open_bucket(bucket(), [resource(BLOCK, bucket="example-data", **ALL_ON)])) == []


def test_a_bucket_and_a_block_that_both_have_no_name_are_strangers() -> None:
    assert list(storage.open_bucket(resource(BUCKET, "nameless"), [resource(BLOCK, **ALL_ON)])) != []
