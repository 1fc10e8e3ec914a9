"""`mesh stacks`: the order of deployment, and jobs of CI that are let in by the roles that the plan makes."""

from __future__ import annotations

import datetime
import json
import shutil
from pathlib import Path
from typing import Any, Final

import pytest

from cli import exit_codes, main
from mesh.folder import plan_folder
from mesh.plan.nodes import CiRoleArgs

ROOT: Final = Path(__file__).parents[2]
TINY: Final = ROOT / "tests" / "mesh" / "tiny"
DAY: Final = datetime.date(2026, 12, 1)
CI: Final = (
    "ci: {issuer: token.actions.githubusercontent.com, repository: acme@12/mesh@34, "
    "environments: {organization: root, domain-shop: corner}, repositories: {domain-orders: acme/orders}}\n"
)
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def mesh(tmp_path: Path) -> Path:
    """The tiny mesh with CI."""
    folder = Path(shutil.copytree(TINY, tmp_path / "stacks"))
    with (folder / "mesh.yaml").open("a") as file:
        file.write(CI)
    return folder


def document(folder: Path, capsys: Capture) -> dict[str, Any]:
    capsys.readouterr()
    assert main.run(["stacks", "--dir", str(folder), "--as-of", DAY.isoformat(), "--json"]) == exit_codes.FINE
    return json.loads(capsys.readouterr().out)


def roles(folder: Path) -> dict[str, CiRoleArgs]:
    """CI roles of the plan, by ARN: those of the template of `mesh bootstrap`, and those that governance makes."""
    plan = plan_folder(folder, DAY).plan
    first = plan.organization.args.first_ci
    assert first is not None
    return {role.arn: role for role in (*first.roles, *plan.governance.ci.values())}


def test_stacks_are_listed_in_the_order_of_the_plan_kind_by_kind(mesh: Path, capsys: Capture) -> None:
    found = document(mesh, capsys)["stacks"]
    assert [each["stack"] for each in found] == list(plan_folder(mesh, DAY).plan.stacks)
    kinds = ["organization", "governance", "partners", "access", "domains"]
    assert list(dict.fromkeys(each["kind"] for each in found)) == kinds


@pytest.mark.parametrize("folder", ["tiny", "sample"])
def test_each_job_runs_where_the_trust_of_its_role_lets_tokens_in(folder: str, mesh: Path, capsys: Capture) -> None:
    where = mesh if folder == "tiny" else ROOT / "stacks"
    found, planned = document(where, capsys), roles(where)
    jobs = [*found["stacks"], found["previews"]]
    for job in jobs:
        role = planned[job["role"]]
        assert role.subject.endswith(f":environment:{job['environment']}")
        assert role.subject.replace("@12", "").replace("@34", "").startswith(f"repo:{job['repository']}:")
    assert {job["role"] for job in jobs} == set(planned)


def test_a_stack_whose_ids_aws_has_not_given_has_no_role(mesh: Path, capsys: Capture) -> None:
    accounts = mesh / "accounts.yaml"
    accounts.write_text(accounts.read_text().replace('  shop: "320000000021"\n', ""))
    waiting = [each["stack"] for each in document(mesh, capsys)["stacks"] if each["role"] is None]
    assert waiting == ["domain-shop"]
    assert main.run(["stacks", "--dir", str(mesh), "--as-of", DAY.isoformat()]) == exit_codes.FINE
    assert "domain-shop has no role yet: AWS has not given an id" in capsys.readouterr().err
    accounts.write_text(accounts.read_text().replace('governance: "200000000002"\n', ""))
    found = document(mesh, capsys)
    assert {each["role"] for each in (*found["stacks"], found["previews"])} == {None}


def test_a_mesh_without_ci_has_stacks_and_no_jobs(capsys: Capture) -> None:
    found = document(TINY, capsys)
    assert found["previews"] is None
    assert {(each["environment"], each["role"], each["repository"]) for each in found["stacks"]} == {(None, None, None)}
    assert main.run(["stacks", "--dir", str(TINY), "--as-of", DAY.isoformat()]) == exit_codes.FINE
    assert "people deploy this mesh, by break-glass only" in capsys.readouterr().err
