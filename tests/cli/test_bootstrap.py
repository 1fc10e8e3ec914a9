"""`mesh bootstrap`: what a person applies names no id that AWS did not give."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from cli import exit_codes, main
from mesh.folder import plan_folder
from mesh.plan.assumed import assumed_in, stand_ins
from tests.e2e.journal import DAY
from tests.mesh_copies import copied
from tests.program import sample

MANAGEMENT = "100000000001"
ADMINISTRATOR = f"arn:aws:iam::{MANAGEMENT}:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Admin_0a1b"
ONE_LINE = f'organization: {{id: o-aur0ra5treamx, root: r-aur0, management: "{MANAGEMENT}"}}\n'


@pytest.fixture
def beginning(tmp_path: Path) -> Path:
    """A mesh folder whose accounts.yaml knows the organisation and nothing else."""
    folder = tmp_path / "stacks"
    copied(sample.STACKS, folder)
    (folder / "accounts.yaml").write_text(ONE_LINE)
    return folder


def bootstrap(folder: Path, *options: str) -> int:
    return main.run(["bootstrap", "--dir", str(folder), *options, "--as-of", DAY.isoformat()])


def test_what_trusts_an_account_without_an_id_is_not_printed(
    beginning: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bootstrap(beginning) == exit_codes.BAD_INPUT
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.splitlines()[-1] == (
        "the account 'governance', the unit 'domains' and the unit 'partners' have no id yet, and they are named here; "
        "for the first run of the stack 'organization' name who makes it, `mesh bootstrap --administrator ARN` (a role "
        "or user of the management account); then run it, `mesh accounts --from outputs.json`, and `mesh bootstrap` "
        "once more"
    )


def test_the_first_template_lets_one_administrator_in_and_names_no_assumed_id(
    beginning: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bootstrap(beginning, "--administrator", ADMINISTRATOR) == exit_codes.FINE
    printed = capsys.readouterr().out
    assert assumed_in(printed, plan_folder(beginning, DAY).plan) == ()
    assert set(re.findall(r"\d{12}", printed)) == {MANAGEMENT}
    resources = json.loads(printed)["Resources"]
    assert set(resources) == {"Deploy", "Preview"}
    for resource in resources.values():
        [statement] = resource["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        assert statement["Condition"] == {"ArnLike": {"aws:PrincipalArn": ADMINISTRATOR}}
        assert statement["Principal"] == {"AWS": f"arn:aws:iam::{MANAGEMENT}:root"}


@pytest.mark.parametrize(
    "arn",
    [
        "Administrator",
        f"arn:aws:iam::{MANAGEMENT}:root",
        f"arn:aws:iam::{MANAGEMENT}:role/*",
        f"arn:aws:iam::{MANAGEMENT}:role/",
        "arn:aws:iam::222222222222:role/Administrator",
        f"arn:aws:sts::{MANAGEMENT}:assumed-role/Administrator/me",
        f"arn:aws:iam::{MANAGEMENT}:role/Admin\n",
        f"arn:aws:iam::{MANAGEMENT}:role/Admın",
    ],
)
def test_the_administrator_is_one_role_or_user_of_the_management_account(
    arn: str, beginning: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bootstrap(beginning, "--administrator", arn) == exit_codes.BAD_INPUT
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "is no role or user of the management account" in re.sub(r"[\s│]+", " ", shown.err)


@pytest.mark.parametrize("name", ["role/mesh/deploy", "user/mesh/break-glass/keeper"])
def test_nobody_of_the_mesh_makes_the_first_run(name: str, beginning: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arn = f"arn:aws:iam::{MANAGEMENT}:{name}"
    assert bootstrap(beginning, "--administrator", arn) == exit_codes.BAD_INPUT
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "is of the mesh, and the template brings" in re.sub(r"[\s│]+", " ", shown.err)


@pytest.mark.parametrize("options", [(), ("--administrator", ADMINISTRATOR)])
def test_without_an_organisation_nothing_is_printed(
    options: tuple[str, ...], beginning: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (beginning / "accounts.yaml").unlink()
    assert bootstrap(beginning, *options) == exit_codes.BAD_INPUT
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "write stacks/accounts.yaml with 'organization:" in shown.err


def test_every_id_that_a_plan_assumes_is_found_in_a_text(beginning: Path) -> None:
    plan = plan_folder(beginning, DAY).plan
    assumed = {access.account_id for access in plan.access.values() if access.assumed}
    p = plan.perimeter
    known = set(stand_ins(plan))
    assert assumed | {p.governance_unit, p.domains_unit, p.partners_unit, p.network, p.governance_id} <= known
    (beginning / "accounts.yaml").unlink()
    plan = plan_folder(beginning, DAY).plan
    p = plan.perimeter
    assert {p.organization, p.root, p.management_id} <= set(stand_ins(plan))
    assert assumed_in(json.dumps({"Principal": p.governance_id}), plan) == ("the account 'governance'",)


def test_with_the_ids_of_aws_the_template_lets_the_administrator_in_no_longer(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert bootstrap(sample.STACKS) == exit_codes.FINE
    printed = capsys.readouterr().out
    assert assumed_in(printed, plan_folder(sample.STACKS, DAY).plan) == ()
    assert "TheFirstAdministrator" not in printed
    assert "ContinuousIntegrationOfTheOrganisation" in printed
