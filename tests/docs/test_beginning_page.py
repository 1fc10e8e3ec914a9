"""The page on beginnings: its least contract is valid and has no key too many, and its commands run."""

from __future__ import annotations

import re
import shlex
import shutil
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli import exit_codes, main
from mesh.findings import Finding
from mesh.folder import findings_of
from tests.conftest import TINY
from tests.docs.pages import ROOT
from tests.e2e.journal import DAY

PAGE = (ROOT / "docs" / "beginning.md").read_text("utf-8")
COMMANDS = [command for command in re.findall(r"^\$ (mesh .+)$", PAGE, re.MULTILINE) if command != "mesh new domain"]
LEAST = ("apiVersion", "kind", "id", "version", "description", "schema")


def least() -> dict[str, Any]:
    found = re.search(r"<!-- the least contract -->\n```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert found
    return yaml.safe_load(found[1])


@pytest.fixture
def mesh(tmp_path: Path) -> Path:
    folder = Path(shutil.copytree(TINY, tmp_path / "stacks"))
    (folder / "domains/billing.yaml").write_text(
        "owner: {team: billing, email: billing@tiny.example}\ndescription: Bills.\n"
        "products:\n  bills: {kind: analytics, ports: [table]}\n"
    )
    (folder / "contracts/billing").mkdir()
    return folder


def errors(mesh: Path, contract: dict[str, Any]) -> list[Finding]:
    (mesh / "contracts/billing/bills.odcs.yaml").write_text(yaml.safe_dump(contract))
    main.run(["lock", str(mesh)])
    return [finding for finding in findings_of(mesh, DAY)[1] if finding.severity == "error"]


def test_the_least_contract_is_valid(mesh: Path) -> None:
    assert errors(mesh, least()) == []


@pytest.mark.parametrize("key", LEAST)
def test_no_key_of_the_least_contract_can_be_left_out(key: str, mesh: Path) -> None:
    contract = least()
    assert set(contract) == set(LEAST)
    del contract[key]
    assert errors(mesh, contract) != []


def test_no_key_of_a_column_or_a_table_of_it_can_be_left_out(mesh: Path) -> None:
    for table_key, column_key in (("name", ""), ("", "name"), ("", "physicalType")):
        contract = deepcopy(least())
        [table] = contract["schema"]
        table.pop(table_key, None)
        table["properties"][0].pop(column_key, None)
        assert errors(mesh, contract) != [], (table_key, column_key)


def test_the_commands_of_the_page_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(TINY, tmp_path / "stacks")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MESH_AS_OF", DAY.isoformat())
    assert len(COMMANDS) == 3
    for command in COMMANDS:
        assert main.run(shlex.split(command)[1:]) == exit_codes.FINE, command
    assert (tmp_path / "stacks/contracts/billing/bills.lock.yaml").exists()
