"""Reads that a change can touch: each node that a read is decided by counts by itself, and a budget does not."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import cache
from typing import Any, Final

import pytest

from mesh.changes.decided_side import DecidedSide
from mesh.changes.touched_reads import TouchedReads
from mesh.folder import PlannedMesh, plan_folder
from mesh.plan import Plan
from tests.conftest import DAY, TINY

PRODUCT: Final = "orders.customers"


@cache
def tiny() -> PlannedMesh:
    return plan_folder(TINY, DAY)


def at(node: Any, *steps: str, **values: Any) -> Any:
    """A node of a plan in which the node at some steps has other values."""
    if not steps:
        return dataclasses.replace(node, **values)
    first, *rest = steps
    if isinstance(node, dict):
        return {**node, first: at(node[first], *rest, **values)}
    return dataclasses.replace(node, **{first: at(getattr(node, first), *rest, **values)})


def touched(change: Callable[[Plan], Plan]) -> TouchedReads:
    before = tiny()
    return TouchedReads(DecidedSide(before), DecidedSide(dataclasses.replace(before, plan=change(before.plan))))


@pytest.mark.parametrize(
    ("steps", "values"),
    [
        (("domains", "orders", "products", "customers"), {"account_id": "999999999999"}),
        (("domains", "orders", "products", "customers"), {"ports": ("files",)}),
        (("domains", "orders", "catalog", "customers"), {"tables": ()}),
        (("governance", "registered", PRODUCT), {"bucket": "another"}),
        (("governance", "locations", "orders"), {"domain_id": "999999999999"}),
    ],
    ids=lambda value: ".".join(value) if isinstance(value, tuple) else next(iter(value)),
)
def test_a_node_that_a_product_is_read_by_touches_that_product(steps: tuple[str, ...], values: dict[str, Any]) -> None:
    found = touched(lambda plan: at(plan, *steps, **values))
    assert not found.everything
    assert PRODUCT in found.products
    assert "shop.clicks" not in found.products


@pytest.mark.parametrize(
    "values", [{"account_id": "999999999999"}, {"clearances": ()}], ids=lambda each: next(iter(each))
)
def test_an_account_touches_whoever_signs_in_there(values: dict[str, Any]) -> None:
    found = touched(lambda plan: at(plan, "domains", "shop", "account", **values))
    assert not found.everything
    assert found.readers == {"general@shop", "pii@shop"}


@pytest.mark.parametrize(
    ("steps", "values"),
    [
        (("domains", "orders", "products", "customers"), {"retention": 7}),
        (("domains", "shop", "account"), {"budget": 7}),
        (("domains", "shop", "account"), {"results_retention": 1}),
    ],
    ids=["retention", "budget", "results"],
)
def test_what_decides_no_read_touches_none(steps: tuple[str, ...], values: dict[str, Any]) -> None:
    found = touched(lambda plan: at(plan, *steps, **values))
    assert (found.everything, found.products, found.readers, found.machines) == (False, set(), set(), set())
