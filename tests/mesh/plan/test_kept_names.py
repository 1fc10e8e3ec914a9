"""Kept names of buckets: a line of `names.lock.yaml` gives its name to the bucket of its own keys, and to no other."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from mesh.bucket_names import MeshBucket
from mesh.load import load
from mesh.model import Mesh
from mesh.model.names_lock import NamesLock
from mesh.plan.inputs import PlanInputs
from mesh.plan.rules import RuleContext
from mesh.plan.rules.bucket_naming import kept_names_are_of_their_bucket

TINY = load(Path(__file__).parents[1] / "tiny").usable()
DAY = datetime.date(2027, 1, 1)
BUCKETS = [bucket for bucket in PlanInputs(TINY, DAY).every_bucket() if bucket.is_keepable]
KEYS = [bucket.keys for bucket in BUCKETS] + [("products", "orders.past"), ("logs", "domain-past")]
LINES = st.dictionaries(st.sampled_from(KEYS), st.sampled_from([bucket.stem for bucket in BUCKETS]))


def mesh_with(lines: Mapping[tuple[str, ...], str]) -> Mesh:
    """The tiny mesh with other lines in its `names.lock.yaml`."""
    buckets: dict[str, Any] = {}
    for (kind, *key), name in lines.items():
        if key:
            buckets.setdefault(kind, {})[key[0]] = name
        else:
            buckets[kind] = name
    return dataclasses.replace(TINY, names_lock=NamesLock.model_validate({"buckets": buckets}))


@given(LINES)
def test_a_bucket_keeps_the_name_that_its_own_line_says_and_no_other(lines: dict[tuple[str, ...], str]) -> None:
    names = PlanInputs(mesh_with(lines), DAY).perimeter.buckets
    for bucket in BUCKETS:
        is_kept = lines.get(bucket.keys) == bucket.stem
        assert (names.name(bucket.stem, bucket.account_id) == bucket.stem) == is_kept


@given(LINES)
def test_a_line_with_the_name_of_another_bucket_is_refused(lines: dict[tuple[str, ...], str]) -> None:
    own = {bucket.keys: bucket.stem for bucket in BUCKETS}
    errors = list(kept_names_are_of_their_bucket(RuleContext(mesh_with(lines), DAY)))
    assert {each.path for each in errors} == {
        ("buckets", *keys) for keys, name in lines.items() if own.get(keys) != name
    }
    assert all(each.severity == "error" for each in errors)


@given(st.permutations(BUCKETS))
def test_names_that_change_places_are_all_refused(others: list[MeshBucket]) -> None:
    lines = {bucket.keys: other.stem for bucket, other in zip(BUCKETS, others, strict=True)}
    moved = [bucket for bucket in BUCKETS if lines[bucket.keys] != bucket.stem]
    assume(moved)
    problems = list(kept_names_are_of_their_bucket(RuleContext(mesh_with(lines), DAY)))
    assert len(problems) == len(moved)
    assert all("; restore the line" in each.message or ": restore the line" in each.message for each in problems)
