"""Accounts that are let go: a domain or partner has no file any more, its account a line until a person closed it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mesh.access import from_plan
from mesh.folder import plan_folder
from mesh.plan import Plan
from mesh.plan.footprint import footprint
from mesh.proof.claims import Fact
from mesh.proof.invariants.partners import partners_reach_nothing
from mesh.proof.subject import Subject
from tests.e2e.journal import DAY

COURIER = "410000000072"
WALL, WRITER = "mesh-partner-courier-stays-inside", "mesh-partner-courier-one-writer"


def without(tiny: Path, *files: str) -> Plan:
    """The plan without these files."""
    for file in files:
        (tiny / file).unlink()
    return plan_folder(tiny, DAY).plan


def controls(plan: Plan, account_id: str) -> set[str]:
    """Names of the control policies that bind an account."""
    account = next(each for each in from_plan.accounts(plan) if each.id == account_id)
    nodes = (*account.service_control, *account.resource_control)
    return {policy.name for node in nodes for policy in node}


def walls(plan: Plan) -> list[str | None]:
    """What the facts of I4 say, each None where it holds."""
    subject = Subject(plan)
    return [claim.failure(subject) for claim in partners_reach_nothing(subject) if isinstance(claim, Fact)]


def test_the_account_of_a_partner_without_a_file_keeps_every_policy_and_takes_no_writer(tiny: Path) -> None:
    before = plan_folder(tiny, DAY).plan
    after = without(tiny, "partners/courier.yaml")
    assert {WALL, WRITER} < controls(before, COURIER) == controls(after, COURIER)
    old, new = ({each.name: each for each in plan.organization.args.policies} for plan in (before, after))
    assert new[WALL] == old[WALL], "nothing is done to it in the run after the removal"
    assert "role/mesh/delivery/" in old[WRITER].document.text()
    assert "role/mesh/delivery/" not in new[WRITER].document.text()
    assert [each.name for each in after.organization.args.accounts if "courier" in each.name] == []


def test_the_policies_go_with_the_line(tiny: Path) -> None:
    file = tiny / "accounts.yaml"
    file.write_text(file.read_text().replace(f'partners:\n  courier: "{COURIER}"\n', "partners: {}\n"))
    after = without(tiny, "partners/courier.yaml")
    assert [each.name for each in after.organization.args.policies if "courier" in each.name] == []
    assert after.organization.args.populated == ("governance", "domains")


def test_the_unit_of_an_account_that_is_let_go_is_still_one_with_accounts(tiny: Path) -> None:
    after = without(tiny, "partners/courier.yaml")
    assert after.organization.args.populated == ("governance", "domains", "partners")


@pytest.mark.parametrize("has_line", [True, False])
def test_policies_stay_in_aws_where_no_line_would_keep_them(tiny: Path, has_line: bool) -> None:
    file = tiny / "accounts.yaml"
    if not has_line:
        file.write_text(file.read_text().replace(f'partners:\n  courier: "{COURIER}"\n', "partners: {}\n"))
    policies = plan_folder(tiny, DAY).plan.organization.args.policies
    assert {each.name for each in policies if each.retained} == (set() if has_line else {WALL, WRITER})


def test_the_account_of_a_domain_without_a_file_is_bound_by_its_unit_as_before(tiny: Path) -> None:
    file, shop = tiny / "accounts.yaml", "320000000021"
    before = plan_folder(tiny, DAY).plan
    moved = file.read_text().replace('  shop: "320000000021"\n', '  shop: "320000000022"\n  gone: "320000000021"\n')
    file.write_text(moved)
    after = plan_folder(tiny, DAY).plan
    assert [each.name for each in after.organization.args.let_go] == ["domain-gone"]
    assert controls(after, shop) == controls(before, shop)


def test_the_calls_that_keep_them_are_of_the_footprint(tiny: Path) -> None:
    after = without(tiny, "partners/courier.yaml")
    attached = [each for each in footprint(after) if each.type.endswith("PolicyAttachment") and "courier" in each.name]
    assert [each.inputs["targetId"] for each in attached] == [COURIER, COURIER]


def test_an_account_that_is_let_go_without_its_wall_is_noticed(tiny: Path) -> None:
    after = without(tiny, "partners/courier.yaml")
    args = after.organization.args
    bare = replace(after, organization=replace(after.organization, args=replace(args, partner_policies=())))
    assert [wrong for plan in (after, bare) for wrong in walls(plan)] == [
        None,
        f"no policy of partner account {COURIER} names it as aws:ResourceAccount",
    ]
