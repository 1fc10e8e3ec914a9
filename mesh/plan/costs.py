"""Costs of a plan a month, as far as they are known before anybody uses it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from mesh.aws.prices import MonthlyPrice, UsePrice, price_list
from mesh.plan.footprint import DeployedResource, footprint
from mesh.plan.nodes import Plan


class FixedCost(NamedTuple):
    """Number of things of a price, and what they come to a month in US dollars."""

    price: MonthlyPrice
    number: int

    @property
    def month(self) -> float:
        """US dollars a month, for all of them."""
        return self.number * self.price.month


class Costs(NamedTuple):
    """Costs of a plan: fixed ones, and the number of things of each price that is paid by use."""

    fixed: tuple[FixedCost, ...]
    used: tuple[tuple[UsePrice, int], ...]

    @property
    def month(self) -> float:
        """US dollars a month before anybody uses anything."""
        return sum(cost.month for cost in self.fixed)


def costs(plan: Plan) -> Costs:
    """The costs of all stacks of a plan."""
    number = _charged(footprint(plan))
    prices = price_list()
    return Costs(
        tuple(FixedCost(price, number[price.type]) for price in prices.fixed),
        tuple((price, number[price.type]) for price in prices.used if number[price.type]),
    )


def _charged(resources: Iterable[DeployedResource]) -> Counter[str]:
    """Number of what AWS charges for, by type: endpoints by their zones (a gateway's has none), alarms by metrics."""
    number: Counter[str] = Counter()
    for resource in resources:
        by_zone = resource.type == "aws:ec2/vpcEndpoint:VpcEndpoint"
        queried = sum("metric" in each for each in resource.inputs.get("metricQueries", ()))
        number[resource.type] += len(resource.inputs.get("subnetIds", ())) if by_zone else queried or 1
    return number
