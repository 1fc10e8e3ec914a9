"""Ids of the mesh that the pack takes for what its parameters are, unless they are configured."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import json_format
from mesh_guardrails.mesh_ids import UnusableIdsError, read, with_ids
from mesh_guardrails.rules import RULES, STACK_RULES

from mesh.findings import NotPossibleError
from mesh.folder import plan_folder
from sandbox.runs.pack_analyzer import PackAnalyzer
from sandbox.runs.policy_configuration import reconciled
from sandbox.runs.policy_host import settings
from sandbox.runs.policy_process import PolicyProcess

TINY = Path(__file__).resolve().parents[1] / "mesh" / "tiny"
DAY = datetime.date(2027, 1, 1)
WRITTEN = """\
organization: {id: o-example1, root: r-1, management: "100000000001"}
units: {domains: ou-1}
governance: "200000000002"
domains: {shop: "310000000013", new: null}
partners: {courier: "410000000072"}
"""
ACCOUNTS = ["100000000001", "200000000002", "310000000013", "410000000072"]
NAMES = ("accounts", "organization")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file of ids as the mesh has one."""
    path = tmp_path / "accounts.yaml"
    path.write_text(WRITTEN, "utf-8")
    return path


def test_the_file_beside_the_pack_has_the_accounts_and_the_organisation(file: Path) -> None:
    assert read({}, file) == {"accounts": ACCOUNTS, "organization": "o-example1"}


def test_variables_win_over_the_file_and_may_be_empty(file: Path) -> None:
    given = {"MESH_ACCOUNTS": "2,1", "MESH_ORGANIZATION": "o-other"}
    assert read(given, file) == {"accounts": ["1", "2"], "organization": "o-other"}
    assert read({"MESH_ACCOUNTS": ""}, file) == {"accounts": [], "organization": ""}


def test_without_a_file_nothing_is_known(tmp_path: Path) -> None:
    assert read({}, tmp_path / "none.yaml") == {}


@pytest.mark.parametrize("text", ["[", "- 1", "\udcff"])
def test_a_file_that_cannot_be_read_is_never_taken_for_none(file: Path, text: str) -> None:
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(UnusableIdsError, match=r"accounts.yaml cannot be used: "):
        read({}, file)


def test_ids_stand_for_the_defaults_of_every_rule_that_asks_for_them() -> None:
    ids = {"accounts": ACCOUNTS, "organization": "o-example1"}
    asking = [rule for rule in (*RULES, *STACK_RULES) if {*NAMES} & {one.name for one in rule.parameters}]
    assert {rule.name for rule in asking} == {
        "cross-account-trust-is-conditioned",
        "function-permission-is-closed",
        "no-delivery-to-another-account",
        "no-foreign-account-in-policy",
        "no-grant-to-a-foreign-account",
        "provider-names-one-account",
    }
    for rule in asking:
        assert {**with_ids(rule, ids).values()} == {
            one.keyword: ids.get(one.name, one.default) for one in rule.parameters
        }
        configured = dict.fromkeys((one.name for one in rule.parameters), "configured")
        assert with_ids(rule, ids).values(configured) == configured


def test_a_pack_that_runs_for_a_mesh_knows_the_accounts_of_its_plan() -> None:
    """So it does in `mesh policies`, and in `mesh up` on either engine: both start it with these variables."""
    mesh = plan_folder(TINY, DAY)
    with PolicyProcess(variables=settings(mesh)) as process:
        info = PackAnalyzer(process).info
    (rule,) = (one for one in info.policies if one.name == "no-foreign-account-in-policy")
    schemas: dict[str, Any] = json_format.MessageToDict(rule.configSchema)["properties"]
    assert schemas["organization"]["default"] == mesh.plan.perimeter.organization
    accounts = {access.account_id for access in mesh.plan.access.values()}
    assert set(schemas["accounts"]["default"]) == accounts
    assert len(accounts) > 3
    level, parameters = reconciled(info, {})[rule.name]
    assert (level, {*parameters["accounts"]}) == ("mandatory", accounts)


def test_a_pack_beside_a_file_that_it_cannot_read_does_not_start(tmp_path: Path) -> None:
    import shutil

    from sandbox.runs.policy_host import PACK

    pack = Path(shutil.copytree(PACK, tmp_path / "policies", ignore=shutil.ignore_patterns("__pycache__")))
    (tmp_path / "stacks").mkdir()
    (tmp_path / "stacks" / "accounts.yaml").write_text("- 1", "utf-8")
    with (
        PolicyProcess(pack) as process,
        pytest.raises(NotPossibleError, match=r"did not start: .*accounts.yaml cannot"),
    ):
        process.address()
