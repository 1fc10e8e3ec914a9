"""The passing on of clearances, made in either of its two ways: the same roles read the same columns."""

from __future__ import annotations

import datetime
import shutil
from pathlib import Path

import pytest

from mesh.access.chains import DecidedReads
from mesh.access.matrix import matrix
from mesh.folder import plan_folder
from mesh.plan import Plan

TINY = Path(__file__).parents[1] / "tiny"
DAY = datetime.date(2026, 12, 1)


def plan_of(folder: Path, granted_by: str) -> Plan:
    copied = Path(shutil.copytree(TINY, folder / granted_by))
    file = copied / "mesh.yaml"
    file.write_text(f"{file.read_text('utf-8')}granted-by: {granted_by}\n", "utf-8")
    return plan_folder(copied, DAY).plan


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> tuple[Plan, Plan]:
    folder = tmp_path_factory.mktemp("granted")
    return plan_of(folder, "domains"), plan_of(folder, "hub")


def test_who_reads_what_is_the_same(plans: tuple[Plan, Plan]) -> None:
    by_domains, by_hub = (
        [
            (row.clearance, row.home, row.product, row.port, row.allowed, row.columns)
            for row in matrix(DecidedReads(plan))
        ]
        for plan in plans
    )
    assert by_domains == by_hub
    assert any(row[4] for row in by_hub)


def test_each_role_is_granted_what_the_hub_passes_on_otherwise_and_nothing_more(plans: tuple[Plan, Plan]) -> None:
    by_domains, by_hub = plans
    passed_on = {
        (grant.principal, grant.permissions, grant.on)
        for domain in by_domains.domains.values()
        for role in domain.clearances.values()
        for grant in role.grants
    }
    direct = {
        (grant.principal, grant.permissions, grant.on)
        for grant in by_hub.governance.catalog.grants
        if "/clearance/" in grant.principal
    }
    assert direct == passed_on


def test_where_the_hub_grants_nobody_else_can(plans: tuple[Plan, Plan]) -> None:
    _, by_hub = plans
    assert [grant.name for grant in by_hub.governance.catalog.grants if grant.grantable] == []
    assert [role for domain in by_hub.domains.values() for role in domain.clearances.values() if role.grants] == []
