"""Names of buckets: a stem with account and region, which nobody else can take, or the stem that exists already."""

from __future__ import annotations

import re

import pytest
import ryaml
from hypothesis import given, settings
from hypothesis import strategies as st

from mesh.aws import bucket_namespace
from mesh.bucket_names import LONGEST_BUCKET, BucketNames, product_stem
from mesh.model.base import LONGEST_NAME, NAME_PATTERN
from mesh.model.names_lock import NamesLock, names_lock_text

WORDS = st.text("az09", min_size=1, max_size=9)
NAMES = st.lists(WORDS, max_size=3).map(lambda words: "-".join(("n", *words)))
"""Names as `NAME_PATTERN` has them, of at most `LONGEST_NAME` characters."""
ACCOUNTS = st.integers(0, 10**12 - 1).map("{:012}".format)
REGIONS = ("eu-west-1", "ap-southeast-1", "us-gov-east-1", "mx-central-1")
ACCOUNT = "310000000013"


@given(NAMES)
def test_the_names_are_names(name: str) -> None:
    assert re.fullmatch(NAME_PATTERN, name)
    assert len(name) <= LONGEST_NAME


@given(NAMES, NAMES, ACCOUNTS, st.sampled_from(REGIONS))
def test_a_name_says_its_account_and_its_namespace(domain: str, product: str, account: str, region: str) -> None:
    name = BucketNames("m", region).of_product(domain, product, account)
    assert (bucket_namespace.account_of(name), bucket_namespace.region_of(name)) == (account, region)
    assert bucket_namespace.namespace(name) == "account-regional"
    assert bucket_namespace.without_suffix(name) == product_stem("m", domain, product)


KEPT = st.dictionaries(
    st.one_of(
        st.just(("audit",)),
        st.tuples(
            st.sampled_from(["inboxes", "logs", "results"]), st.one_of(NAMES, st.sampled_from(["no", "null", "y"]))
        ),
        st.tuples(st.just("products"), st.tuples(NAMES, NAMES).map(".".join)),
    ),
    NAMES.map("m-{}-logs".format),
    max_size=4,
)


@settings(max_examples=40)
@given(KEPT)
def test_names_that_are_written_are_read_again(kept: dict[tuple[str, ...], str]) -> None:
    written = names_lock_text(kept)
    data = ryaml.loads(written)  # pyright: ignore[reportPrivateImportUsage] (ryaml has no __all__)
    assert NamesLock.model_validate(data).buckets.entries == kept
    assert names_lock_text(dict(reversed(kept.items()))) == written


@given(NAMES, NAMES)
def test_a_name_that_is_kept_is_its_stem_and_says_no_account(domain: str, product: str) -> None:
    stem = product_stem("m", domain, product)
    names = BucketNames("m", "eu-west-1", frozenset({stem}))
    assert names.of_product(domain, product, ACCOUNT) == stem
    assert names.of_product(domain, f"{product}x", ACCOUNT) != f"{stem}x"
    assert (bucket_namespace.account_of(stem), bucket_namespace.namespace(stem)) == (None, None)


@pytest.mark.parametrize(("region", "room"), [("eu-west-1", 37), ("ap-southeast-1", 32), ("me-south-1", 63)])
def test_a_stem_has_the_room_that_account_and_region_leave(region: str, room: int) -> None:
    assert LONGEST_BUCKET - len(bucket_namespace.suffix(ACCOUNT, region)) == room


@pytest.mark.parametrize("region", ["me-south-1", "me-central-1"])
def test_a_region_without_namespaces_of_accounts_has_stems_alone(region: str) -> None:
    assert BucketNames("m", region).logs("ads", ACCOUNT) == "m-ads-logs"


@pytest.mark.parametrize(
    "name",
    [
        "m-ads--x-31000000001-eu-west-1-an",
        "m-ads--x-310000000013-eu-an",
        "m-ads--x-310000000013-eu-west-1",
        "310000000013-eu-west-1-an",
    ],
)
def test_a_name_that_only_looks_alike_is_of_the_namespace_of_all(name: str) -> None:
    assert bucket_namespace.account_of(name) is None
