"""Costs and counts of a plan: every type has its price, and numbers are those of what people wrote."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from mesh import quotas
from mesh.aws.prices import price_list
from mesh.load import load
from mesh.model import Mesh
from mesh.plan import Plan, build
from mesh.plan.costs import costs
from mesh.plan.counts import COUNTED, counts
from mesh.plan.footprint import footprint

STACKS = Path(__file__).resolve().parents[3] / "stacks"
DAY = datetime.date(2026, 12, 1)


@pytest.fixture(scope="module")
def mesh() -> Mesh:
    return load(STACKS).usable()


@pytest.fixture(scope="module")
def plan(mesh: Mesh) -> Plan:
    return build(mesh, DAY)


def test_every_type_of_a_plan_stands_in_one_list_of_prices(plan: Plan) -> None:
    prices = price_list()
    lists = ([each.type for each in prices.fixed], [each.type for each in prices.used], sorted(prices.free))
    listed = [kind for kinds in lists for kind in kinds]
    assert len(listed) == len(set(listed))
    assert {resource.type for resource in footprint(plan)} - set(listed) == set()


def test_what_is_paid_each_month_is_counted_as_people_wrote_it(mesh: Mesh, plan: Plan) -> None:
    products = sum(len(domain.products) for domain in mesh.domains.values())
    accounts = 1 + len(mesh.domains) + len(mesh.partners)
    number = {cost.price.what: cost.number for cost in costs(plan).fixed}
    # A key of each product, of each account but management, of each partner's inbox, and of the alarms or the trail.
    assert number["KMS key"] - products - accounts - len(mesh.partners) in (0, 1)
    # Of nine endpoints that of S3 is a gateway, which costs nothing; the others stand in two zones.
    assert number["interface endpoint in a zone"] == 8 * 2


def test_an_alarm_is_paid_by_the_metrics_that_it_looks_at(plan: Plan) -> None:
    alarms = [each for each in footprint(plan) if each.type.endswith("MetricAlarm")]
    functions = [
        job
        for domain in plan.domains.values()
        for job in domain.jobs.values()
        if job.runtime == "lambda" and job.quiet_hours
    ]
    (number,) = [cost.number for cost in costs(plan).fixed if cost.price.what == "alarm"]
    # That of no run of a function that ended well looks at two.
    assert functions
    assert number == len(alarms) + len(functions)


def test_the_sum_is_of_its_lines(plan: Plan) -> None:
    known = costs(plan)
    assert known.month == pytest.approx(sum(cost.number * cost.price.month for cost in known.fixed))
    assert known.month > 100


def test_accounts_are_counted_with_the_management_account(mesh: Mesh, plan: Plan) -> None:
    accounts = next(each for each in counts(plan) if each.what == "accounts")
    assert accounts.number == 2 + len(mesh.domains) + len(mesh.partners)
    assert accounts.share == accounts.number / 10


def test_endpoints_that_are_gateways_are_not_counted_as_interfaces(plan: Plan) -> None:
    counted = next(each for each in counts(plan) if each.what == "interface endpoints")
    assert counted.number == 8
    zones = next(cost.number for cost in costs(plan).fixed if cost.price.what == "interface endpoint in a zone")
    assert zones == 2 * counted.number


def test_every_count_is_of_something_that_is_made(plan: Plan) -> None:
    assert {each.what for each in counts(plan)} == {what for what, *_ in COUNTED}
    assert all(quotas.limit(*quota) > 0 for *_, quota in COUNTED)
    assert [each.what for each in counts(plan) if each.share > 1] == []
