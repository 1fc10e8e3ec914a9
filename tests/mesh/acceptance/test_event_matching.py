"""Event patterns against events: what EventBridge's guide says of each comparison."""

from __future__ import annotations

from typing import Any

import pytest

from mesh.acceptance.event_matching import matches
from mesh.acceptance.event_patterns import _MATCHERS  # pyright: ignore[reportPrivateUsage]

EVENT = {
    "source": "aws.s3",
    "detail-type": "Object Created",
    "account": "333333333333",
    "resources": ["arn:aws:s3:::lake"],
    "detail": {
        "bucket": {"name": "lake"},
        "object": {"key": "tables/plays/metadata/00001-a.metadata.json", "size": 1200, "version-id": ""},
        "source-ip-address": "10.0.0.7",
        "reason": "PutObject",
        "gone": None,
        "flag": True,
    },
}

CASES: list[tuple[dict[str, Any], bool]] = [
    ({}, True),
    ({"source": ["aws.s3", "aws.glue"]}, True),
    ({"source": ["aws.glue"]}, False),
    ({"source": ["aws.s3"], "account": ["111111111111"]}, False),
    ({"resources": ["arn:aws:s3:::other", "arn:aws:s3:::lake"]}, True),
    ({"detail": {"bucket": {"name": ["lake"]}}}, True),
    ({"detail": {"bucket": {"name": ["lak"]}}}, False),
    ({"detail": {"object": {"key": [{"prefix": "tables/"}]}}}, True),
    ({"detail": {"object": {"key": [{"suffix": ".metadata.json"}]}}}, True),
    ({"detail": {"object": {"key": [{"wildcard": "tables/*/metadata/*.metadata.json"}]}}}, True),
    ({"detail": {"object": {"key": [{"wildcard": "tables/*/data/*"}]}}}, False),
    ({"detail": {"object": {"key": [{"wildcard": "tables/plays"}]}}}, False),
    ({"detail": {"object": {"key": [{"wildcard": r"tables\*"}]}}}, False),
    ({"detail": {"object": {"size": [{"numeric": [">", 0, "<=", 1200]}]}}}, True),
    ({"detail": {"object": {"size": [{"numeric": [">", 1200]}]}}}, False),
    ({"detail": {"object": {"size": [1200]}}}, True),
    ({"detail": {"object": {"version-id": [""]}}}, True),
    ({"detail": {"gone": [None]}}, True),
    ({"detail": {"flag": [True]}}, True),
    ({"detail": {"object": {"size": [True]}}}, False),
    ({"detail": {"reason": [{"anything-but": ["CopyObject"]}]}}, True),
    ({"detail": {"reason": [{"anything-but": "PutObject"}]}}, False),
    ({"detail": {"reason": [{"anything-but": {"prefix": ["Put", "Copy"]}}]}}, False),
    ({"detail": {"nothing": [{"anything-but": ["x"]}]}}, False),
    ({"detail": {"reason": [{"exists": True}]}}, True),
    ({"detail": {"nothing": [{"exists": False}]}}, True),
    ({"nothing": {"at": {"all": [{"exists": False}]}}}, True),
    ({"detail": {"reason": [{"exists": False}]}}, False),
    ({"detail": {"reason": [{"equals-ignore-case": "putobject"}]}}, True),
    ({"detail": {"reason": [{"prefix": {"equals-ignore-case": "PUT"}}]}}, True),
    ({"detail": {"source-ip-address": [{"cidr": "10.0.0.0/24"}]}}, True),
    ({"detail": {"reason": [{"cidr": "10.0.0.0/24"}]}}, False),
    ({"$or": [{"source": ["aws.glue"]}, {"account": ["333333333333"]}]}, True),
    ({"$or": [{"source": ["aws.glue"]}, {"account": ["1"]}]}, False),
    ({"detail": {"reason": [{"invented": "x"}]}}, False),
]


@pytest.mark.parametrize(("pattern", "expected"), CASES, ids=str)
def test_an_event_is_what_a_pattern_asks_for_or_it_is_not(pattern: dict[str, Any], expected: bool) -> None:
    assert matches(pattern, EVENT) is expected


def test_every_matcher_of_the_grammar_is_matched() -> None:
    said = str(CASES)
    assert [name for name in _MATCHERS if f"'{name}'" not in said] == []
