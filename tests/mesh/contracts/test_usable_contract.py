"""Usable part of a contract with several mistakes, of which one takes away what another one stands in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesh.contracts import standard
from mesh.contracts.usable_contract import usable_contract

HEAD: Mapping[str, Any] = {"kind": "DataContract", "id": "x", "version": "1", "status": "active"}
WRONG = st.sampled_from((5, None, [], [5], {}, {"x": 1}, "nope"))
KEYS = ("name", "logicalType", "physicalType", "classification", "logicalTypeOptions", "quality", "tags", "stray")
LEAVES = st.dictionaries(st.sampled_from(KEYS), WRONG | st.sampled_from(("string", "map", "array", "object")))


def _nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    below = {
        "items": inner,
        "properties": st.lists(inner | WRONG, max_size=2) | WRONG,
        "map": st.fixed_dictionaries({}, optional={"key": inner, "value": inner}) | WRONG,
    }
    more = st.fixed_dictionaries({}, optional={**below, "name": st.just("a")})
    return st.builds(_joined, LEAVES, more)


def _joined(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    return {**one, **other}


def contract(version: str, *columns: Any) -> dict[str, Any]:
    return {**HEAD, "apiVersion": version, "schema": [{"name": "t", "properties": list(columns)}]}


COLUMNS: Sequence[Mapping[str, Any]] = (
    {"items": {"map": {}}},
    {"properties": [{"map": {}}]},
    {"properties": [{"logicalType": "string", "properties": []}]},
    {"logicalType": "array", "items": {"map": 5, "items": {"physicalType": 7}}},
)


@pytest.mark.parametrize("column", COLUMNS)
def test_a_mistake_below_one_that_is_taken_out_goes_with_it(column: Mapping[str, Any]) -> None:
    for version in ("v3.2.0", "v3.0.2"):
        part = usable_contract(contract(version, column))
        assert part is not None
        assert not list(standard.errors(part[0]))
        assert part[1].touches(("schema", 0, "properties", 0))


@settings(max_examples=200, deadline=None)
@given(st.recursive(LEAVES, _nested, max_leaves=6), st.sampled_from(("v3.2.0", "v3.1.0", "v3.0.2")))
def test_whatever_is_wrong_of_a_column_the_rest_is_a_contract(column: Mapping[str, Any], version: str) -> None:
    part = usable_contract(contract(version, column))
    assert part is not None
    assert not list(standard.errors(part[0]))
