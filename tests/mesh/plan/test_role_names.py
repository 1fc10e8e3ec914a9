"""Role names: the rule knows every role that the mesh makes, so that none of them can be taken twice."""

from __future__ import annotations

import datetime
from collections import Counter
from pathlib import Path

import pytest

from mesh import names, quotas
from mesh.access import from_plan
from mesh.folder import plan_folder
from mesh.plan.rules import limits
from mesh.plan.rules.context import RuleContext
from mesh.plan.rules.naming import roles_by_account

ROOT = Path(__file__).resolve().parents[3]
DAY = datetime.date(2027, 1, 1)


@pytest.mark.parametrize("folder", [ROOT / "stacks", ROOT / "tests" / "mesh" / "tiny"], ids=lambda each: each.name)
def test_every_role_of_the_plan_is_among_those_whose_names_are_compared(folder: Path) -> None:
    planned = plan_folder(folder, DAY)
    compared = {role.arn for _, roles in roles_by_account(RuleContext(planned.mesh, DAY)) for role in roles}
    management = planned.plan.perimeter.management_id
    made = {role.arn for role in from_plan.roles(planned.plan) if f":role/{names.PATH}/" in role.arn}
    assert len(made) > 10
    assert {arn for arn in made if arn.split(":")[4] != management} <= compared


def test_roles_are_counted_as_the_plan_makes_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sum that IAM's quota is compared with, for every account; the sample has CI, whose roles always count."""
    planned = plan_folder(ROOT / "stacks", DAY)
    made = Counter(role.account for role in from_plan.roles(planned.plan) if f":role/{names.PATH}/" in role.arn)

    def nothing(service: str, name: str) -> int:
        del service, name
        return 0

    monkeypatch.setattr(quotas, "limit", nothing)
    told = {each.file: each.message for each in limits.roles_fit_their_account(RuleContext(planned.mesh, DAY))}
    accounts = {"mesh.yaml": planned.plan.perimeter.governance_id}
    accounts |= {f"domains/{name}.yaml": domain.access.account_id for name, domain in planned.plan.domains.items()}
    assert told.keys() == accounts.keys()
    for file, account in accounts.items():
        assert f"would have {made[account]} roles" in told[file], file


def test_accounts_are_not_mixed_up() -> None:
    planned = plan_folder(ROOT / "tests" / "mesh" / "tiny", DAY)
    for _, roles in roles_by_account(RuleContext(planned.mesh, DAY)):
        assert len({role.arn.split(":")[4] for role in roles}) == 1
