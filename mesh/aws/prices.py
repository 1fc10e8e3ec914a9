"""Prices of AWS by type of resource: what one costs a month, and what is paid by use (`prices.yaml`)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from mesh.aws.packaged import packaged


@dataclass(frozen=True, slots=True)
class MonthlyPrice:
    """A type that costs `month` US dollars a month each, whatever is done with it."""

    type: str
    what: str
    month: float
    note: str
    source: str


@dataclass(frozen=True, slots=True)
class UsePrice:
    """A type that is paid by use, in words."""

    type: str
    what: str
    use: str
    source: str


@dataclass(frozen=True, slots=True)
class PriceList:
    """List prices: fixed, by use, and types that cost nothing by themselves."""

    fixed: tuple[MonthlyPrice, ...]
    used: tuple[UsePrice, ...]
    free: frozenset[str]


@cache
def price_list() -> PriceList:
    """All prices of the file."""
    table = cast("dict[str, list[Any]]", packaged("prices.yaml"))
    return PriceList(
        tuple(MonthlyPrice(**row) for row in table["fixed"]),
        tuple(UsePrice(**row) for row in table["used"]),
        frozenset(table["free"]),
    )
