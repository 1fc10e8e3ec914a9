"""Names: no two of them meet, and no pattern reaches into a neighbour's."""

from __future__ import annotations

import fnmatch
import itertools
import re

from hypothesis import assume, given
from hypothesis import strategies as st

from mesh import names
from mesh.bucket_names import BucketNames, audit_stem, log_stem, product_stem, results_stem
from mesh.evaluator.patterns import like, resource_like
from mesh.model.base import LONGEST_NAME, NAME_PATTERN

NAMES = st.from_regex(NAME_PATTERN, fullmatch=True).filter(lambda name: len(name) <= LONGEST_NAME)
PRODUCTS = st.tuples(NAMES, NAMES)
ACCOUNT = "310000000013"
NEIGHBOURS = ("a", "a-b", "b", "a-a", "ads", "ads-sales", "sales", "partner-a", "a-logs")


def both_forms(stem: str) -> tuple[str, str]:
    """The two names that the bucket of a stem can have: kept, and with account and region."""
    return stem, BucketNames("m", "eu-west-1").name(stem, ACCOUNT)


@given(PRODUCTS, PRODUCTS)
def test_two_products_never_share_a_bucket_or_a_database(one: tuple[str, str], other: tuple[str, str]) -> None:
    assume(one != other)
    assert product_stem("m", *one) != product_stem("m", *other)
    assert names.database(*one) != names.database(*other)


def test_neighbours_never_share_a_bucket_or_a_database() -> None:
    pairs = list(itertools.product(NEIGHBOURS, repeat=2))
    assert len({product_stem("m", *pair) for pair in pairs}) == len(pairs)
    assert len({names.database(*pair) for pair in pairs}) == len(pairs)


@given(NAMES, PRODUCTS)
def test_the_pattern_of_a_domain_matches_its_own_buckets_and_databases_only(
    domain: str, product: tuple[str, str]
) -> None:
    own = product[0] == domain
    for bucket in both_forms(product_stem("m", *product)):
        assert fnmatch.fnmatchcase(bucket, names.buckets_of("m", domain)) == own
    assert fnmatch.fnmatchcase(names.database(*product), names.databases_of(domain)) == own


def test_the_pattern_of_a_domain_never_matches_a_neighbours() -> None:
    for domain, other, product in itertools.product(NEIGHBOURS, repeat=3):
        if domain != other:
            for bucket in both_forms(product_stem("m", other, product)):
                assert not fnmatch.fnmatchcase(bucket, names.buckets_of("m", domain))
            assert not fnmatch.fnmatchcase(names.database(other, product), names.databases_of(domain))


def test_the_pattern_of_a_domain_never_matches_an_accounts_own_buckets() -> None:
    for domain, other in itertools.product(NEIGHBOURS, repeat=2):
        for stem in (log_stem("m", other), results_stem("m", other), audit_stem("m")):
            for bucket in both_forms(stem):
                assert not fnmatch.fnmatchcase(bucket, names.buckets_of("m", domain))


@given(NAMES)
def test_a_bucket_is_a_name_that_s3_takes(name: str) -> None:
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]*[a-z0-9]", product_stem("mesh", name, name))


def test_a_role_keeps_its_path_in_its_arn() -> None:
    assert names.clearance_role("310000000013", "pii") == "arn:aws:iam::310000000013:role/mesh/clearance/pii"
    assert names.role_name(names.clearance_role("310000000013", "pii")) == "pii"
    assert names.boundary("*") == "arn:aws:iam::*:policy/mesh/boundary"


@given(st.sampled_from(["domain", "partner", ""]), NAMES)
def test_an_assumed_id_has_the_form_of_an_account_and_is_the_same_each_time(kind: str, name: str) -> None:
    found = names.assumed_account_id(kind, name)
    assert re.fullmatch(r"999[0-9]{9}", found)
    assert found == names.assumed_account_id(kind, name)


def test_a_thousand_assumed_ids_differ() -> None:
    ids = {names.assumed_account_id(kind, f"d{number}") for kind in ("domain", "partner") for number in range(500)}
    assert len(ids) == 1000


@given(NAMES, st.sampled_from(["", "-"]), NAMES)
def test_no_pattern_of_a_name_takes_what_is_of_a_name_that_begins_with_it(name: str, joint: str, more: str) -> None:
    """Every pattern that is made of a name ends where the name does: `ads` is not `ads-sales`."""
    other = f"{name}{joint}{more}"
    group, of_other = names.log_group("r", "1" * 12, name), names.log_group("r", "1" * 12, other)
    pairs = [
        (group, [of_other[0], f"{of_other[0]}:log-stream:x", f"{of_other[0]}/x"]),
        (
            (f"arn:aws:s3:::{names.buckets_of('m', name)}",),
            [f"arn:aws:s3:::{bucket}" for bucket in both_forms(product_stem("m", other, "p"))],
        ),
        (
            (f"arn:aws:glue:r:1:database/{names.databases_of(name)}",),
            [f"arn:aws:glue:r:1:database/{names.database(other, 'p')}"],
        ),
        ((names.pipeline_role("1", name),), [names.pipeline_role("1", other)]),
        ((names.event_source("d", name),), [names.event_source("d", other)]),
    ]
    for patterns, theirs in pairs:
        assert [one for one in theirs for pattern in patterns if like(pattern)(one)] == []
    own = [group[0], f"{group[0]}:log-stream:x", f"{group[0]}/errors:log-stream:x"]
    assert all(any(resource_like(pattern)(one) for pattern in group) for one in own)
